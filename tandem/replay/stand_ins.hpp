// The descriptors of a speaker that goes on from a snapshot, which names those of another process: what stands in their places here, and the
// other ends of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"
#include "common/speaker/runtime.hpp"
#include "tandem/replay/engine_host.hpp"

namespace tandem::replay {

// What the other side of a stream has: a socket, or what it reads and what it writes.
struct OtherEnd {
  base::UniqueFd input;
  base::UniqueFd output;
};

class StandIns {
 public:
  StandIns(EngineHost& host, std::string folder) : host_(host), folder_(std::move(folder)) {}

  // speaker::Restore::descriptors: a number that is taken, until put_in_place().
  [[nodiscard]] base::UniqueFd take();
  // Behind the descriptors of each channel. `told` gets the other end of each stream; of one that no channel has yet, with null: it was accepted,
  // and nobody has looked whose it is.
  using Told = std::function<void(const speaker::Channel* channel, OtherEnd end)>;
  [[nodiscard]] base::Result<void> put_in_place(speaker::Runtime& runtime, const Told& told);

 private:
  [[nodiscard]] base::Result<void> put_in_place(speaker::Channel& channel, const Told& told);
  [[nodiscard]] base::Result<void> connection(speaker::Channel& channel, const Told& told);
  [[nodiscard]] base::Result<void> stream(speaker::Channel& channel, const Told& told);

  EngineHost& host_;
  const std::string folder_;
  std::vector<int> waiting_;  // numbers that nothing is behind yet
};

}  // namespace tandem::replay
