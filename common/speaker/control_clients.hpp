// The clients of the control socket: how many there may be, and their part of a round.
#pragma once

#include <vector>

#include "common/speaker/client.hpp"
#include "common/speaker/control_access.hpp"
#include "common/speaker/refusal_log.hpp"
#include "common/speaker/rejections.hpp"

namespace tandem::speaker {

class ControlClients {
 public:
  ControlClients(process::Host& host, ClientServices& services, Rejections& rejections, const process::HostIdentity& daemon)
      : host_(host), services_(services), rejections_(rejections), access_(daemon) {}

  // api.group: whose members are served, too.
  [[nodiscard]] base::Result<void> admit_group(const std::string& name);
  // Who may not, and one too many, is told so and closed.
  void accept(base::UniqueFd fd, base::TimePoint now);
  // The named pipes, one client for all who come and go there.
  void adopt(process::ControlPipes pipes);
  // They were made by a tandem that was in this process before.
  void tell_host(const std::string& pipes) const;
  [[nodiscard]] Client* find(api::ClientId id) const;
  [[nodiscard]] const std::vector<Client*>& all() const { return clients_; }

  // In the order of their connection. True: there is more to do at once.
  bool run_commands(base::TimePoint now);
  [[nodiscard]] std::size_t jobs() const;  // that would write something now
  bool run_jobs(std::size_t budget);       // of each

  // Of what is logged about those that were refused.
  [[nodiscard]] std::optional<base::TimePoint> deadline() const { return refusals_.deadline(); }
  void expired(base::TimePoint now) { refusals_.expired(now); }

  void store(state::Writer& writer) const;
  void load(state::Reader& reader);

 private:
  [[nodiscard]] base::Result<void> judge(int connection) const;
  [[nodiscard]] api::ClientState new_state(std::string_view kind);
  void keep(std::unique_ptr<Client> client);
  process::Host& host_;
  ClientServices& services_;
  Rejections& rejections_;
  ControlAccess access_;
  RefusalLog refusals_;
  std::vector<Client*> clients_;  // owned by the runtime
};

}  // namespace tandem::speaker
