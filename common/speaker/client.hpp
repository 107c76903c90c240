// Somebody who writes command lines and reads answers and events: an API program or a control connection.
// Lines are executed in order, a bounded batch a round; while a job runs (a long answer, a sync wait) the lines behind it wait.
#pragma once

#include <memory>
#include <string>

#include "common/api/dispatcher.hpp"
#include "common/api/job_state.hpp"
#include "common/process/host.hpp"
#include "common/speaker/acting.hpp"
#include "common/speaker/channel.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/loop_observer.hpp"
#include "common/speaker/runtime.hpp"

namespace tandem::speaker {

// What clients share. Outlives them.
struct ClientServices {
  Runtime& runtime;
  api::Dispatcher& dispatcher;
  api::Executor& executor;
  bool due = false;  // somebody has lines to be executed, or has ended
  Acting acting;
  api::ClientId last_id = 0;
  std::uint32_t last_owner = 0;
  std::uint64_t last_serial = 0;
  LoopObserver* observer = nullptr;
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [runtime, dispatcher, executor, due, acting, last_id, last_owner, last_serial, observer] = self;
    archive.object(self, "client_services")("due", due)("last_id", last_id)("last_owner", last_owner)("last_serial", last_serial);
  }
  [[nodiscard]] api::ClientId new_id() { return ++last_id; }
  [[nodiscard]] std::uint32_t new_owner() { return ++last_owner; }
};

// What a client knows beside what channels do.
struct ClientMemory {
  ClientMemory(ClientServices& services, api::ClientState state)
      : services_(services), serial_(++services.last_serial), state_(std::move(state)) {}
  // No command runs between two rounds.
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [services, serial, state, input, scanned, job, outbox, lines_queued, told_last, drop_commands, executing, mid_line, caused,
           closing, dropped, disowned] = self;
    archive.object(self, "client")("serial", serial)("state", state)("input", input)("scanned", scanned)("job", api::job_slot(job))(
        "outbox", outbox)("lines_queued", lines_queued)("told_last", told_last)("drop_commands", drop_commands)("mid_line", mid_line)(
        "caused", caused)("closing", closing)("dropped", dropped)("disowned", disowned);
  }
  [[nodiscard]] std::string_view objection() const { return scanned_ <= said_.size() ? "" : "a client has said less than was looked at"; }

  ClientServices& services_;
  std::uint64_t serial_;
  api::ClientState state_;
  std::string said_;
  std::size_t scanned_ = 0;      // octets of said_ known to hold no newline
  std::unique_ptr<api::Job> job_;
  base::Outbox outbox_;
  std::uint64_t lines_queued_ = 0;
  bool told_last_ = false;       // nothing is executed or told any more
  bool drop_commands_ = false;
  bool executing_ = false;       // a command runs: what it causes is told behind its answer (I4)
  bool mid_line_ = false;        // a job has written a part of a line: what happens meanwhile is told behind it
  std::string caused_;
  bool closing_ = false;
  bool dropped_ = false;
  bool disowned_ = false;
};

class Client : public Channel, private ClientMemory {
 public:
  // --- for the driver ------------------------------------------------------------------------------------------------
  [[nodiscard]] Interest interest() const override;
  void on_received(base::Bytes bytes, base::TimePoint now) override;
  [[nodiscard]] const base::Outbox& outbox() const override { return outbox_; }
  bool on_sent(std::size_t count, base::TimePoint now) override;
  void on_ended(EndCause cause, int error, base::TimePoint now) override;

  // --- for the round -------------------------------------------------------------------------------------------------
  // Executes complete lines, at most one batch. True when there is more to do at once.
  bool run_commands(base::TimePoint now);
  // It has a job that would write something now.
  [[nodiscard]] bool has_work() const { return job_ != nullptr && outbox_.size() <= k_job_high_water; }
  // Steps the job, if there is one, for about `budget` octets. True when it wants to be stepped again at once.
  bool run_job(std::size_t budget);
  void begin(std::unique_ptr<api::Job> job);  // REQUIRES that it has none
  void drop_commands() { drop_commands_ = true; }  // `reset`: those not executed yet

  // Of this one alone: a program that is started again is another client with the same id.
  [[nodiscard]] std::uint64_t serial() const { return serial_; }
  // --- whether something belongs to what it has changed (quiet.hpp) ------------------------------------------------------
  // It has said that nothing does, or can say nothing any more.
  [[nodiscard]] bool complete() const;
  // Nothing that it has said waits, not even a part of a line.
  [[nodiscard]] bool all_handled() const { return said_.empty() && !job_ && !told_last_; }

  // Appends an event or a notice; complete lines.
  void tell(std::string_view lines);
  // ... and nothing more: no line is executed any longer.
  void tell_last(std::string_view lines);
  [[nodiscard]] bool flushed() const { return finished() || outbox_.empty(); }
  void drop();
  void disown();
  [[nodiscard]] api::ClientState& state() { return state_; }
  [[nodiscard]] api::QueueStatus queue_status() const;
  [[nodiscard]] bool orphaned() const override { return disowned_ && !finished(); }
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);

 protected:
  Client(ClientServices& services, ChannelKind kind, std::string name, api::ClientState state);
  // The client has sent something that ends it (line too long, queue full). The reason has been logged.
  virtual void misbehaved() = 0;
  virtual void retired(base::TimePoint) {}  // finished, and its last lines have been executed
  void discard_answers();  // nobody has read them, and nobody will
  // It has said its last word, which is still answered: then it ends.
  void close();

 private:
  void retire_if_handled(base::TimePoint now);
  void write(std::string_view text);
  [[nodiscard]] bool has_room_for(std::string_view text);  // else it ends
  [[nodiscard]] bool idle() const;  // no complete line to execute, no job, nothing to write
};

// A connection to the control socket. Authority over every neighbor.
class ControlClient final : public Client {
 public:
  ControlClient(ClientServices& services, base::UniqueFd fd, api::ClientState state);
  [[nodiscard]] bool on_input_ended(base::TimePoint now) override;

 private:
  void misbehaved() override;
};

// The pair of named pipes: whoever writes and reads there. It stays while the daemon does.
class PipeClient final : public Client {
 public:
  PipeClient(ClientServices& services, process::ControlPipes pipes, api::ClientState state);

 private:
  void misbehaved() override { discard_answers(); }
};

}  // namespace tandem::speaker
