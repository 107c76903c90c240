#include "common/rib/without_nlri.hpp"

namespace tandem::rib {

std::string objection_without_nlri(const bgp::NlriDraft& said, bool of_routes, const AttributeSet& attributes) {
  const std::string expected = "attributes: 'nlri' and one prefix or more expected at the end of the statement";
  if (said.use == bgp::NlriUse::withdraw) return expected + ": attributes alone withdraw nothing";
  if (said.path_id || said.rd || !said.labels.empty() || said.own.has_value()) return expected + ": what identifies a route needs one";
  if (of_routes) return expected + ": 'split' and 'watchdog' are about routes";
  const bgp::NextHop& next_hop = attributes.next_hop();
  return attributes.canonical().empty() && !next_hop.known() && !next_hop.self ? expected + ", or an attribute" : "";
}

}  // namespace tandem::rib
