#include "common/bgp/value_reader.hpp"

#include <algorithm>
#include <charconv>

namespace tandem::bgp {

std::vector<base::Token> split_words(std::string_view text) {
  constexpr std::string_view k_alone = "[](),";
  std::vector<base::Token> words;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ' ') {
      ++at;
    } else if (text[at] == '"') {
      const std::size_t end = std::min(text.find('"', at + 1), text.size());
      words.push_back({text.substr(at + 1, end - at - 1), 0, 0, true});
      at = end + 1;
    } else {
      const std::size_t end = k_alone.find(text[at]) != std::string_view::npos ? at + 1 : std::min(text.find_first_of(" [](),\"", at), text.size());
      words.push_back({text.substr(at, end - at), 0, 0, false});
      at = end;
    }
  }
  return words;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::optional<std::uint64_t> parse_hex_number(std::string_view text, std::uint64_t maximum) {
  if (text.size() < 3 || text[0] != '0' || (text[1] != 'x' && text[1] != 'X')) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
  if (failure != std::errc() || end != text.data() + text.size() || value > maximum) return std::nullopt;
  return value;
}

}  // namespace tandem::bgp
