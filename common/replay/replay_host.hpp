// A host that answers what another one has answered. Where the recording has no answer, because the speaker asks what it did not ask
// then, it says what does least: that nobody can tell, that nothing has ended, that there is none left.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/process/host.hpp"
#include "common/recording/host_answers.hpp"
#include "common/recording/owned.hpp"

namespace tandem::replay {

class ReplayHost final : public process::Host {
 public:
  // What was answered while the input was handled that is handled next. Those before are forgotten.
  void expect(std::vector<recording::Owned> answers);
  [[nodiscard]] std::uint64_t unanswered() const { return unanswered_; }  // questions, so far
  [[nodiscard]] base::UniqueFd next_descriptor() { return descriptors_.next(); }

  [[nodiscard]] base::Result<process::Spawned> spawn(const process::SpawnPlan& plan) override;
  void send_signal(std::int64_t, int) override {}
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
  void remove_file(const std::string&) override {}
  [[nodiscard]] base::Result<process::TextFile> read_file(const std::string& path) const override;
  [[nodiscard]] std::optional<base::Result<process::TextFile>> read_on(process::FileReading& reading) const override;
  [[nodiscard]] base::Result<void> start_recording(const base::RecordingRequest& wanted) override;
  [[nodiscard]] base::Result<void> start_shadow(const base::ShadowRequest& wanted) override;
  [[nodiscard]] base::RecordingFacts recording() const override;
  [[nodiscard]] base::ShadowFacts shadow() const override;
  [[nodiscard]] process::HostIdentity identity() const override;
  [[nodiscard]] base::WallTime wall_time() const override;
  [[nodiscard]] std::uint64_t entropy() const override;
  [[nodiscard]] process::Usage usage() const override;

 private:
  // The octets of the answer; none when there is none, which find() counts.
  [[nodiscard]] std::optional<base::Buffer> take(recording::HostCall call, const base::Buffer& asked) const;
  [[nodiscard]] std::optional<base::Buffer> find(recording::HostCall call, const base::Buffer& asked) const;
  template <typename T>
  [[nodiscard]] base::Result<T> result(recording::HostCall call, const base::Buffer& asked) const;
  template <typename T>
  [[nodiscard]] T value(recording::HostCall call, const base::Buffer& asked, T otherwise) const;

  // Asking is const, and uses an answer up.
  mutable std::vector<recording::Owned> answers_;
  mutable recording::Descriptors descriptors_;
  mutable std::uint64_t unanswered_ = 0;
  mutable std::map<std::string, process::TextFile> files_;  // as they were read last
};

}  // namespace tandem::replay
