#include "common/replay/replay_host.hpp"

#include <algorithm>

namespace tandem::replay {

using recording::HostCall;

void ReplayHost::expect(std::vector<recording::Owned> answers) { answers_ = std::move(answers); }

std::optional<base::Buffer> ReplayHost::take(HostCall call, const base::Buffer& asked) const {
  const auto fits = [&](const recording::Owned& answer) {
    const recording::Record record = answer.view();
    return record.detail == static_cast<std::uint8_t>(call) && std::equal(record.key.begin(), record.key.end(), asked.begin(), asked.end());
  };
  const auto found = std::find_if(answers_.begin(), answers_.end(), fits);
  if (found == answers_.end()) return std::nullopt;
  const base::Bytes octets = found->view().octets;
  base::Buffer answer(octets.begin(), octets.end());
  answers_.erase(found);
  return answer;
}

std::optional<base::Buffer> ReplayHost::find(HostCall call, const base::Buffer& asked) const {
  auto answer = take(call, asked);
  if (!answer) ++unanswered_;
  return answer;
}

template <typename T>
base::Result<T> ReplayHost::result(HostCall call, const base::Buffer& asked) const {
  const auto answer = find(call, asked);
  if (!answer) return base::Error("the recording does not say what came of this");
  recording::FieldReader in(*answer);
  auto said = recording::get_result<T>(in, descriptors_);
  if (!in.done()) return base::Error("the recording's answer cannot be read");
  return said;
}

template <typename T>
T ReplayHost::value(HostCall call, const base::Buffer& asked, T otherwise) const {
  const auto answer = find(call, asked);
  if (!answer) return otherwise;
  recording::FieldReader in(*answer);
  T said{};
  recording::get(in, descriptors_, said);
  return in.done() ? std::move(said) : std::move(otherwise);
}

base::Result<process::Spawned> ReplayHost::spawn(const process::SpawnPlan& plan) { return result<process::Spawned>(HostCall::spawn, recording::asked(plan)); }
bool ReplayHost::group_left(std::int64_t pid) const { return value(HostCall::group_left, recording::asked(pid), false); }
std::vector<process::ChildEnd> ReplayHost::reap() { return value(HostCall::reap, {}, std::vector<process::ChildEnd>()); }
process::Rest ReplayHost::at_rest(std::int64_t pid, int) { return value(HostCall::at_rest, recording::asked(pid), process::Rest::unknown); }


process::ProgramFacts ReplayHost::program_facts(const std::string& path) const {
  return value(HostCall::program_facts, recording::asked(path), process::ProgramFacts());
}

std::vector<std::string> ReplayHost::program_search_path() const { return value(HostCall::program_search_path, {}, std::vector<std::string>()); }
std::string ReplayHost::etc_directory() const { return value(HostCall::etc_directory, {}, Host::etc_directory()); }

base::Result<base::UniqueFd> ReplayHost::open_dial_socket(const process::DialPlan& plan) {
  return result<base::UniqueFd>(HostCall::open_dial_socket, recording::asked(plan));
}

base::Result<process::OpenListener> ReplayHost::open_listener(const process::ListenPlan& plan) {
  return result<process::OpenListener>(HostCall::open_listener, recording::asked(plan));
}

process::KeyUpdate ReplayHost::set_keys(int, const std::vector<process::TcpKey>&) { return value(HostCall::set_keys, {}, process::KeyUpdate()); }

base::Result<void> ReplayHost::require_key(int, const process::TcpKey& key) { return result<void>(HostCall::require_key, recording::asked(key)); }

base::Result<void> ReplayHost::set_minimum_ttl(int, std::uint8_t ttl) {
  return result<void>(HostCall::set_minimum_ttl, recording::asked(std::int64_t{ttl}));
}

base::Result<base::UniqueFd> ReplayHost::open_control_socket(const std::string& path) {
  return result<base::UniqueFd>(HostCall::open_control_socket, recording::asked(path));
}

base::Result<process::Credentials> ReplayHost::peer_credentials(int) const { return result<process::Credentials>(HostCall::peer_credentials, {}); }

base::Result<std::uint32_t> ReplayHost::find_group(const std::string& name) const {
  return result<std::uint32_t>(HostCall::find_group, recording::asked(name));
}

base::Result<process::ControlPipes> ReplayHost::open_control_pipes(const std::string& path) {
  return result<process::ControlPipes>(HostCall::open_control_pipes, recording::asked(path));
}

base::Result<process::TextFile> ReplayHost::read_file(const std::string& path) const {
  const auto answer = find(HostCall::read_file, recording::asked(path));
  if (!answer) {
    const auto known = files_.find(path);
    if (known == files_.end()) return base::Error(path + " is not in the recording");
    return known->second;
  }
  recording::FieldReader in(*answer);
  auto file = recording::get_result<process::TextFile>(in, descriptors_);
  if (!in.done()) return base::Error("the recording's answer cannot be read");
  if (file) files_[path] = *file;
  return file;
}

// As many rounds later as it was.
std::optional<base::Result<process::TextFile>> ReplayHost::read_on(process::FileReading& reading) const {
  if (take(HostCall::more_of_file, recording::asked(reading.path))) return std::nullopt;
  return read_file(reading.path);
}

base::Result<void> ReplayHost::start_recording(const base::RecordingRequest& wanted) {
  return result<void>(HostCall::start_recording, recording::asked(wanted.file));
}

base::Result<void> ReplayHost::start_shadow(const base::ShadowRequest& wanted) { return result<void>(HostCall::start_shadow, recording::asked(wanted.engine)); }
base::ShadowFacts ReplayHost::shadow() const { return value(HostCall::shadow, {}, base::ShadowFacts()); }
base::RecordingFacts ReplayHost::recording() const { return value(HostCall::recording, {}, base::RecordingFacts()); }
process::HostIdentity ReplayHost::identity() const { return value(HostCall::identity, {}, process::HostIdentity()); }
base::WallTime ReplayHost::wall_time() const { return value(HostCall::wall_time, {}, base::WallTime()); }
process::Usage ReplayHost::usage() const { return value(HostCall::usage, {}, process::Usage()); }
std::uint64_t ReplayHost::entropy() const { return value(HostCall::entropy, {}, std::uint64_t{1}); }

}  // namespace tandem::replay
