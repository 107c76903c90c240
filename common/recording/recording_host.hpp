// A host in front of another one: what that answers is written down, for as long as the recorder is on.
#pragma once

#include <functional>

#include "common/process/host.hpp"
#include "common/recording/host_answers.hpp"
#include "common/recording/recorder.hpp"
#include "common/recording/recordings.hpp"
#include "common/recording/shadows.hpp"

namespace tandem::recording {

class RecordingHost final : public process::Host {
 public:
  // `without_secrets` gives the text of a configuration as it may leave the machine: what is read from it must be the same but for the
  // secrets.
  using WithoutSecrets = std::function<std::string(std::string_view)>;
  // Null: there are no recordings, or shadows, to begin or to be asked about.
  RecordingHost(process::Host& host, Recorder& recorder, WithoutSecrets without_secrets, Recordings* recordings = nullptr, Shadows* shadows = nullptr)
      : host_(host), recorder_(recorder), without_secrets_(std::move(without_secrets)), recordings_(recordings), shadows_(shadows) {}

  [[nodiscard]] base::Result<process::Spawned> spawn(const process::SpawnPlan& plan) override;
  void adopt_child(const process::AdoptedChild& child) override { host_.adopt_child(child); }
  void adopt_answers(const std::string& path, int answers) override { host_.adopt_answers(path, answers); }
  void adopt_listener(int listener, const std::vector<process::TcpKey>& keys) override { host_.adopt_listener(listener, keys); }
  void send_signal(std::int64_t pid, int signal) override { host_.send_signal(pid, signal); }
  [[nodiscard]] bool group_left(std::int64_t pid) const override;
  [[nodiscard]] std::vector<process::ChildEnd> reap() override;
  [[nodiscard]] process::Rest at_rest(std::int64_t pid, int output) override;
  [[nodiscard]] process::ProgramFacts program_facts(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> program_search_path() const override;
  [[nodiscard]] std::string etc_directory() const override;
  [[nodiscard]] base::Result<base::UniqueFd> open_dial_socket(const process::DialPlan& plan) override;
  [[nodiscard]] base::Result<process::OpenListener> open_listener(const process::ListenPlan& plan) override;
  [[nodiscard]] process::KeyUpdate set_keys(int listener, const std::vector<process::TcpKey>& keys) override;
  [[nodiscard]] base::Result<void> require_key(int connection, const process::TcpKey& key) override;
  [[nodiscard]] base::Result<void> set_minimum_ttl(int socket, std::uint8_t ttl) override;
  [[nodiscard]] base::Result<base::UniqueFd> open_control_socket(const std::string& path) override;
  [[nodiscard]] base::Result<process::Credentials> peer_credentials(int connection) const override;
  [[nodiscard]] base::Result<std::uint32_t> find_group(const std::string& name) const override;
  [[nodiscard]] base::Result<process::ControlPipes> open_control_pipes(const std::string& path) override;
  void remove_file(const std::string& path) override { host_.remove_file(path); }
  [[nodiscard]] base::Result<process::TextFile> read_file(const std::string& path) const override;
  [[nodiscard]] std::optional<base::Result<process::TextFile>> read_on(process::FileReading& reading) const override;
  [[nodiscard]] base::RecordingFacts recording() const override;
  [[nodiscard]] base::ShadowFacts shadow() const override;
  [[nodiscard]] base::Result<void> start_recording(const base::RecordingRequest& wanted) override;
  [[nodiscard]] base::Result<void> start_shadow(const base::ShadowRequest& wanted) override;
  [[nodiscard]] process::HostIdentity identity() const override;
  [[nodiscard]] base::WallTime wall_time() const override;
  [[nodiscard]] std::uint64_t entropy() const override;
  [[nodiscard]] process::Usage usage() const override;
  void give_back_memory() override { host_.give_back_memory(); }

 private:
  // The arguments of the question are written down when somebody records.
  template <typename T, typename... Arguments>
  [[nodiscard]] T record(HostCall call, T answer, const Arguments&... arguments) const;
  void record_file(const std::string& path, const base::Result<process::TextFile>& file) const;

  process::Host& host_;
  Recorder& recorder_;
  WithoutSecrets without_secrets_;
  Recordings* recordings_;
  Shadows* shadows_;
  // As they are written down: kept, as a program is asked about at each command.
  mutable base::Buffer question_;
  mutable base::Buffer answer_;
};

}  // namespace tandem::recording
