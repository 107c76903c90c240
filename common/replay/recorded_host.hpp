// A host that answers what another one has answered, for a speaker whose rounds are its own: the same question is answered as it was near the
// input under way. What nobody asked then, it answers with what does least.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "common/process/host.hpp"
#include "common/replay/inputs.hpp"

namespace tandem::replay {

using recording::HostCall;

class RecordedHost : public process::Host {
 public:
  explicit RecordedHost(const Inputs& inputs) : inputs_(inputs) {}
  // Where in the recording the speaker is: an answer is the next one behind it, else the last one in front of it.
  void at(std::size_t place) { place_ = place; }
  [[nodiscard]] base::UniqueFd next_descriptor() { return descriptors_.next(); }

  base::Result<process::Spawned> spawn(const process::SpawnPlan& plan) override { return result<process::Spawned>(HostCall::spawn, recording::asked(plan)); }
  void send_signal(std::int64_t, int) override {}
  bool group_left(std::int64_t) const override { return false; }
  std::vector<process::ChildEnd> reap() override { return value(HostCall::reap, {}, std::vector<process::ChildEnd>()); }
  process::Rest at_rest(std::int64_t pid, int) override { return value(HostCall::at_rest, recording::asked(pid), process::Rest::unknown); }
  process::ProgramFacts program_facts(const std::string& path) const override {
    return value(HostCall::program_facts, recording::asked(path), process::ProgramFacts());
  }
  std::vector<std::string> program_search_path() const override { return value(HostCall::program_search_path, {}, std::vector<std::string>()); }
  std::string etc_directory() const override { return value(HostCall::etc_directory, {}, Host::etc_directory()); }
  base::Result<base::UniqueFd> open_dial_socket(const process::DialPlan&) override { return descriptors_.next(); }
  base::Result<process::OpenListener> open_listener(const process::ListenPlan&) override { return process::OpenListener{descriptors_.next(), {}}; }
  process::KeyUpdate set_keys(int, const std::vector<process::TcpKey>&) override { return {}; }
  base::Result<void> require_key(int, const process::TcpKey&) override { return {}; }
  base::Result<void> set_minimum_ttl(int, std::uint8_t) override { return {}; }
  base::Result<base::UniqueFd> open_control_socket(const std::string&) override { return descriptors_.next(); }
  base::Result<process::Credentials> peer_credentials(int) const override { return result<process::Credentials>(HostCall::peer_credentials, {}); }
  base::Result<std::uint32_t> find_group(const std::string& name) const override { return result<std::uint32_t>(HostCall::find_group, recording::asked(name)); }
  base::Result<process::ControlPipes> open_control_pipes(const std::string& path) override {
    return result<process::ControlPipes>(HostCall::open_control_pipes, recording::asked(path));
  }
  void remove_file(const std::string&) override {}
  base::Result<process::TextFile> read_file(const std::string& path) const override {
    return result<process::TextFile>(HostCall::read_file, recording::asked(path));
  }
  base::Result<void> start_recording(const base::RecordingRequest& wanted) override { return result<void>(HostCall::start_recording, recording::asked(wanted.file)); }
  base::Result<void> start_shadow(const base::ShadowRequest& wanted) override { return result<void>(HostCall::start_shadow, recording::asked(wanted.engine)); }
  base::ShadowFacts shadow() const override { return value(HostCall::shadow, {}, base::ShadowFacts()); }
  base::RecordingFacts recording() const override { return value(HostCall::recording, {}, base::RecordingFacts()); }
  process::HostIdentity identity() const override { return value(HostCall::identity, {}, process::HostIdentity()); }
  base::WallTime wall_time() const override { return value(HostCall::wall_time, {}, base::WallTime()); }
  std::uint64_t entropy() const override { return value(HostCall::entropy, {}, std::uint64_t{1}); }
  process::Usage usage() const override { return value(HostCall::usage, {}, process::Usage()); }

 protected:
  // The octets of the answer.
  [[nodiscard]] virtual std::optional<base::Buffer> find(HostCall call, const base::Buffer& asked) const { return inputs_.answer(call, asked, place_); }
  template <typename T>
  [[nodiscard]] base::Result<T> result(HostCall call, const base::Buffer& asked) const {
    const auto answer = find(call, asked);
    if (!answer) return base::Error("the recording does not say what came of this");
    recording::FieldReader in(*answer);
    return recording::get_result<T>(in, descriptors_);
  }
  template <typename T>
  [[nodiscard]] T value(HostCall call, const base::Buffer& asked, T otherwise) const {
    const auto answer = find(call, asked);
    if (!answer) return otherwise;
    recording::FieldReader in(*answer);
    T said{};
    recording::get(in, descriptors_, said);
    return said;
  }

 private:
  const Inputs& inputs_;
  std::atomic<std::size_t> place_{0};  // an engine runs beside whoever gives it its inputs
  mutable recording::Descriptors descriptors_;
};

}  // namespace tandem::replay
