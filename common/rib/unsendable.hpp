// What is said in the log about routes that a session cannot be told.
#pragma once

#include "common/rib/update_packer.hpp"

namespace tandem::rib {

// May these routes be sent? When the session has the family but cannot express the next hop, that deserves a line (D9).
[[nodiscard]] bool sendable(const UpdatePacker& packer, const AttributeSetRef& attributes, const bgp::NlriKey& first, std::size_t count);

void log_too_large(const AttributeSetRef& attributes, const bgp::NlriKey& first, std::size_t count);

}  // namespace tandem::rib
