// When what commands have changed may leave. Commands that are written one right after the other belong together, so a change waits until
// nothing came for a while (limits.hpp); unless it is known that nothing else can be coming, from nobody who has changed something for
// this neighbor: the last command said so (sync, the end of a group), its input has ended, or the host says that the program is at rest.
//
// What is found behind the commands of a round counts in the next one, when every engine has delivered what it had read meanwhile.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/config/settings.hpp"
#include "common/process/host.hpp"
#include "common/speaker/control_clients.hpp"
#include "common/speaker/peers.hpp"
#include "common/speaker/programs.hpp"
#include "common/state/layout.hpp"

namespace tandem::speaker {

class Quiet {
 public:
  struct Parts {
    Peers& peers;
    Programs& programs;
    ControlClients& control_clients;
    process::Host& host;
    const config::Settings& settings;
  };
  explicit Quiet(Parts parts) : parts_(parts) {}

  // In front of the turns of peers.
  void release(base::TimePoint now);
  // Behind the commands. True: another round is to come at once.
  bool look(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const { return next_look_; }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [parts, findings, opaque, to_go, wait, next_look] = self;
    archive.object(self, "quiet")("findings", findings)("opaque", opaque)("to_go", to_go)("wait", wait)("next_look", next_look);
  }

 private:
  // Of one client, at this look.
  struct Finding {
    std::uint64_t client = 0;  // Client::serial()
    process::Rest rest{};
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [client, rest] = self;
      archive.object(self, "finding")("client", client)("rest", state::up_to(rest, process::Rest::unknown));
    }
  };
  struct Source {
    const Client* client = nullptr;    // null: it has ended
    const Program* program = nullptr;  // null: it is none
  };
  void look(api::PeerId peer, const HeldChanges& held, base::TimePoint now);
  [[nodiscard]] process::Rest rest_of(std::uint64_t client);
  [[nodiscard]] process::Rest ask(std::uint64_t client);
  [[nodiscard]] bool still_quiet(std::uint64_t client) const;
  [[nodiscard]] Source find(std::uint64_t client) const;

  Parts parts_;
  std::vector<Finding> findings_;     // of this look
  std::vector<std::uint64_t> opaque_; // of whom the host cannot tell, since the last change
  std::vector<api::PeerId> to_go_;    // in the next round, unless somebody has said more
  base::Duration wait_{};             // until the look after the next one that is needed
  std::optional<base::TimePoint> next_look_;
};

}  // namespace tandem::speaker
