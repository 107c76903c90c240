// Configuration files of older versions of ExaBGP in the words of later ones. Text in, text out: comments and the rest of the layout stay.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tandem::config {

enum class Dialect : std::uint8_t { v3_4, v4, v5, main };
[[nodiscard]] std::optional<Dialect> parse_dialect(std::string_view text);

// The word stood in this section ("" is outside of all) in 3.4, and `migrate` writes it anew.
[[nodiscard]] bool is_3_4(std::string_view section, std::string_view word);
inline constexpr std::string_view k_migrate_hint = "'tandem migrate conf -f 3.4 -t main FILE' writes the file anew";

struct Migration {
  std::string text;
  std::vector<std::string> changes;  // "line 3: 'md5 x' became 'md5-password x'", in the order they were made
};
// Each step from `from` to `to`. What cannot be read as statements stays as it is: who reads the result says what is wrong with it.
[[nodiscard]] Migration migrate(std::string_view text, Dialect from, Dialect to);

}  // namespace tandem::config
