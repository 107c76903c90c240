#include "common/config/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "common/base/format.hpp"

namespace tandem::config {

namespace {

constexpr std::size_t k_statement_text_max = 400;
constexpr std::size_t k_word_text_max = 120;
constexpr std::size_t k_edits_max = 2;
constexpr std::size_t k_alternatives_max = 12;
constexpr std::string_view k_hidden = "<hidden>";
constexpr std::string_view k_secret_keywords[] = {"md5-password", "password"};

// Cuts to at most `maximum` octets, never inside a UTF-8 character.
std::string_view shorten(std::string_view text, std::size_t maximum) {
  if (text.size() <= maximum) return text;
  std::size_t end = maximum;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

bool is_secret_keyword(std::string_view word) {
  return std::find(std::begin(k_secret_keywords), std::end(k_secret_keywords), word) != std::end(k_secret_keywords);
}

bool looks_like_secret_keyword(std::string_view word) {
  if (mentions_secret(word) || word == "md5") return true;
  return std::any_of(std::begin(k_secret_keywords), std::end(k_secret_keywords), [&](std::string_view keyword) {
    return edit_distance(word, keyword, k_edits_max) <= k_edits_max;
  });
}

// The position of the first word that must not be shown.
std::size_t first_hidden(base::Tokens words) {
  if (!words.empty() && looks_like_secret_keyword(words[0].text)) return 1;
  const auto found = std::find_if(words.begin(), words.end(), [](const base::Token& word) { return is_secret_keyword(word.text); });
  return found == words.end() ? words.size() : static_cast<std::size_t>(found - words.begin()) + 1;
}

std::string place_text(const base::Location& location) {
  if (location.line == 0) return location.file;
  return fmt::format("{}:{}:{}", location.file, location.line, location.column);
}

// Of more words than a line holds only the number: the hint in the reason says what was meant, mostly.
std::string alternatives_text(const std::vector<std::string>& words, Alternatives wanted) {
  if (wanted == Alternatives::few && words.size() > k_alternatives_max) {
    return fmt::format("one of {} words ('tandem validate --keywords' lists them)", words.size());
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string render_lines(const base::SourceContext& context, const std::string& reason, Alternatives wanted) {
  const std::string place = place_text(context.location);
  std::string out = place.empty() ? reason : fmt::format("{}: {}", place, reason);
  if (!context.section.empty()) out += fmt::format("\n  section:   {}", context.section);
  if (!context.statement.empty()) out += fmt::format("\n  statement: {}", context.statement);
  if (!context.token.empty()) out += fmt::format("\n  token:     {}", context.token);
  if (!context.alternatives.empty()) out += fmt::format("\n  expected:  {}", alternatives_text(context.alternatives, wanted));
  if (context.related.line != 0) out += fmt::format("\n  see also:  {}", place_text(context.related));
  for (const std::string& note : context.notes) out += fmt::format("\n  before:    {}", note);
  return out;
}

}  // namespace

bool mentions_secret(std::string_view text) {
  constexpr std::string_view k_marks[] = {"passw", "secret"};
  return std::any_of(std::begin(k_marks), std::end(k_marks), [&](std::string_view mark) {
    return std::search(text.begin(), text.end(), mark.begin(), mark.end(), [](char a, char b) {
             return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
           }) != text.end();
  });
}

std::string printable_word(std::string_view word) {
  const std::string_view shown = shorten(word, k_word_text_max);
  std::string out;
  for (const char c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      base::append(out, "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  if (shown.size() < word.size()) out += "...";
  return out;
}

std::string word_text(base::Tokens words, std::size_t index) {
  return index >= first_hidden(words) ? std::string(k_hidden) : printable_word(words[index].text);
}

std::string statement_text(base::Tokens words, char terminator) {
  const std::size_t hidden = first_hidden(words);
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!out.empty()) out += ' ';
    if (i >= hidden) {
      out += k_hidden;
      break;
    }
    if (out.size() > k_statement_text_max) {
      out += "...";
      break;
    }
    const std::string word = printable_word(words[i].text);
    out += words[i].quoted ? fmt::format("\"{}\"", word) : word;
  }
  if (terminator != 0) {
    if (!out.empty()) out += ' ';
    out += terminator;
  }
  return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  constexpr std::size_t k_length_max = 64;
  if (a.size() > k_length_max || b.size() > k_length_max) return limit + 1;
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > limit) return limit + 1;
  using Row = std::array<std::size_t, k_length_max + 1>;
  Row before{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return std::min(last[b.size()], limit + 1);
}

namespace {

std::string_view abbreviated(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t k_length_min = 4;
  if (word.size() < k_length_min) return {};
  const auto begins = [word](const std::string& candidate) { return candidate.starts_with(word); };
  const auto first = std::find_if(candidates.begin(), candidates.end(), begins);
  if (first == candidates.end() || std::any_of(first + 1, candidates.end(), begins)) return {};
  return *first;
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string> candidates) {
  // two changes turn almost anything into a short word
  const std::size_t limit = word.size() < 4 ? 1 : k_edits_max;
  std::string_view best;
  std::size_t best_distance = limit + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate, limit);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best.empty() ? abbreviated(word, candidates) : best;
}

std::string suggestion(std::string_view word, std::span<const std::string> candidates) {
  const std::string_view near = nearest(word, candidates);
  return near.empty() || near == word ? std::string() : fmt::format(" (did you mean '{}'?)", near);
}

std::string render(const base::Error& error, Alternatives alternatives) {
  return error.context() == nullptr ? error.reason() : render_lines(*error.context(), error.reason(), alternatives);
}

std::string headline(const Warning& warning) {
  return fmt::format("{}: '{}' {}", place_text(warning.context.location), warning.context.token, warning.reason);
}

std::string render(const Warning& warning) { return render_lines(warning.context, warning.reason, Alternatives::few); }

}  // namespace tandem::config
