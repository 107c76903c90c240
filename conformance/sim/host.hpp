// A process::Host that answers from the simulated world: files from a map, programs that are objects, sockets that are numbers.
#pragma once

#include "conformance/sim/world.hpp"

namespace tandem::conformance::sim {

class Host : public process::Host {
 public:
  explicit Host(World& world) : world_(world) {}

  [[nodiscard]] base::Result<process::Spawned> spawn(const process::SpawnPlan& plan) override;
  void send_signal(std::int64_t pid, int signal) override;
  [[nodiscard]] bool group_left(std::int64_t) const override { return false; }
  [[nodiscard]] std::vector<process::ChildEnd> reap() override;
  // The truth, or that nobody can tell: both happen.
  [[nodiscard]] process::Rest at_rest(std::int64_t pid, int output) override;
  [[nodiscard]] process::ProgramFacts program_facts(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> program_search_path() const override { return {}; }

  [[nodiscard]] base::Result<base::UniqueFd> open_dial_socket(const process::DialPlan& plan) override;
  [[nodiscard]] base::Result<process::OpenListener> open_listener(const process::ListenPlan& plan) override;
  [[nodiscard]] process::KeyUpdate set_keys(int, const std::vector<process::TcpKey>&) override { return {}; }
  [[nodiscard]] base::Result<void> require_key(int, const process::TcpKey&) override { return {}; }
  [[nodiscard]] base::Result<void> set_minimum_ttl(int, std::uint8_t) override { return {}; }
  [[nodiscard]] base::Result<base::UniqueFd> open_control_socket(const std::string& path) override;
  void remove_file(const std::string& path) override { world_.files.erase(path); }

  [[nodiscard]] base::Result<process::TextFile> read_file(const std::string& path) const override;
  [[nodiscard]] process::HostIdentity identity() const override { return {"sim", 4100, 1}; }
  [[nodiscard]] base::WallTime wall_time() const override;
  [[nodiscard]] std::uint64_t entropy() const override { return world_.random.next(); }

 private:
  World& world_;
};

}  // namespace tandem::conformance::sim
