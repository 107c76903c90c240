// Attributes that are kept and forwarded as octets: tunnel encapsulation (RFC 9012), BGP-LS (RFC 9552), Prefix-SID (RFC 8669).
// Only the outer TLVs are walked, so that a value cut in the middle of one is found.
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

bool tlvs_fit(base::Bytes value, std::size_t type_size) {
  base::ByteReader reader(value);
  while (!reader.empty()) {
    reader.skip(type_size);
    reader.skip(reader.u16());
    if (!reader.ok()) return false;
  }
  return true;
}

bool well_formed_tunnel_encapsulation(base::Bytes value, const AttributeContext&) { return tlvs_fit(value, 2); }

bool well_formed_bgp_ls(base::Bytes value, const AttributeContext&) { return tlvs_fit(value, 2); }

bool well_formed_prefix_sid(base::Bytes value, const AttributeContext&) { return tlvs_fit(value, 1); }

}  // namespace

extern const AttributeTraits k_tunnel_encapsulation_row{.code = AttributeCode::tunnel_encapsulation, .name = "tunnel-encap",
                                                        .flags = k_optional_transitive,
                                                        .when_malformed = ErrorAction::treat_as_withdraw,
                                                        .well_formed = well_formed_tunnel_encapsulation};
extern const AttributeTraits k_bgp_ls_row{.code = AttributeCode::bgp_ls, .name = "bgp-ls", .flags = k_optional,
                                          .when_malformed = ErrorAction::discard, .well_formed = well_formed_bgp_ls};
extern const AttributeTraits k_prefix_sid_row{.code = AttributeCode::prefix_sid, .name = "bgp-prefix-sid",
                                              .flags = k_optional_transitive, .when_malformed = ErrorAction::discard,
                                              .well_formed = well_formed_prefix_sid};

}  // namespace tandem::bgp
