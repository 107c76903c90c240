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
#include "common/config/settings.hpp"
#include "common/process/host.hpp"
#include "common/speaker/client.hpp"
#include "common/speaker/clock.hpp"
#include "common/speaker/event_receiver.hpp"
#include "common/speaker/program_errors.hpp"
#include "common/speaker/reload_check.hpp"

namespace tandem::state {
class Reader;
class Writer;
}  // namespace tandem::state

namespace tandem::speaker {

class Program;

// Who keeps programs, for each of them.
class ProgramKeeper {
 public:
  virtual void lost(const Program& program) = 0;  // ended, and will not come back by itself
  virtual void misbehaved() = 0;                  // an instance has: Program::settle() is called once nobody works with it

 protected:
  ~ProgramKeeper() = default;
};

// What programs are given. Outlives them.
struct ProgramContext {
  ProgramKeeper& keeper;
  process::Host& host;
  ClientServices& services;
  const config::Settings& settings;
  const Clock& clock;
  bool log_errors = false;  // standard error of the programs comes to the log
};

// One running instance: two pipes and a process.
class ProgramClient final : public Client {
 public:
  ProgramClient(ClientServices& services, Program& program, base::UniqueFd output, base::UniqueFd input, api::ClientState state);

 private:
  void misbehaved() override;
  void retired(base::TimePoint now) override;
  Program& program_;  // ours until we are disowned
};

class Program final : public EventReceiver, private ProgramErrorsOwner {
 public:
  Program(const ProgramContext& context, config::ProgramDefinition definition, config::EventFlags flags);
  ~Program();

  // An explicit start: start-up, reload, restart. Does not count against the respawn limit.
  void start(base::TimePoint now);
  // SIGTERM now, SIGKILL later; not started again unless start() is called.
  void stop(base::TimePoint now);
  // The same, but it is listened to until its output ends, or stop() is called: what it says when it is told to end counts.
  void ask_to_end(base::TimePoint now);
  [[nodiscard]] bool asked_to_end() const { return asked_to_end_; }
  // The daemon ends: whatever happens, it is not started again.
  void start_no_more();
  // `flags`: what its neighbors tell it, which is part of its definition.
  void redefine(config::ProgramDefinition definition, config::EventFlags flags);
  [[nodiscard]] ProgramState state() const;  // valid as long as the program is
  // The running instance was started with another definition than this one; than its own.
  [[nodiscard]] bool outdated_by(const config::ProgramDefinition& definition, config::EventFlags flags) const;
  [[nodiscard]] bool outdated() const { return outdated_by(definition_, flags_); }

  // The process has ended. Its output may be held open by others that it has started: they are ended, too.
  void child_ended(const process::ChildEnd& end, base::TimePoint now);
  void instance_finished(base::TimePoint now);  // its output has ended and its last lines have been executed
  void instance_misbehaved();
  void settle(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;
  void expired(base::TimePoint now);

  [[nodiscard]] bool is_ready() const override { return ready_ || !wanted_; }
  void say_ready() { ready_ = true; }
  void tell(std::string_view lines) override;
  void tell_last(std::string_view lines);
  [[nodiscard]] Client* client() const { return client_; }
  [[nodiscard]] bool running() const override { return client_ != nullptr; }
  [[nodiscard]] bool finished() const { return !client_ && dying_.empty(); }  // nothing left of it
  [[nodiscard]] const config::ProgramDefinition& definition() const { return definition_; }
  [[nodiscard]] api::EventForm form() const override { return form_; }
  [[nodiscard]] std::int64_t pid() const { return pid_; }  // 0: its process has ended
  [[nodiscard]] api::ClientId client_id() const { return client_id_; }

  // Another speaker goes on with its process.
  void let_go();
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);

 private:
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self);
  void spawn(base::TimePoint now);
  void cannot_start(const base::Error& reason, base::TimePoint now);
  void respawn(base::TimePoint now);
  [[nodiscard]] bool may_respawn() const;
  void forget_instance();
  void disown_instance();
  void end_process(base::TimePoint now);
  void listen_to_errors(base::UniqueFd fd);
  void errors_ended(const ProgramErrors& errors) override;

  // A process that has been told to end, and what it has started.
  struct Dying {
    std::int64_t pid = 0;
    base::TimePoint next{};       // when it is looked at
    base::TimePoint kill{};
    bool collected = false;       // only others of its group are left
    bool killed = false;
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [pid, next, kill, collected, killed] = self;
      archive.object(self, "dying")("pid", pid)("next", next)("kill", kill)("collected", collected)("killed", killed);
    }
  };

  const ProgramContext& context_;
  config::ProgramDefinition definition_;
  config::ProgramDefinition started_as_;
  config::EventFlags flags_;
  config::EventFlags started_flags_;
  ProgramClient* client_ = nullptr;  // owned by the runtime
  // Owned by the runtime: those of the running instance, and those of the one before it, which may have more to say than was read yet.
  ProgramErrors* errors_ = nullptr;
  ProgramErrors* former_errors_ = nullptr;
  api::ClientId client_id_;
  api::EventForm form_ = api::EventForm::json_v6;
  std::int64_t pid_ = 0;             // 0: no process, or it has been reaped
  std::vector<Dying> dying_;
  std::optional<base::TimePoint> deaf_at_;  // the process has ended, its output has not: then it is not listened to any more
  std::optional<base::TimePoint> retry_at_; // it could not be started
  base::Duration retry_delay_{};
  bool wanted_ = false;              // to be running
  bool asked_to_end_ = false;        // and not stopped yet
  bool no_more_ = false;             // the daemon ends
  std::uint32_t owner_ = 0;          // of what the instance announces, when that ends with it
  bool ready_ = false;               // the instance has said so
  bool ever_started_ = false;
  bool misbehaved_ = false;          // the instance has, and is to be disowned
  bool sync_ = false;                // of its last instance; survives a restart
  std::int64_t bucket_ = -1;         // 64-second bucket of the wall clock
  int starts_in_bucket_ = 0;
};

}  // namespace tandem::speaker
