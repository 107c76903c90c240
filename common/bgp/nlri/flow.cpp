// FlowSpec (RFC 8955, RFC 8956), with and without route distinguisher. Identity is the whole rule: the components in the order and
// with the widths they came in; only how the length is written does not count.
#include "common/bgp/nlri/flow.hpp"

namespace tandem::bgp {

extern const NlriCodec k_flow_codec{decode_flow, check_flow, encode_identity, identity_size, flow_text, flow_json, flow_shape,
                                    &k_flow_grammar, nullptr, &k_flow_forms_4_2};

}  // namespace tandem::bgp
