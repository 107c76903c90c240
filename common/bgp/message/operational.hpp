// OPERATIONAL messages (draft-ietf-idr-operational-message): advisories, and counters that one end asks of the other. tandem carries
// them for programs: it answers none by itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/asn.hpp"
#include "common/base/bytes.hpp"
#include "common/base/error.hpp"
#include "common/base/token.hpp"
#include "common/bgp/family.hpp"

namespace tandem::bgp {

struct Operational {
  // What follows the family: text; router-id and sequence number; these and a counter; something that is not looked into.
  enum class Form : std::uint8_t { advisory, query, counter, unknown };
  static constexpr std::uint16_t k_adm = 1;
  static constexpr std::uint16_t k_asm = 2;  // stands for its family until another replaces it

  Form form = Form::unknown;
  std::uint16_t type = 0;
  Family family;
  std::string advisory;
  base::RouterId router_id{};   // of one to send: 0.0.0.0 is that of the session
  std::uint32_t sequence = 0;   // of one to send: 0 is the next one of the router-id
  std::uint32_t counter = 0;
  base::Buffer data;            // of the unknown form, family included
  friend bool operator==(const Operational&, const Operational&) = default;
};
[[nodiscard]] std::string_view operational_name(const Operational& message);  // "ADM", "unknown"

// `body` is the message without its header. Errors carry NOTIFICATION 5/0.
[[nodiscard]] base::Result<Operational> decode_operational(base::Bytes body);
void encode_operational(const Operational& message, base::Buffer& out);

// "asm afi ipv4 safi unicast advisory TEXT", "rpcq afi ... safi ... [router-id IP] sequence N", "rpcp ... counter N": all of `tokens`.
[[nodiscard]] base::Result<Operational> parse_operational(base::Tokens tokens);

// The words such a statement begins with, and what follows them.
struct OperationalWord {
  std::string_view name;
  std::string_view usage;
  std::string_view help;
};
[[nodiscard]] std::span<const OperationalWord> operational_words();
void operational_text(const Operational& message, std::string& out);  // what parse_operational reads

}  // namespace tandem::bgp
