#include "common/api/tokenize.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

enum class CharClass : std::uint8_t { word, foreign, blank, punctuation, quote, backslash };  // foreign: in a word, and not ASCII

constexpr std::array<CharClass, 256> make_classes() {
  std::array<CharClass, 256> classes{};
  for (std::size_t c = 0x80; c < classes.size(); ++c) classes[c] = CharClass::foreign;
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

// One line of a megabyte must not keep its tokens' memory for ever.
constexpr std::size_t k_kept_tokens = 4096;
constexpr std::size_t k_kept_text = 65536;
constexpr std::size_t k_remembered = 512;  // longer lines are read anew

[[nodiscard]] std::uint64_t load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}
constexpr bool k_little = std::endian::native == std::endian::little;

// How many octets at the front, and at the end, of `count` are the same.
[[nodiscard]] std::size_t same_in_front(const char* a, const char* b, std::size_t count) {
  std::size_t same = 0;
  for (; same + 8 <= count; same += 8) {
    const std::uint64_t difference = load(a + same) ^ load(b + same);
    if (difference != 0) return same + static_cast<std::size_t>(k_little ? std::countr_zero(difference) : std::countl_zero(difference)) / 8;
  }
  while (same < count && a[same] == b[same]) ++same;
  return same;
}
[[nodiscard]] std::size_t same_at_end(const char* a_end, const char* b_end, std::size_t count) {
  std::size_t same = 0;
  for (; same + 8 <= count; same += 8) {
    const std::uint64_t difference = load(a_end - same - 8) ^ load(b_end - same - 8);
    if (difference != 0) return same + static_cast<std::size_t>(k_little ? std::countl_zero(difference) : std::countr_zero(difference)) / 8;
  }
  while (same < count && a_end[-1 - static_cast<std::ptrdiff_t>(same)] == b_end[-1 - static_cast<std::ptrdiff_t>(same)]) ++same;
  return same;
}

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
  if (like_before(line)) return true;
  before_.clear();
  if (tokens_.capacity() > k_kept_tokens) tokens_ = {};
  if (normalised_.capacity() > k_kept_text) normalised_ = {};
  ascii_ = plain_ = true;
  if (scan(line, false)) {
    if (ascii_ && plain_ && line.size() <= k_remembered) remember(line);
  } else {
    normalised_.clear();
    append_normalised(line, normalised_);
    if (!scan(normalised_, true)) return false;
  }
  return ascii_ || base::is_valid_utf8(line);
}

void Tokenizer::remember(std::string_view line) {
  before_ = line;
  before_at_ = line.data();
}

// Where the lines differ there must be octets of words alone, and these inside one word of the line before: then it is the same words but
// for that one. There are no quotes and no backslashes in either.
bool Tokenizer::like_before(std::string_view line) {
  if (before_.empty() || line.empty() || line.size() > k_remembered) return false;
  const std::size_t shorter = std::min(line.size(), before_.size());
  const std::size_t front = same_in_front(line.data(), before_.data(), shorter);
  const std::size_t end = same_at_end(line.data() + line.size(), before_.data() + before_.size(), shorter - front);
  const std::size_t changed_end = before_.size() - end;  // of what was there
  const auto start_of = [this](const base::Token& token) { return static_cast<std::size_t>(token.text.data() - before_at_); };
  const auto changed = std::find_if(tokens_.begin(), tokens_.end(), [&](const base::Token& token) { return start_of(token) + token.text.size() >= changed_end; });
  if (changed == tokens_.end() || start_of(*changed) > front || class_of(before_[start_of(*changed)]) != CharClass::word) return false;
  const std::size_t grown = line.size() - before_.size();  // modulo
  const std::size_t size = changed->text.size() + grown;
  if (size == 0 || size > line.size()) return false;
  for (std::size_t at = front; at < line.size() - end; ++at) {
    if (class_of(line[at]) != CharClass::word) return false;
  }
  for (auto token = tokens_.begin(); token != tokens_.end(); ++token) {
    const std::size_t start = start_of(*token) + (token > changed ? grown : 0);
    token->text = {line.data() + start, token == changed ? size : token->text.size()};
  }
  remember(line);
  return true;
}

// Where a word ends that goes on at `at`. Nearly all that a program writes is octets of words: they are looked at once.
std::size_t Tokenizer::word_end(std::string_view text, std::size_t at) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  for (const char* c = begin + at;; ++c) {
    while (c != end && class_of(*c) == CharClass::word) ++c;
    if (c == end) return text.size();
    const auto here = static_cast<std::size_t>(c - begin);
    const CharClass kind = class_of(*c);
    if (kind == CharClass::foreign) ascii_ = false;
    else if (kind == CharClass::backslash) plain_ = false;
    if (kind != CharClass::foreign && (kind != CharClass::backslash || is_written_blank(text, here))) return here;
  }
}

// Without `quotes` it gives up at the first quote, for the caller to normalise the line and come again.
bool Tokenizer::scan(std::string_view text, bool quotes) {
  tokens_.clear();
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
        plain_ = false;
        if (is_written_blank(text, at)) {
          at += 2;
          continue;
        }
        [[fallthrough]];
      case CharClass::foreign:
      case CharClass::word:
        at = word_end(text, at);
        if (at < text.size() && class_of(text[at]) == CharClass::quote) {
          if (!quotes || !scan_quoted(text, at, start)) return false;
          continue;
        }
    }
    tokens_.push_back({text.substr(start, at - start)});
  }
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
