#include <iterator>
#include <string>

#include "common/base/asn.hpp"
#include "common/bgp/nlri/flow.hpp"

namespace tandem::bgp {

namespace {

// " name:port name:port ... ", by first letter.
constexpr std::string_view k_services[] = {
#define TANDEM_SERVICES(text) text,
#include "common/bgp/nlri/flow_services.inc"
#undef TANDEM_SERVICES
};
static_assert(std::size(k_services) == 1 + 'z' - 'a' + 1);

}  // namespace

std::optional<std::uint16_t> flow_service_port(std::string_view name) {
  if (name.empty() || name.find_first_of(" :") != std::string_view::npos) return std::nullopt;
  const bool letter = name[0] >= 'a' && name[0] <= 'z';
  const std::string_view services = k_services[letter ? static_cast<std::size_t>(name[0] - 'a' + 1) : 0];
  const std::string wanted = ' ' + std::string(name) + ':';
  const std::size_t found = services.find(wanted);
  if (found == std::string_view::npos) return std::nullopt;
  const std::string_view behind = services.substr(found + wanted.size());
  return static_cast<std::uint16_t>(*base::parse_decimal(behind.substr(0, behind.find(' ')), 0xFFFF));
}

}  // namespace tandem::bgp
