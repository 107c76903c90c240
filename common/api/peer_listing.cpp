#include "common/api/peer_listing.hpp"

#include <utility>

#include "common/api/job_state.hpp"
#include "common/api/show.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

ListPeersJob::ListPeersJob(PeerForm form, const Wording& words, std::vector<PeerId> peers, std::vector<IdleNeighbor> idle)
    : form_(form), words_(words), peers_(std::move(peers)), idle_(std::move(idle)) {
  if (!is_array()) idle_.clear();
}

std::optional<Outcome> ListPeersJob::step(Executor& executor, std::size_t budget, std::string& out) {
  const std::size_t enough = out.size() + budget;
  if (!std::exchange(begun_, true)) {
    if (is_array()) out += "[ ";
    else if (form_ == PeerForm::summary) words_.summary_header(out);
  }
  while (next_ < peers_.size() + idle_.size()) {
    const std::size_t at = next_++;
    if (at < peers_.size()) append_peer(executor, peers_[at], out);
    else append_idle(idle_[at - peers_.size()], out);
    if (out.size() >= enough) return std::nullopt;
  }
  if (is_array()) out += " ]\n";
  return Outcome::done;
}

void ListPeersJob::separate(std::string& out) {
  if (!std::exchange(separated_, false)) out += ", ";
}

void ListPeersJob::append_peer(const Executor& executor, PeerId peer, std::string& out) {
  if (executor.peer_key(peer).empty()) return;
  const PeerSnapshot snapshot = executor.snapshot(peer);
  if (is_array()) separate(out);
  base::JsonWriter json(out);
  switch (form_) {
    case PeerForm::list:
      json.begin_object();
      json.member("peer-address", snapshot.peer_address);
      json.member("peer-as", snapshot.peer_as);
      json.member("state", snapshot.state);
      json.end_object();
      break;
    case PeerForm::json: append_peer_json(snapshot, json); break;
    case PeerForm::summary:
      if (snapshot.established || words_.idle_in_summary) words_.summary(snapshot, out);
      break;
    case PeerForm::extensive: words_.extensive(snapshot, out); break;
    case PeerForm::configuration: append_configuration(snapshot, out); break;
  }
}

void ListPeersJob::append_idle(const IdleNeighbor& neighbor, std::string& out) {
  separate(out);
  base::JsonWriter json(out);
  if (form_ == PeerForm::json) {
    append_idle_json(neighbor, json);
    return;
  }
  json.begin_object();
  json.member("peer-address", neighbor.peer_address);
  append_as("peer-as", neighbor.peer_as, json);
  json.key("state");
  json.null();
  json.end_object();
}

void ListPeersJob::store(state::Writer& writer) const { fields(writer, *this); }

std::unique_ptr<Job> load_list_peers_job(state::Reader& reader) {
  return loaded<ListPeersJob>(reader, PeerForm::list, reader.provided<const Wording>(), std::vector<PeerId>(), std::vector<IdleNeighbor>());
}

}  // namespace tandem::api
