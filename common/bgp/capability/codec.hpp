// Capabilities of an OPEN on the wire, as JSON and as text. All of it is made from the rows of registry.hpp.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/capability/capability.hpp"
#include "common/bgp/dialect.hpp"

namespace tandem::bgp {

// Merges one capability TLV into `capabilities` (of a code that comes again lists grow, the last value counts otherwise). Errors carry NOTIFICATION 2/0.
[[nodiscard]] base::Result<void> decode_capability(std::uint8_t code, base::Bytes value, Capabilities& capabilities);

// Appends every capability as TLVs "code length value", one entry of `out` each, in the order of the registry.
void encode_capabilities(const Capabilities& capabilities, std::vector<base::Buffer>& out);

// The members of the "capabilities" object of an open event. Keys are names in a sent OPEN and codes in a received one.
void capabilities_json(const Capabilities& capabilities, bool sent, Dialect dialect, base::JsonWriter& out);
[[nodiscard]] std::string capabilities_shape(Dialect dialect);  // of that object
// "[multiprotocol(ipv4 unicast), asn4(65001)]", sorted by code, lower case.
[[nodiscard]] std::string capabilities_text(const Capabilities& capabilities);

}  // namespace tandem::bgp
