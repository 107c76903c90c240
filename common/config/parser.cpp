// The reader: statements to the handlers of the section tables, and what is wrong to located errors.
#include "common/config/parser.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/json_writer.hpp"
#include "common/config/diagnostics.hpp"
#include "common/config/parser_state.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

constexpr std::size_t k_warnings_max = 1000;
constexpr std::size_t k_notes_max = 3;
constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view k_no_break_space = "\xC2\xA0";

std::vector<std::string> keyword_names(const Section& section) {
  std::vector<std::string> names;
  for (const Keyword& keyword : section.keywords) names.emplace_back(keyword.name);
  return names;
}

// Checked first because it is many times faster, and nearly always the answer.
bool is_ascii(std::string_view text) {
  unsigned char seen = 0;
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  return seen < 0x80;
}

// The text from a physical line on; counts from 1.
std::string_view lines_from(std::string_view text, int line) {
  for (; line > 1 && !text.empty(); --line) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text;
}

const Keyword* find_keyword(const Section& section, std::string_view name) {
  const auto found = std::find_if(section.keywords.begin(), section.keywords.end(),
                                  [&](const Keyword& keyword) { return keyword.name == name; });
  return found == section.keywords.end() ? nullptr : &*found;
}

}  // namespace

ParserState::ParserState(const Source& source_, const ParseOptions& options_, const ProgramProbe& probe_, rib::AttributePool& pool_)
    : source(source_), options(options_), probe(probe_), pool(pool_), routes(pool_), tokenizer_(source_.text) {
  frames_.push_back({&section(SectionId::top), "", {}});
}

// A warning nobody sees because of an error is often its cause: `local-as 1 }` lacks a `;`, and then the neighbor a local-as.
base::Error ParserState::with_notes(const base::Error& error) const {
  if (error.context() == nullptr || result.warnings.empty()) return error;
  base::SourceContext where = *error.context();
  const std::size_t count = std::min(result.warnings.size(), k_notes_max);
  for (std::size_t i = result.warnings.size() - count; i < result.warnings.size(); ++i) where.notes.push_back(headline(result.warnings[i]));
  return base::Error::at(std::move(where), error.reason());
}

base::Result<Configuration> ParserState::run() {
  if (auto done = read_everything(); !done) return with_notes(done.error());
  return std::move(result);
}

Status ParserState::read_everything() {
  if (!is_ascii(source.text) && !base::is_valid_utf8(source.text)) return encoding_error();
  bool any = false;
  for (;;) {
    const auto step = tokenizer_.next(statement_);
    if (!step) {
      statement_ = {};  // cut short: the error has what was read of it
      statement_.terminator = 0;
      return locate(step.error());
    }
    if (*step == Tokenizer::Step::end) break;
    any = true;
    if (auto done = take(statement_); !done) return done;
  }
  statement_ = {};
  statement_.end = tokenizer_.place();
  at_end_of_file_ = true;
  if (!any) return fail_end("there is no statement in the file");
  // What follows was lost, perhaps: a file that is half there would withdraw routes and remove neighbors.
  if (frames_.size() > 1) return fail_section(fmt::format("the file ends inside '{}': its '}}' is missing", section_path()));
  return finish_apis(*this);
}

Status ParserState::take(const Statement& statement) {
  if (statement.terminator == '}') {
    if (!statement.words.empty()) {
      warn_at(place_of(statement.words[0]), statement_text(statement.words), "ignored: the ';' before '}' is missing");
    }
    return close_section();
  }
  if (statement.words.empty()) {
    const base::Token terminator{statement.terminator == ';' ? ";" : "{", statement.end.line, statement.end.column};
    return fail(terminator, statement.terminator == ';' ? "an empty statement" : "a section without a name");
  }
  return statement.terminator == ';' ? take_command(statement) : open_section(statement);
}

Status ParserState::take_command(const Statement& statement) {
  const Section& here = *frames_.back().section;
  if (here.any_command != nullptr) return here.any_command(*this, statement);
  const base::Token& name = statement.words[0];
  const Keyword* keyword = find_keyword(here, name.text);
  if (keyword != nullptr && keyword->command != nullptr) return keyword->command(*this, statement);
  if (keyword == nullptr) return unknown_word(name, false);
  const auto retired = std::find_if(here.retired.begin(), here.retired.end(), [&](const Retired& r) { return r.name == name.text; });
  if (retired != here.retired.end()) return fail(name, fmt::format("'{}' is a section here: {}", name.text, retired->hint));
  return fail(name, fmt::format("'{}' is a section and needs a block {{ }}", name.text));
}

Status ParserState::open_section(const Statement& statement) {
  const Section& here = *frames_.back().section;
  const base::Token& name = statement.words[0];
  const Keyword* keyword = find_keyword(here, name.text);
  if (keyword == nullptr) return unknown_word(name, true);
  if (keyword->block == SectionId::none) {
    if (keyword->command == not_supported) return keyword->command(*this, statement);
    return fail(name, fmt::format("'{}' takes no block (it ends with ';')", name.text));
  }
  const Section& opened = section(keyword->block);
  const bool named = !keyword->value.empty();
  if (!named) warn_ignored(statement, 1);
  frames_.push_back({&opened, std::string(opened.name), place_of(name)});
  return opened.enter == nullptr ? Status() : opened.enter(*this, statement);
}

Status ParserState::close_section() {
  if (frames_.size() == 1) return surplus_brace();
  const Section& closed = *frames_.back().section;
  if (closed.leave != nullptr) {
    if (auto done = closed.leave(*this); !done) return done;
  }
  closed_ = std::move(frames_.back());
  frames_.pop_back();
  return {};
}

base::Error ParserState::surplus_brace() const {
  base::SourceContext where = context(statement_.end, "}");
  std::string reason = "nothing is open that '}' could close";
  if (closed_.opened.line != 0) {
    reason += fmt::format(": '{}', which begins at line {}, is closed already", closed_.title, closed_.opened.line);
    where.related = location(closed_.opened);
  }
  return base::Error::at(std::move(where), std::move(reason));
}

base::Error ParserState::unknown_word(const base::Token& word, bool block) const {
  const Section& here = *frames_.back().section;
  std::vector<std::string> names = keyword_names(here);
  std::string reason = fmt::format("unknown {} '{}'", block || here.id == SectionId::top ? "section" : "keyword", printable_word(word.text));
  const auto retired = std::find_if(here.retired.begin(), here.retired.end(), [&](const Retired& r) { return r.name == word.text; });
  if (retired != here.retired.end()) {
    reason += fmt::format(" ({})", retired->hint);
  } else if (word.text.starts_with(k_byte_order_mark)) {
    reason += " (the file begins with a byte order mark: save it without one)";
  } else if (word.text.find(k_no_break_space) != std::string_view::npos) {
    reason += " (it contains a no-break space, which does not end a word)";
  } else if (const std::string home = find_home(word.text, block); !home.empty()) {
    reason += home;
  } else {
    reason += suggestion(word.text, names);
  }
  return fail(word, std::move(reason), std::move(names));
}

// Where a word that is unknown here would be right: around this section, which was then not closed, or in a section of it.
std::string ParserState::find_home(std::string_view word, bool block) const {
  const auto knows = [word, block](const Section& section) {
    const Keyword* keyword = find_keyword(section, word);
    return keyword != nullptr && (block ? keyword->block != SectionId::none : keyword->command != nullptr);
  };
  for (std::size_t i = frames_.size() - 1; i-- > 0;) {
    if (!knows(*frames_[i].section)) continue;
    return i == 0 ? fmt::format(" (it stands outside '{}': is a '}}' missing before it?)", frames_[1].title)
                  : fmt::format(" (it stands in '{}': is a '}}' missing before it?)", frames_[i].title);
  }
  for (const Keyword& keyword : frames_.back().section->keywords) {
    if (keyword.block == SectionId::none || !knows(section(keyword.block))) continue;
    return fmt::format(" (it stands in {}{}{} {{ }})", keyword.name, keyword.value.empty() ? "" : " ", keyword.value);
  }
  return {};
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
  base::SourceContext where = context(place, "");
  where.statement.clear();
  // Its words are not kept: they are needed once in a file that is wrong.
  Tokenizer again(lines_from(source.text, place.line), place.line);
  Statement statement;
  for (auto step = again.next(statement); step && *step == Tokenizer::Step::statement; step = again.next(statement)) {
    if (statement.words.empty() || place_of(statement.words[0]) < place) continue;
    if (place < place_of(statement.words[0])) break;
    where.statement = statement_text(statement.words, statement.terminator);
    where.token = word_text(statement.words, 0);
    break;
  }
  if (related.line != 0) where.related = location(related);
  return base::Error::at(std::move(where), std::move(reason));
}

base::Error ParserState::fail_at(Place place, std::string statement, std::string token, std::string reason) const {
  base::SourceContext where = context(place, std::move(token));
  where.statement = std::move(statement);
  return base::Error::at(std::move(where), std::move(reason));
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

void ParserState::warn_at(Place place, std::string token, std::string reason) {
  if (result.warnings.size() >= k_warnings_max) return;
  result.warnings.push_back({context(place, std::move(token)), std::move(reason)});
}

void ParserState::warn(const base::Token& word, std::string reason) {
  if (result.warnings.size() >= k_warnings_max) return;
  const auto index = static_cast<std::size_t>(&word - statement_.words.data());
  warn_at(place_of(word), word_text(statement_.words, index), std::move(reason));
}

void ParserState::warn_ignored(const Statement& statement, std::size_t first) {
  if (statement.words.size() > first) warn(statement.words[first], "ignored: nothing more is expected in this statement");
}

base::Result<Configuration> parse(const Source& source, const ParseOptions& options, const ProgramProbe& probe, rib::AttributePool& pool) {
  return ParserState(source, options, probe, pool).run();
}

}  // namespace tandem::config
