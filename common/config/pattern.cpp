#include "common/config/pattern.hpp"

#include <algorithm>
#include <regex>

#include "common/base/asn.hpp"

namespace tandem::config {

namespace {

constexpr std::uint64_t k_copies_max = 1000;
constexpr std::size_t k_name_max = 256;

// libstdc++ can run an expression breadth first, in time linear in the name; the ordinary way backtracks. It refuses back
// references then.
constexpr auto k_flags = std::regex::ECMAScript
#ifdef __GLIBCXX__
                         | std::regex_constants::__polynomial
#endif
    ;

// `(a{1000}){1000}` unrolls to a million states: the product of all counts is an upper bound for the unrolling.
bool counts_are_reasonable(std::string_view text) {
  std::uint64_t copies = 1;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    std::uint64_t largest = 1;
    std::uint64_t number = 0;
    for (std::size_t i = at + 1; i < text.size() && text[i] != '}'; ++i) {
      if (text[i] >= '0' && text[i] <= '9') {
        number = std::min<std::uint64_t>(number * 10 + static_cast<std::uint64_t>(text[i] - '0'), k_copies_max + 1);
        largest = std::max(largest, number);
      } else {
        number = 0;
      }
    }
    copies *= largest;
    if (copies > k_copies_max) return false;
  }
  return true;
}

}  // namespace

struct Pattern::Compiled {
  std::regex expression;
};

std::optional<Pattern> Pattern::compile(std::string_view text) {
  if (text.size() > k_length_max || !counts_are_reasonable(text)) return std::nullopt;
  try {
    Pattern pattern;
    pattern.compiled_ = std::make_shared<const Compiled>(Compiled{std::regex(text.begin(), text.end(), k_flags)});
    return pattern;
  } catch (const std::regex_error&) {
    return std::nullopt;
  }
}

bool Pattern::matches(std::string_view name) const {
  if (name.size() > k_name_max) return false;
  try {
    return std::regex_search(name.begin(), name.end(), compiled_->expression, std::regex_constants::match_continuous);
  } catch (const std::regex_error&) {
    return false;
  }
}

}  // namespace tandem::config
