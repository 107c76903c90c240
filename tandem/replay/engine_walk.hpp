// A recording on its way through an engine: who stands around the speaker, and what both have said (engine_run.hpp).
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/process/temporary_folder.hpp"
#include "common/speaker/speaker.hpp"
#include "harness/loopback.hpp"
#include "tandem/replay/engine_host.hpp"
#include "tandem/replay/engine_run.hpp"
#include "tandem/replay/following.hpp"
#include "tandem/replay/judgement.hpp"
#include "tandem/replay/stand_ins.hpp"
#include "tandem/replay/streams.hpp"
#include "tandem/replay/surroundings.hpp"

namespace tandem::replay {

inline constexpr base::Duration k_patience = std::chrono::seconds(1);  // longer than then
inline constexpr base::Duration k_patience_with_engine = std::chrono::seconds(10);
inline constexpr base::Duration k_patience_with_dialling = std::chrono::seconds(75);  // a speaker tries again after a minute at the latest

class EngineRun {
 public:
  // `folder`: for sockets. `following`: what comes behind these records; null: they are all.
  EngineRun(std::vector<recording::Owned> records, std::string engine, process::TemporaryFolder folder, Following* following = nullptr)
      : engine_(std::move(engine)), folder_(std::move(folder)), following_(following), inputs_(std::move(records)),
        host_(inputs_, folder_.path(), following != nullptr) {}
  ~EngineRun();
  EngineRun(const EngineRun&) = delete;
  EngineRun& operator=(const EngineRun&) = delete;

  [[nodiscard]] base::Result<EngineReplay> go(const std::function<void(const std::string&)>& begins);
  // Is told now and then how it stands.
  void set_teller(std::function<void(const EngineReplay&)> tells) { tells_ = std::move(tells); }
  // Before it goes: what its own engine uses, and how late its loop is.
  void measure();
  // Before it goes: behind the end of what it follows.
  void set_within(std::optional<base::Duration> within) { within_ = within; }

 private:
  [[nodiscard]] base::Result<void> prepare();
  [[nodiscard]] base::Result<void> restore(std::size_t snapshot);
  void take_place(const speaker::Channel* channel, OtherEnd end);
  void drive();
  void walk();
  void deliver(const recording::Record& input, std::size_t place);
  void say(const recording::Record& input);
  void arrive(const StreamName& name);
  void dial(const recording::Record& input);
  void end(const recording::Record& input, harness::Remote::Ending ending);
  void raise(std::uint8_t signal);
  void link(recording::ChannelId id);
  void await_listener(const recording::Record& made);
  void catch_up(base::Duration limit);
  [[nodiscard]] bool caught_up();
  bool wait(const std::function<bool()>& condition, base::Duration limit);
  void look();
  [[nodiscard]] bool was_interrupted() const;
  [[nodiscard]] bool is_late() const;
  [[nodiscard]] bool is_cut() const { return was_interrupted() || is_late(); }
  void await_end();
  void judge();
  void worse(compare::Judgement judgement);
  void count();
  struct Counts {
    std::size_t sessions = 0;
    std::size_t messages = 0;
    std::size_t streams_of_lines = 0;
    EngineReplay::Compared compared;
  };
  static void add(const StreamName& name, const Stream& stream, Counts& counts);
  void look_at_writes();
  // engine_following.cpp
  [[nodiscard]] bool await(std::size_t place);
  [[nodiscard]] bool is_there(std::size_t place);
  void take_in();
  [[nodiscard]] bool give_ports();
  void fall_behind(base::TimePoint what);
  [[nodiscard]] bool look_back(std::size_t place);
  [[nodiscard]] bool goes_on_within_bounds(base::TimePoint now);
  [[nodiscard]] bool is_quiet(base::TimePoint now);
  void forget();
  void forget_ended();
  [[nodiscard]] Far* far(recording::ChannelId id);

  const std::string engine_;
  const process::TemporaryFolder folder_;
  Following* const following_;
  Inputs inputs_;
  EngineHost host_;
  Feed feed_;
  recording::Recorder recorder_{feed_};
  speaker::SpeakerOptions options_;
  std::unique_ptr<speaker::Speaker> speaker_;  // made here when it goes on from a snapshot; of the thread of the engine from then on
  std::size_t first_ = 0;                      // record that is walked over: those in front of it are the beginning
  std::thread thread_;
  std::atomic<bool> finished_{false};
  std::atomic<bool> started_{false};
  std::atomic<bool> failed_{false};
  std::map<std::uint8_t, std::size_t> raised_;  // signals, by us

  harness::Loopback loopback_;
  Streams then_;  // as far as we are
  Streams now_;
  std::map<StreamName, std::shared_ptr<Far>> far_;
  Arrived arrived_;
  std::deque<std::pair<std::string, std::shared_ptr<Far>>> dialled_; // by us, and the speaker has no channel yet: address, or nothing for clients
  std::deque<std::shared_ptr<Far>> before_;                          // accepted before the snapshot, and no channel has them yet
  std::map<StreamName, base::UniqueFd> errors_;                      // what programs write them to
  std::set<StreamName> behind_;                                      // have not written yet what they had written then
  std::map<StreamName, std::size_t> missing_;                        // messages that nobody waits for any more
  base::TimePoint start_{};
  base::TimePoint last_{};                                           // of the input in front
  std::string version_;
  EngineReplay replay_;

  // Of a recording that is being written.
  std::function<void(const EngineReplay&)> tells_;
  std::size_t looked_at_ = 0;    // records
  std::size_t last_round_ = 0;   // of them
  std::size_t settled_ = 0;      // in front of this one it is known what came of inputs
  std::size_t said_ = 0;         // messages to peers, by both
  base::TimePoint said_at_{};    // the last of them
  base::TimePoint looked_back_at_{};
  Counts ended_before_;          // streams that were forgotten
  bool gave_up_ = false;         // what is left cannot be compared
  std::optional<base::Duration> within_;
  std::mutex measured_mutex_;
  std::vector<double> measured_;
};

// What a recording that is being written begins with, up to where a speaker can be made of it. An error: nothing can.
[[nodiscard]] base::Result<std::vector<recording::Owned>> beginning_of(Following& following);

}  // namespace tandem::replay
