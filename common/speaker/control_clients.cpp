#include "common/speaker/control_clients.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/speaker/limits.hpp"

namespace tandem::speaker {

base::Result<void> ControlClients::admit_group(const std::string& name) {
  const auto number = host_.find_group(name);
  if (!number) return base::Error("api.group: " + number.error().reason());
  access_.admit_group(name, *number);
  return {};
}

base::Result<void> ControlClients::judge(int connection) const {
  const auto client = host_.peer_credentials(connection);
  return client ? access_.judge(*client) : base::Result<void>(client.error());
}

void ControlClients::accept(base::UniqueFd fd, base::TimePoint now) {
  if (const auto served = judge(fd.get()); !served) {
    refusals_.write(now, base::LogLevel::warning, "control client refused: {}", served.error().reason());
    rejections_.add(std::move(fd), fmt::format("error: {}\nerror\n", served.error().reason()), now);
    return;
  }
  if (clients_.size() >= k_control_clients) {
    rejections_.add(std::move(fd), "error: maximum concurrent clients reached\ndone\n", now);
    return;
  }
  keep(std::make_unique<ControlClient>(services_, std::move(fd), new_state("control")));
}

void ControlClients::adopt(process::ControlPipes pipes) {
  keep(std::make_unique<PipeClient>(services_, std::move(pipes), new_state("pipe")));
}

void ControlClients::tell_host(const std::string& pipes) const {
  for (const Client* client : clients_) {
    if (!client->one_descriptor()) host_.adopt_answers(pipes, client->output_fd());
  }
}

api::ClientState ControlClients::new_state(std::string_view kind) {
  api::ClientState state;
  state.id = services_.new_id();
  state.service = fmt::format("{}-{}", kind, state.id);
  state.version = services_.dispatcher.api_version;
  state.details = services_.dispatcher.words().error_details;
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

std::size_t ControlClients::jobs() const {
  return static_cast<std::size_t>(std::count_if(clients_.begin(), clients_.end(), [](const Client* client) { return client->has_work(); }));
}

bool ControlClients::run_jobs(std::size_t budget) {
  bool again = false;
  for (Client* client : clients_) again |= client->run_job(budget);
  return again;
}

}  // namespace tandem::speaker
