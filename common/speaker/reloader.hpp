// Reading the configuration, at the start and again: parsed as a whole, then compared, then applied once. One that does not parse changes
// nothing (I27); a reload is never dropped (DEV-8).
#pragma once

#include <optional>
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

  // Reads the file at once. What it says is applied by step(), when programs that it ends have been heard out.
  void reload(bool restart_changed_programs, bool restart_sessions);
  // Every round. True: another one is to follow at once.
  bool step(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;
  // What that would do with this file; "": with the one it would read. Nothing is done, and nothing remembered.
  [[nodiscard]] base::Result<api::ReloadCheck> check(std::string_view path) const;

 private:
  // What has been read and is not applied yet.
  struct Pending {
    config::Configuration configuration;
    bool restart_changed_programs = false;
    bool restart_sessions = false;
    base::TimePoint until;      // then it is applied, whoever has not been heard out
    base::TimePoint next_look;
    bool silent = false;        // nobody who ends had more to say in the round before: by now an engine has delivered what it had read
  };
  void apply(Pending pending);
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
  std::optional<Pending> pending_;
};

}  // namespace tandem::speaker
