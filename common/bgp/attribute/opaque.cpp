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

}  // namespace

bool TunnelEncapsulationRow::well_formed(base::Bytes value, const AttributeContext&) { return tlvs_fit(value, 2); }

bool BgpLsRow::well_formed(base::Bytes value, const AttributeContext&) { return tlvs_fit(value, 2); }

bool PrefixSidRow::well_formed(base::Bytes value, const AttributeContext&) { return tlvs_fit(value, 1); }

}  // namespace tandem::bgp
