// Any text must end in a configuration or in an error with a place; never in a crash, a hang or an error without a reason.
#include <gtest/gtest.h>

#include "common/base/random.hpp"
#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using test::Parsing;
using test::neighbor_with;

const std::vector<std::string>& samples() {
  static const std::vector<std::string> k_samples = {
      "template { neighbor t { local-as 1; peer-as 1; family { ipv4 unicast; } api named { processes [ p ]; send { update; parsed; } }\n"
      "static { route 1.0.0.0/8 next-hop self; } } }\nprocess p { run program \"a b\" \\\n c; encoder json; }\n"
      "neighbor 10.0.0.1 { inherit [ t ]; router-id 1.2.3.4; description \"\\u00e9\"; }\n",
      neighbor_with("hold-time 30; md5-password YWJj; md5-base64 true; listen 1790; # comment\n"
                    "capability { graceful-restart 120; add-path send/receive; route-refresh; nexthop; }\n"
                    "add-path { ipv4 unicast limit 5; } nexthop { ipv4 unicast ipv6; }\n"
                    "static { route 10.0.0.0/22 { next-hop 1.1.1.1; community [ 1:2 3:4 ]; as-path [ 1 2 ]; split /24; }\n"
                    "attributes next-hop 1.1.1.1 med 5 nlri 10.1.0.0/16 10.2.0.0/16; }\n"
                    "announce { ipv6 { unicast 2001:db8::/32 next-hop ::1 watchdog w withdraw; } }"),
  };
  return k_samples;
}

// Parsed with a fresh pool each time, so that nothing is carried over.
void check(const std::string& text) {
  Parsing parsing;
  const auto parsed = parsing.parse(text);
  if (parsed) return;
  ASSERT_NE(parsed.error().context(), nullptr) << text;
  EXPECT_FALSE(parsed.error().reason().empty()) << text;
  EXPECT_GE(parsed.error().context()->location.line, 1) << text;
  EXPECT_GE(parsed.error().context()->location.column, 1) << text << "\n" << render(parsed.error());
}

TEST(ParserRandom, SamplesAreValid) {
  for (const std::string& sample : samples()) {
    Parsing parsing;
    parsing.good(sample);
  }
}

TEST(ParserRandom, EveryTruncationIsHandled) {
  for (const std::string& sample : samples()) {
    for (std::size_t size = 0; size < sample.size(); ++size) check(sample.substr(0, size));
  }
}

// A neighbor whose end is missing is no neighbor.
TEST(ParserRandom, NoTruncationOfANeighborIsAccepted) {
  const std::string& sample = samples().back();
  for (std::size_t size = 0; size <= sample.rfind('}'); ++size) {
    Parsing parsing;
    EXPECT_FALSE(parsing.parse(sample.substr(0, size))) << sample.substr(0, size);
  }
}

TEST(ParserRandom, EveryMutationIsHandled) {
  base::Random random(20261122);
  constexpr std::string_view k_letters = " ;{}[]\"'\\#,\n/-:.0129afu\xC3\xA9\x80";
  for (int round = 0; round < 6000; ++round) {
    std::string text = samples()[random.below(samples().size())];
    for (std::uint64_t change = 1 + random.below(4); change > 0; --change) {
      const std::size_t at = random.below(text.size());
      const std::size_t length = 1 + random.below(12);
      switch (random.below(4)) {
        case 0: text[at] = k_letters[random.below(k_letters.size())]; break;
        case 1: text.erase(at, length); break;
        case 2: text.insert(at, text.substr(random.below(text.size()), length)); break;
        default: text.insert(at, 1, k_letters[random.below(k_letters.size())]); break;
      }
      if (text.empty()) break;
    }
    check(text);
  }
}

}  // namespace
}  // namespace tandem::config
