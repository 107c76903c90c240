// What is written of a configuration in force in a state (docs/recording.md): values, not the text that they were read from, so that what
// commands, ranges and half of a reload have made of it is the same kind of thing.
#pragma once

#include <type_traits>

#include "common/config/configuration.hpp"
#include "common/config/reload_diff.hpp"
#include "common/config/settings.hpp"
#include "common/rib/fields.hpp"

namespace tandem::config {

// Gives a neighbor the keys that were left out of a state. Provided to the reader.
class SecretSource {
 public:
  virtual void fill(Neighbor& neighbor) const = 0;

 protected:
  ~SecretSource() = default;
};

constexpr Md5Base64 last_of(Md5Base64) { return Md5Base64::automatic; }
constexpr Encoder last_of(Encoder) { return Encoder::json; }
constexpr PrefixLimit::Action last_of(PrefixLimit::Action) { return PrefixLimit::Action::warn; }

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, GracefulRestart>
void fields(Archive& archive, Self& self) {
  auto& [time_s, notification] = self;
  archive.object(self, "graceful_restart_setting")("time_s", time_s)("notification", notification);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, RoleSetting>
void fields(Archive& archive, Self& self) {
  auto& [role, strict] = self;
  archive.object(self, "role_setting")("role", role)("strict", strict);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, PrefixLimit>
void fields(Archive& archive, Self& self) {
  auto& [family, limit, threshold, action, restart_s] = self;
  archive.object(self, "prefix_limit")("family", family)("limit", limit)("threshold", threshold)("action", action)("restart_s", restart_s);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, Subscriptions>
void fields(Archive& archive, Self& self) {
  auto& [processes, neighbor_changes, negotiated, fsm, signal, engine_changes, await_ready, receive, send] = self;
  archive.object(self, "subscriptions")("processes", processes)("neighbor_changes", neighbor_changes)("negotiated", negotiated)("fsm", fsm)(
      "signal", signal)("engine_changes", engine_changes)("await_ready", await_ready)("receive", receive)("send", send);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, ProgramDefinition>
void fields(Archive& archive, Self& self) {
  auto& [name, arguments, encoder, respawn, state_snapshot, withdraw_on_exit, location] = self;
  archive.object(self, "program_definition")("name", name)("arguments", arguments)("encoder", encoder)("respawn", respawn)(
      "state_snapshot", state_snapshot)("withdraw_on_exit", withdraw_on_exit)("location", location);
}

void store(state::Writer& writer, const Neighbor& neighbor);
void load(state::Reader& reader, Neighbor& neighbor);
void store(state::Writer& writer, const Settings& settings);
void load(state::Reader& reader, Settings& settings);

}  // namespace tandem::config
