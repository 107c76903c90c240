#include "common/api/jobs.hpp"

#include <algorithm>

#include "common/api/job_state.hpp"
#include "common/api/show.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::api {

namespace {

class SyncJob final : public Job {
 public:
  explicit SyncJob(Outcome outcome) : outcome_(outcome) {}
  void wait_for(PeerId peer, std::string_view key, const SyncPoint& point) { waiting_.push_back({peer, std::string(key), point}); }

  [[nodiscard]] bool waits() const override { return true; }
  std::optional<Outcome> step(Executor& executor, std::size_t, std::string&) override {
    std::erase_if(waiting_, [&](Waiting& waiting) { return is_over(executor, waiting); });
    if (waiting_.empty()) return outcome_;
    return std::nullopt;
  }
  [[nodiscard]] std::string_view kind() const override { return "sync"; }
  void store(state::Writer& writer) const override { fields(writer, *this); }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [outcome, waiting] = self;
    archive.object(self, "sync_job")("outcome", outcome)("waiting", waiting);
  }

 private:
  struct Waiting {
    PeerId peer = 0;
    std::string key;  // a number may be given to another peer meanwhile; its key tells
    SyncPoint point;
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [peer, key, point] = self;
      archive.object(self, "waited_for")("peer", peer)("key", key)("point", point);
    }
  };
  static bool is_over(const Executor& executor, Waiting& waiting) {
    return executor.peer_key(waiting.peer) != waiting.key || executor.reached(waiting.peer, waiting.point);
  }

  Outcome outcome_;
  std::vector<Waiting> waiting_;
};

// "10.0.0.0/24 path-information 0.0.0.1" to its two parts, of families that are written as a prefix; what stands behind them belongs to the prefix.
void append_route_json(const bgp::NlriKey& nlri, base::JsonWriter& json) {
  constexpr std::string_view k_path = " path-information ";
  json.begin_object();
  json.member("family", bgp::to_string(bgp::family_at(nlri.family())));
  if (const bgp::NlriCodec* codec = bgp::nlri_codec(nlri.family())) {
    std::string text;
    codec->text(nlri, text);
    const std::string_view whole = text;
    const std::string_view name = codec->grammar != nullptr && codec->grammar->claim != nullptr ? "prefix" : "nlri";
    const std::size_t path = nlri.has_path_id() ? whole.find(k_path) : std::string_view::npos;
    if (path == std::string_view::npos) {
      json.member(name, whole);
    } else {
      const std::size_t value = path + k_path.size();
      const std::size_t end = std::min(whole.find(' ', value), whole.size());
      json.member(name, std::string(whole.substr(0, path)) + std::string(whole.substr(end)));
      json.member("path-information", whole.substr(value, end - value));
    }
  }
  json.end_object();
}

void append_json(const ListedPeer& peer, const bgp::NlriKey& nlri, std::string& out) {
  base::JsonWriter json(out);
  json.begin_object();
  json.key(peer.address);
  json.begin_object();
  json.key("routes");
  json.begin_array();
  append_route_json(nlri, json);
  json.end_array();
  json.raw_members(peer.extensive_members);
  json.end_object();
  json.end_object();
  out += '\n';
}

std::string next_hop_text(const rib::AttributeSetRef& attributes) {
  if (!attributes) return {};
  const bgp::NextHop& next_hop = attributes->next_hop();
  if (next_hop.known()) return " next-hop " + next_hop.address.text();
  return next_hop.self ? " next-hop self" : "";
}

void append_text(const ListedPeer& peer, const bgp::NlriKey& nlri, const rib::AttributeSetRef& attributes, bool extensive, const Wording& words,
                 std::string& out) {
  if (!extensive && words.rib_as_commands) out += "neighbor ";
  out += extensive ? peer.key : peer.address;
  out += ' ';
  out += bgp::to_string(bgp::family_at(nlri.family()));
  out += ' ';
  const bool with_next_hop = extensive || words.rib_as_commands;
  if (bgp::nlri_codec(nlri.family()) != nullptr) bgp::append_nlri(nlri, with_next_hop ? next_hop_text(attributes) : "", words.dialect, out);
  if (extensive && attributes) out += attributes->text();
  out += '\n';
}

// Peers without routes, and those that are gone, cost little, but there may be a million of them.
constexpr std::size_t k_peers_a_step = 1024;

}  // namespace

Outcome wait_until_written(Call& call, std::span<const Change> changes, Outcome outcome) {
  std::unique_ptr<SyncJob> job;
  for (const Change& change : changes) {
    SyncPoint point = call.executor.sync_point(change.peer, change.mark);
    if (call.executor.reached(change.peer, point)) continue;
    if (!job) job = std::make_unique<SyncJob>(outcome);
    job->wait_for(change.peer, call.executor.peer_key(change.peer), point);
  }
  if (!job) return outcome;
  call.job = std::move(job);
  return Outcome::job;
}

std::unique_ptr<Job> load_sync_job(state::Reader& reader) { return loaded<SyncJob>(reader, Outcome::done); }
std::unique_ptr<Job> load_state_snapshot_job(state::Reader& reader) { return loaded<StateSnapshotJob>(reader, ClientId{0}); }
std::unique_ptr<Job> load_show_rib_job(state::Reader& reader) {
  return loaded<ShowRibJob>(reader, RibForm::text, reader.provided<const Wording>(), RibWalk());
}
void StateSnapshotJob::store(state::Writer& writer) const { fields(writer, *this); }
void ShowRibJob::store(state::Writer& writer) const { fields(writer, *this); }

std::optional<Outcome> StateSnapshotJob::step(Executor& executor, std::size_t budget, std::string& out) {
  const std::size_t enough = out.size() + budget;
  waits_ = false;
  while (out.size() < enough) {
    switch (executor.tell_state(client_, walk_, out)) {
      case Told::some: break;
      case Told::nothing_yet: waits_ = true; return std::nullopt;
      case Told::everything: return Outcome::silent;
    }
  }
  return std::nullopt;
}

bool RibWalk::step(Executor& executor, const Take& take) {
  for (std::size_t looked_at = 0; next_ < peers_.size(); ++looked_at) {
    if (looked_at == k_peers_a_step) return true;
    if (!begun_) enter(executor);
    const bool there = !peer_.key.empty() && executor.peer_key(peers_[next_]) == peer_.key;  // not gone, and not another one by now
    const auto visit = [&](const bgp::NlriKey& key, const rib::AttributeSetRef& attributes) { return take(peer_, key, attributes); };
    if (there && executor.walk(peers_[next_], direction_, cursor_, visit)) return true;
    ++next_;
    begun_ = false;
  }
  return false;
}

void RibWalk::enter(const Executor& executor) {
  begun_ = true;
  cursor_ = {};
  cursor_.families = families_;
  peer_.key = executor.peer_key(peers_[next_]);
  peer_.address = key_value(peer_.key, "neighbor");
  if (extensive_members_ && !peer_.key.empty()) peer_.extensive_members = extensive_members(executor.snapshot(peers_[next_]));
}

std::optional<Outcome> ShowRibJob::step(Executor& executor, std::size_t budget, std::string& out) {
  const std::size_t enough = out.size() + budget;
  const bool json = form_ == RibForm::json || form_ == RibForm::json_extensive;
  const bool more = walk_.step(executor, [&](const ListedPeer& peer, const bgp::NlriKey& key, const rib::AttributeSetRef& attributes) {
    if (json) append_json(peer, key, out);
    else append_text(peer, key, attributes, form_ == RibForm::text_extensive, words_, out);
    return out.size() < enough;
  });
  return more ? std::nullopt : std::optional(Outcome::done);
}

}  // namespace tandem::api
