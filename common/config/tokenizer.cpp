#include "common/config/tokenizer.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "common/config/diagnostics.hpp"

namespace tandem::config {

namespace {

enum class Kind : std::uint8_t { word, blank, comment, punctuation, quote, terminator };

constexpr std::array<Kind, 256> make_kinds() {
  std::array<Kind, 256> kinds{};
  for (const char c : {' ', '\t', '\r', '\n'}) kinds[static_cast<unsigned char>(c)] = Kind::blank;
  for (const char c : {',', '[', ']'}) kinds[static_cast<unsigned char>(c)] = Kind::punctuation;
  for (const char c : {'"', '\''}) kinds[static_cast<unsigned char>(c)] = Kind::quote;
  for (const char c : {';', '{', '}'}) kinds[static_cast<unsigned char>(c)] = Kind::terminator;
  kinds[static_cast<unsigned char>('#')] = Kind::comment;
  return kinds;
}
constexpr auto k_kinds = make_kinds();

Kind kind_of(char c) { return k_kinds[static_cast<unsigned char>(c)]; }

std::string_view trim_right(std::string_view line) {
  const std::size_t last = line.find_last_not_of(" \t\r\n\v\f");
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool is_continuation_octet(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

bool needs_rewriting(std::string_view line) {
  unsigned char seen = 0;
  for (const char c : line) seen |= static_cast<unsigned char>(c);
  return (seen & 0x80) != 0 || std::memchr(line.data(), '\\', line.size()) != nullptr;
}

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

char plain_escape(char c) {
  switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;
  }
}

// The value of exactly four hexadecimal digits, or -1. A surrogate is half a character and no text.
int read_code_point(std::string_view digits) {
  if (digits.size() != 4) return -1;
  int code = 0;
  for (const char c : digits) {
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower >= '0' && lower <= '9') code = code * 16 + (lower - '0');
    else if (lower >= 'a' && lower <= 'f') code = code * 16 + (lower - 'a' + 10);
    else return -1;
  }
  return code >= 0xD800 && code <= 0xDFFF ? -1 : code;
}

}  // namespace

base::Error Tokenizer::error(Place place, const Statement& statement, std::string token, std::string reason) const {
  base::SourceContext context;
  context.location = {"", place.line, place.column};
  context.statement = statement_text(statement.words);
  context.token = std::move(token);
  return base::Error::at(std::move(context), std::move(reason));
}

Place Tokenizer::place_at(std::size_t offset) const {
  if (!places_.empty()) return places_[offset];
  return {line_number_, static_cast<int>(offset) + 1};
}

Place Tokenizer::place() const { return lines_read_ == 0 ? Place{1, 1} : Place{lines_read_, 1}; }

base::Token Tokenizer::token(std::size_t start, std::size_t end) const {
  const Place place = place_at(start);
  return {line_.substr(start, end - start), place.line, place.column, false};
}

base::Result<Tokenizer::Step> Tokenizer::next(Statement& out) {
  out.words.clear();
  statement_at_ = at_;
  for (;;) {
    while (at_ < line_.size()) {
      switch (kind_of(line_[at_])) {
        case Kind::blank:
          ++at_;
          break;
        case Kind::comment:
          if (!out.words.empty()) return error(place_at(at_), out, "#", "a comment inside an unfinished statement");
          at_ = line_.size();
          break;
        case Kind::terminator:
          out.terminator = line_[at_];
          out.end = place_at(at_);
          ++at_;
          return Step::statement;
        case Kind::punctuation:
          out.words.push_back(token(at_, at_ + 1));
          ++at_;
          break;
        case Kind::quote:
        case Kind::word:
          if (auto done = read_word(out); !done) return done.error();
          break;
      }
      if (out.words.size() > k_words_max) {
        return error(place_at(at_), Statement{}, "", "a statement of more than a million words");
      }
    }
    if (!out.words.empty()) {
      const base::Token& last = out.words.back();
      return error(place_of(last), out, word_text(out.words, out.words.size() - 1),
                   "the statement is not terminated on its line (';', '{' or '}' expected)");
    }
    const auto more = read_line();
    if (!more) return more.error();
    if (!*more) return Step::end;
  }
}

std::string_view Tokenizer::skip_line() {
  at_ = line_.size();
  return line_.substr(std::min(statement_at_, line_.size()));
}

// A word of ordinary characters; a quote in the middle of it continues it and its closing quote ends it.
base::Result<void> Tokenizer::read_word(Statement& out) {
  std::size_t end = at_;
  while (end < line_.size() && kind_of(line_[end]) == Kind::word) ++end;
  if (end < line_.size() && kind_of(line_[end]) == Kind::quote) return read_quoted(out, end);
  out.words.push_back(token(at_, end));
  at_ = end;
  return {};
}

// `quote` is the offset of the opening quote; the word began at at_.
base::Result<void> Tokenizer::read_quoted(Statement& out, std::size_t quote) {
  const std::size_t close = line_.find(line_[quote], quote + 1);
  if (close == std::string_view::npos) {
    return error(place_at(quote), out, std::string(1, line_[quote]), "the quote is not closed on its line");
  }
  base::Token word = token(quote + 1, close);
  const Place start = place_at(at_);
  word.line = start.line;
  word.column = start.column;
  word.quoted = true;
  if (quote != at_) {
    arena_.emplace_back(line_.substr(at_, quote - at_)).append(word.text);
    word.text = arena_.back();
  }
  out.words.push_back(word);
  at_ = close + 1;
  return {};
}

std::string_view Tokenizer::take_physical_line() {
  const std::size_t end = std::min(text_.find('\n', position_), text_.size());
  const std::string_view line = text_.substr(position_, end - position_);
  position_ = end + 1;
  ++lines_read_;
  return trim_right(line);
}

base::Result<bool> Tokenizer::read_line() {
  if (position_ >= text_.size()) return false;
  const std::string_view line = take_physical_line();
  at_ = 0;
  statement_at_ = 0;
  places_.clear();
  line_number_ = lines_read_;
  line_ = line;
  if (needs_rewriting(line)) {
    if (auto done = rewrite_line(line, !line.empty() && line.back() == '\\'); !done) return done.error();
  }
  return true;
}

// Joins continued lines, remembers where each octet came from, and expands the escapes.
base::Result<void> Tokenizer::rewrite_line(std::string_view physical, bool joined) {
  std::string& line = arena_.emplace_back();
  for (;;) {
    int column = 0;
    for (const char c : physical.substr(0, physical.size() - (joined ? 1 : 0))) {
      if (!is_continuation_octet(c)) ++column;
      line += c;
      places_.push_back({lines_read_, column});
    }
    places_.push_back({lines_read_, column + 1});
    if (!joined) break;
    if (position_ >= text_.size()) {
      return error(places_.back(), Statement{}, "\\", "the last line of the file is continued");
    }
    places_.pop_back();
    physical = take_physical_line();
    joined = !physical.empty() && physical.back() == '\\';
  }
  if (auto done = expand_escapes(line); !done) return done;
  line_ = line;
  return {};
}

base::Result<void> Tokenizer::expand_escapes(std::string& line) {
  if (line.find('\\') == std::string::npos) return {};
  std::string expanded;
  expanded.reserve(line.size());
  std::vector<Place> places;
  places.reserve(places_.size());
  std::size_t at = 0;
  while (at < line.size()) {
    const Place place = places_[at];
    if (line[at] != '\\' || at + 1 == line.size()) {
      expanded += line[at];
      ++at;
    } else if (line[at + 1] != 'u') {
      expanded += plain_escape(line[at + 1]);
      at += 2;
    } else {
      const std::string_view digits = std::string_view(line).substr(at + 2, 4);
      const int code = read_code_point(digits);
      if (code < 0) {
        // what follows may be part of a secret, and the words are not known yet
        const bool secret = mentions_secret(line);
        const std::size_t hex = std::min(digits.find_first_not_of("0123456789abcdefABCDEF"), digits.size());
        return error(place, Statement{}, "\\u" + (secret ? std::string() : std::string(digits.substr(0, hex))),
                     "\\u needs four hexadecimal digits that make a character");
      }
      append_utf8(expanded, static_cast<unsigned>(code));
      at += 6;
    }
    places.resize(expanded.size(), place);
  }
  places.push_back(places_.back());
  line = std::move(expanded);
  places_ = std::move(places);
  return {};
}

}  // namespace tandem::config
