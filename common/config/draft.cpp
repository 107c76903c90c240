#include "common/config/draft.hpp"

namespace tandem::config {

namespace {

template <typename Value>
void win(Given<Value>& onto, const Given<Value>& from) {
  if (from.is_set()) onto = from;
}

template <typename Item>
void append(std::vector<Item>& onto, const std::vector<Item>& from) {
  onto.insert(onto.end(), from.begin(), from.end());
}

}  // namespace

void merge(NeighborDraft& onto, const NeighborDraft& from) {
  std::apply([&](auto... member) { (win(onto.*member, from.*member), ...); }, k_draft_scalars);
  onto.all_families = onto.all_families || from.all_families;
  append(onto.failed, from.failed);
  append(onto.families, from.families);
  onto.all_add_path = onto.all_add_path || from.all_add_path;
  append(onto.add_path_entries, from.add_path_entries);
  append(onto.next_hops, from.next_hops);
  append(onto.apis, from.apis);

  const auto offset = static_cast<std::uint32_t>(onto.routes.routes.size());
  append(onto.routes.routes, from.routes.routes);
  append(onto.route_places, from.route_places);
  for (rib::RouteList::WatchdogMark mark : from.routes.marks) {
    mark.route += offset;
    onto.routes.marks.push_back(std::move(mark));
  }
}

}  // namespace tandem::config
