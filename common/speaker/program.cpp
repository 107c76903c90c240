#include "common/speaker/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "common/api/jobs.hpp"
#include "common/base/log.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

ProgramClient::ProgramClient(ClientServices& services, Program& program, base::UniqueFd output, base::UniqueFd input, api::ClientState state)
    : Client(services, ChannelKind::program, program.definition().name, std::move(state)), program_(program) {
  set_descriptors(std::move(output), std::move(input));
}

void ProgramClient::misbehaved() {
  drop();
  program_.instance_misbehaved();
}

void ProgramClient::retired(base::TimePoint now) { program_.instance_finished(now); }

Program::Program(const ProgramContext& context, config::ProgramDefinition definition, config::EventFlags flags)
    : context_(context), definition_(std::move(definition)), flags_(flags), client_id_(context.services.new_id()) {}

// Whatever ends the daemon, nothing that it has started lives on.
Program::~Program() {
  if (pid_ != 0) context_.host.send_signal(pid_, SIGTERM);
  for (const Dying& dying : dying_) context_.host.send_signal(dying.pid, SIGKILL);
  for (ProgramErrors* errors : {errors_, former_errors_}) {
    if (errors != nullptr) errors->disown();
  }
}

void Program::start(base::TimePoint now) {
  if (client_ != nullptr) return;
  // respawn false: once in the life of the daemon, whatever a reload says
  if (ever_started_ && !definition_.respawn) return;
  wanted_ = true;
  spawn(now);
  if (retry_at_) context_.keeper.lost(*this);  // whoever wants to end without its programs does not wait for the next attempt
}

bool Program::may_respawn() const { return definition_.respawn && context_.settings.api_respawn; }

void Program::cannot_start(const base::Error& reason, base::TimePoint now) {
  if (!may_respawn()) {
    base::log(LogCategory::processes, LogLevel::error, "process {}: cannot start: {}", definition_.name, reason.reason());
    wanted_ = false;
    context_.keeper.lost(*this);
    return;
  }
  retry_delay_ = std::clamp<base::Duration>(retry_delay_ * 2, k_start_retry, k_start_retry_max);
  retry_at_ = now + retry_delay_;
  base::log(LogCategory::processes, LogLevel::error, "process {}: cannot start: {}, next attempt in {} s", definition_.name, reason.reason(),
            retry_delay_ / 1s);
}

void Program::spawn(base::TimePoint now) {
  started_as_ = definition_;
  started_flags_ = flags_;
  ready_ = false;
  retry_at_.reset();
  auto spawned = context_.host.spawn({definition_.name, definition_.arguments, context_.log_errors});
  if (!spawned) {
    cannot_start(spawned.error(), now);
    return;
  }
  ever_started_ = true;
  retry_delay_ = {};
  pid_ = spawned->pid;
  const unsigned version = context_.services.dispatcher.api_version;
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
  state.details = context_.services.dispatcher.words().error_details;
  state.acknowledge = context_.settings.api_ack;
  state.sync = sync_;
  owner_ = definition_.withdraw_on_exit ? context_.services.new_owner() : 0;
  state.owner = owner_;
  auto client = std::make_unique<ProgramClient>(context_.services, *this, std::move(spawned->output), std::move(spawned->input), std::move(state));
  client_ = client.get();
  context_.services.runtime.adopt(std::move(client));
  if (spawned->errors) listen_to_errors(std::move(spawned->errors));
  if (definition_.state_snapshot) client_->begin(std::make_unique<api::StateSnapshotJob>(client_id_));
  base::log(LogCategory::processes, LogLevel::info, "process {}: started, pid {}, {}", definition_.name, pid_,
            definition_.arguments.front());
}

// Those of the instance before the last one end here: somebody else holds them open.
void Program::listen_to_errors(base::UniqueFd fd) {
  if (former_errors_ != nullptr) former_errors_->disown();
  former_errors_ = errors_;
  ProgramErrorsOwner& owner = *this;
  auto errors = std::make_unique<ProgramErrors>(context_.services.runtime, owner, definition_.name, std::move(fd));
  errors_ = errors.get();
  context_.services.runtime.adopt(std::move(errors));
}

void Program::errors_ended(const ProgramErrors& errors) {
  if (errors_ == &errors) errors_ = nullptr;
  if (former_errors_ == &errors) former_errors_ = nullptr;
}

void Program::ask_to_end(base::TimePoint now) {
  asked_to_end_ = true;
  wanted_ = false;
  retry_at_.reset();
  end_process(now);
}

void Program::stop(base::TimePoint now) {
  if (client_ != nullptr) disown_instance();
  ask_to_end(now);
  asked_to_end_ = false;
}

void Program::forget_instance() {
  sync_ = client_->state().sync;
  client_ = nullptr;
  // At the end of the daemon routes end with their sessions, or outlive them (graceful restart).
  if (const std::uint32_t owner = std::exchange(owner_, 0); owner != 0 && !no_more_) context_.services.executor.owner_ended(owner);
  deaf_at_.reset();
  misbehaved_ = false;
}

void Program::disown_instance() {
  ProgramClient* client = client_;
  forget_instance();
  client->disown();
}

void Program::start_no_more() {
  wanted_ = false;
  no_more_ = true;
  retry_at_.reset();
}

void Program::redefine(config::ProgramDefinition definition, config::EventFlags flags) {
  definition_ = std::move(definition);
  flags_ = flags;
}

ProgramState Program::state() const {
  return {running() ? &started_as_ : &definition_, running() ? started_flags_ : flags_, running(), ever_started_};
}

bool Program::outdated_by(const config::ProgramDefinition& definition, config::EventFlags flags) const {
  return running() && !(started_as_ == definition && started_flags_ == flags);
}

void Program::end_process(base::TimePoint now) {
  if (pid_ == 0) return;
  context_.host.send_signal(pid_, SIGTERM);
  dying_.push_back({pid_, now + k_terminate_grace, now + k_terminate_grace});
  pid_ = 0;
}

void Program::child_ended(const process::ChildEnd& end, base::TimePoint now) {
  const auto told = std::find_if(dying_.begin(), dying_.end(), [&end](const Dying& dying) { return dying.pid == end.pid; });
  const bool running = end.pid == pid_;
  if (!running && told == dying_.end()) return;
  const std::string how = end.signal != 0 ? fmt::format("by signal {}", end.signal) : fmt::format("with status {}", end.exit_code);
  base::log(LogCategory::processes, LogLevel::info, "process {}: pid {} has ended {}", definition_.name, end.pid, how);
  const bool others = context_.host.group_left(end.pid);
  if (running) {
    pid_ = 0;
    if (client_ != nullptr) deaf_at_ = now + k_terminate_grace;  // its output usually ends at once, with its last lines
    if (!others) return;
    context_.host.send_signal(end.pid, SIGTERM);
    dying_.push_back({end.pid, now + k_group_look, now + k_terminate_grace, true});
  } else if (others) {
    told->collected = true;
    told->next = now + k_group_look;
  } else {
    dying_.erase(told);
  }
}

void Program::instance_finished(base::TimePoint now) {
  forget_instance();
  if (pid_ != 0) base::log(LogCategory::processes, LogLevel::info, "process {}: its output has ended", definition_.name);
  end_process(now);  // one that closed its output but lives is ended, too
  respawn(now);
}

void Program::instance_misbehaved() {
  misbehaved_ = true;
  context_.keeper.misbehaved();
}

void Program::settle(base::TimePoint now) {
  if (!misbehaved_) return;  // it has ended meanwhile, or was stopped
  disown_instance();
  end_process(now);
  respawn(now);
}

void Program::respawn(base::TimePoint now) {
  if (!wanted_) return;
  if (may_respawn()) {
    const std::int64_t bucket = context_.clock.whole_seconds(now) >> 6;
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
  context_.keeper.lost(*this);
}

std::optional<base::TimePoint> Program::deadline() const {
  std::optional<base::TimePoint> first = base::earliest(deaf_at_, retry_at_);
  for (const Dying& dying : dying_) first = base::earliest(first, dying.next);
  return first;
}

void Program::expired(base::TimePoint now) {
  for (Dying& dying : dying_) {
    if (dying.next > now) continue;
    const bool gone = dying.collected && !context_.host.group_left(dying.pid);
    if (gone || dying.killed) {
      dying.pid = 0;  // killed and still there: the kernel will not give it back, stop waiting
    } else if (dying.kill > now) {
      dying.next = std::min(dying.kill, now + k_group_look);
    } else {
      context_.host.send_signal(dying.pid, SIGKILL);
      dying.killed = true;
      dying.next = now + (dying.collected ? k_group_look : k_kill_grace);
    }
  }
  std::erase_if(dying_, [](const Dying& dying) { return dying.pid == 0; });
  if (deaf_at_ && *deaf_at_ <= now) {
    base::log(LogCategory::processes, LogLevel::warning, "process {}: somebody else holds its output open, it is not listened to any more",
              definition_.name);
    disown_instance();
    respawn(now);
  }
  if (retry_at_ && *retry_at_ <= now) spawn(now);
}

void Program::tell(std::string_view lines) {
  if (client_ != nullptr) client_->tell(lines);
}

void Program::tell_last(std::string_view lines) {
  if (client_ != nullptr) client_->tell_last(lines);
}

}  // namespace tandem::speaker
