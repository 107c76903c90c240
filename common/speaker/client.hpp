// Somebody who writes command lines and reads answers and events: an API program or a control connection.
// Lines are executed in order, a bounded batch a round; while a job runs (a long answer, a sync wait) the lines behind it wait.
#pragma once

#include <memory>
#include <string>

#include "common/api/dispatcher.hpp"
#include "common/speaker/channel.hpp"
#include "common/speaker/runtime.hpp"

namespace tandem::speaker {

// What clients share. Outlives them.
struct ClientServices {
  Runtime& runtime;
  api::Dispatcher& dispatcher;
  api::Executor& executor;
  bool due = false;  // somebody has lines to be executed, or has ended
  api::ClientId last_id = 0;
  [[nodiscard]] api::ClientId new_id() { return ++last_id; }
};

class Client : public Channel {
 public:
  // --- for the driver ------------------------------------------------------------------------------------------------
  [[nodiscard]] Interest interest() const override;
  void receive(base::Bytes bytes, base::TimePoint now) override;
  [[nodiscard]] const base::Outbox& outbox() const override { return outbox_; }
  void sent(std::size_t count, base::TimePoint now) override;
  void ended(EndCause cause, int error, base::TimePoint now) override;

  // --- for the round -------------------------------------------------------------------------------------------------
  // Executes complete lines, at most one batch. True when there is more to do at once.
  bool run_commands(base::TimePoint now);
  // Steps the job, if there is one. True when it wants to be stepped again at once.
  bool run_job();
  void drop_commands() { drop_ = true; }  // `reset`: those not executed yet

  // Appends an event or a notice; complete lines.
  void tell(std::string_view lines);
  // Nothing more is executed or told; what is queued may still be written.
  void hush() { hushed_ = true; wake(); }
  [[nodiscard]] bool flushed() const { return over() || outbox_.empty(); }
  void close();  // without writing anything more
  [[nodiscard]] bool over() const { return finished(); }
  [[nodiscard]] bool retired() const { return done_; }  // whoever knows it forgets it in this round
  [[nodiscard]] api::ClientState& state() { return state_; }
  [[nodiscard]] api::QueueStatus queue_status() const;

 protected:
  Client(ClientServices& services, ChannelKind kind, std::string name, api::ClientState state);
  // The client has sent something that ends it (line too long, queue full). The reason has been logged.
  virtual void misbehaved() = 0;
  virtual void done(base::TimePoint) {}  // over, and its last lines have been executed
  // The client listens on behind its last word: it is closed once it has been answered.
  void answer_and_close();

 private:
  void finish_if_ended(base::TimePoint now);
  [[nodiscard]] bool idle() const;  // no complete line to execute, no job, nothing to write
  ClientServices& services_;
  api::ClientState state_;
  std::string input_;
  std::size_t scanned_ = 0;      // octets of input_ known to hold no newline
  std::unique_ptr<api::Job> job_;
  base::Outbox outbox_;
  std::uint64_t lines_queued_ = 0;
  bool hushed_ = false;
  bool drop_ = false;
  bool executing_ = false;       // a command runs: what it causes is told behind its answer (I4)
  std::string caused_;
  bool closing_ = false;
  bool input_over_ = false;      // nothing more is said, but what was is still answered
  bool done_ = false;            // over, and its last lines have been executed
};

// A connection to the control socket. Authority over every neighbor.
class ControlClient final : public Client {
 public:
  ControlClient(ClientServices& services, base::UniqueFd fd, api::ClientState state);
  [[nodiscard]] bool input_ended(base::TimePoint now) override;

 private:
  void misbehaved() override;
};

}  // namespace tandem::speaker
