#include "common/bgp/value_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tandem::bgp {

namespace {

base::Error error_at(const base::Token* token, std::string reason, std::vector<std::string> alternatives) {
  base::SourceContext context;
  if (token != nullptr) {
    context.location.line = token->line;
    context.location.column = token->column;
    context.token = std::string(token->text);
  }
  context.alternatives = std::move(alternatives);
  return base::Error::at(std::move(context), std::move(reason));
}

}  // namespace

base::Error ValueReader::fail(const base::Token& token, std::string reason, std::vector<std::string> alternatives) const {
  return error_at(&token, std::move(reason), std::move(alternatives));
}

base::Error ValueReader::refuse(const base::Token& token, std::string_view expected, std::vector<std::string> alternatives) const {
  return error_at(&token, fmt::format("{}: '{}' is not valid, {} expected", keyword_, token.text, expected), std::move(alternatives));
}

base::Error ValueReader::missing(std::string_view expected, std::vector<std::string> alternatives) const {
  if (at_end()) {
    const base::Token* last = tokens_.empty() ? nullptr : &tokens_.back();
    return error_at(last, fmt::format("{}: {} expected at the end of the statement", keyword_, expected), std::move(alternatives));
  }
  const base::Token& found = tokens_[taken_];
  return error_at(&found, fmt::format("{}: {} expected, found '{}'", keyword_, expected, found.text), std::move(alternatives));
}

std::optional<base::Error> ValueReader::expect(std::string_view keyword) {
  const base::Token* found = word();
  if (found == nullptr) return missing(fmt::format("'{}'", keyword), {std::string(keyword)});
  if (found->text != keyword) {
    return fail(*found, fmt::format("'{}' expected after {}, found '{}'", keyword, keyword_, found->text), {std::string(keyword)});
  }
  about(keyword);
  return std::nullopt;
}

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
