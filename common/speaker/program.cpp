#include "common/speaker/program.hpp"

#include <algorithm>
#include <csignal>

#include "common/speaker/daemon.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

ProgramClient::ProgramClient(Daemon& daemon, Program& program, base::UniqueFd output, base::UniqueFd input, api::ClientState state)
    : Client(daemon, ChannelKind::program, program.definition().name, std::move(state)), program_(&program) {
  set_descriptors(std::move(output), std::move(input));
}

void ProgramClient::misbehaved() {
  close();
  if (program_ != nullptr) daemon_.later([program = program_, this](base::TimePoint now) { program->instance_misbehaved(*this, now); });
}

void ProgramClient::done(base::TimePoint now) {
  if (program_ != nullptr) {
    program_->instance_finished(now);
  } else {
    daemon_.forget_orphan(*this);
  }
}

void ProgramClient::orphan() {
  program_ = nullptr;
  daemon_.adopt_orphan(*this);
}

Program::Program(Daemon& daemon, config::ProgramDefinition definition, config::EventFlags flags)
    : daemon_(daemon), definition_(std::move(definition)), flags_(flags), client_id_(daemon.new_client_id()) {}

Program::~Program() = default;

void Program::start(base::TimePoint now) {
  if (client_ != nullptr) return;
  // respawn false: once in the life of the daemon, whatever a reload says (spec api.md 2.5)
  if (ever_started_ && !definition_.respawn) return;
  wanted_ = true;
  spawn(now);
}

void Program::spawn(base::TimePoint) {
  ever_started_ = true;
  started_as_ = definition_;
  started_flags_ = flags_;
  auto spawned = daemon_.host().spawn({definition_.name, definition_.arguments});
  if (!spawned) {
    base::log(LogCategory::processes, LogLevel::error, "process {}: cannot start: {}", definition_.name, spawned.error().reason());
    wanted_ = false;
    daemon_.program_lost(*this);
    return;
  }
  pid_ = spawned->pid;
  const unsigned version = daemon_.dispatcher().api_version;
  if (version == 4) {
    form_ = definition_.encoder == config::Encoder::text ? api::EventForm::text : api::EventForm::json_v4;
  } else {
    form_ = api::EventForm::json_v6;
    if (definition_.encoder == config::Encoder::text) {
      base::log(LogCategory::processes, LogLevel::warning, "process {}: API version 6 has no text encoder, JSON is used",
                definition_.name);
    }
  }
  api::ClientState state;
  state.id = client_id_;
  state.service = definition_.name;
  state.version = version;
  state.acknowledge = daemon_.options().settings.api_ack;
  state.sync = sync_;
  auto client = std::make_unique<ProgramClient>(daemon_, *this, std::move(spawned->output), std::move(spawned->input), std::move(state));
  client_ = client.get();
  daemon_.runtime().adopt(std::move(client));
  base::log(LogCategory::processes, LogLevel::info, "process {}: started, pid {}", definition_.name, pid_);
}

void Program::stop(base::TimePoint now) {
  wanted_ = false;
  if (client_ != nullptr) {
    ProgramClient* client = client_;
    forget_instance();
    client->orphan();
    client->close();
  }
  end_process(now);
}

void Program::forget_instance() {
  sync_ = client_->state().sync;
  client_ = nullptr;
}

void Program::redefine(config::ProgramDefinition definition, config::EventFlags flags) {
  definition_ = std::move(definition);
  flags_ = flags;
}

bool Program::outdated() const { return running() && !(started_as_ == definition_ && started_flags_ == flags_); }

void Program::end_process(base::TimePoint now) {
  if (pid_ == 0) return;
  daemon_.host().send_signal(pid_, SIGTERM);
  dying_.push_back({pid_, now + k_terminate_grace, false});
  pid_ = 0;
}

void Program::child_ended(std::int64_t pid) {
  if (pid == pid_) pid_ = 0;
  std::erase_if(dying_, [pid](const Dying& dying) { return dying.pid == pid; });
}

void Program::instance_finished(base::TimePoint now) {
  forget_instance();
  base::log(LogCategory::processes, LogLevel::info, "process {}: its output has ended", definition_.name);
  // A program that closed its output but lives is ended too (spec api.md 2.5, as 2025-11).
  end_process(now);
  respawn(now);
}

void Program::instance_misbehaved(const ProgramClient& instance, base::TimePoint now) {
  if (client_ != &instance) return;  // it has ended meanwhile, or was stopped
  client_->orphan();
  forget_instance();
  end_process(now);
  respawn(now);
}

void Program::respawn(base::TimePoint now) {
  if (!wanted_ || daemon_.shutting_down()) return;
  const bool allowed = definition_.respawn && daemon_.options().settings.api_respawn;
  if (allowed) {
    const std::int64_t bucket = daemon_.wall_seconds(now) >> 6;
    if (bucket != bucket_) {
      bucket_ = bucket;
      starts_in_bucket_ = 0;
    }
    if (++starts_in_bucket_ <= k_respawn_limit) {
      spawn(now);
      return;
    }
    base::log(LogCategory::processes, LogLevel::critical, "process {}: ended {} times within about a minute, not started again",
              definition_.name, k_respawn_limit);
  }
  wanted_ = false;
  daemon_.program_lost(*this);
}

std::optional<base::TimePoint> Program::deadline() const {
  std::optional<base::TimePoint> first;
  for (const Dying& dying : dying_) first = base::earliest(first, dying.next);
  return first;
}

void Program::expired(base::TimePoint now) {
  for (Dying& dying : dying_) {
    if (dying.next > now) continue;
    if (!dying.killed) {
      daemon_.host().send_signal(dying.pid, SIGKILL);
      dying.killed = true;
      dying.next = now + k_kill_grace;
    } else {
      dying.pid = 0;  // the kernel will not give it back: stop waiting
    }
  }
  std::erase_if(dying_, [](const Dying& dying) { return dying.pid == 0; });
}

void Program::tell(std::string_view lines) {
  if (client_ != nullptr) client_->tell(lines);
}

void Program::hush() {
  if (client_ != nullptr) client_->hush();
}

}  // namespace tandem::speaker
