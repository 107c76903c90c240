// Regular expressions from a configuration, made safe: nothing a user writes may throw, recurse without bound or take
// exponential time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tandem::config {

class Pattern {
 public:
  static constexpr std::size_t k_length_max = 256;

  // nullopt for an invalid or unreasonable expression (ECMAScript syntax without back references).
  [[nodiscard]] static std::optional<Pattern> compile(std::string_view text);

  // True when the name begins with a match: anchored at the start, not at the end.
  [[nodiscard]] bool matches(std::string_view name) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace tandem::config
