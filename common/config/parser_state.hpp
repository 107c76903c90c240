// What is known while a configuration is read: the open sections, the neighbor or program being written, names already taken,
// and how to say what is wrong where. Handlers of sections work on this and on nothing else.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/bgp/family.hpp"
#include "common/config/draft.hpp"
#include "common/config/section.hpp"
#include "common/config/source.hpp"
#include "common/config/tokenizer.hpp"
#include "common/rib/attribute_pool.hpp"
#include "common/rib/discards.hpp"
#include "common/rib/ordered_table.hpp"
#include "common/rib/route_parser.hpp"

namespace tandem::config {

// A family statement of one block, for its rules about repeats.
struct FamilyBlock {
  bool all = false;
  std::vector<FamilyEntry> seen;
};

// A route with a block that is being read: the route and the blocks inside its block that are open, innermost last.
struct RouteBlock {
  rib::RouteForm form;
  std::vector<rib::RouteStatement> open;
  std::size_t words = 0;  // of all of them
  bool failed = false;    // it cannot be read
  Place statement;
};

// A neighbor whose section has ended: what is said of each of its routes is looked at in slices, one thing after the other.
struct NeighborEnd {
  enum class Step : std::uint8_t { self, settings, families, share, shed, index, order, repeats, done };
  NeighborDraft draft;
  Neighbor neighbor;
  Step step = Step::self;
  std::size_t next = 0;               // route
  bool warned = false;                // that a family is not negotiated
  const rib::Route* fine = nullptr;   // the last one that was looked at and may be sent
  std::size_t list = 0;               // of route_lists, which it is compared with
  rib::SharedRoutes spare;            // its own, when another list is the same
  bool repeats = false;               // an NLRI may be there twice
  rib::OrderedTable<std::uint32_t> first{};  // where each NLRI stands first
};

// A place for every name, to tell where it was first used.
using Names = std::unordered_map<std::string, Place>;

class ParserState {
 public:
  ParserState(const Source& source, const ParseOptions& options, const ProgramProbe& probe, rib::AttributePool& pool, std::size_t errors_max);
  ParserState(const ParserState&) = delete;
  ParserState& operator=(const ParserState&) = delete;

  // Reads the whole text, or up to the last error that is wanted.
  [[nodiscard]] Findings run();
  // The same in slices of so many statements. True: findings() are complete.
  [[nodiscard]] bool run_some(std::size_t statements);
  [[nodiscard]] Findings findings();
  void discard(rib::Discards& discards);  // it ends: routes are to be freed by them
  // Notes an error and what else cannot be judged because of it. Handlers return their error, or note it and go on.
  void note(base::Error error);
  void note(const Status& status) {
    if (!status) note(status.error());
  }
  // True when so many errors were found that reading ends.
  [[nodiscard]] bool full() const { return errors_.size() >= errors_max_; }

  // Errors of the current statement. The offending word is one of its words.
  [[nodiscard]] base::Error fail(const base::Token& word, std::string reason, std::vector<std::string> alternatives = {},
                                 Place related = {}) const;
  // Where the text ends.
  [[nodiscard]] base::Error fail_end(std::string reason) const;
  // At the statement that opened the current section.
  [[nodiscard]] base::Error fail_section(std::string reason, Place related = {}) const;
  // At a statement read earlier, which is looked up in the text again.
  [[nodiscard]] base::Error fail_statement(Place place, std::string reason, Place related = {}) const;
  // At a word of a statement read earlier; at its first one when the word is not there (it may stand in a block of the statement).
  [[nodiscard]] base::Error fail_word(Place place, std::string_view word, std::string reason) const;
  // The route parser knows words and places, but neither file nor section. `statement` is shown instead of the current one.
  [[nodiscard]] base::Error locate(const base::Error& error, std::string statement = {}) const;

  void warn(const base::Token& word, std::string reason);
  // `statement` is shown instead of the current one.
  void warn_at(Place place, std::string token, std::string reason, std::string statement = {});
  // Words from `first` on have no effect (W).
  void warn_ignored(const Statement& statement, std::size_t first);

  [[nodiscard]] base::Location location(Place place) const { return {source.name, place.line, place.column}; }
  // Names the section just entered: "neighbor 10.0.0.1".
  void set_title(std::string title) { frames_.back().title = std::move(title); }
  [[nodiscard]] Place statement_place() const { return place_of(statement_.words[0]); }
  [[nodiscard]] SectionId current_section() const { return frames_.back().section->id; }

  const Source& source;
  const ParseOptions& options;
  const ProgramProbe& probe;
  rib::AttributePool& pool;
  rib::RouteParser routes;

  // Being read. One of each is enough: sections of a kind do not nest.
  NeighborDraft draft;
  ProgramDefinition program;
  bool program_failed = false;  // a statement of it is wrong
  FamilyBlock family_block;
  FamilyBlock add_path_block;
  RouteBlock route_block;
  std::string template_name;
  std::optional<NeighborEnd> ending;

  // Read so far.
  Configuration result;
  std::vector<std::vector<ApiDraft>> neighbor_apis;  // one for each of result.neighbors
  std::vector<rib::SharedRoutes> route_lists;        // long ones, each once
  std::unordered_map<std::string, NeighborDraft> templates;
  Names template_names;
  Names api_names;
  Names process_names;
  Names peer_names;

 private:
  struct Frame {
    const Section* section;
    std::string title;
    Place opened;
    bool abandoned = false;      // what it holds is lost to another section, which cannot stand in it
    bool brace_missing = false;  // told already that its end is missing, perhaps
  };
  // Where a word that is unknown here would be right.
  struct Home {
    const Keyword* keyword = nullptr;
    std::size_t frame = 0;  // the section around this one that knows it; else a section in this one
    const Keyword* section = nullptr;
  };

  [[nodiscard]] bool check_encoding();
  [[nodiscard]] bool read_statements(std::size_t count);
  void finish();
  void recover(const base::Error& error);
  void blame(std::string_view word);
  [[nodiscard]] Status take(const Statement& statement);
  [[nodiscard]] Status take_command(const Statement& statement);
  [[nodiscard]] Status open_section(const Statement& statement);
  [[nodiscard]] Status close_section();
  void leave_section();
  Status enter(const Keyword& keyword, const Statement& statement);
  void enter_elsewhere(const Keyword* keyword, const Statement& statement);
  [[nodiscard]] Status take_unknown(const Statement& statement, bool block);
  [[nodiscard]] base::Error unknown_word(const base::Token& word, bool block, const Home& home) const;
  [[nodiscard]] Home find_home(std::string_view word, bool block) const;
  [[nodiscard]] std::string home_hint(const Home& home) const;
  [[nodiscard]] base::Error encoding_error() const;
  [[nodiscard]] base::Error surplus_brace() const;
  [[nodiscard]] std::string section_path() const;
  [[nodiscard]] base::SourceContext context(Place place, std::string token) const;
  [[nodiscard]] base::SourceContext look_up(Place place, std::string_view wanted) const;

  std::vector<base::Error> errors_;
  std::size_t errors_max_;
  std::size_t checked_ = 0;  // octets of the text that are UTF-8
  bool any_ = false;  // statement
  Tokenizer tokenizer_;
  Statement statement_;
  std::vector<base::Token> begun_;  // words of a statement that its line did not end: its `{` may stand on the next one
  bool list_open_ = false;          // ... or the rest of a list
  bool braces_lost_ = false;        // with a line that could not be read
  bool at_end_of_file_ = false;
  std::vector<Frame> frames_;
  Frame closed_{};  // the last one; its place has line 0 before the first
};

// The checks on state.draft begin, `}` was just read. They go on, where that is asked for, with state.ending, which is appended to the result.
void finish_neighbor(ParserState& state);
// Takes from the budget what it has done, in routes. True: nothing is ending.
[[nodiscard]] bool finish_some(ParserState& state, std::size_t& budget);
// The checks of api sections after the whole file; fills Neighbor::api.
void finish_apis(ParserState& state);

// After the whole file: passive neighbors that no listener could bring a connection.
void warn_of_deaf_neighbors(ParserState& state);

}  // namespace tandem::config
