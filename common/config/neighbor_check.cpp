// What happens when a neighbor closes: templates are merged, then the checks in their order, each a function.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/base/work.hpp"
#include "common/config/base64.hpp"
#include "common/config/diagnostics.hpp"
#include "common/config/neighbor_rows.hpp"
#include "common/config/parser_state.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::config {

namespace {

constexpr std::size_t k_password_max = 80;  // TCP_MD5SIG_MAXKEYLEN, TCP_AO_MAXKEYLEN

bool sets_auto(const Given<AsNumber::Type>& setting) { return setting.is_set() && !setting.value->has_value(); }

void merge_template(ParserState& state, NeighborDraft& draft, const NeighborDraft& from) {
  if (sets_auto(from.local_as) && draft.local_as.is_set()) {
    state.note(state.fail_statement(draft.local_as.place, "the template sets 'local-as auto' over this local-as", from.local_as.place));
  }
  if (sets_auto(from.peer_as) && draft.peer_as.is_set()) {
    state.note(state.fail_statement(draft.peer_as.place, "the template sets 'peer-as auto' over this peer-as", from.peer_as.place));
  }
  merge(draft, from);
}

// Templates in listed order; one listed twice counts where it stands last.
void merge_templates(ParserState& state, NeighborDraft& draft) {
  const std::vector<NamedPlace> inherit = draft.inherit;
  for (std::size_t i = 0; i < inherit.size(); ++i) {
    const NamedPlace& wanted = inherit[i];
    const bool again = std::any_of(inherit.begin() + static_cast<std::ptrdiff_t>(i) + 1, inherit.end(),
                                   [&](const NamedPlace& later) { return later.name == wanted.name; });
    if (again) continue;
    const auto known = state.templates.find(wanted.name);
    if (known == state.templates.end()) {
      state.warn_at(wanted.place, printable_word(wanted.name), "ignored: there is no such template before this neighbor");
      continue;
    }
    merge_template(state, draft, known->second);
  }
}

// True when a neighbor can be made of it. What was written and is wrong is not missing.
bool check_mandatory(ParserState& state, const NeighborDraft& draft) {
  std::vector<std::string_view> missing;
  const auto need = [&](std::string_view name, bool present) {
    if (!present && !draft.has_failed(name)) missing.push_back(name);
    return present;
  };
  const bool v4 = draft.local_address.is_set() && draft.local_address.value->is_v4() && draft.peer.is_set() && draft.peer.value->address.is_v4();
  const bool follows = draft.has_failed("local-address") || draft.has_failed("neighbor") || draft.has_failed("peer-address");
  bool complete = need("local-as", draft.local_as.is_set());
  complete &= need("peer-as", draft.peer_as.is_set());
  complete &= need("peer-address", draft.peer.is_set() || draft.has_failed("neighbor")) && draft.peer.is_set();
  need("router-id", draft.router_id.is_set() || v4 || follows);
  if (!missing.empty()) state.note(state.fail_section(fmt::format("the neighbor is incomplete, missing: {}", fmt::join(missing, ", "))));
  return complete;
}

// What the rows say, and then what follows from one keyword for another.
void fill(ParserState& state, const NeighborDraft& draft, Neighbor& neighbor) {
  neighbor.location = draft.location;
  for (const NeighborRow& row : neighbor_rows()) {
    if (row.fill != nullptr) row.fill(draft, neighbor);
  }
  const bool local_is_id = neighbor.local_address.is_v4() && neighbor.peer.address.is_v4();
  if (!neighbor.router_id && local_is_id) neighbor.router_id = base::RouterId{neighbor.local_address.v4_value()};
  neighbor.passive = neighbor.passive || state.options.passive;
  GracefulRestart& restart = neighbor.graceful_restart;
  if (restart.time_s == 0) restart.time_s = neighbor.hold_time_s;
  if (neighbor.long_lived_graceful_restart_s && !restart.time_s) {
    // RFC 9494 section 4.1: the one is announced with the other.
    if (draft.graceful_restart.is_set()) {
      state.note(state.fail_statement(draft.long_lived_graceful_restart_s.place, "long-lived-graceful-restart needs graceful-restart, which is disabled",
                                      draft.graceful_restart.place));
    }
    restart.time_s = neighbor.hold_time_s;
  }
  if (neighbor.role.role && neighbor.local_as && neighbor.local_as == neighbor.peer_as) {
    state.note(state.fail_statement(draft.role.place, "a role is one towards another AS (RFC 9234): local-as and peer-as are the same"));
  }
  if (neighbor.route_refresh && !neighbor.adj_rib_out) {
    state.warn_at(draft.adj_rib_out.place, "adj-rib-out", "route-refresh needs adj-rib-out, which is turned on");
    neighbor.adj_rib_out = true;
  }
  if (!neighbor.prefix_limits.empty() && !neighbor.adj_rib_in) {
    state.warn_at(draft.adj_rib_in.place, "adj-rib-in", "max-prefix needs adj-rib-in, which is turned on");
    neighbor.adj_rib_in = true;
  }
  if (neighbor.add_path_mode == 0 && !draft.add_path_entries.empty()) {
    state.warn_at(draft.add_path_entries.front().place, "add-path", "no effect: capability { add-path } is disabled");
  }
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

// Looks at so many routes, one after the other: each(position). True: at all of them.
template <typename Each>
bool for_routes(ParserState& state, std::size_t& budget, Each&& each) {
  NeighborEnd& end = *state.ending;
  const rib::SharedRoutes& routes = end.neighbor.routes.routes;
  for (; budget > 0 && end.next < routes.size() && !state.full(); --budget, ++end.next) {
    base::Work::did(1);
    each(end.next);
  }
  return end.next == routes.size() || state.full();
}

// The error of a route that was read long before the neighbor closed.
void resolve_self(ParserState& state, std::size_t position) {
  Neighbor& neighbor = state.ending->neighbor;
  const rib::Route& route = neighbor.routes.routes[position];
  if (!route.attributes->next_hop().self) return;
  auto resolved = rib::resolve_next_hop_self(state.pool, route, neighbor.local_address, neighbor.router_id.value_or(base::RouterId{}));
  if (resolved) {
    neighbor.routes.routes.edit()[position].attributes = std::move(*resolved);
    return;
  }
  state.note(state.fail_word(state.ending->draft.route_places.self(position), "self", resolved.error().reason()));
}

void check_addresses(ParserState& state, const NeighborDraft& draft, const Neighbor& neighbor) {
  if (neighbor.listen_port != 0 && !neighbor.local_address && !draft.has_failed("local-address")) {
    state.note(state.fail_statement(draft.listen_port.place, "the neighbor is incomplete, missing: local-address (listen needs it)"));
  }
  if (neighbor.local_address && neighbor.local_address.is_v4() != neighbor.peer.address.is_v4()) {
    state.note(state.fail_statement(draft.local_address.place, "local-address and the peer's address are not of the same IP version",
                                    draft.peer.place));
  }
  if (neighbor.is_range() && !neighbor.passive && !draft.has_failed("passive")) {
    state.note(state.fail_statement(draft.peer.place, "a range of peers needs passive"));
  }
}

// A link-local address is one of its interface only: with another one it is another peer.
std::string interface_text(const Neighbor& neighbor) {
  if (!neighbor.peer.address.is_link_local() || neighbor.source_interface.empty()) return {};
  return " source-interface " + neighbor.source_interface;
}

// Equal names are duplicates whatever they listen on (ExaBGP forgets one), and so are two listeners for one peer on one port.
Status check_duplicate(ParserState& state, const Neighbor& neighbor) {
  std::vector<std::string> keys = {peer_key(neighbor)};
  if (neighbor.listen_port != 0) {
    keys.push_back(fmt::format("peer-ip {}{} listen {}", neighbor.peer.address.text(), interface_text(neighbor), neighbor.listen_port));
  }
  const Place place{neighbor.location.line, neighbor.location.column};
  for (const std::string& key : keys) {
    const auto [known, fresh] = state.peer_names.emplace(key, place);
    if (fresh) continue;
    return state.fail_section(fmt::format("duplicate peer, the first is at line {}: {}", known->second.line, key), known->second);
  }
  return {};
}

Status fill_md5(ParserState& state, const NeighborDraft& draft, Neighbor& neighbor) {
  std::string password = neighbor.md5_password;
  if (!password.empty() && neighbor.md5_base64 == Md5Base64::yes) {
    const auto decoded = decode_base64(password);
    if (!decoded) return state.fail_statement(draft.md5_password.place, "md5-password is not valid base64");
    password = *decoded;
  } else if (neighbor.md5_base64 == Md5Base64::automatic) {
    password = decode_base64_if_likely(password);
  }
  if (password.size() > k_password_max) {
    return state.fail_statement(draft.md5_password.place, fmt::format("md5-password is longer than {} octets", k_password_max));
  }
  neighbor.md5_password = std::move(password);
  if (neighbor.md5_address == neighbor.local_address) neighbor.md5_address = {};  // which is what saying nothing means
  if (neighbor.md5_address && !neighbor.local_address) {
    state.warn_at(draft.md5_address.place, "md5-ip", "ignored: local-address is auto");
    neighbor.md5_address = {};
  }
  return {};
}

// RFC 5925. An empty password turns it off.
Status fill_tcp_ao(ParserState& state, const NeighborDraft& draft, Neighbor& neighbor) {
  std::vector<std::string_view> missing;
  if (!draft.ao_key_id.is_set()) missing.emplace_back("keyid");
  if (!draft.ao_algorithm.is_set()) missing.emplace_back("algorithm");
  if (!draft.ao_password.is_set()) missing.emplace_back("password");
  if (missing.size() == 3 && !draft.ao_base64.is_set()) return {};
  if (!missing.empty()) return state.fail_statement(draft.tcp_ao, fmt::format("tcp-ao is incomplete, missing: {}", fmt::join(missing, ", ")));
  if (neighbor.ao_password.empty()) {
    state.warn_at(draft.ao_password.place, "password", "an empty password means no TCP-AO");
    return {};
  }
  if (!neighbor.md5_password.empty()) return state.fail_statement(draft.tcp_ao, "md5-password and tcp-ao exclude each other", draft.md5_password.place);
  if (neighbor.ao_base64) {
    const auto decoded = decode_base64(neighbor.ao_password);
    if (!decoded) return state.fail_statement(draft.ao_password.place, "the password of tcp-ao is not valid base64");
    neighbor.ao_password = *decoded;
  }
  if (neighbor.ao_password.size() > k_password_max) {
    return state.fail_statement(draft.ao_password.place, fmt::format("the password of tcp-ao is longer than {} octets", k_password_max));
  }
  return {};
}

bgp::FamilySet negotiated_with(const Neighbor& neighbor) {
  bgp::FamilySet negotiated;
  for (const bgp::Family family : neighbor.families) negotiated.insert(*bgp::family_index(family));
  return negotiated;
}

void check_family(ParserState& state, const bgp::FamilySet& negotiated, std::size_t position) {
  NeighborEnd& end = *state.ending;
  const rib::Route& route = end.neighbor.routes.routes[position];
  if (rib::without_nlri(route.nlri)) return;
  const Place place = end.draft.route_places.statement(position);
  const bgp::FamilyIndex family = route.nlri.family();
  if (end.fine != nullptr && end.fine->nlri.family() == family && end.fine->attributes == route.attributes) return;
  if (negotiated.contains(family)) {
    const bgp::NextHop& next_hop = route.attributes->next_hop();
    std::string objection = next_hop_objection(end.neighbor, family, next_hop);
    if (objection.empty()) end.fine = &route;
    else if (!state.options.any_next_hop) state.note(state.fail_word(place, next_hop.address.text(), std::move(objection)));
  } else if (family != *bgp::family_index(bgp::k_ipv4_unicast)) {
    state.note(state.fail_word(place, first_word(rib::describe(route)),
                               fmt::format("{} is not negotiated with this neighbor", bgp::to_string(bgp::family_at(family)))));
  } else if (!std::exchange(end.warned, true)) {
    state.warn_at(place, "route", "not sent: ipv4 unicast is not negotiated with this neighbor");
  }
}

bool is_watched(const rib::RouteList& list, std::size_t route) {
  const auto mark = std::lower_bound(list.marks.begin(), list.marks.end(), route,
                                     [](const rib::RouteList::WatchdogMark& m, std::size_t position) { return m.route < position; });
  return mark != list.marks.end() && mark->route == route;
}

// Only lists that are free of repeats have a directory; those in order are, too. True: there may be repeats.
bool may_repeat(const rib::SharedRoutes& routes, std::size_t position) { return position > 0 && !(routes[position - 1].nlri < routes[position].nlri); }

void warn_of_repeat(ParserState& state, std::size_t position) {
  NeighborEnd& end = *state.ending;
  const rib::RouteList& list = end.neighbor.routes;
  const rib::Route& route = list.routes[position];
  bool inserted = false;
  std::uint32_t& known = end.first.get_or_insert(route.nlri, inserted);
  if (inserted) known = static_cast<std::uint32_t>(position);
  else if (!is_watched(list, position) && !is_watched(list, known)) {
    const RoutePlaces& places = end.draft.route_places;
    state.warn_at(places.statement(position), std::string(first_word(rib::describe(route))),
                  fmt::format("given twice: it replaces the route of line {}", places.statement(known).line));
  }
}

// Neighbors with the same routes hold them once, however they came by them.
bool share_routes(ParserState& state, std::size_t& budget) {
  NeighborEnd& end = *state.ending;
  rib::SharedRoutes& routes = end.neighbor.routes.routes;
  if (routes.size() < rib::RouteDirectory::k_shortest) return true;
  for (; end.list < state.route_lists.size(); ++end.list, end.next = 0) {
    const rib::SharedRoutes& known = state.route_lists[end.list];
    if (known.size() != routes.size()) continue;
    if (known.shares(routes)) return true;
    bool same = true;
    for (; same && budget > 0 && end.next < routes.size(); --budget, ++end.next) {
      same = rib::identical(known[end.next], routes[end.next]);
      base::Work::did(1);
    }
    if (!same) continue;
    if (end.next < routes.size()) return false;
    end.spare = std::exchange(routes, known);
    return true;
  }
  state.route_lists.push_back(routes);
  return true;
}

bool shed_spare(NeighborEnd& end, std::size_t& budget) {
  const std::size_t shed = std::min(budget, end.spare.size());
  end.spare.shed(shed);
  budget -= shed;
  return end.spare.empty();
}

void check_settings(ParserState& state) {
  const NeighborDraft& draft = state.ending->draft;
  Neighbor& neighbor = state.ending->neighbor;
  check_addresses(state, draft, neighbor);
  if (draft.failed.empty()) state.note(check_duplicate(state, neighbor));
  state.note(fill_md5(state, draft, neighbor));
  if (!draft.has_failed("tcp-ao")) state.note(fill_tcp_ao(state, draft, neighbor));
}

// True: the step has been done.
bool take_step(ParserState& state, std::size_t& budget) {
  NeighborEnd& end = *state.ending;
  const rib::SharedRoutes& routes = end.neighbor.routes.routes;
  const auto has_failed = [&](auto... words) { return (end.draft.has_failed(words) || ...); };
  if (!routes.gather(budget)) return false;
  switch (end.step) {
    case NeighborEnd::Step::self:
      if (has_failed("router-id", "local-address", "neighbor", "peer-address")) return true;
      return for_routes(state, budget, [&](std::size_t position) { resolve_self(state, position); });
    case NeighborEnd::Step::settings: check_settings(state); return true;
    case NeighborEnd::Step::families: {
      if (has_failed("family", "nexthop", "capability")) return true;
      const bgp::FamilySet negotiated = negotiated_with(end.neighbor);
      return for_routes(state, budget, [&](std::size_t position) { check_family(state, negotiated, position); });
    }
    case NeighborEnd::Step::share: return share_routes(state, budget);
    case NeighborEnd::Step::shed: return shed_spare(end, budget);
    case NeighborEnd::Step::index: return routes.prepare_directory(budget);
    case NeighborEnd::Step::order:
      if (routes.directory() != nullptr) return true;
      return for_routes(state, budget, [&](std::size_t position) { end.repeats = end.repeats || may_repeat(routes, position); });
    case NeighborEnd::Step::repeats:
      if (!end.repeats) return true;
      return for_routes(state, budget, [&](std::size_t position) { warn_of_repeat(state, position); });
    case NeighborEnd::Step::done: return true;
  }
  return true;
}

}  // namespace

std::string peer_key(const Neighbor& neighbor) {
  const auto as_text = [](std::optional<base::Asn> asn) { return asn ? base::to_string(*asn) : std::string("auto"); };
  std::string families = "in-open";
  if (neighbor.multisession) {
    families.clear();
    for (const bgp::Family family : neighbor.families) {
      if (!families.empty()) families += '/';
      families += bgp::to_string(family, '-');
    }
  }
  return fmt::format("neighbor {} local-ip {} local-as {} peer-as {} router-id {} family-allowed {}{}", neighbor.peer.address.text(),
                     neighbor.local_address ? neighbor.local_address.text() : "auto", as_text(neighbor.local_as),
                     as_text(neighbor.peer_as), neighbor.router_id ? base::to_string(*neighbor.router_id) : "auto", families,
                     interface_text(neighbor));
}

void finish_neighbor(ParserState& state) {
  NeighborEnd& end = state.ending.emplace();
  end.draft = std::exchange(state.draft, {});
  merge_templates(state, end.draft);
  if (!check_mandatory(state, end.draft)) {
    end.step = NeighborEnd::Step::done;
    return;
  }
  end.draft.dialect = state.options.dialect;
  fill(state, end.draft, end.neighbor);
  end.neighbor.routes = std::move(end.draft.routes);
}

bool finish_some(ParserState& state, std::size_t& budget) {
  NeighborEnd& end = *state.ending;
  while (end.step != NeighborEnd::Step::done) {
    if (!take_step(state, budget)) return false;
    end.step = static_cast<NeighborEnd::Step>(static_cast<std::uint8_t>(end.step) + 1);
    end.next = 0;
    if (end.step != NeighborEnd::Step::done || end.neighbor.adj_rib_out || end.neighbor.routes.routes.empty()) continue;
    state.warn_at(end.draft.adj_rib_out.place, "adj-rib-out", "without adj-rib-out no route is sent again after a session restart");
  }
  state.result.neighbors.push_back(std::move(end.neighbor));
  state.neighbor_apis.push_back(std::move(end.draft.apis));
  state.ending.reset();
  return true;
}

}  // namespace tandem::config
