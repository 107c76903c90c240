#include "common/api/jobs.hpp"

#include <algorithm>

#include "common/base/json_writer.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::api {

namespace {

class SyncJob final : public Job {
 public:
  explicit SyncJob(Outcome outcome) : outcome_(outcome) {}
  void wait_for(PeerId peer, std::string_view key, const SyncPoint& point) { waiting_.push_back({peer, std::string(key), point}); }

  std::optional<Outcome> step(Executor& executor, std::size_t, std::string&) override {
    std::erase_if(waiting_, [&](Waiting& waiting) { return is_over(executor, waiting); });
    if (waiting_.empty()) return outcome_;
    return std::nullopt;
  }

 private:
  struct Waiting {
    PeerId peer;
    std::string key;  // a number may be given to another peer meanwhile; its key tells
    SyncPoint point;
  };
  static bool is_over(const Executor& executor, Waiting& waiting) {
    return executor.peer_key(waiting.peer) != waiting.key || executor.reached(waiting.peer, waiting.point);
  }

  Outcome outcome_;
  std::vector<Waiting> waiting_;
};

// "10.0.0.0/24 path-information 0.0.0.1" to its two parts; what stands behind them belongs to the prefix.
void append_route_json(const rib::Route& route, base::JsonWriter& json) {
  constexpr std::string_view k_path = " path-information ";
  json.begin_object();
  json.member("family", bgp::to_string(bgp::family_at(route.nlri.family())));
  if (const bgp::NlriCodec* codec = bgp::nlri_codec(route.nlri.family())) {
    std::string text;
    codec->text(route.nlri, text);
    const std::string_view whole = text;
    const std::size_t path = route.nlri.has_path_id() ? whole.find(k_path) : std::string_view::npos;
    if (path == std::string_view::npos) {
      json.member("prefix", whole);
    } else {
      const std::size_t value = path + k_path.size();
      const std::size_t end = std::min(whole.find(' ', value), whole.size());
      json.member("prefix", std::string(whole.substr(0, path)) + std::string(whole.substr(end)));
      json.member("path-information", whole.substr(value, end - value));
    }
  }
  json.end_object();
}

void append_json(const RibListing& listing, const rib::Route& route, std::string& out) {
  base::JsonWriter json(out);
  json.begin_object();
  json.key(listing.address);
  json.begin_object();
  json.key("routes");
  json.begin_array();
  append_route_json(route, json);
  json.end_array();
  json.raw_members(listing.extensive_members);
  json.end_object();
  json.end_object();
  out += '\n';
}

void append_text(const RibListing& listing, const rib::Route& route, bool extensive, std::string& out) {
  out += extensive ? listing.key : listing.address;
  out += ' ';
  out += bgp::to_string(bgp::family_at(route.nlri.family()));
  out += ' ';
  if (const bgp::NlriCodec* codec = bgp::nlri_codec(route.nlri.family())) codec->text(route.nlri, out);
  if (extensive && route.attributes) {
    const bgp::NextHop& next_hop = route.attributes->next_hop();
    if (next_hop.known()) {
      out += " next-hop ";
      next_hop.address.append_text(out);
    } else if (next_hop.self) {
      out += " next-hop self";
    }
    out += route.attributes->text();
  }
  out += '\n';
}

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

std::optional<Outcome> StateSnapshotJob::step(Executor& executor, std::size_t budget, std::string& out) {
  const std::size_t enough = out.size() + budget;
  while (out.size() < enough) {
    switch (executor.tell_state(client_, walk_, out)) {
      case Told::some: break;
      case Told::nothing_yet: return std::nullopt;
      case Told::everything: return Outcome::silent;
    }
  }
  return std::nullopt;
}

std::optional<Outcome> ShowRibJob::step(Executor&, std::size_t budget, std::string& out) {
  const std::size_t enough = out.size() + budget;
  while (!listings_.empty()) {
    const RibListing& listing = listings_.front();
    while (next_ < listing.routes.size()) {
      const rib::Route& route = listing.routes[next_++];
      if (form_ == RibForm::json || form_ == RibForm::json_extensive) append_json(listing, route, out);
      else append_text(listing, route, form_ == RibForm::text_extensive, out);
      if (out.size() >= enough) return std::nullopt;
    }
    listings_.pop_front();
    next_ = 0;
  }
  return Outcome::done;
}

}  // namespace tandem::api
