#include "common/rib/unsendable.hpp"

#include "common/base/log.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::rib {

bool sendable(const UpdatePacker& packer, const AttributeSetRef& attributes, const bgp::NlriKey& first, std::size_t count) {
  if (without_nlri(first) || packer.may_send(first.family(), *attributes)) return true;
  if (packer.is_leak(first.family(), *attributes)) {
    base::log(base::LogCategory::routes, base::LogLevel::warning,
              "{} route(s) not sent, they may only go to customers (RFC 9234) and the peer is none: {}", count, describe(Route{first, attributes}));
    return false;
  }
  if (packer.negotiated(first.family())) {
    base::log(base::LogCategory::routes, base::LogLevel::warning,
              "{} route(s) not sent, the next hop needs a capability that was not negotiated: {}", count,
              describe(Route{first, attributes}));
  }
  return false;
}

void log_too_large(const AttributeSetRef& attributes, const bgp::NlriKey& first, std::size_t count) {
  base::log(base::LogCategory::routes, base::LogLevel::critical,
            "{} route(s) not sent, their {} octets of attributes do not fit a message: {}", count, attributes->canonical().size(),
            describe(Route{first, attributes}));
}

}  // namespace tandem::rib
