#include "common/api/tokenize.hpp"

#include <array>
#include <cstdint>

#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

enum class CharClass : std::uint8_t { word, blank, punctuation, quote, backslash };

constexpr std::array<CharClass, 256> make_classes() {
  std::array<CharClass, 256> classes{};
  for (const char c : std::string_view(" \t\r\n\v\f")) classes[static_cast<std::uint8_t>(c)] = CharClass::blank;
  for (const char c : std::string_view("[](){},;")) classes[static_cast<std::uint8_t>(c)] = CharClass::punctuation;
  for (const char c : std::string_view("\"'")) classes[static_cast<std::uint8_t>(c)] = CharClass::quote;
  classes['\\'] = CharClass::backslash;
  return classes;
}
constexpr std::array<CharClass, 256> k_classes = make_classes();

[[nodiscard]] CharClass class_of(char c) { return k_classes[static_cast<std::uint8_t>(c)]; }

// Programs write a block as a file would have it, the ends of its lines as a backslash and a letter: "flow route {\n match {\n ...".
[[nodiscard]] bool is_written_blank(std::string_view text, std::size_t at) {
  return at + 1 < text.size() && (text[at + 1] == 'n' || text[at + 1] == 't' || text[at + 1] == 'r');
}

[[nodiscard]] bool is_word(std::string_view text, std::size_t at) {
  const CharClass kind = class_of(text[at]);
  return kind == CharClass::word || (kind == CharClass::backslash && !is_written_blank(text, at));
}

// One line of a megabyte must not keep its tokens' memory for ever.
constexpr std::size_t k_kept_tokens = 4096;
constexpr std::size_t k_kept_text = 65536;

void append_space(std::string& out, std::size_t start) {
  if (out.size() > start && out.back() != ' ') out += ' ';
}

}  // namespace

void append_normalised(std::string_view line, std::string& out) {
  constexpr std::string_view k_blanks = " \t\r\n\v\f";
  const std::size_t first = line.find_first_not_of(k_blanks);
  if (first == std::string_view::npos) return;
  line = line.substr(first, line.find_last_not_of(k_blanks) - first + 1);
  const std::size_t start = out.size();
  for (const char c : line) {
    switch (c) {
      case ' ':
      case '\t': append_space(out, start); break;
      case '[':
      case '(': out += c; out += ' '; break;
      case ']':
      case ')': append_space(out, start); out += c; break;
      case ',': append_space(out, start); out += ", "; break;
      default: out += c;
    }
  }
  while (out.size() > start && out.back() == ' ') out.pop_back();
}

bool Tokenizer::tokenize(std::string_view line) {
  if (tokens_.capacity() > k_kept_tokens) tokens_ = {};
  if (normalised_.capacity() > k_kept_text) normalised_ = {};
  ascii_ = true;
  if (!scan(line, false)) {
    normalised_.clear();
    append_normalised(line, normalised_);
    if (!scan(normalised_, true)) return false;
  }
  return ascii_ || base::is_valid_utf8(line);
}

// Without `quotes` it gives up at the first quote, for the caller to normalise the line and come again.
bool Tokenizer::scan(std::string_view text, bool quotes) {
  tokens_.clear();
  std::uint8_t seen = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = at;
    switch (class_of(text[at])) {
      case CharClass::blank: ++at; continue;
      case CharClass::punctuation: ++at; break;
      case CharClass::quote:
        if (!quotes || !scan_quoted(text, at, start)) return false;
        continue;
      case CharClass::backslash:
        if (is_written_blank(text, at)) {
          at += 2;
          continue;
        }
        [[fallthrough]];
      case CharClass::word:
        do {
          seen |= static_cast<std::uint8_t>(text[at++]);
        } while (at < text.size() && is_word(text, at));
        if (at < text.size() && class_of(text[at]) == CharClass::quote) {
          if (!quotes || !scan_quoted(text, at, start)) return false;
          continue;
        }
    }
    tokens_.push_back({text.substr(start, at - start)});
  }
  if (seen >= 0x80) ascii_ = false;
  return true;
}

// A quote opens at `at`, in a token that starts at `start`. The closing quote ends the token. A quoted part in the middle of a word
// stays in it as typed.
bool Tokenizer::scan_quoted(std::string_view text, std::size_t& at, std::size_t start) {
  const std::size_t close = text.find(text[at], at + 1);
  if (close == std::string_view::npos) return false;
  base::Token token;
  token.quoted = true;
  token.text = start == at ? text.substr(at + 1, close - at - 1) : text.substr(start, close - start + 1);
  tokens_.push_back(token);
  ascii_ = false;  // not looked at octet by octet: let the line be checked
  at = close + 1;
  return true;
}

std::string Tokenizer::normalised(base::Tokens tokens) const {
  std::string out;
  if (tokens.empty()) return out;
  const char* begin = tokens.front().text.data();
  const base::Token& last = tokens.back();
  const char* end = last.text.data() + last.text.size();
  append_normalised({begin, static_cast<std::size_t>(end - begin)}, out);
  // A quoted token views what is between its quotes.
  if (last.quoted && end < normalised_.data() + normalised_.size() && class_of(*end) == CharClass::quote) out += *end;
  return out;
}

}  // namespace tandem::api
