// adj-RIBs as a whole: show, flush, clear.
#include <algorithm>

#include "common/api/commands.hpp"
#include "common/api/jobs.hpp"
#include "common/api/show.hpp"
#include "common/base/ip.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

enum class FamilyWord : std::uint8_t { all, inet, flow, l2vpn };

struct ShowRibRequest {
  bool extensive = false;
  FamilyWord families = FamilyWord::all;
  std::string address;                  // "": all
  const base::Token* unknown = nullptr;  // a word that means nothing here
};

[[nodiscard]] ShowRibRequest parse_show(base::Tokens args) {
  ShowRibRequest request;
  for (const base::Token& arg : args) {
    if (arg.text == "extensive") request.extensive = true;
    else if (arg.text == "inet") request.families = FamilyWord::inet;
    else if (arg.text == "flow") request.families = FamilyWord::flow;
    else if (arg.text == "l2vpn") request.families = FamilyWord::l2vpn;
    else if (const auto address = base::IpAddress::parse(arg.text); address && request.address.empty()) request.address = address->text();
    else if (arg.text != "*") request.unknown = &arg;
  }
  return request;
}

[[nodiscard]] bool is_shown(FamilyWord word, bgp::FamilyIndex index) {
  const bgp::Family family = bgp::family_at(index);
  const bool flow = family.safi == bgp::Safi::flow || family.safi == bgp::Safi::flow_vpn;
  switch (word) {
    case FamilyWord::all: return true;
    case FamilyWord::inet: return !flow && (family.afi == bgp::Afi::ipv4 || family.afi == bgp::Afi::ipv6);
    case FamilyWord::flow: return flow;
    case FamilyWord::l2vpn: return family.afi == bgp::Afi::l2vpn;
  }
  return true;
}

[[nodiscard]] RibForm form_of(bool json, bool extensive) {
  if (json) return extensive ? RibForm::json_extensive : RibForm::json;
  return extensive ? RibForm::text_extensive : RibForm::text;
}

Outcome show_rib(Call& call, RibDirection direction) {
  const ShowRibRequest request = parse_show(call.args);
  if (request.unknown != nullptr) return call.refuse_word(*request.unknown);
  const RibForm form = form_of(call.json, request.extensive);
  const auto peers = call.shown();
  if (peers.empty() && call.selector.written()) return call.refuse_targets();
  std::deque<RibListing> listings;
  for (const PeerId peer : peers) {
    const std::string_view key = call.executor.peer_key(peer);
    if (!request.address.empty() && key_value(key, "neighbor") != request.address) continue;
    RibListing listing;
    listing.routes = call.executor.routes(peer, direction);
    std::erase_if(listing.routes, [&](const rib::Route& route) { return !is_shown(request.families, route.nlri.family()); });
    if (listing.routes.empty()) continue;
    listing.key = key;
    listing.address = key_value(key, "neighbor");
    if (form == RibForm::json_extensive) listing.extensive_members = extensive_members(call.executor.snapshot(peer));
    listings.push_back(std::move(listing));
  }
  call.job = std::make_unique<ShowRibJob>(form, std::move(listings));
  return Outcome::job;
}

// flush and clear: the peers of the selector in front, of an address behind, or all when neither was written.
Outcome change_rib(Call& call, void (Executor::*change)(PeerId)) {
  Selector behind;
  if (!call.args.empty()) {
    const auto taken = behind.parse(call.args, Grammar::peer);
    if (!taken) return call.refuse(taken.error().reason());
    if (*taken != call.args.size()) return call.refuse_word(call.args[*taken]);
  }
  const auto peers = call.targets();
  if (peers.empty()) return call.refuse_targets();
  bool changed = false;
  for (const PeerId peer : peers) {
    if (!behind.matches(call.executor.peer_key(peer))) continue;
    (call.executor.*change)(peer);
    changed = true;
  }
  return changed ? Outcome::done : call.refuse("no neighbor matches the selector");
}

}  // namespace

Outcome show_rib_in(Call& call) { return show_rib(call, RibDirection::in); }
Outcome show_rib_out(Call& call) { return show_rib(call, RibDirection::out); }
Outcome flush_rib(Call& call) { return change_rib(call, &Executor::flush_out); }
Outcome clear_rib_in(Call& call) { return change_rib(call, &Executor::clear_in); }
Outcome clear_rib_out(Call& call) { return change_rib(call, &Executor::clear_out); }

}  // namespace tandem::api
