#include "common/speaker/control_clients.hpp"

#include <fmt/format.h>

#include "common/speaker/limits.hpp"

namespace tandem::speaker {

void ControlClients::accept(base::UniqueFd fd, base::TimePoint now) {
  if (clients_.size() >= k_control_clients) {
    rejections_.add(std::move(fd), "error: maximum concurrent clients reached\ndone\n", now);
    return;
  }
  keep(std::make_unique<ControlClient>(services_, std::move(fd), new_state("control")));
}

void ControlClients::adopt(process::ControlPipes pipes) {
  keep(std::make_unique<PipeClient>(services_, std::move(pipes), new_state("pipe")));
}

api::ClientState ControlClients::new_state(std::string_view kind) {
  api::ClientState state;
  state.id = services_.new_id();
  state.service = fmt::format("{}-{}", kind, state.id);
  state.version = services_.dispatcher.api_version;
  return state;
}

void ControlClients::keep(std::unique_ptr<Client> client) {
  clients_.push_back(client.get());
  services_.runtime.adopt(std::move(client));
}

Client* ControlClients::find(api::ClientId id) const {
  for (Client* client : clients_) {
    if (client->state().id == id) return client;
  }
  return nullptr;
}

bool ControlClients::run_commands(base::TimePoint now) {
  bool again = false;
  for (Client* client : clients_) again |= client->run_commands(now);
  std::erase_if(clients_, [](const Client* client) { return client->notes.retired; });
  return again;
}

bool ControlClients::run_jobs() {
  bool again = false;
  for (Client* client : clients_) again |= client->run_job();
  return again;
}

}  // namespace tandem::speaker
