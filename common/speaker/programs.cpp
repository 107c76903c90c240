#include "common/speaker/programs.hpp"

#include <algorithm>
#include <utility>

#include "common/base/log.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

namespace {

[[nodiscard]] const config::ProgramDefinition* definition_of(std::string_view name, const config::Configuration& configuration) {
  const auto found = std::find_if(configuration.programs.begin(), configuration.programs.end(), [name](const auto& program) { return program.name == name; });
  return found == configuration.programs.end() ? nullptr : &*found;
}

[[nodiscard]] config::EventFlags flags_of(std::string_view name, const config::ProgramFlags& flags) {
  const auto found = flags.find(std::string(name));
  return found == flags.end() ? config::EventFlags() : found->second;
}

}  // namespace

// --- those of the configuration ----------------------------------------------------------------------------------------------

void Programs::ask_to_end(const config::Configuration& configuration, bool restart_changed, base::TimePoint now) {
  const config::ProgramFlags flags = config::program_flags(configuration);
  for (const auto& program : programs_) {
    const config::ProgramDefinition* definition = definition_of(program->definition().name, configuration);
    const bool changed = definition != nullptr && restart_changed && program->outdated_by(*definition, flags_of(definition->name, flags));
    if (program->asked_to_end() || (definition != nullptr && !changed)) continue;
    base::log(LogCategory::processes, LogLevel::info, "process {}: {}", program->definition().name, changed ? "has changed, it is started anew" : "not configured any more");
    program->ask_to_end(now);
  }
}

bool Programs::listens_to_ending() const {
  return std::any_of(programs_.begin(), programs_.end(), [](const auto& program) { return program->asked_to_end() && program->running(); });
}

Programs::Changes Programs::adopt(const config::Configuration& configuration, bool restart_changed, base::TimePoint now) {
  Changes changes;
  stop_others(configuration, changes, now);
  const config::ProgramFlags flags = config::program_flags(configuration);
  std::vector<std::unique_ptr<Program>> ordered;
  for (const config::ProgramDefinition& definition : configuration.programs) {
    const auto found = std::find_if(programs_.begin(), programs_.end(), [&definition](const auto& program) {
      return program && program->definition().name == definition.name;
    });
    if (found == programs_.end()) {
      ordered.push_back(std::make_unique<Program>(context_, definition, flags_of(definition.name, flags)));
    } else {
      (*found)->redefine(definition, flags_of(definition.name, flags));
      ordered.push_back(std::move(*found));
    }
    Program& program = *ordered.back();
    // Compared with what the running instance was started as, not with the file before. One that was told to end, and is wanted again by
    // a file that came behind, has begun to: it is another instance then, too.
    if (program.asked_to_end() || (restart_changed && program.outdated())) {
      program.stop(now);
      ++changes.stopped;
    }
    if (program.running()) continue;
    program.start(now);
    if (program.running()) ++changes.started;
  }
  programs_ = std::move(ordered);
  return changes;
}

void Programs::stop_others(const config::Configuration& configuration, Changes& changes, base::TimePoint now) {
  for (auto& program : programs_) {
    if (definition_of(program->definition().name, configuration) != nullptr) continue;
    program->stop(now);
    ++changes.stopped;
    stopped_.push_back(std::move(program));
  }
  std::erase(programs_, nullptr);
}

std::vector<ProgramState> Programs::states() const {
  std::vector<ProgramState> states;
  for (const auto& program : programs_) states.push_back(program->state());
  return states;
}

// While adopt() sorts them there are gaps.
Program* Programs::find(std::string_view name) const {
  const auto found = std::find_if(programs_.begin(), programs_.end(), [name](const auto& program) { return program && program->definition().name == name; });
  return found == programs_.end() ? nullptr : found->get();
}

Program* Programs::find(api::ClientId id) const {
  const auto found = std::find_if(programs_.begin(), programs_.end(), [id](const auto& program) { return program && program->client_id() == id; });
  return found == programs_.end() ? nullptr : found->get();
}

std::vector<api::QueueStatus> Programs::queue_status() const {
  std::vector<api::QueueStatus> status;
  for (const auto& program : programs_) {
    if (program->running()) status.push_back(program->client()->queue_status());
  }
  return status;
}

void Programs::lost(const Program& program) {
  context_.services.executor.ready(program.client_id());  // nobody waits for it any longer
  if (!context_.settings.api_terminate) return;
  base::log(LogCategory::processes, LogLevel::critical, "process {} is lost and api.terminate is set: shutting down",
            program.definition().name);
  requests_.command(api::DaemonRequest::shutdown, "api.terminate");
}

// --- the round ---------------------------------------------------------------------------------------------------------------

void Programs::child_ended(const process::ChildEnd& end, base::TimePoint now) {
  for (const auto& program : programs_) program->child_ended(end, now);
  for (const auto& program : stopped_) program->child_ended(end, now);
  std::erase_if(stopped_, [](const auto& program) { return program->finished(); });
}

std::optional<base::TimePoint> Programs::deadline() const {
  std::optional<base::TimePoint> first;
  for (const auto& program : programs_) first = base::earliest(first, program->deadline());
  for (const auto& program : stopped_) first = base::earliest(first, program->deadline());
  return first;
}

void Programs::expired(base::TimePoint now) {
  for (const auto& program : programs_) program->expired(now);
  for (const auto& program : stopped_) program->expired(now);
  std::erase_if(stopped_, [](const auto& program) { return program->finished(); });
}

bool Programs::run_commands(base::TimePoint now) {
  bool again = false;
  for (const auto& program : programs_) {
    if (Client* client = program->client()) again |= client->run_commands(now);
  }
  return again;
}

std::size_t Programs::jobs() const {
  const auto works = [](const auto& program) { return program->client() != nullptr && program->client()->has_work(); };
  return static_cast<std::size_t>(std::count_if(programs_.begin(), programs_.end(), works));
}

bool Programs::run_jobs(std::size_t budget) {
  bool again = false;
  for (const auto& program : programs_) {
    if (Client* client = program->client()) again |= client->run_job(budget);
  }
  return again;
}

void Programs::settle(base::TimePoint now) {
  if (!std::exchange(any_misbehaved_, false)) return;
  for (const auto& program : programs_) program->settle(now);
}

// --- the end of the daemon -----------------------------------------------------------------------------------------------------

void Programs::start_no_more() {
  for (const auto& program : programs_) program->start_no_more();
}

void Programs::stop(base::TimePoint now) {
  for (const auto& program : programs_) program->stop(now);
}

bool Programs::running() const {
  return std::any_of(programs_.begin(), programs_.end(), [](const auto& program) { return program->running(); });
}

bool Programs::finished() const {
  const auto finished = [](const std::unique_ptr<Program>& program) { return program->finished(); };
  return std::all_of(programs_.begin(), programs_.end(), finished) && std::all_of(stopped_.begin(), stopped_.end(), finished);
}

}  // namespace tandem::speaker
