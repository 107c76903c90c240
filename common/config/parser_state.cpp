// What the reader says: where it stands, what is wrong, what was meant.
#include "common/config/parser_state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/json_writer.hpp"
#include "common/config/diagnostics.hpp"
#include "common/config/migrate.hpp"

namespace tandem::config {

namespace {

constexpr std::size_t k_warnings_max = 1000;
constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view k_no_break_space = "\xC2\xA0";

// The text from a physical line on; counts from 1.
std::string_view lines_from(std::string_view text, int line) {
  for (; line > 1 && !text.empty(); --line) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text;
}

std::vector<std::string> keyword_names(const Section& section) {
  std::vector<std::string> names;
  for (const Keyword& keyword : section.keywords) names.emplace_back(keyword.name);
  return names;
}

}  // namespace

base::Error ParserState::surplus_brace() const {
  base::SourceContext where = context(statement_.end, "}");
  std::string reason = "nothing is open that '}' could close";
  if (closed_.opened.line != 0) {
    reason += fmt::format(": '{}', which begins at line {}, is closed already", closed_.title, closed_.opened.line);
    where.related = location(closed_.opened);
  }
  return base::Error::at(std::move(where), std::move(reason));
}

base::Error ParserState::unknown_word(const base::Token& word, bool block, const Home& home) const {
  const Section& here = *frames_.back().section;
  std::vector<std::string> names = keyword_names(here);
  std::string reason = fmt::format("unknown {} '{}'", block || here.id == SectionId::top ? "section" : "keyword", printable_word(word.text));
  if (const Retired* retired = find_retired(here, word.text); retired != nullptr) {
    reason += fmt::format(" ({})", retired->hint);
  } else if (word.text.starts_with(k_byte_order_mark)) {
    reason += " (the file begins with a byte order mark: save it without one)";
  } else if (word.text.find(k_no_break_space) != std::string_view::npos) {
    reason += " (it contains a no-break space, which does not end a word)";
  } else if (home.keyword != nullptr) {
    reason += home_hint(home);
  } else {
    reason += suggestion(word.text, names);
  }
  if (is_3_4(here.id == SectionId::top ? std::string_view() : here.name, word.text)) reason += fmt::format("; {}", k_migrate_hint);
  return fail(word, std::move(reason), std::move(names));
}

// Around this section, which was then not closed, or in a section of it.
ParserState::Home ParserState::find_home(std::string_view word, bool block) const {
  const auto known = [word, block](const Section& section) -> const Keyword* {
    const Keyword* keyword = find_keyword(section, word);
    const bool fits = keyword != nullptr && (block ? keyword->block != SectionId::none : keyword->command != nullptr);
    return fits ? keyword : nullptr;
  };
  for (std::size_t i = frames_.size() - 1; i-- > 0;) {
    if (const Keyword* keyword = known(*frames_[i].section)) return {keyword, i, nullptr};
  }
  for (const Keyword& inner : frames_.back().section->keywords) {
    if (inner.block == SectionId::none) continue;
    if (const Keyword* keyword = known(section(inner.block))) return {keyword, frames_.size() - 1, &inner};
  }
  return {};
}

std::string ParserState::home_hint(const Home& home) const {
  if (home.section != nullptr) {
    return fmt::format(" (it stands in {}{}{} {{ }})", home.section->name, home.section->value.empty() ? "" : " ", home.section->value);
  }
  return home.frame == 0 ? fmt::format(" (it stands outside '{}': is a '}}' missing before it?)", frames_[1].title)
                         : fmt::format(" (it stands in '{}': is a '}}' missing before it?)", frames_[home.frame].title);
}

// The first octet that is not part of a well-formed character.
base::Error ParserState::encoding_error() const {
  const std::string_view text = source.text;
  Place place{1, 1};
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t length = 1;
    while (length <= 4 && !base::is_valid_utf8(text.substr(at, length))) ++length;
    if (length > 4) break;
    ++place.column;
    if (text[at] == '\n') place = {place.line + 1, 1};
    at += length;
  }
  base::SourceContext where = context(place, "");
  where.statement.clear();
  return base::Error::at(std::move(where), "the file is not UTF-8 text");
}

std::string ParserState::section_path() const {
  std::string path;
  for (std::size_t i = 1; i < frames_.size(); ++i) {
    if (i > 1) path += '/';
    path += frames_[i].title;
  }
  return path;
}

base::SourceContext ParserState::context(Place place, std::string token) const {
  base::SourceContext context;
  context.location = location(place);
  context.section = section_path();
  context.statement = statement_text(statement_.words, at_end_of_file_ ? '\0' : statement_.terminator);
  context.token = std::move(token);
  return context;
}

base::Error ParserState::fail(const base::Token& word, std::string reason, std::vector<std::string> alternatives, Place related) const {
  const base::Token* first = statement_.words.data();
  const bool mine = &word >= first && &word < first + statement_.words.size();
  base::SourceContext where = context(
      place_of(word), mine ? word_text(statement_.words, static_cast<std::size_t>(&word - first)) : printable_word(word.text));
  where.alternatives = std::move(alternatives);
  if (related.line != 0) where.related = location(related);
  return base::Error::at(std::move(where), std::move(reason));
}

base::Error ParserState::fail_end(std::string reason) const {
  return base::Error::at(context(statement_.end, "end of file"), std::move(reason));
}

base::Error ParserState::fail_section(std::string reason, Place related) const {
  return fail_statement(frames_.back().opened, std::move(reason), related);
}

base::Error ParserState::fail_statement(Place place, std::string reason, Place related) const {
  base::SourceContext where = look_up(place, "");
  if (related.line != 0) where.related = location(related);
  return base::Error::at(std::move(where), std::move(reason));
}

base::Error ParserState::fail_word(Place place, std::string_view word, std::string reason) const {
  return base::Error::at(look_up(place, word), std::move(reason));
}

// The words of a statement are not kept: they are needed once in a file that is wrong.
base::SourceContext ParserState::look_up(Place place, std::string_view wanted) const {
  base::SourceContext where = context(place, "");
  where.statement.clear();
  Tokenizer again(lines_from(source.text, place.line), place.line);
  Statement statement;
  for (auto step = again.next(statement); step && *step == Tokenizer::Step::statement; step = again.next(statement)) {
    if (statement.words.empty() || place_of(statement.words.back()) < place) continue;
    const auto found = std::find_if(statement.words.begin(), statement.words.end(), [wanted](const base::Token& word) { return word.text == wanted; });
    const base::Token& shown = wanted.empty() || found == statement.words.end() ? statement.words[0] : *found;
    where.location = location(place_of(shown));
    where.statement = statement_text(statement.words, statement.terminator);
    where.token = word_text(statement.words, static_cast<std::size_t>(&shown - statement.words.data()));
    break;
  }
  return where;
}

base::Error ParserState::locate(const base::Error& error, std::string statement) const {
  const base::SourceContext* known = error.context();
  base::SourceContext where = known != nullptr ? *known : base::SourceContext{};
  where.location.file = source.name;
  if (where.location.line == 0) {
    const Place place = statement_.words.empty() ? statement_.end : place_of(statement_.words[0]);
    where.location = location(place);
  }
  where.section = section_path();
  if (!statement.empty()) where.statement = std::move(statement);
  if (where.statement.empty()) where.statement = statement_text(statement_.words, statement_.terminator);
  std::string reason = error.reason() + suggestion(where.token, where.alternatives);
  where.token = printable_word(where.token);
  return base::Error::at(std::move(where), std::move(reason));
}

void ParserState::warn_at(Place place, std::string token, std::string reason, std::string statement) {
  if (result.warnings.size() >= k_warnings_max) return;
  base::SourceContext where = context(place, std::move(token));
  const bool read_now = !statement_.words.empty() && !(place < place_of(statement_.words.front())) && !(place_of(statement_.words.back()) < place);
  if (!read_now || !statement.empty()) where.statement = std::move(statement);
  result.warnings.push_back({std::move(where), std::move(reason)});
}

void ParserState::warn(const base::Token& word, std::string reason) {
  if (result.warnings.size() >= k_warnings_max) return;
  const auto index = static_cast<std::size_t>(&word - statement_.words.data());
  warn_at(place_of(word), word_text(statement_.words, index), std::move(reason));
}

void ParserState::warn_ignored(const Statement& statement, std::size_t first) {
  if (statement.words.size() > first) warn(statement.words[first], "ignored: nothing more is expected in this statement");
}

}  // namespace tandem::config
