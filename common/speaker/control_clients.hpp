// The clients of the control socket: how many there may be, and their part of a round.
#pragma once

#include <vector>

#include "common/speaker/client.hpp"
#include "common/speaker/rejections.hpp"

namespace tandem::speaker {

class ControlClients {
 public:
  ControlClients(ClientServices& services, Rejections& rejections) : services_(services), rejections_(rejections) {}

  // One too many is told so and closed.
  void accept(base::UniqueFd fd, base::TimePoint now);
  // The named pipes, one client for all who come and go there.
  void adopt(process::ControlPipes pipes);
  [[nodiscard]] Client* find(api::ClientId id) const;
  [[nodiscard]] const std::vector<Client*>& all() const { return clients_; }

  // In the order of their connection. True: there is more to do at once.
  bool run_commands(base::TimePoint now);
  bool run_jobs();

 private:
  ClientServices& services_;
  Rejections& rejections_;
  [[nodiscard]] api::ClientState new_state(std::string_view kind);
  void keep(std::unique_ptr<Client> client);
  std::vector<Client*> clients_;  // owned by the runtime
};

}  // namespace tandem::speaker
