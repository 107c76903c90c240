// Reading the configuration, at the start and again: parsed as a whole, then compared, then applied once. One that does not parse changes
// nothing (I27); a reload is never dropped (DEV-8).
#pragma once

#include <string>

#include "common/api/executor.hpp"
#include "common/config/configuration.hpp"
#include "common/rib/attribute_pool.hpp"
#include "common/speaker/clock.hpp"
#include "common/speaker/host_probe.hpp"
#include "common/speaker/listeners.hpp"
#include "common/speaker/peers.hpp"
#include "common/speaker/programs.hpp"
#include "common/speaker/speaker_options.hpp"

namespace tandem::speaker {

class Reloader {
 public:
  // What is read with what, and what it is applied to.
  struct Parts {
    process::Host& host;
    const SpeakerOptions& options;
    rib::AttributePool& pool;
    const Clock& clock;
    Listeners& listeners;
    Programs& programs;
    Peers& peers;
  };
  explicit Reloader(const Parts& parts) : parts_(parts) {}

  // The start, in two steps: sockets are opened between them, while the privileges are there.
  [[nodiscard]] base::Result<config::Configuration> read();
  void begin(config::Configuration configuration);

  void reload(bool restart_changed_programs, bool restart_sessions);
  // What that would do with this file; "": with the one it would read. Nothing is done, and nothing remembered.
  [[nodiscard]] base::Result<api::ReloadCheck> check(std::string_view path) const;

 private:
  [[nodiscard]] base::Result<config::Configuration> parse(const std::string& path, FoundPrograms& found) const;
  [[nodiscard]] std::size_t next_position() const;
  [[nodiscard]] const std::string& path() const { return parts_.options.configurations[position_]; }
  void tell_changes(const Peers::Changes& peers, const Programs::Changes& programs) const;
  void tell_loaded() const;
  [[nodiscard]] std::int64_t milliseconds() const;  // since it has begun to read

  Parts parts_;
  FoundPrograms found_programs_;  // at the start, perhaps as root, and at each reload
  std::size_t position_ = 0;      // in options.configurations
  base::WallTime began_{};
};

}  // namespace tandem::speaker
