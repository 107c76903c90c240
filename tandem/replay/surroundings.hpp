// What stands around a speaker that an engine drives through a recording: the other sides of its streams, and the way on which its own records
// come back.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "common/base/unique_fd.hpp"
#include "common/recording/recorder.hpp"
#include "harness/loopback.hpp"

namespace tandem::replay {

inline const base::IpAddress k_loopback = base::IpAddress::v4(0x7F000001);

// The other side of a stream: says what it is told to say.
class Far final : public harness::Remote {
 public:
  void receive(base::Bytes octets, base::TimePoint) override { heard_.insert(heard_.end(), octets.begin(), octets.end()); }
  void closed(base::TimePoint) override { over_ = true; }
  [[nodiscard]] Ending ending() const override { return ending_; }
  void say(base::Bytes octets) {
    outbox_.append(octets);
    said_ += octets.size();
  }
  void end(Ending ending) { ending_ = ending; }
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] std::uint64_t said() const { return said_; }
  [[nodiscard]] const base::Buffer& heard() const { return heard_; }
  void forget(std::size_t count) { heard_.erase(heard_.begin(), heard_.begin() + static_cast<std::ptrdiff_t>(count)); }

 private:
  base::Buffer heard_;
  std::uint64_t said_ = 0;
  Ending ending_ = Ending::no;
  bool over_ = false;
};

// The records of this run on their way from the thread of the engine. A pipe tells that there are some.
class Feed final : public recording::Sink {
 public:
  // REQUIRES that somebody listens at the relay: tells him whenever there are records.
  [[nodiscard]] base::Result<void> begin(const std::string& relay);
  bool put(base::Bytes records) override;
  void tell();
  [[nodiscard]] base::Buffer take();
  // Is called, once a second at most, by whoever puts.
  void set_watcher(std::function<void()> watcher) { watcher_ = std::move(watcher); }

 private:
  std::mutex mutex_;
  base::Buffer records_;
  base::UniqueFd teller_;
  base::UniqueFd guard_;
  std::function<void()> watcher_;
  base::TimePoint watched_at_{};
};

// Connections that the speaker has dialled, and programs that it has started, by the names of their channels.
using Arrived = std::map<std::string, std::deque<std::shared_ptr<Far>>>;

}  // namespace tandem::replay
