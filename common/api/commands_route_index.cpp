// `routes`: the routes of an adj-RIB-out one by one, each with an index by which it is taken back.
#include <algorithm>
#include <utility>

#include "common/api/commands.hpp"
#include "common/api/job_state.hpp"
#include "common/api/jobs.hpp"
#include "common/api/route_changes.hpp"
#include "common/api/route_command.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

// Family, whether there is a path identifier, and the identity of the NLRI: the same for the same route on every neighbor, every time.
constexpr std::size_t k_index_head = 4;

[[nodiscard]] std::string index_of(const bgp::NlriKey& key) {
  const bgp::Family family = bgp::family_at(key.family());
  const auto afi = static_cast<std::uint16_t>(family.afi);
  base::Buffer octets{static_cast<std::uint8_t>(afi >> 8), static_cast<std::uint8_t>(afi), static_cast<std::uint8_t>(family.safi),
                      static_cast<std::uint8_t>(key.has_path_id() ? 1 : 0)};
  const base::Bytes identity = key.identity();
  octets.insert(octets.end(), identity.begin(), identity.end());
  return base::to_hex(octets, base::HexCase::lower);
}

// Nothing: hexadecimal digits, but of no route that there could be.
[[nodiscard]] std::optional<bgp::NlriKey> key_of(base::Bytes index) {
  if (index.size() <= k_index_head || index[3] > 1) return std::nullopt;
  const auto family = bgp::family_index({static_cast<bgp::Afi>(index[0] << 8 | index[1]), static_cast<bgp::Safi>(index[2])});
  if (!family) return std::nullopt;
  const bool has_path_id = index[3] == 1;
  const base::Bytes identity = index.subspan(k_index_head);
  constexpr std::size_t k_longest = 4096;  // more than any message holds
  if (identity.size() > k_longest || (has_path_id && identity.size() <= 4)) return std::nullopt;
  return bgp::NlriKey(*family, has_path_id, identity);
}

struct FamilyFilter {
  std::optional<bgp::Afi> afi;
  std::optional<bgp::Safi> safi;
  [[nodiscard]] bool takes(bgp::Family family) const { return (!afi || *afi == family.afi) && (!safi || *safi == family.safi); }
};

[[nodiscard]] FamilyFilter take_filter(base::Tokens& words) {
  FamilyFilter filter;
  if (!words.empty() && (filter.afi = bgp::parse_afi(words[0].text))) words = words.subspan(1);
  if (filter.afi && !words.empty() && (filter.safi = bgp::parse_safi(words[0].text))) words = words.subspan(1);
  return filter;
}

// These answers are a line of JSON alone; clients that asked to be told more, or for this command, are told that it is the last one, too.
[[nodiscard]] Outcome answered(const Call& call, Outcome outcome = Outcome::done) {
  return call.client.reasons || !call.client.tag.empty() ? outcome : Outcome::silent;
}

// One line, however long it is, in pieces.
class ListRoutesJob final : public Job {
 public:
  ListRoutesJob(RibWalk walk, Outcome outcome) : walk_(std::move(walk)), outcome_(outcome) {}

  std::optional<Outcome> step(Executor& executor, std::size_t budget, std::string& out) override {
    const std::size_t enough = out.size() + budget;
    if (!std::exchange(begun_, true)) out += "[ ";
    const bool more = walk_.step(executor, [&](const ListedPeer& peer, const bgp::NlriKey& key, const rib::AttributeSetRef& attributes) {
      if (!std::exchange(first_, false)) out += ", ";
      append(peer, {key, attributes}, out);
      return out.size() < enough;
    });
    if (more) return std::nullopt;
    out += first_ ? "]\n" : " ]\n";
    return outcome_;
  }

  [[nodiscard]] std::string_view kind() const override { return "list routes"; }
  void store(state::Writer& writer) const override { fields(writer, *this); }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [walk, outcome, begun, first] = self;
    archive.object(self, "list_routes_job")("walk", walk)("outcome", outcome)("begun", begun)("first", first);
  }

 private:
  static void append(const ListedPeer& peer, const rib::Route& route, std::string& out) {
    base::JsonWriter json(out);
    json.begin_object();
    json.member("index", index_of(route.nlri));
    json.member("route", rib::describe(route));
    json.member("neighbor", peer.key);
    json.end_object();
  }

  RibWalk walk_;
  Outcome outcome_;
  bool begun_ = false;
  bool first_ = true;
};

Outcome list_routes(Call& call, const FamilyFilter& filter) {
  const auto peers = call.shown();
  if (peers.empty() && call.selector.written()) return call.refuse_targets();
  bgp::FamilySet families;
  for (bgp::FamilyIndex index = 0; index < bgp::k_family_count; ++index) {
    if (filter.takes(bgp::family_at(index))) families.insert(index);
  }
  call.job = std::make_unique<ListRoutesJob>(RibWalk(RibDirection::out, families, {peers.begin(), peers.end()}, false), answered(call));
  return Outcome::job;
}

void append_outcome(base::JsonWriter& json, const rib::Route& route, rib::RouteUse use) {
  json.begin_object();
  if (use == rib::RouteUse::withdraw) json.member("removed", true);
  json.member("index", index_of(route.nlri));
  json.member("route", rib::describe(route));
  if (use == rib::RouteUse::announce) json.member("success", true);
  json.end_object();
}

Outcome tell_failure(Call& call, std::string_view text, std::string_view reason) {
  base::JsonWriter json(call.out);
  json.begin_object();
  json.member("route", text);
  json.member("success", false);
  json.member("error", reason);
  json.end_object();
  call.answer("");
  return answered(call, Outcome::error);
}

Outcome change_routes(Call& call, base::Tokens spec, const FamilyFilter& filter, rib::RouteUse use) {
  const RouteWord* word = find_route_word(spec[0].text);
  if (word == nullptr) return call.fail("Could not parse route: " + call.line.normalised(spec));
  auto parsed = call.routes.parse_line(word->form, route_statement(*word, spec), use);
  const std::string text = call.line.normalised(spec.subspan(spec.size() > 1 ? 1 : 0));
  if (!parsed) {
    const std::string reason = parsed.error().reason();
    if (reason.starts_with(k_next_hop_missing)) return tell_failure(call, text, reason);
    return call.fail("Could not parse route: " + call.line.normalised(spec), reason);
  }
  const RouteChange change{use, std::move(*parsed)};
  const auto& routes = change.parsed.routes;
  if (!std::all_of(routes.begin(), routes.end(), [&](const rib::Route& route) { return filter.takes(bgp::family_at(route.nlri.family())); })) {
    return tell_failure(call, text, "the route is of another family than the one named");
  }
  const auto peers = call.targets();
  if (peers.empty()) return call.refuse_targets();
  if (const auto changed = change_all(call, peers, change); !changed) return tell_failure(call, text, changed.error().reason());
  base::JsonWriter json(call.out);
  if (routes.size() > 1) json.begin_array();
  for (const rib::Route& route : routes) append_outcome(json, route, use);
  if (routes.size() > 1) json.end_array();
  call.answer("");
  return answered(call);
}

Outcome remove_index(Call& call, base::Tokens words) {
  if (words.empty()) return call.fail("routes remove requires route spec or index");
  const std::string typed(words[0].text);
  const auto octets = base::from_hex(typed);
  if (!octets) return call.fail("Invalid hex index: " + typed);
  const auto peers = call.targets();
  if (peers.empty()) return call.refuse_targets();
  bool removed = false;
  if (const auto key = key_of(*octets)) {
    for (const PeerId peer : peers) {
      const auto route = call.executor.announced(peer, *key);
      if (!route) continue;
      call.executor.withdraw(peer, *route);
      removed = true;
    }
  }
  base::JsonWriter json(call.out);
  json.begin_object();
  json.member("removed", removed);
  json.member("index", typed);
  json.end_object();
  call.answer("");
  return answered(call);
}

}  // namespace

std::unique_ptr<Job> load_list_routes_job(state::Reader& reader) { return loaded<ListRoutesJob>(reader, RibWalk(), Outcome::done); }

Outcome indexed_routes(Call& call) {
  base::Tokens words = call.args;
  const FamilyFilter filter = take_filter(words);
  const std::string_view action = words.empty() ? std::string_view() : words[0].text;
  if (action != "list" && action != "add" && action != "remove") return call.fail("routes requires action: list, add, or remove");
  words = words.subspan(1);
  if (action == "list") return words.empty() ? list_routes(call, filter) : call.refuse_word(words[0]);
  if (action == "add") {
    if (words.empty()) return call.fail("routes add requires route specification");
    return change_routes(call, words, filter, rib::RouteUse::announce);
  }
  if (words.empty()) return call.fail("routes remove requires route spec or index");
  if (words[0].text == "index") return remove_index(call, words.subspan(1));
  return change_routes(call, words, filter, rib::RouteUse::withdraw);
}

}  // namespace tandem::api
