// adj-RIBs as a whole: show, flush, clear.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "common/api/commands.hpp"
#include "common/api/jobs.hpp"
#include "common/api/show.hpp"
#include "common/base/ip.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

enum class FamilyWord : std::uint8_t { all, inet, flow, l2vpn };

// Words that say what is shown anyhow: old clients write them.
constexpr std::string_view k_all_routes[] = {"routes", "static", "*"};

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
    else if (std::find(std::begin(k_all_routes), std::end(k_all_routes), arg.text) == std::end(k_all_routes)) request.unknown = &arg;
  }
  return request;
}

[[nodiscard]] bool is_shown(FamilyWord word, bgp::Family family) {
  const bool flow = family.safi == bgp::Safi::flow || family.safi == bgp::Safi::flow_vpn;
  switch (word) {
    case FamilyWord::all: return true;
    case FamilyWord::inet: return !flow && (family.afi == bgp::Afi::ipv4 || family.afi == bgp::Afi::ipv6);
    case FamilyWord::flow: return flow;
    case FamilyWord::l2vpn: return family.afi == bgp::Afi::l2vpn;
  }
  return true;
}

[[nodiscard]] bgp::FamilySet families_of(FamilyWord word) {
  bgp::FamilySet families;
  for (bgp::FamilyIndex index = 0; index < bgp::k_family_count; ++index) {
    if (is_shown(word, bgp::family_at(index))) families.insert(index);
  }
  return families;
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
  std::vector<PeerId> listed;
  std::copy_if(peers.begin(), peers.end(), std::back_inserter(listed), [&](PeerId peer) {
    return request.address.empty() || key_value(call.executor.peer_key(peer), "neighbor") == request.address;
  });
  if (listed.empty() && !request.address.empty() && !call.words.shows_nobody) return call.refuse(fmt::format("none of these neighbors has the address {}", request.address));
  call.job = std::make_unique<ShowRibJob>(form, call.words, RibWalk(direction, families_of(request.families), std::move(listed), form == RibForm::json_extensive));
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
