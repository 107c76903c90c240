// The operating system as the speaker sees it, for real. One object a daemon.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/process/answer_pipe.hpp"
#include "common/process/host.hpp"
#include "common/process/privileges.hpp"
#include "common/process/rest_probe.hpp"
#include "common/process/tcp_key.hpp"

namespace tandem::process {

// What this thread has used so far, and the memory of the process.
[[nodiscard]] Usage usage_of_thread();

class PosixHost : public Host {
 public:
  static constexpr std::size_t k_file_size_max = std::size_t{256} * 1024 * 1024;
  static constexpr std::size_t k_file_piece = std::size_t{2} * 1024 * 1024;  // of read_on()

  // From here on read_file(`name`) answers this text: "-" is standard input, read once and the same at each reload.
  void provide_file(std::string name, std::string text);
  // daemon.user. With `before_programs` (daemon.drop) the change happens before the first program starts, so after the listeners;
  // otherwise, and when there is no program, when the program calls drop_privileges().
  void set_account(Account account, bool before_programs);
  [[nodiscard]] base::Result<void> drop_privileges();
  // Who has started the program that was in this process before; it had given up its privileges.
  void set_starter(std::uint32_t user) { starter_ = user; }

  [[nodiscard]] base::Result<Spawned> spawn(const SpawnPlan& plan) override;
  void adopt_child(const AdoptedChild& child) override;
  void adopt_listener(int listener, const std::vector<TcpKey>& keys) override { listener_keys_[listener] = keys_of(listener, keys); }
  void send_signal(std::int64_t pid, int signal) override;
  [[nodiscard]] bool group_left(std::int64_t pid) const override;
  [[nodiscard]] std::vector<ChildEnd> reap() override;
  [[nodiscard]] Rest at_rest(std::int64_t pid, int output) override;
  [[nodiscard]] ProgramFacts program_facts(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> program_search_path() const override;
  [[nodiscard]] std::string etc_directory() const override;  // $EXABGP_ETC, when that is set

  [[nodiscard]] base::Result<base::UniqueFd> open_dial_socket(const DialPlan& plan) override;
  [[nodiscard]] base::Result<OpenListener> open_listener(const ListenPlan& plan) override;
  [[nodiscard]] KeyUpdate set_keys(int listener, const std::vector<TcpKey>& keys) override;
  [[nodiscard]] base::Result<void> require_key(int connection, const TcpKey& key) override;
  [[nodiscard]] base::Result<void> set_minimum_ttl(int socket, std::uint8_t ttl) override;
  [[nodiscard]] base::Result<base::UniqueFd> open_control_socket(const std::string& path) override;
  [[nodiscard]] base::Result<Credentials> peer_credentials(int connection) const override;
  [[nodiscard]] base::Result<std::uint32_t> find_group(const std::string& name) const override;
  [[nodiscard]] base::Result<ControlPipes> open_control_pipes(const std::string& path) override;
  void adopt_answers(const std::string& path, int answers) override;
  void remove_file(const std::string& path) override;

  [[nodiscard]] base::Result<TextFile> read_file(const std::string& path) const override;
  [[nodiscard]] std::optional<base::Result<TextFile>> read_on(FileReading& reading) const override;
  [[nodiscard]] HostIdentity identity() const override;
  [[nodiscard]] base::WallTime wall_time() const override;
  [[nodiscard]] std::uint64_t entropy() const override;
  [[nodiscard]] Usage usage() const override;
  void give_back_memory() override;

 private:
  std::map<std::string, std::string> provided_;
  std::vector<std::int64_t> children_;                 // started by us and not yet reaped
  std::map<std::int64_t, RestProbe> rest_probes_;      // of children, where /proc tells
  std::map<int, HeldKeys> listener_keys_;              // by descriptor
  std::unique_ptr<AnswerPipe> answers_;
  std::optional<Account> account_;
  std::optional<std::uint32_t> starter_;               // none: our own user
  std::string user_;                                   // what it became; empty: it is who started it
  bool drop_before_programs_ = false;
};

}  // namespace tandem::process
