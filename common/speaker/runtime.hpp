// What an engine borrows: the channels to be driven. It outlives every engine; an engine that leaves gives back everything but its
// own waiting (design: "no state lives in an engine that the next engine would miss").
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "common/speaker/channel.hpp"

namespace tandem::speaker {

class Runtime final : public ChannelKeeper {
 public:
  Runtime();
  ~Runtime();

  // --- for the engine ------------------------------------------------------------------------------------------------
  // Moves the channels that were woken since the last call to `out` (cleared first), in the order they were woken. A channel
  // without driver() wants one.
  void take_woken(std::vector<Channel*>& out);
  [[nodiscard]] bool has_woken() const { return !woken_.empty(); }
  // At the start of an engine: every channel is woken, so that each descriptor is treated as readable and writable once.
  void wake_all();
  // Number of channels with a driver; an engine has left when it is 0.
  [[nodiscard]] std::size_t driven() const { return driven_; }
  [[nodiscard]] std::size_t channels() const { return channels_.size(); }
  // In no order. `changes` counts the channels that have come and gone.
  [[nodiscard]] std::span<const std::unique_ptr<Channel>> all() const { return channels_; }
  [[nodiscard]] std::uint64_t changes() const { return changes_; }
  [[nodiscard]] std::uint64_t last_id() const { return last_id_; }
  void set_last_id(std::uint64_t id) { last_id_ = std::max(last_id_, id); }  // of a state

  // --- for the core --------------------------------------------------------------------------------------------------
  void wake(Channel& channel) override;
  // Takes ownership; the channel is woken.
  void adopt(std::unique_ptr<Channel> channel);
  // The core is done with it: destroyed at the next collect() when no driver is attached.
  void retire(Channel& channel) override;
  void driver_attached() override { ++driven_; }
  void driver_detached() override { --driven_; }
  void collect();

 private:
  void forget_woken(Channel& channel);
  std::vector<std::unique_ptr<Channel>> channels_;  // each knows its position; the order means nothing
  std::vector<Channel*> woken_;
  std::vector<Channel*> retired_;
  std::size_t driven_ = 0;
  std::uint64_t changes_ = 0;
  std::uint64_t last_id_ = 0;
};

}  // namespace tandem::speaker
