// What the files of FlowSpec (RFC 8955, RFC 8956) share: the components of a rule, how their values are called, and the walk over them.
//   flow_components.cpp   the table of components, names of values
//   flow_services.cpp     names of ports
//   flow_wire.cpp         the rule on the wire, and the walk over one
//   flow_print.cpp        text and JSON
//   flow_grammar.cpp      what is written: components, actions
//   flow.cpp              the row
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::bgp {

inline constexpr std::size_t k_flow_rd_size = 8;
inline constexpr std::size_t k_flow_length_max = 4094;  // RFC 8955 section 4.1: twelve bits, and 0xFFF is not used
inline constexpr std::uint8_t k_flow_types = 13;

// RFC 8955 section 4.2.1.1: the octet in front of a value.
inline constexpr std::uint8_t k_flow_end = 0x80;
inline constexpr std::uint8_t k_flow_and = 0x40;
[[nodiscard]] constexpr std::size_t flow_width(std::uint8_t operation) { return std::size_t{1} << (operation >> 4 & 3); }

struct FlowName {
  std::string_view name;
  std::uint16_t value;
};

enum class FlowKind : std::uint8_t { prefix, numeric, bitmask };

struct FlowComponent {
  std::uint8_t type = 0;
  FlowKind kind = FlowKind::numeric;
  std::string_view ipv4;                   // its name
  std::string_view ipv6;
  std::uint8_t widest = 0;                 // octets of the largest value that it has
  std::span<const FlowName> names;         // of values
  bool printed_by_name = false;            // else names are only read
  std::string_view undefined_bit;          // of a bitmask: what programs are told of a value with one

  [[nodiscard]] std::string_view name(Afi afi) const { return afi == Afi::ipv4 ? ipv4 : ipv6; }
};
// Null when there is no such component for this AFI.
[[nodiscard]] const FlowComponent* flow_component(std::uint8_t type, Afi afi);

// A value by its name (any case, `_` for `-`), in decimal, or in hexadecimal behind 0x.
[[nodiscard]] std::optional<std::uint64_t> parse_flow_value(const FlowComponent& component, std::string_view text, std::uint64_t maximum);
[[nodiscard]] std::uint64_t flow_value_maximum(const FlowComponent& component, Afi afi);  // of what can be written
[[nodiscard]] std::optional<std::uint16_t> flow_service_port(std::string_view name);  // "domain"

// How much of an IPv6 pattern with an offset is on the wire: only the bits behind the offset, as RFC 8956 section 3.1 has it, or all of
// them from the first one on, as ExaBGP writes and reads it.
enum class FlowPattern : std::uint8_t { whole, behind_offset };

// The parts of a key.
struct FlowRule {
  Afi afi;
  base::Bytes rd;          // empty: none
  base::Bytes components;
  FlowPattern pattern;
};
[[nodiscard]] FlowRule flow_rule(const NlriKey& key);

// A component as it stands in a rule: what is behind its type. nullopt when it does not end within `rest`.
struct FlowPart {
  const FlowComponent* component;
  base::Bytes body;
};
[[nodiscard]] std::optional<FlowPart> next_flow_part(base::Bytes rest, Afi afi, FlowPattern pattern);

[[nodiscard]] std::size_t flow_pattern_octets(unsigned length, unsigned offset, FlowPattern pattern);

// The NLRI of components in canonical order, which are complete.
[[nodiscard]] base::Result<NlriKey> make_flow_key(Family family, base::Bytes rd, base::Bytes components);

// flow_wire.cpp, flow_print.cpp, flow_grammar.cpp: the functions of the row.
base::Result<NlriStep> decode_flow(const NlriContext& context, base::Bytes in, NlriKey& out);
base::Result<NlriCount> check_flow(const NlriContext& context, base::Bytes in);
void flow_text(const NlriKey& key, std::string& out);
void flow_json(const NlriKey& key, const NlriJson& form, base::JsonWriter& out);
[[nodiscard]] std::string flow_shape();
extern const NlriForms k_flow_forms_4_2;
extern const NlriGrammar k_flow_grammar;

}  // namespace tandem::bgp
