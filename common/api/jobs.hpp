// Commands that take longer than their line: sync, which waits for sockets, and the listing of an adj-RIB.
#pragma once

#include <deque>
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
  std::optional<Outcome> step(Executor& executor, std::size_t budget, std::string& out) override;

 private:
  ClientId client_;
  StateWalk walk_;
};

enum class RibForm : std::uint8_t { text, text_extensive, json, json_extensive };

// The routes of one peer, copied when the command was read: what changes while they are being listed does not show.
struct RibListing {
  std::string address;
  std::string key;
  std::string extensive_members;  // json_extensive: the members beside "routes"
  std::vector<rib::Route> routes;
};

class ShowRibJob final : public Job {
 public:
  ShowRibJob(RibForm form, std::deque<RibListing> listings) : form_(form), listings_(std::move(listings)) {}
  std::optional<Outcome> step(Executor& executor, std::size_t budget, std::string& out) override;

 private:
  RibForm form_;
  std::deque<RibListing> listings_;  // a peer's copy is given back as soon as it is listed
  std::size_t next_ = 0;
};

}  // namespace tandem::api
