// Messages to peers that are not routes, and what is known of the peers.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>

#include "common/api/commands.hpp"
#include "common/api/peer_listing.hpp"
#include "common/base/asn.hpp"
#include "common/base/ip.hpp"

namespace tandem::api {

namespace {

// Established peers get the message; without one there is nobody to send it to.
template <typename Message>
Outcome queue_message(Call& call, const Message& message, void (Executor::*queue)(PeerId, Message)) {
  const auto peers = call.targets();
  if (peers.empty()) return call.refuse_targets();
  bool sent = false;
  for (const PeerId peer : peers) {
    if (!call.executor.established(peer)) continue;
    (call.executor.*queue)(peer, message);
    sent = true;
  }
  return sent ? Outcome::done : call.refuse("no session is established with these neighbors");
}

[[nodiscard]] std::optional<bgp::Family> family_argument(base::Tokens args) {
  if (args.size() < 2) return std::nullopt;
  return bgp::parse_family(args[0].text, args[1].text);
}

[[nodiscard]] Outcome refuse_family(Call& call) {
  if (call.args.size() < 2) return call.refuse("a family is expected: <afi> <safi>");
  return call.refuse(fmt::format("unknown family '{} {}'", call.args[0].text, call.args[1].text));
}

enum class PeerView : std::uint8_t { none, summary, extensive, configuration };

struct ShowPeersRequest {
  PeerView view = PeerView::none;
  std::string address;                  // "": all
  const base::Token* unknown = nullptr;  // a word that means nothing here
};

[[nodiscard]] ShowPeersRequest parse_show(base::Tokens args) {
  ShowPeersRequest request;
  for (const base::Token& arg : args) {
    const bool first_view = request.view == PeerView::none;
    if (arg.text == "summary" && first_view) request.view = PeerView::summary;
    else if (arg.text == "extensive" && first_view) request.view = PeerView::extensive;
    else if (arg.text == "configuration" && first_view) request.view = PeerView::configuration;
    else if (const auto address = base::IpAddress::parse(arg.text); address && request.address.empty()) request.address = address->text();
    else if (arg.text != "*") request.unknown = &arg;
  }
  return request;
}

[[nodiscard]] bool is_shown(const ShowPeersRequest& request, std::string_view key) {
  return request.address.empty() || key_value(key, "neighbor") == request.address;
}

[[nodiscard]] PeerForm form_of(PeerView view) {
  if (view == PeerView::summary) return PeerForm::summary;
  return view == PeerView::extensive ? PeerForm::extensive : PeerForm::configuration;
}

}  // namespace

Outcome announce_end_of_rib(Call& call) {
  const auto family = call.args.empty() ? std::optional(bgp::k_ipv4_unicast) : family_argument(call.args);
  if (!family) return refuse_family(call);
  return queue_message(call, *family, &Executor::queue_end_of_rib);
}

Outcome announce_route_refresh(Call& call) {
  const auto family = family_argument(call.args);
  if (!family) return refuse_family(call);
  return queue_message(call, *family, &Executor::queue_route_refresh);
}

Outcome announce_operational(Call& call) {
  const auto message = bgp::parse_operational(call.args);
  if (!message) return call.refuse(message.error().reason());
  return queue_message<const bgp::Operational&>(call, *message, &Executor::queue_operational);
}

Outcome teardown(Call& call) {
  const auto subcode = call.args.empty() ? std::nullopt : base::parse_decimal(call.args[0].text, 255);
  if (!subcode) return call.refuse("a subcode is expected: 0 to 255");
  const auto peers = call.targets();
  if (peers.empty()) return call.refuse_targets();
  // Only between quotes: a word too many is an error, as it is behind any command.
  if (call.args.size() > 1 && !call.args[1].quoted) return call.refuse_word(call.args[1]);
  const std::string_view text = call.args.size() > 1 ? call.args[1].text : std::string_view();
  if (*subcode == 0) return Outcome::done;  // nothing to say to the peer: ignored, as ever
  for (const PeerId peer : peers) {
    if (call.executor.established(peer)) call.executor.teardown(peer, static_cast<std::uint8_t>(*subcode), text);
  }
  return Outcome::done;
}

Outcome enable_peers(Call& call) {
  const auto peers = call.targets();
  if (peers.empty()) return call.refuse_targets();
  for (const PeerId peer : peers) call.executor.enable(peer);
  return Outcome::done;
}

Outcome list_peers(Call& call) {
  const auto peers = call.executor.peers();
  call.job = std::make_unique<ListPeersJob>(PeerForm::list, call.words, std::vector<PeerId>(peers.begin(), peers.end()), call.executor.idle_neighbors());
  return Outcome::job;
}

Outcome show_peers(Call& call) {
  ShowPeersRequest request = parse_show(call.args);
  if (call.client.text && request.view == PeerView::none) request.view = PeerView::summary;
  if (request.unknown != nullptr) return call.refuse_word(*request.unknown);
  const auto peers = call.shown();
  std::vector<IdleNeighbor> idle = call.executor.idle_neighbors();
  std::erase_if(idle, [&](const IdleNeighbor& neighbor) { return !call.selector.matches(neighbor.key); });
  if (peers.empty() && idle.empty() && call.selector.written()) return call.refuse_targets();
  std::vector<PeerId> shown;
  std::copy_if(peers.begin(), peers.end(), std::back_inserter(shown),
               [&](PeerId peer) { return is_shown(request, call.executor.peer_key(peer)); });
  std::erase_if(idle, [&](const IdleNeighbor& neighbor) { return !is_shown(request, neighbor.key); });
  if (shown.empty() && idle.empty() && !request.address.empty() && !call.words.shows_nobody) {
    return call.refuse(fmt::format("none of these neighbors has the address {}", request.address));
  }
  if (!call.json && request.view == PeerView::none) {
    call.out += call.words.show_usage;
    return Outcome::done;
  }
  call.job = std::make_unique<ListPeersJob>(call.json ? PeerForm::json : form_of(request.view), call.words, std::move(shown), std::move(idle));
  return Outcome::job;
}

}  // namespace tandem::api
