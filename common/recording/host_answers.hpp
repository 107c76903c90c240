// What the host was asked and what it has answered, as octets. Descriptors are not written down, only that there was one. Keys of TCP are
// not either: nothing that can be seen depends on them.
#pragma once

#include "common/base/error.hpp"
#include "common/process/host.hpp"
#include "common/recording/octets.hpp"

namespace tandem::recording {

enum class HostCall : std::uint8_t {
  spawn = 1, group_left, reap, at_rest, program_facts, program_search_path, etc_directory,
  open_dial_socket = 16, open_listener, set_keys, require_key, set_minimum_ttl, open_control_socket, peer_credentials, find_group, open_control_pipes,
  read_file = 32, identity, wall_time, entropy, usage, recording, more_of_file, shadow,
  start_recording = 48, start_shadow
};

// Where replaying gets descriptors from: numbers that no kernel gives.
class Descriptors {
 public:
  [[nodiscard]] base::UniqueFd next() { return base::UniqueFd(next_++); }

 private:
  int next_ = 1 << 28;
};

void put(base::Buffer& out, bool value);
void put(base::Buffer& out, std::int64_t value);
void put(base::Buffer& out, std::uint64_t value);
void put(base::Buffer& out, std::uint32_t value);
void put(base::Buffer& out, const std::string& value);
void put(base::Buffer& out, process::Rest value);
void put(base::Buffer& out, base::WallTime value);
void put(base::Buffer& out, const std::vector<std::string>& value);
void put(base::Buffer& out, const std::vector<process::ChildEnd>& value);
void put(base::Buffer& out, const process::Spawned& value);
void put(base::Buffer& out, const process::ProgramFacts& value);
void put(base::Buffer& out, const base::UniqueFd& value);
void put(base::Buffer& out, const process::OpenListener& value);
void put(base::Buffer& out, const process::KeyUpdate& value);
void put(base::Buffer& out, const process::Credentials& value);
void put(base::Buffer& out, const process::ControlPipes& value);
void put(base::Buffer& out, const process::TextFile& value);
void put(base::Buffer& out, const process::HostIdentity& value);
void put(base::Buffer& out, const process::Usage& value);
void put(base::Buffer& out, const base::RecordingFacts& value);
void put(base::Buffer& out, const base::ShadowReport& value);
void put(base::Buffer& out, const base::ShadowFacts& value);

void get(FieldReader& in, Descriptors& fds, bool& value);
void get(FieldReader& in, Descriptors& fds, std::uint64_t& value);
void get(FieldReader& in, Descriptors& fds, std::uint32_t& value);
void get(FieldReader& in, Descriptors& fds, std::string& value);
void get(FieldReader& in, Descriptors& fds, process::Rest& value);
void get(FieldReader& in, Descriptors& fds, base::WallTime& value);
void get(FieldReader& in, Descriptors& fds, std::vector<std::string>& value);
void get(FieldReader& in, Descriptors& fds, std::vector<process::ChildEnd>& value);
void get(FieldReader& in, Descriptors& fds, process::Spawned& value);
void get(FieldReader& in, Descriptors& fds, process::ProgramFacts& value);
void get(FieldReader& in, Descriptors& fds, base::UniqueFd& value);
void get(FieldReader& in, Descriptors& fds, process::OpenListener& value);
void get(FieldReader& in, Descriptors& fds, process::KeyUpdate& value);
void get(FieldReader& in, Descriptors& fds, process::Credentials& value);
void get(FieldReader& in, Descriptors& fds, process::ControlPipes& value);
void get(FieldReader& in, Descriptors& fds, process::TextFile& value);
void get(FieldReader& in, Descriptors& fds, process::HostIdentity& value);
void get(FieldReader& in, Descriptors& fds, process::Usage& value);
void get(FieldReader& in, Descriptors& fds, base::RecordingFacts& value);
void get(FieldReader& in, Descriptors& fds, base::ShadowReport& value);
void get(FieldReader& in, Descriptors& fds, base::ShadowFacts& value);

// A result: whether it is there, then the value, or the reason why it is not.
template <typename T>
void put(base::Buffer& out, const base::Result<T>& result) {
  put(out, result.has_value());
  if (!result) return put_text(out, result.error().reason());
  if constexpr (!std::is_void_v<T>) put(out, *result);
}
// The error of a result whose octets make no sense: the reader says that they do not.
template <typename T>
[[nodiscard]] base::Result<T> get_result(FieldReader& in, Descriptors& fds) {
  if (!in.flag()) return base::Error(in.text());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    T value{};
    get(in, fds, value);
    return base::Result<T>(boost::system::in_place_value, std::move(value));
  }
}

// What is asked, by call: the part of the arguments that tells one question from another.
void ask(base::Buffer& out, const process::SpawnPlan& plan);
void ask(base::Buffer& out, const process::DialPlan& plan);
void ask(base::Buffer& out, const process::ListenPlan& plan);
void ask(base::Buffer& out, const process::TcpKey& key);
void ask(base::Buffer& out, const std::string& text);
void ask(base::Buffer& out, std::int64_t number);
template <typename Question>
[[nodiscard]] base::Buffer asked(const Question& question) {
  base::Buffer out;
  ask(out, question);
  return out;
}

}  // namespace tandem::recording
