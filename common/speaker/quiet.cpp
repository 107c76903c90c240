#include "common/speaker/quiet.hpp"

#include <algorithm>
#include <utility>

#include "common/speaker/limits.hpp"

namespace tandem::speaker {

void Quiet::release(base::TimePoint now) {
  for (const api::PeerId id : std::exchange(to_go_, {})) {
    Peer* peer = parts_.peers.find(id);
    const HeldChanges* held = peer != nullptr ? peer->held_changes() : nullptr;
    if (held == nullptr) continue;
    const auto quiet = [this](std::uint64_t client) { return still_quiet(client); };
    if (std::all_of(held->clients.begin(), held->clients.end(), quiet)) peer->let_go(now);
  }
}

bool Quiet::look(base::TimePoint now) {
  Peers::Holding& holding = parts_.peers.holding();
  if (holding.peers.empty()) return false;
  if (parts_.settings.api_quiet != "known") {
    holding.peers.clear();
    return false;
  }
  if (std::exchange(holding.fresh, false)) {
    wait_ = k_first_look;
    opaque_.clear();
  } else if (next_look_ && now < *next_look_) {
    return false;
  }
  next_look_.reset();
  findings_.clear();
  std::erase_if(holding.peers, [&](api::PeerId id) {
    const Peer* peer = parts_.peers.find(id);
    const HeldChanges* held = peer != nullptr ? peer->held_changes() : nullptr;
    if (held != nullptr) look(id, *held, now);
    return held == nullptr;
  });
  const bool moving = std::any_of(findings_.begin(), findings_.end(), [](const Finding& finding) { return finding.rest == process::Rest::no; });
  if (moving) {
    next_look_ = base::earliest(next_look_, now + wait_);
    wait_ *= 2;
  }
  return !to_go_.empty();
}

void Quiet::look(api::PeerId peer, const HeldChanges& held, base::TimePoint now) {
  if (now < held.alone_from) {
    next_look_ = base::earliest(next_look_, held.alone_from);
    return;
  }
  bool quiet = true;
  for (const std::uint64_t client : held.clients) quiet = rest_of(client) == process::Rest::yes && quiet;
  if (quiet) to_go_.push_back(peer);
}

process::Rest Quiet::rest_of(std::uint64_t client) {
  const auto known = std::find_if(findings_.begin(), findings_.end(), [client](const Finding& finding) { return finding.client == client; });
  if (known != findings_.end()) return known->rest;
  findings_.push_back({client, ask(client)});
  return findings_.back().rest;
}

// What comes from a control client comes when it comes: looking again is no use.
process::Rest Quiet::ask(std::uint64_t serial) {
  if (serial == 0) return process::Rest::unknown;
  const Source source = find(serial);
  if (source.client == nullptr || source.client->complete()) return process::Rest::yes;  // null: it says nothing any more
  if (source.program == nullptr || source.program->pid() == 0 || !source.client->all_handled()) return process::Rest::unknown;
  if (std::find(opaque_.begin(), opaque_.end(), serial) != opaque_.end()) return process::Rest::unknown;
  const process::Rest rest = parts_.host.at_rest(source.program->pid(), source.client->input_fd());
  if (rest == process::Rest::unknown) opaque_.push_back(serial);
  return rest;
}

// It was when the host was asked: has it said something that an engine had read by then?
bool Quiet::still_quiet(std::uint64_t serial) const {
  const Client* client = find(serial).client;
  return client == nullptr || client->complete() || client->all_handled();
}

Quiet::Source Quiet::find(std::uint64_t serial) const {
  for (const auto& program : parts_.programs.all()) {
    const Client* client = program->client();
    if (client != nullptr && client->serial() == serial) return {client, program.get()};
  }
  for (const Client* client : parts_.control_clients.all()) {
    if (client->serial() == serial) return {client, nullptr};
  }
  return {};
}

}  // namespace tandem::speaker
