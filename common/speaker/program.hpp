// An API program: its definition, the running instance if there is one, and the rules about starting it again.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/api/event_encoder.hpp"
#include "common/config/configuration.hpp"
#include "common/config/reload_diff.hpp"
#include "common/process/host.hpp"
#include "common/speaker/client.hpp"
#include "common/speaker/event_receiver.hpp"

namespace tandem::speaker {

class Daemon;
class Program;

// One running instance: two pipes and a process.
class ProgramClient final : public Client {
 public:
  ProgramClient(Daemon& daemon, Program& program, base::UniqueFd output, base::UniqueFd input, api::ClientState state);
  void orphan();  // stopped: what it still says is nobody's business

 private:
  void misbehaved() override;
  void done(base::TimePoint now) override;
  Daemon& daemon_;
  Program* program_;
};

class Program final : public EventReceiver {
 public:
  Program(Daemon& daemon, config::ProgramDefinition definition, config::EventFlags flags);
  ~Program();

  // An explicit start: start-up, reload, restart. Does not count against the respawn limit.
  void start(base::TimePoint now);
  // SIGTERM now, SIGKILL later; not started again unless start() is called.
  void stop(base::TimePoint now);
  // `flags`: what its neighbors tell it, which is part of its definition.
  void redefine(config::ProgramDefinition definition, config::EventFlags flags);
  [[nodiscard]] bool outdated() const;  // the running instance was started with another definition

  // The process has ended. Its output may be held open by others that it has started: they are ended, too.
  void child_ended(const process::ChildEnd& end, base::TimePoint now);
  void instance_finished(base::TimePoint now);  // its output has ended and its last lines have been executed
  void instance_misbehaved(const ProgramClient& instance, base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;
  void expired(base::TimePoint now);

  void tell(std::string_view lines) override;
  void hush();
  [[nodiscard]] Client* client() const { return client_; }
  [[nodiscard]] bool running() const override { return client_ != nullptr; }
  [[nodiscard]] bool quiet() const { return !client_ && dying_.empty(); }  // nothing left of it
  [[nodiscard]] const config::ProgramDefinition& definition() const { return definition_; }
  [[nodiscard]] api::EventForm form() const override { return form_; }
  [[nodiscard]] api::ClientId client_id() const { return client_id_; }

 private:
  void spawn(base::TimePoint now);
  void cannot_start(const base::Error& reason, base::TimePoint now);
  void respawn(base::TimePoint now);
  [[nodiscard]] bool may_respawn() const;
  void forget_instance();
  void drop_instance();
  void end_process(base::TimePoint now);

  // A process that has been told to end, and what it has started.
  struct Dying {
    std::int64_t pid = 0;
    base::TimePoint next{};       // when it is looked at
    base::TimePoint kill{};
    bool collected = false;       // only others of its group are left
    bool killed = false;
  };

  Daemon& daemon_;
  config::ProgramDefinition definition_;
  config::ProgramDefinition started_as_;
  config::EventFlags flags_;
  config::EventFlags started_flags_;
  ProgramClient* client_ = nullptr;  // owned by the runtime
  api::ClientId client_id_;
  api::EventForm form_ = api::EventForm::json_v6;
  std::int64_t pid_ = 0;             // 0: no process, or it has been reaped
  std::vector<Dying> dying_;
  std::optional<base::TimePoint> deaf_at_;  // the process has ended, its output has not: then it is not listened to any more
  std::optional<base::TimePoint> retry_at_; // it could not be started
  base::Duration retry_delay_{};
  bool wanted_ = false;              // to be running
  bool ever_started_ = false;
  bool sync_ = false;                // of its last instance; survives a restart
  std::int64_t bucket_ = -1;         // 64-second bucket of the wall clock
  int starts_in_bucket_ = 0;
};

}  // namespace tandem::speaker
