// Answers about all peers, written in pieces: a million neighbors are hundreds of megabytes, of which nobody holds more than he is read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/api/command_table.hpp"
#include "common/api/wording.hpp"

namespace tandem::api {

// `list` and `json` are one line, an array; a piece of it may end anywhere.
enum class PeerForm : std::uint8_t { list, json, summary, extensive, configuration };
constexpr PeerForm last_of(PeerForm) { return PeerForm::configuration; }

class ListPeersJob final : public Job {
 public:
  // Peers that are gone when their turn comes are left out. Neighbors without a peer are shown in JSON only.
  ListPeersJob(PeerForm form, const Wording& words, std::vector<PeerId> peers, std::vector<IdleNeighbor> idle);
  std::optional<Outcome> step(Executor& executor, std::size_t budget, std::string& out) override;
  [[nodiscard]] std::string_view kind() const override { return "list peers"; }
  void store(state::Writer& writer) const override;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [form, words, peers, idle, next, begun, separated] = self;
    archive.object(self, "list_peers_job")("form", form)("peers", peers)("idle", idle)("next", next)("begun", begun)("separated", separated);
  }

 private:
  [[nodiscard]] bool is_array() const { return form_ == PeerForm::list || form_ == PeerForm::json; }
  void append_peer(const Executor& executor, PeerId peer, std::string& out);
  void append_idle(const IdleNeighbor& neighbor, std::string& out);
  void separate(std::string& out);

  PeerForm form_;
  const Wording& words_;
  std::vector<PeerId> peers_;
  std::vector<IdleNeighbor> idle_;
  std::size_t next_ = 0;
  bool begun_ = false;
  bool separated_ = true;  // nothing stands in the array yet
};

}  // namespace tandem::api
