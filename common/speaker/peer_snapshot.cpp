// What `show neighbor` prints of a peer.
#include <algorithm>

#include "common/config/print.hpp"
#include "common/speaker/peer.hpp"

namespace tandem::speaker {

namespace {

int yes(bool value) { return value ? 1 : 0; }

api::CapabilityView local_view(const config::Neighbor& neighbor) {
  api::CapabilityView view;
  view.asn4 = yes(neighbor.asn4);
  view.route_refresh = yes(neighbor.route_refresh);
  view.multi_session = yes(neighbor.multisession);
  view.operational = yes(neighbor.operational);
  view.add_path = yes(neighbor.add_path_mode != 0);
  view.extended_message = yes(neighbor.extended_message);
  view.graceful_restart = yes(neighbor.graceful_restart.time_s.has_value());
  return view;
}

api::CapabilityView remote_view(const bgp::Capabilities& capabilities) {
  using bgp::CapabilityCode;
  api::CapabilityView view;
  view.asn4 = yes(capabilities.has(CapabilityCode::asn4));
  view.route_refresh = yes(capabilities.has(CapabilityCode::route_refresh));
  view.multi_session = yes(capabilities.has(CapabilityCode::multisession));
  view.operational = yes(capabilities.has(CapabilityCode::operational));
  view.add_path = yes(capabilities.has(CapabilityCode::add_path));
  view.extended_message = yes(capabilities.has(CapabilityCode::extended_message));
  view.graceful_restart = yes(capabilities.has(CapabilityCode::graceful_restart));
  return view;
}

int remote_add_path(const bgp::Capabilities& capabilities, bgp::Family family) {
  for (const bgp::AddPathEntry& entry : capabilities.add_path) {
    if (entry.family == family) return entry.mode;
  }
  return 0;
}

}  // namespace

api::PeerSnapshot Peer::snapshot(base::TimePoint now) const {
  const config::Neighbor& n = neighbor();
  const Connection* connection = established_ != nullptr ? established_ : connections_.main();
  const session::Session* session = connection != nullptr && !connection->dialling() ? &connection->session() : nullptr;
  const bgp::Open* remote = session != nullptr ? session->received_open() : nullptr;
  const bgp::Negotiated* negotiated = session != nullptr ? session->negotiated() : nullptr;

  api::PeerSnapshot view;
  view.key = key();
  view.peer_address = n.peer.address.text();
  view.local_address = n.local_address ? n.local_address.text() : session != nullptr ? session->local().address.text() : "auto";
  view.local_as = base::value(negotiated != nullptr ? negotiated->local_as : n.local_as.value_or(base::Asn{}));
  view.peer_as = base::value(negotiated != nullptr ? negotiated->peer_as : n.peer_as.value_or(base::Asn{}));
  if (n.router_id) view.router_id = base::to_string(*n.router_id);
  view.local_hold_time_s = n.hold_time_s;
  view.established = established_ != nullptr;
  view.state = session::to_string(session != nullptr ? session->state() : session::State::idle);
  const base::Duration duration = now - changed_;
  view.duration_s = static_cast<std::uint64_t>(std::max<std::int64_t>(0, duration / std::chrono::seconds(1)));
  view.local = local_view(n);
  if (remote != nullptr) {
    view.peer_id = base::to_string(remote->router_id);
    view.peer_hold_time_s = remote->hold_time_s;
    view.remote = remote_view(remote->capabilities);
  }
  for (const bgp::Family family : n.families) {
    api::PeerSnapshot::FamilyView row;
    row.family = family;
    row.local = true;
    const bool listed = std::find(n.add_path_families.begin(), n.add_path_families.end(), family) != n.add_path_families.end();
    row.add_path_local = listed ? n.add_path_mode : 0;
    if (remote != nullptr) {
      const auto& announced = remote->capabilities.multiprotocol;
      row.remote = yes(std::find(announced.begin(), announced.end(), family) != announced.end());
      row.add_path_remote = remote_add_path(remote->capabilities, family);
    }
    if (negotiated != nullptr) {
      row.add_path_send = negotiated->add_path_send.contains(family);
      row.add_path_receive = negotiated->add_path_receive.contains(family);
    }
    view.families.push_back(row);
  }
  view.sent = counters_.sent;
  view.received = counters_.received;
  view.prefixes_received = counters_.prefixes_received;
  view.prefixes_withdrawn = counters_.prefixes_withdrawn;
  add_limits(view, now);
  const bool form_4_2 = context_.options.settings.compat_dialect == bgp::Dialect::release_4_2;
  view.configuration = form_4_2 ? config::print_4_2(n) : config::print(n);
  return view;
}

}  // namespace tandem::speaker
