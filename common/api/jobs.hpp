// Commands that take longer than their line: sync, which waits for sockets, and the listing of an adj-RIB.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "common/api/command_table.hpp"

namespace tandem::api {

// Answers `outcome` once the changes are written to the peers, or their sessions are down: at once when they are already, through a job
// otherwise. What others have changed is not waited for, unless it has to be sent before.
[[nodiscard]] Outcome wait_until_written(Call& call, std::span<const Change> changes, Outcome outcome);

// Tells a program that starts how things are: what changes meanwhile it is told in between, so that what it was told last is true.
class StateSnapshotJob final : public Job {
 public:
  explicit StateSnapshotJob(ClientId client) : client_(client) {}
  [[nodiscard]] bool waits() const override { return waits_; }
  std::optional<Outcome> step(Executor& executor, std::size_t budget, std::string& out) override;
  [[nodiscard]] std::string_view kind() const override { return "state snapshot"; }
  void store(state::Writer& writer) const override;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [client, walk, waits] = self;
    archive.object(self, "state_snapshot_job")("client", client)("walk", walk)("waits", waits);
  }

 private:
  ClientId client_;
  StateWalk walk_;
  bool waits_ = false;  // for what the peers are doing
};

enum class RibForm : std::uint8_t { text, text_extensive, json, json_extensive };
constexpr RibForm last_of(RibForm) { return RibForm::json_extensive; }

// Whose routes are being listed.
struct ListedPeer {
  std::string address;
  std::string key;
  std::string extensive_members;  // where they are wanted: the members beside "routes"

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [address, key, extensive_members] = self;
    archive.object(self, "listed_peer")("address", address)("key", key)("extensive_members", extensive_members);
  }
};

// The routes of several peers, one after the other, as they are when their turn comes: nothing is copied, so a listing that nobody reads
// costs next to nothing, however many there are.
class RibWalk {
 public:
  RibWalk() = default;
  RibWalk(RibDirection direction, bgp::FamilySet families, std::vector<PeerId> peers, bool extensive_members)
      : direction_(direction), families_(families), peers_(std::move(peers)), extensive_members_(extensive_members) {}

  // False: enough for now.
  using Take = std::function<bool(const ListedPeer& peer, const bgp::NlriKey& key, const rib::AttributeSetRef& attributes)>;
  // True: there may be more.
  bool step(Executor& executor, const Take& take);

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [direction, families, peers, extensive_members, next, begun, peer, cursor] = self;
    archive.object(self, "rib_listing")("direction", direction)("families", families)("peers", peers)("extensive_members", extensive_members)(
        "next", next)("begun", begun)("peer", peer)("cursor", cursor);
  }
  [[nodiscard]] std::string_view objection() const { return next_ <= peers_.size() ? "" : "more neighbors have been listed than there are"; }

 private:
  void enter(const Executor& executor);
  RibDirection direction_ = RibDirection::in;
  bgp::FamilySet families_;
  std::vector<PeerId> peers_;
  bool extensive_members_ = false;
  std::size_t next_ = 0;  // of peers_
  bool begun_ = false;    // with it
  ListedPeer peer_;
  rib::RibCursor cursor_;
};

class ShowRibJob final : public Job {
 public:
  ShowRibJob(RibForm form, const Wording& words, RibWalk walk) : form_(form), words_(words), walk_(std::move(walk)) {}
  std::optional<Outcome> step(Executor& executor, std::size_t budget, std::string& out) override;
  [[nodiscard]] std::string_view kind() const override { return "show adj-rib"; }
  void store(state::Writer& writer) const override;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [form, words, walk] = self;
    archive.object(self, "show_rib_job")("form", form)("walk", walk);
  }

 private:
  RibForm form_;
  const Wording& words_;
  RibWalk walk_;
};

}  // namespace tandem::api
