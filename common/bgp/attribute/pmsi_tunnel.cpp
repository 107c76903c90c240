// P-Multicast Service Interface tunnel (RFC 6514 section 5).
#include <fmt/format.h>

#include "common/base/ip.hpp"
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_head_size = 5;
constexpr std::uint8_t k_no_tunnel = 0;
constexpr std::uint8_t k_ingress_replication = 6;
constexpr std::string_view k_names[] = {"notunnel",     "rsvp-tep2mplsp", "mldpp2mplsp",        "pim-ssmtree",
                                        "pim-smtree",   "bidir-pimtree",  "ingressreplication", "mldpmp2mplsp"};

std::string show(base::Bytes value) {
  base::ByteReader reader(value);
  const unsigned flags = reader.u8();
  const std::uint8_t type = reader.u8();
  const std::uint32_t field = reader.u24();
  const base::Bytes identifier = reader.rest();
  std::string label = fmt::to_string(field >> 4);
  if ((field & 0xF) != 0) label += fmt::format("({})", field);
  std::string shown;
  if (type == k_ingress_replication && identifier.size() == 4) shown = base::IpAddress::from_bytes(identifier).text();
  else if (type != k_no_tunnel || !identifier.empty()) shown = "0x" + base::to_hex(identifier, base::HexCase::upper);
  return fmt::format("pmsi:{}:{}:{}:{}", type < std::size(k_names) ? k_names[type] : "unknown", flags, label, shown);
}

bool well_formed(base::Bytes value, const AttributeContext&) { return value.size() >= k_head_size; }

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) { out.string(show(value)); }

void text(base::Bytes value, const AttributeContext&, std::string& out) { out += show(value); }

}  // namespace

extern const AttributeTraits k_pmsi_tunnel_row{.code = AttributeCode::pmsi_tunnel, .name = "pmsi", .flags = k_optional_transitive,
                                               .when_malformed = ErrorAction::treat_as_withdraw, .well_formed = well_formed,
                                               .json = json, .text = text};

}  // namespace tandem::bgp
