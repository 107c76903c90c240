// I9 for families whose routes stand in MP attributes and are not prefixes alone: what the peer has at the end is what was said
// last, whatever came in between, on this session and on the next one.
#include <fmt/format.h>

#include <map>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

struct RibFamily {
  std::string_view name;
  std::string (*words)(unsigned i);              // of route i, behind `announce` and `withdraw`
  std::string (*octets)(unsigned i);             // of its NLRI, in hexadecimal, without length and label
  std::string (*take)(base::ByteReader& reader); // the first NLRI of a field, the same way
};

[[nodiscard]] unsigned high(unsigned i) { return i >> 8U; }
[[nodiscard]] unsigned low(unsigned i) { return i & 0xFFU; }
[[nodiscard]] std::string hex(base::Bytes octets) { return base::to_hex(octets); }

std::string vpn_words(unsigned i) { return fmt::format("route 10.{}.{}.0/24 rd 65000:1 label {} next-hop 10.0.0.1", high(i), low(i), 100 + i % 7); }
std::string vpn_octets(unsigned i) { return fmt::format("0000fde8000000010a{:02x}{:02x}", high(i), low(i)); }
std::string take_vpn(base::ByteReader& reader) {
  const std::size_t size = (reader.u8() + 7U) / 8;
  return hex(reader.take(size).subspan(3));
}

std::string flow_words(unsigned i) { return fmt::format("flow route {{ match {{ destination 10.{}.{}.0/24; }} then {{ discard; }} }}", high(i), low(i)); }
std::string flow_octets(unsigned i) { return fmt::format("01180a{:02x}{:02x}", high(i), low(i)); }
std::string take_flow(base::ByteReader& reader) {
  const std::size_t size = reader.u8();
  return hex(reader.take(size));
}

std::string vpls_words(unsigned i) { return fmt::format("vpls rd 65000:1 endpoint {} base 1000 offset 1 size 8 next-hop 10.0.0.1", i); }
std::string vpls_octets(unsigned i) { return fmt::format("0000fde800000001{:04x}00010008003e81", i); }
std::string take_vpls(base::ByteReader& reader) {
  const std::size_t size = reader.u16();
  return hex(reader.take(size));
}

constexpr RibFamily k_families[] = {{"ipv4 mpls-vpn", vpn_words, vpn_octets, take_vpn},
                                    {"ipv4 flow", flow_words, flow_octets, take_flow},
                                    {"l2vpn vpls", vpls_words, vpls_octets, take_vpls}};

// What a peer has of one family, and how often it was told a withdraw of what it did not have.
struct Held {
  std::map<std::string, int> routes;

  Held(const RibFamily& family, const Transcript& transcript) {
    for (const Message& message : transcript) {
      if (message.type() == k_update) take(family, message.bytes);
    }
  }

 private:
  void take(const RibFamily& family, base::Bytes bytes) {
    base::ByteReader message(bytes);
    message.skip(19);
    message.skip(message.u16());
    base::ByteReader attributes(message.take(message.u16()));
    while (!attributes.empty()) {
      const std::uint8_t flags = attributes.u8();
      const std::uint8_t code = attributes.u8();
      const std::size_t size = (flags & 0x10) != 0 ? attributes.u16() : attributes.u8();
      base::ByteReader value(attributes.take(size));
      if (code != 14 && code != 15) continue;
      value.skip(3);
      if (code == 14) {
        value.skip(value.u8());
        value.skip(1);
      }
      while (!value.empty()) {
        const std::string route = family.take(value);
        ASSERT_TRUE(value.ok());
        if (code == 14) ++routes[route];
        else routes.erase(route);
      }
    }
  }
};

class RibOfFamilies : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(RibOfFamilies);

TEST_P(RibOfFamilies, I09_OfOtherFamiliesThePeerEndsWithWhatWasSaidLastOnThisSessionAndTheNext) {
  for (const RibFamily& family : k_families) {
    SCOPED_TRACE(family.name);
    play([&family](Stage& stage) {
      constexpr unsigned k_routes = 400;
      Scene scene(stage);
      scene.neighbor().families = {std::string(family.name)};
      scene.program("p");
      scene.start();
      ASSERT_TRUE(stage.run_until_established());
      auto& program = *stage.program_running("p");
      std::map<std::string, int> expected;
      std::size_t said = 0;
      const auto say = [&](unsigned i, bool announced) {
        program.say(fmt::format("peer * {} {}", announced ? "announce" : "withdraw", family.words(i)));
        ++said;
        if (announced) expected[family.octets(i)] = 1;
        else expected.erase(family.octets(i));
      };
      const auto keys = [](const std::map<std::string, int>& routes) {
        std::vector<std::string> out;
        for (const auto& [key, times] : routes) out.push_back(key);
        return out;
      };
      for (unsigned i = 0; i < k_routes; ++i) say(i, true);
      std::uint32_t dice = 7;
      for (int step = 0; step < 1200; ++step) {
        dice = dice * 1664525 + 1013904223;
        say((dice >> 8U) % k_routes, (dice >> 24U) % 2 == 0);
        if (step % 100 != 50) continue;
        ASSERT_TRUE(stage.run_until([&] { return program.lines().size() + 40 > said; }));
      }
      ASSERT_TRUE(stage.run_until([&] { return program.lines().size() == said; }));
      EXPECT_EQ(program.count("done"), said);
      const auto arrived = [&] { return keys(Held(family, stage.peer()->transcript()).routes) == keys(expected); };
      EXPECT_TRUE(stage.run_until(arrived)) << Held(family, stage.peer()->transcript()).routes.size() << " of " << expected.size();
      // The next session is told all of it, once.
      stage.peer()->end(Remote::Ending::close);
      ASSERT_TRUE(stage.run_until([&] { return stage.peers.size() == 2 && stage.peer()->ends_of_rib() == 1; }));
      const Held again(family, stage.peer()->transcript());
      EXPECT_EQ(keys(again.routes), keys(expected));
      for (const auto& [route, times] : again.routes) EXPECT_EQ(times, 1) << route;
    }, 2);
  }
}

}  // namespace
}  // namespace tandem::conformance
