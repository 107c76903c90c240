// The grammar as data: one table of sections, and for each section one table of what may stand in it.
// A row names the word, what follows it, what it means, and who handles it; adding a keyword is adding a row.
#pragma once

#include <span>
#include <string_view>

#include "common/base/error.hpp"
#include "common/config/tokenizer.hpp"

namespace tandem::config {

class ParserState;
using Status = base::Result<void>;

// Does the work of a statement `NAME ...;` or opens a section; the words begin with NAME.
using StatementHandler = Status (*)(ParserState& state, const Statement& statement);
// Does the work of the end of a section.
using LeaveHandler = Status (*)(ParserState& state);

enum class SectionId : std::uint8_t {
  none, top, process, template_, template_neighbor, neighbor, family, capability, add_path, nexthop, api, api_receive, api_send,
  static_, static_route, flow_route, vpls_route, route_block, announce, announce_ipv4, announce_ipv6, announce_l2vpn, announce_bgp_ls, flow, l2vpn, operational, tcp_ao, max_prefix,
  skipped  // the block of a word that is wrong where it stands: nothing in it is looked at
};

struct Keyword {
  std::string_view name;
  std::string_view value;             // what follows the name, for help and errors; empty: nothing
  std::string_view help;              // one line
  StatementHandler command = nullptr; // for `NAME ...;`; null: not a command
  SectionId block = SectionId::none;  // for `NAME ... {`
};

// A word that was a keyword of older versions, or that is one elsewhere: rejected with a hint.
struct Retired {
  std::string_view name;
  std::string_view hint;
};

struct Section {
  SectionId id;
  std::string_view name;
  std::span<const Keyword> keywords;
  std::span<const Retired> retired;
  StatementHandler enter;  // may be null
  LeaveHandler leave;      // may be null
  // Takes every command when there is no table (the body of `static { route PREFIX { } }`).
  StatementHandler any_command = nullptr;
  SectionId any_block = SectionId::none;  // what every block in it is
  bool any_case = false;                  // its keywords may be written in capital letters
};

[[nodiscard]] const Section& section(SectionId id);
// nullptr: there is no such row.
[[nodiscard]] const Keyword* find_keyword(const Section& section, std::string_view name);
[[nodiscard]] const Retired* find_retired(const Section& section, std::string_view name);

// The rows, each list beside its handlers in section_NAME.cpp.
[[nodiscard]] std::span<const Keyword> process_keywords();
[[nodiscard]] std::span<const Keyword> neighbor_keywords();
[[nodiscard]] std::span<const Retired> neighbor_retired();
[[nodiscard]] std::span<const Keyword> family_keywords();
[[nodiscard]] std::span<const Retired> family_retired();
[[nodiscard]] std::span<const Keyword> capability_keywords();
[[nodiscard]] std::span<const Retired> capability_retired();
[[nodiscard]] std::span<const Keyword> add_path_keywords();
[[nodiscard]] std::span<const Keyword> nexthop_keywords();
[[nodiscard]] std::span<const Keyword> api_keywords();
[[nodiscard]] std::span<const Retired> api_retired();
[[nodiscard]] std::span<const Retired> topic_retired();
[[nodiscard]] std::span<const Keyword> api_receive_keywords();
[[nodiscard]] std::span<const Keyword> api_send_keywords();
[[nodiscard]] std::span<const Keyword> static_keywords();
[[nodiscard]] std::span<const Retired> static_retired();
[[nodiscard]] std::span<const Keyword> announce_ipv4_keywords();
[[nodiscard]] std::span<const Keyword> announce_ipv6_keywords();
[[nodiscard]] std::span<const Keyword> announce_l2vpn_keywords();
[[nodiscard]] std::span<const Keyword> announce_bgp_ls_keywords();
[[nodiscard]] std::span<const Keyword> flow_keywords();
[[nodiscard]] std::span<const Keyword> l2vpn_keywords();
[[nodiscard]] std::span<const Keyword> operational_keywords();
[[nodiscard]] std::span<const Keyword> tcp_ao_keywords();
[[nodiscard]] std::span<const Keyword> max_prefix_keywords();

// Readers of neighbor keywords that take more than one value of a kind.
Status set_rate_limit(ParserState& state, const Statement& statement);
Status set_md5_password(ParserState& state, const Statement& statement);
Status add_inherit(ParserState& state, const Statement& statement);
Status set_role(ParserState& state, const Statement& statement);
Status set_graceful_restart(ParserState& state, const Statement& statement);
Status set_add_path(ParserState& state, const Statement& statement);

// What opening and closing a section does.
Status enter_process(ParserState& state, const Statement& statement);
Status leave_process(ParserState& state);
Status enter_template_neighbor(ParserState& state, const Statement& statement);
Status leave_template_neighbor(ParserState& state);
Status enter_neighbor(ParserState& state, const Statement& statement);
Status leave_neighbor(ParserState& state);
Status enter_family(ParserState& state, const Statement& statement);
Status enter_add_path(ParserState& state, const Statement& statement);
Status enter_tcp_ao(ParserState& state, const Statement& statement);
Status enter_api(ParserState& state, const Statement& statement);
Status enter_static_route(ParserState& state, const Statement& statement);
Status enter_flow_route(ParserState& state, const Statement& statement);
Status enter_vpls_route(ParserState& state, const Statement& statement);
Status leave_route(ParserState& state);
Status take_route_statement(ParserState& state, const Statement& statement);
Status enter_route_block(ParserState& state, const Statement& statement);
Status leave_route_block(ParserState& state);

}  // namespace tandem::config
