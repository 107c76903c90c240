// Templates: what a neighbor inherits.
#include "common/config/neighbor_rows.hpp"

namespace tandem::config {

namespace {

template <typename Item>
void append(std::vector<Item>& onto, const std::vector<Item>& from) {
  onto.insert(onto.end(), from.begin(), from.end());
}

}  // namespace

void FamilyList::merge(NeighborDraft& onto, const NeighborDraft& from) {
  onto.all_families = onto.all_families || from.all_families;
  append(onto.families, from.families);
}

void AddPathList::merge(NeighborDraft& onto, const NeighborDraft& from) {
  onto.all_add_path = onto.all_add_path || from.all_add_path;
  append(onto.add_path_entries, from.add_path_entries);
}

void PrefixLimitList::merge(NeighborDraft& onto, const NeighborDraft& from) { append(onto.prefix_limits, from.prefix_limits); }

void OperationalKept::merge(NeighborDraft& onto, const NeighborDraft& from) { append(onto.operational_messages, from.operational_messages); }

void NextHopList::merge(NeighborDraft& onto, const NeighborDraft& from) { append(onto.next_hops, from.next_hops); }

void ApiList::merge(NeighborDraft& onto, const NeighborDraft& from) { append(onto.apis, from.apis); }

void RoutesKept::merge(NeighborDraft& onto, const NeighborDraft& from) {
  const auto offset = static_cast<std::uint32_t>(onto.routes.routes.size());
  onto.routes.routes.append(from.routes.routes);
  onto.route_places.append(from.route_places);
  for (rib::RouteList::WatchdogMark mark : from.routes.marks) {
    mark.route += offset;
    onto.routes.marks.push_back(std::move(mark));
  }
}

void merge(NeighborDraft& onto, const NeighborDraft& from) {
  append(onto.failed, from.failed);
  if (onto.tcp_ao.line == 0) onto.tcp_ao = from.tcp_ao;
  for (const NeighborRow& row : neighbor_rows()) {
    if (row.merge != nullptr) row.merge(onto, from);
  }
}

}  // namespace tandem::config
