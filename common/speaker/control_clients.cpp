#include "common/speaker/control_clients.hpp"

#include <fmt/format.h>

#include "common/speaker/limits.hpp"

namespace tandem::speaker {

void ControlClients::accept(base::UniqueFd fd, base::TimePoint now) {
  if (clients_.size() >= k_control_clients) {
    rejections_.add(std::move(fd), "error: maximum concurrent clients reached\ndone\n", now);
    return;
  }
  api::ClientState state;
  state.id = services_.new_id();
  state.service = fmt::format("control-{}", state.id);
  state.version = services_.dispatcher.api_version;
  auto client = std::make_unique<ControlClient>(services_, std::move(fd), std::move(state));
  clients_.push_back(client.get());
  services_.runtime.adopt(std::move(client));
}

Client* ControlClients::find(api::ClientId id) const {
  for (ControlClient* client : clients_) {
    if (client->state().id == id) return client;
  }
  return nullptr;
}

bool ControlClients::run_commands(base::TimePoint now) {
  bool again = false;
  for (ControlClient* client : clients_) again |= client->run_commands(now);
  std::erase_if(clients_, [](const ControlClient* client) { return client->notes.retired; });
  return again;
}

bool ControlClients::run_jobs() {
  bool again = false;
  for (ControlClient* client : clients_) again |= client->run_job();
  return again;
}

}  // namespace tandem::speaker
