// NEXT_HOP (RFC 4271 section 5.1.3). It is part of a route and not of its attributes here, hence only a check; which address
// it holds is nobody's business on this level (RFC 7606 section 7.3: only the length makes it malformed).
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

bool well_formed(base::Bytes value, const AttributeContext&) { return value.size() == 4; }

}  // namespace

extern const AttributeTraits k_next_hop_row{.code = AttributeCode::next_hop, .name = "next-hop", .flags = k_well_known,
                                            .when_malformed = ErrorAction::treat_as_withdraw, .well_formed = well_formed};

}  // namespace tandem::bgp
