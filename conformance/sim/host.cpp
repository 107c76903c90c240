#include "conformance/sim/host.hpp"

namespace tandem::conformance::sim {

base::Result<process::Spawned> Host::spawn(const process::SpawnPlan& plan) {
  if (world_.scarce()) return base::Error("pipe2: no descriptor is left");
  const auto found = world_.programs.find(plan.name);
  const auto program = found == world_.programs.end() ? nullptr : found->second();
  if (program == nullptr) return base::Error("no such program: " + plan.name);
  Stream& stream = world_.new_stream(world_.new_token());
  stream.remote = program;
  stream.pid = world_.next_pid++;
  program->connected(world_.now());
  // Two numbers as for two pipes; the speaker's reading end is the one the stream is found by.
  stream.write_token = world_.new_token();
  return process::Spawned{stream.pid, base::UniqueFd(stream.write_token), base::UniqueFd(stream.token)};
}

void Host::send_signal(std::int64_t pid, int signal) {
  world_.signals_sent.emplace_back(pid, signal);
  for (const auto& stream : world_.streams()) {
    if (stream->pid != pid || stream->finished) continue;
    auto& program = static_cast<ScriptedProgram&>(*stream->remote);
    if (signal == SIGTERM && program.on_terminate) program.on_terminate(program);
    else if (signal == SIGKILL || (signal == SIGTERM && !program.ignores_terminate)) program.die();
  }
}

std::vector<process::ChildEnd> Host::reap() {
  world_.reaped += world_.ended_children.size();
  return std::exchange(world_.ended_children, {});
}

process::Rest Host::at_rest(std::int64_t, int output) {
  const Stream* stream = world_.find(output);
  if (stream == nullptr || stream->remote == nullptr || world_.random.below(3) == 0) return process::Rest::unknown;
  return stream->to_channel.empty() && stream->remote->outbox().empty() ? process::Rest::yes : process::Rest::no;
}

process::ProgramFacts Host::program_facts(const std::string&) const {
  process::ProgramFacts facts;
  facts.exists = facts.readable = facts.regular = facts.executable = true;
  return facts;
}

base::Result<base::UniqueFd> Host::open_dial_socket(const process::DialPlan& plan) {
  if (world_.scarce()) return base::Error("socket: no descriptor is left");
  const int token = world_.new_token();
  world_.new_stream(token);
  world_.dial_plans.emplace(token, plan);
  return base::UniqueFd(token);
}

base::Result<process::OpenListener> Host::open_listener(const process::ListenPlan& plan) {
  Stream& stream = world_.new_stream(world_.new_token());
  stream.listening = true;
  stream.local = plan.at;
  return process::OpenListener{base::UniqueFd(stream.token), {}};
}

base::Result<base::UniqueFd> Host::open_control_socket(const std::string&) {
  Stream& stream = world_.new_stream(world_.new_token());
  stream.listening = true;
  world_.control_token = stream.token;
  return base::UniqueFd(stream.token);
}

base::Result<process::TextFile> Host::read_file(const std::string& path) const {
  const auto found = world_.files.find(path);
  if (found == world_.files.end()) return base::Error("no such file: " + path);
  return process::TextFile{"/sim", found->second};
}

base::WallTime Host::wall_time() const {
  return base::WallTime(std::chrono::seconds(1'800'000'000)) + world_.now().time_since_epoch();
}

}  // namespace tandem::conformance::sim
