// Neighbors that come and go by command.
#include <fmt/format.h>

#include <algorithm>
#include <bitset>

#include "common/api/commands.hpp"
#include "common/bgp/family.hpp"

namespace tandem::api {

namespace {

bool read_local_address(std::string_view text, NewPeer& peer) {
  const auto address = base::IpAddress::parse(text);
  if (address) peer.local = *address;
  return address.has_value();
}

// AS 0 is nobody's (RFC 7607).
bool read_as(std::string_view text, base::Asn& as) {
  const auto number = base::parse_asn(text);
  if (number) as = *number;
  return number && base::value(*number) != 0;
}
bool read_local_as(std::string_view text, NewPeer& peer) { return read_as(text, peer.local_as); }
bool read_peer_as(std::string_view text, NewPeer& peer) { return read_as(text, peer.peer_as); }

bool read_router_id(std::string_view text, NewPeer& peer) {
  const auto address = base::IpAddress::parse(text);
  if (!address || !address->is_v4() || address->v4_value() == 0) return false;
  peer.router_id = base::RouterId{address->v4_value()};
  return true;
}

bool read_families(std::string_view text, NewPeer& peer) {
  if (text == "in-open") return true;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find('/'));
    const std::size_t dash = std::min(word.find('-'), word.size());
    const auto family = bgp::parse_family(word.substr(0, dash), word.substr(std::min(dash + 1, word.size())));
    if (!family) return false;
    if (std::find(peer.families.begin(), peer.families.end(), *family) == peer.families.end()) peer.families.push_back(*family);
    if (word.size() == text.size()) return true;
    text.remove_prefix(word.size() + 1);
  }
  return false;
}

bool read_graceful_restart(std::string_view text, NewPeer& peer) {
  constexpr std::uint64_t k_restart_time_max = 4095;  // RFC 4724 section 3: 12 bits
  const auto seconds = base::parse_decimal(text, k_restart_time_max);
  if (seconds) peer.graceful_restart_s = static_cast<std::uint16_t>(*seconds);
  return seconds.has_value();
}

bool read_group_updates(std::string_view text, NewPeer& peer) {
  peer.group_updates = text == "true";
  return text == "true" || text == "false";
}

bool read_service(std::string_view text, NewPeer& peer) {
  peer.services.emplace_back(text);
  return true;
}

struct Parameter {
  std::string_view name;
  bool (*read)(std::string_view text, NewPeer& peer);
  std::string_view right;  // what a value must be
  bool required = false;
  bool repeats = false;
};
constexpr Parameter k_parameters[] = {
    {"local-address", read_local_address, "an IP address", true},
    {"local-as", read_local_as, "an AS number", true},
    {"peer-as", read_peer_as, "an AS number", true},
    {"router-id", read_router_id, "an IPv4 address"},
    {"family-allowed", read_families, "in-open, or families such as ipv4-unicast/ipv6-unicast"},
    {"graceful-restart", read_graceful_restart, "0 to 4095"},
    {"group-updates", read_group_updates, "true or false"},
    {"api", read_service, "the name of a process", false, true},
};
using Given = std::bitset<std::size(k_parameters)>;

// Its place in the table; none: there is no such parameter.
std::optional<std::size_t> find_parameter(std::string_view name) {
  if (name == "local-ip") name = "local-address";
  const auto found = std::find_if(std::begin(k_parameters), std::end(k_parameters), [name](const Parameter& one) { return one.name == name; });
  if (found == std::end(k_parameters)) return std::nullopt;
  return static_cast<std::size_t>(found - std::begin(k_parameters));
}

base::Result<void> read_parameters(base::Tokens words, NewPeer& peer, Given& given) {
  for (std::size_t at = 0; at < words.size(); at += 2) {
    const std::string_view name = words[at].text;
    const auto position = find_parameter(name);
    if (!position) return base::Error(fmt::format("unknown parameter: {}", name));
    const Parameter& parameter = k_parameters[*position];
    if (at + 1 == words.size()) {
      return base::Error(parameter.repeats ? "missing process name after \"api\"" : fmt::format("missing value for {}", name));
    }
    if (given.test(*position) && !parameter.repeats) return base::Error(fmt::format("duplicate parameter: {}", name));
    given.set(*position);
    const std::string_view value = words[at + 1].text;
    if (!parameter.read(value, peer)) return base::Error(fmt::format("'{}' is no value of {} (expected: {})", value, name, parameter.right));
  }
  return {};
}

base::Result<NewPeer> read_new_peer(base::Tokens words) {
  if (words.empty()) return base::Error("no neighbor selector");
  NewPeer peer;
  const auto address = base::IpAddress::parse(words[0].text);
  if (!address) return base::Error(fmt::format("'{}' is not the address of a neighbor", words[0].text));
  peer.peer = *address;
  Given given;
  if (auto read = read_parameters(words.subspan(1), peer, given); !read) return read.error();
  std::string missing;
  for (std::size_t i = 0; i < std::size(k_parameters); ++i) {
    if (k_parameters[i].required && !given.test(i)) missing += fmt::format("{}{}", missing.empty() ? "" : ", ", k_parameters[i].name);
  }
  if (missing.empty() && !peer.router_id && !peer.local.is_v4()) missing = "router-id";
  if (!missing.empty()) return base::Error("missing required parameters: " + missing);
  if (peer.local.is_v4() != peer.peer.is_v4()) return base::Error("local-address and the peer's address are not of the same IP version");
  if (peer.families.empty()) peer.families = {bgp::k_ipv4_unicast};
  return base::Result<NewPeer>(boost::system::in_place_value, std::move(peer));
}

}  // namespace

Outcome create_peer(Call& call) {
  const auto peer = read_new_peer(call.args);
  if (!peer) return call.fail("Unexpected error: ValueError: " + peer.error().reason());
  const auto created = call.executor.create_peer(*peer);
  return created ? Outcome::done : call.fail(created.error().reason());
}

Outcome delete_peers(Call& call) {
  constexpr std::string_view k_nobody = "no neighbors match the selector";
  Selector which;
  const bool bracket = !call.args.empty() && call.args[0].text == "[";
  const auto taken = which.parse(call.args, bracket ? Grammar::peer : Grammar::neighbor);
  if (!taken) return call.fail(k_nobody, taken.error().reason());
  if (*taken != call.args.size()) return call.refuse_word(call.args[*taken]);
  const std::span<const PeerId> allowed = call.executor.peers_of(call.client.id);
  std::vector<PeerId> chosen;
  std::copy_if(allowed.begin(), allowed.end(), std::back_inserter(chosen),
               [&](PeerId peer) { return which.matches(call.executor.peer_key(peer)); });
  if (chosen.empty()) return call.fail(k_nobody);
  for (const PeerId peer : chosen) call.executor.delete_peer(peer);
  return Outcome::done;
}

}  // namespace tandem::api
