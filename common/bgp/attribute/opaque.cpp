// An attribute that is kept and forwarded as octets: BGP-LS (RFC 9552).
// Only the outer TLVs are walked, so that a value cut in the middle of one is found.
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_type_size = 2;

bool tlvs_fit(base::Bytes value) {
  base::ByteReader reader(value);
  while (!reader.empty()) {
    reader.skip(k_type_size);
    reader.skip(reader.u16());
    if (!reader.ok()) return false;
  }
  return true;
}

bool well_formed_bgp_ls(base::Bytes value, const AttributeContext&) { return tlvs_fit(value); }

}  // namespace

extern const AttributeTraits k_bgp_ls_row{.code = AttributeCode::bgp_ls, .name = "bgp-ls", .flags = k_optional,
                                          .when_malformed = ErrorAction::discard, .well_formed = well_formed_bgp_ls};

}  // namespace tandem::bgp
