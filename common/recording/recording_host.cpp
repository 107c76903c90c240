#include "common/recording/recording_host.hpp"

namespace tandem::recording {

template <typename T, typename... Arguments>
T RecordingHost::record(HostCall call, T answer, const Arguments&... arguments) const {
  if (!recorder_.on()) return answer;
  question_.clear();
  answer_.clear();
  if constexpr (sizeof...(Arguments) > 0) ask(question_, arguments...);
  put(answer_, answer);
  recorder_.host(static_cast<std::uint8_t>(call), question_, answer_);
  return answer;
}

base::Result<process::Spawned> RecordingHost::spawn(const process::SpawnPlan& plan) { return record(HostCall::spawn, host_.spawn(plan), plan); }
bool RecordingHost::group_left(std::int64_t pid) const { return record(HostCall::group_left, host_.group_left(pid), pid); }
process::Rest RecordingHost::at_rest(std::int64_t pid, int output) { return record(HostCall::at_rest, host_.at_rest(pid, output), pid); }

std::vector<process::ChildEnd> RecordingHost::reap() {
  auto ends = host_.reap();
  for (const process::ChildEnd& end : ends) {
    if (shadows_ != nullptr) shadows_->child_ended(end);
  }
  return record(HostCall::reap, std::move(ends));
}

process::ProgramFacts RecordingHost::program_facts(const std::string& path) const {
  return record(HostCall::program_facts, host_.program_facts(path), path);
}

std::vector<std::string> RecordingHost::program_search_path() const { return record(HostCall::program_search_path, host_.program_search_path()); }
std::string RecordingHost::etc_directory() const { return record(HostCall::etc_directory, host_.etc_directory()); }

base::Result<base::UniqueFd> RecordingHost::open_dial_socket(const process::DialPlan& plan) {
  return record(HostCall::open_dial_socket, host_.open_dial_socket(plan), plan);
}

base::Result<process::OpenListener> RecordingHost::open_listener(const process::ListenPlan& plan) {
  return record(HostCall::open_listener, host_.open_listener(plan), plan);
}

process::KeyUpdate RecordingHost::set_keys(int listener, const std::vector<process::TcpKey>& keys) {
  return record(HostCall::set_keys, host_.set_keys(listener, keys));
}

base::Result<void> RecordingHost::require_key(int connection, const process::TcpKey& key) {
  return record(HostCall::require_key, host_.require_key(connection, key), key);
}

base::Result<void> RecordingHost::set_minimum_ttl(int socket, std::uint8_t ttl) {
  return record(HostCall::set_minimum_ttl, host_.set_minimum_ttl(socket, ttl), std::int64_t{ttl});
}

base::Result<base::UniqueFd> RecordingHost::open_control_socket(const std::string& path) {
  return record(HostCall::open_control_socket, host_.open_control_socket(path), path);
}

base::Result<process::Credentials> RecordingHost::peer_credentials(int connection) const {
  return record(HostCall::peer_credentials, host_.peer_credentials(connection));
}

base::Result<std::uint32_t> RecordingHost::find_group(const std::string& name) const {
  return record(HostCall::find_group, host_.find_group(name), name);
}

base::Result<process::ControlPipes> RecordingHost::open_control_pipes(const std::string& path) {
  return record(HostCall::open_control_pipes, host_.open_control_pipes(path), path);
}

void RecordingHost::record_file(const std::string& path, const base::Result<process::TextFile>& file) const {
  if (!recorder_.on()) return;
  base::Buffer octets;
  put(octets, file.has_value());
  if (file) put(octets, process::TextFile{file->directory, without_secrets_(file->text)});
  else put_text(octets, file.error().reason());
  recorder_.host(static_cast<std::uint8_t>(HostCall::read_file), asked(path), octets);
}

base::Result<process::TextFile> RecordingHost::read_file(const std::string& path) const {
  auto file = host_.read_file(path);
  record_file(path, file);
  return file;
}

std::optional<base::Result<process::TextFile>> RecordingHost::read_on(process::FileReading& reading) const {
  auto file = host_.read_on(reading);
  if (file) record_file(reading.path, *file);
  else if (recorder_.on()) recorder_.host(static_cast<std::uint8_t>(HostCall::more_of_file), asked(reading.path), {});
  return file;
}

base::RecordingFacts RecordingHost::recording() const {
  return record(HostCall::recording, recordings_ == nullptr ? base::RecordingFacts() : recordings_->facts());
}

base::ShadowFacts RecordingHost::shadow() const { return record(HostCall::shadow, shadows_ == nullptr ? base::ShadowFacts() : shadows_->facts()); }

base::Result<void> RecordingHost::start_recording(const base::RecordingRequest& wanted) {
  return record(HostCall::start_recording, recordings_ == nullptr ? Host::start_recording(wanted) : recordings_->open(wanted), wanted.file);
}

// Which engine leads is no business of whoever plays this: there, it is another one.
base::Result<void> RecordingHost::start_shadow(const base::ShadowRequest& wanted) {
  const auto start = [&]() -> base::Result<void> {
    if (wanted.engine == wanted.leader) return base::Error("engine " + wanted.engine + " leads: its shadow is another one");
    return shadows_ == nullptr ? Host::start_shadow(wanted) : shadows_->start(wanted);
  };
  return record(HostCall::start_shadow, start(), wanted.engine);
}

process::HostIdentity RecordingHost::identity() const { return record(HostCall::identity, host_.identity()); }
base::WallTime RecordingHost::wall_time() const { return record(HostCall::wall_time, host_.wall_time()); }
process::Usage RecordingHost::usage() const { return record(HostCall::usage, host_.usage()); }
std::uint64_t RecordingHost::entropy() const { return record(HostCall::entropy, host_.entropy()); }

}  // namespace tandem::recording
