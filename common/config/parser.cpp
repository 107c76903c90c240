// The reader: statements to the handlers of the section tables. What is wrong is noted, and reading goes on as far as what follows
// can be judged.
#include "common/config/parser.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/json_writer.hpp"
#include "common/base/work.hpp"
#include "common/config/diagnostics.hpp"
#include "common/config/parser_state.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

constexpr std::size_t k_notes_max = 3;

// Checked first because it is many times faster, and nearly always the answer.
bool is_ascii(std::string_view text) {
  unsigned char seen = 0;
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  return seen < 0x80;
}

Place place_of(const base::Error& error) {
  if (error.context() == nullptr) return {};
  return {error.context()->location.line, error.context()->location.column};
}

// A warning nobody sees because of an error is often its cause: `local-as 1 }` lacks a `;`, and then the neighbor a local-as.
base::Error with_notes(const base::Error& error, const std::vector<Warning>& warnings) {
  if (error.context() == nullptr || warnings.empty()) return error;
  base::SourceContext where = *error.context();
  const std::size_t count = std::min(warnings.size(), k_notes_max);
  for (std::size_t i = warnings.size() - count; i < warnings.size(); ++i) where.notes.push_back(headline(warnings[i]));
  return base::Error::at(std::move(where), error.reason());
}

bool is_neighbor(const Section& section) { return section.id == SectionId::neighbor || section.id == SectionId::template_neighbor; }

}  // namespace

ParserState::ParserState(const Source& source_, const ParseOptions& options_, const ProgramProbe& probe_, rib::AttributePool& pool_,
                         std::size_t errors_max)
    : source(source_), options(options_), probe(probe_), pool(pool_), routes(pool_, options_.dialect), errors_max_(errors_max), tokenizer_(source_.text) {
  frames_.push_back({&section(SectionId::top), "", {}});
}

Findings ParserState::run() {
  while (!run_some(~std::size_t{0})) {}
  return findings();
}

bool ParserState::run_some(std::size_t statements) {
  if (checked_ < source.text.size()) {
    if (!check_encoding()) {
      note(encoding_error());
      return true;
    }
    if (checked_ < source.text.size()) return false;
  }
  if (!read_statements(statements)) return false;
  finish();
  return true;
}

// A piece of the text that ends with a character, or in what cannot be one.
bool ParserState::check_encoding() {
  constexpr std::size_t k_piece = 4 * 1024 * 1024;
  constexpr std::size_t k_character = 4;
  const std::string_view rest = std::string_view(source.text).substr(checked_);
  std::size_t end = std::min(k_piece, rest.size());
  const auto continues = [&](std::size_t at) { return at < rest.size() && (static_cast<unsigned char>(rest[at]) & 0xC0) == 0x80; };
  for (std::size_t i = 0; i < k_character && continues(end); ++i) --end;
  const std::string_view piece = rest.substr(0, end);
  checked_ += end;
  return is_ascii(piece) || base::is_valid_utf8(piece);
}

Findings ParserState::findings() {
  std::stable_sort(errors_.begin(), errors_.end(), [](const base::Error& a, const base::Error& b) { return place_of(a) < place_of(b); });
  const bool more = full() && errors_max_ > 1;
  return {std::move(result), std::move(errors_), more};
}

void ParserState::discard(rib::Discards& discards) {
  for (Neighbor& neighbor : result.neighbors) discards.add(std::move(neighbor.routes.routes));
  for (rib::SharedRoutes& list : route_lists) discards.add(std::move(list));
  for (auto& [name, given] : templates) discards.add(std::move(given.routes.routes));
  discards.add(std::move(draft.routes.routes));
  if (!ending) return;
  discards.add(std::move(ending->neighbor.routes.routes));
  discards.add(std::move(ending->spare));
  discards.add(std::move(ending->first));
}

void ParserState::note(base::Error error) {
  if (!statement_.words.empty()) blame(statement_.words[0].text);
  errors_.push_back(std::move(error));
}

// The keyword or the section of a neighbor that is wrong, so that nobody asks for it when the neighbor ends.
void ParserState::blame(std::string_view word) {
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    if (frames_[i].section->id == SectionId::process) program_failed = true;
    if (!is_neighbor(*frames_[i].section)) continue;
    draft.failed.emplace_back(i + 1 < frames_.size() ? frames_[i + 1].section->name : word);
    return;
  }
}

void ParserState::finish() {
  if (full()) return;
  statement_ = {};
  statement_.end = tokenizer_.place();
  at_end_of_file_ = true;
  if (!any_) return note(fail_end("there is no statement in the file"));
  // What follows was lost, perhaps: a file that is half there would withdraw routes and remove neighbors.
  if (frames_.size() > 1 && !braces_lost_) {
    return note(fail_section(fmt::format("the file ends inside '{}': its '}}' is missing", section_path())));
  }
  warn_of_deaf_neighbors(*this);
  finish_apis(*this);
}

// True: there is nothing behind.
bool ParserState::read_statements(std::size_t count) {
  for (; !full(); --count) {
    if (ending) {
      if (!finish_some(*this, count)) return false;
      leave_section();
      if (full()) return true;
    }
    if (count == 0) return false;
    base::Work::did(1);
    const auto step = tokenizer_.next(statement_);
    if (step && *step == Tokenizer::Step::end) return true;
    any_ = true;
    if (!step) {
      recover(step.error());
      continue;
    }
    if (!begun_.empty()) {
      const bool rest_of_list = std::exchange(list_open_, false);
      if (statement_.words.empty() && statement_.terminator == '{') statement_.words = begun_;
      begun_.clear();
      if (rest_of_list && statement_.terminator == ';') continue;
    }
    const bool surplus = statement_.terminator == '}' && frames_.size() == 1;
    if (auto done = take(statement_); !done) note(done.error());
    if (surplus && !braces_lost_) return true;  // nothing that follows stands where it was meant to
  }
  return true;
}

// A line that is no statement.
void ParserState::recover(const base::Error& error) {
  const std::string_view skipped = tokenizer_.skip_line();
  if (skipped.find_first_of("{}") != std::string_view::npos) braces_lost_ = true;
  begun_ = std::move(statement_.words);
  list_open_ = unclosed_bracket(begun_) != nullptr;
  statement_ = {};  // cut short: the error has what was read of it
  statement_.terminator = 0;
  if (!begun_.empty()) blame(begun_[0].text);
  note(locate(error));
}

Status ParserState::take(const Statement& statement) {
  if (statement.terminator == '}') {
    if (!statement.words.empty()) {
      warn_at(place_of(statement.words[0]), statement_text(statement.words), "ignored: the ';' before '}' is missing");
    }
    return close_section();
  }
  if (statement.words.empty() && frames_.back().section->id != SectionId::skipped) {
    const base::Token terminator{statement.terminator == ';' ? ";" : "{", statement.end.line, statement.end.column};
    if (statement.terminator == '{') enter_elsewhere(nullptr, statement);
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
  if (keyword == nullptr) return take_unknown(statement, false);
  if (const Retired* retired = find_retired(here, name.text); retired != nullptr) {
    return fail(name, fmt::format("'{}' is a section here: {}", name.text, retired->hint));
  }
  return fail(name, fmt::format("'{}' is a section and needs a block {{ }}", name.text));
}

Status ParserState::open_section(const Statement& statement) {
  const Section& here = *frames_.back().section;
  if (here.id == SectionId::skipped) {
    enter_elsewhere(nullptr, statement);
    return {};
  }
  const base::Token& name = statement.words[0];
  if (here.any_block != SectionId::none) return enter({name.text, "...", "", nullptr, here.any_block}, statement);
  const Keyword* keyword = find_keyword(here, name.text);
  if (keyword == nullptr) return take_unknown(statement, true);
  if (keyword->block != SectionId::none) return enter(*keyword, statement);
  const Status wrong = fail(name, fmt::format("'{}' takes no block (it ends with ';')", name.text));
  enter_elsewhere(nullptr, statement);
  return wrong;
}

Status ParserState::enter(const Keyword& keyword, const Statement& statement) {
  const Section& opened = section(keyword.block);
  const bool named = !keyword.value.empty();
  if (!named) warn_ignored(statement, 1);
  frames_.push_back({&opened, std::string(opened.name), place_of(statement.words[0])});
  return opened.enter == nullptr ? Status() : opened.enter(*this, statement);
}

// A section that cannot stand here: its words are read as what they are where that is known, so that their mistakes are found, too.
void ParserState::enter_elsewhere(const Keyword* keyword, const Statement& statement) {
  if (keyword == nullptr) {
    const std::string title = statement.words.empty() ? std::string() : printable_word(statement.words[0].text);
    frames_.push_back({&section(SectionId::skipped), title, statement.words.empty() ? statement.end : place_of(statement.words[0])});
    return;
  }
  for (Frame& frame : frames_) frame.abandoned = true;
  if (auto entered = enter(*keyword, statement); !entered) note(entered.error());
}

Status ParserState::take_unknown(const Statement& statement, bool block) {
  const base::Token& word = statement.words[0];
  const Home home = find_home(word.text, block);
  const bool around = home.keyword != nullptr && home.section == nullptr;
  const base::Error error = unknown_word(word, block, home);
  if (around) {
    // one brace is missing, not one for each word behind it
    if (!block && std::exchange(frames_.back().brace_missing, true)) return {};
    frames_.back().brace_missing = true;
  }
  if (!block) return error;
  note(error);
  enter_elsewhere(around ? home.keyword : nullptr, statement);
  return {};
}

Status ParserState::close_section() {
  if (frames_.size() == 1) {
    if (braces_lost_) return {};
    return surplus_brace();
  }
  const Frame& closed = frames_.back();
  if (closed.section->leave != nullptr && !closed.abandoned) {
    if (auto done = closed.section->leave(*this); !done) note(done.error());
  }
  if (!ending) leave_section();
  return {};
}

void ParserState::leave_section() {
  closed_ = std::move(frames_.back());
  frames_.pop_back();
}

Findings examine(const Source& source, const ParseOptions& options, const ProgramProbe& probe, rib::AttributePool& pool, std::size_t errors_max) {
  return ParserState(source, options, probe, pool, errors_max).run();
}

namespace {

base::Result<Configuration> outcome(Findings& findings) {
  if (!findings.errors.empty()) return with_notes(findings.errors.front(), findings.configuration.warnings);
  return std::move(findings.configuration);
}

}  // namespace

base::Result<Configuration> parse(const Source& source, const ParseOptions& options, const ProgramProbe& probe, rib::AttributePool& pool) {
  Findings findings = examine(source, options, probe, pool, 1);
  return outcome(findings);
}

struct Reading::Parts {
  Parts(Source text, ParseOptions how, const ProgramProbe& probe, rib::AttributePool& pool)
      : source(std::move(text)), options(std::move(how)), state(source, options, probe, pool, 1) {}
  Source source;
  ParseOptions options;
  ParserState state;
  Findings findings{};  // when all has been read
};

Reading::Reading(Source source, ParseOptions options, const ProgramProbe& probe, rib::AttributePool& pool)
    : parts_(std::make_unique<Parts>(std::move(source), std::move(options), probe, pool)) {}
Reading::~Reading() = default;
const Source& Reading::source() const { return parts_->source; }

std::optional<base::Result<Configuration>> Reading::step(std::size_t statements) {
  if (!parts_->state.run_some(statements)) return std::nullopt;
  parts_->findings = parts_->state.findings();
  return outcome(parts_->findings);
}

void Reading::discard(rib::Discards& discards) {
  for (Neighbor& neighbor : parts_->findings.configuration.neighbors) discards.add(std::move(neighbor.routes.routes));
  parts_->state.discard(discards);
}

}  // namespace tandem::config
