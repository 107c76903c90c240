// Reading the configuration, at the start and again: parsed as a whole, then compared, then applied once. One that does not parse changes
// nothing (I27); a reload is never dropped (D8). While it is read again what runs goes on: it is read a slice a round.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/api/executor.hpp"
#include "common/config/configuration.hpp"
#include "common/rib/attribute_pool.hpp"
#include "common/speaker/clock.hpp"
#include "common/speaker/host_probe.hpp"
#include "common/speaker/listeners.hpp"
#include "common/speaker/peers.hpp"
#include "common/speaker/programs.hpp"
#include "common/speaker/speaker_options.hpp"
#include "common/state/layout.hpp"

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
    rib::Discards& discards;
  };
  explicit Reloader(const Parts& parts) : parts_(parts) {}

  // The start, in two steps: sockets are opened between them, while the privileges are there.
  [[nodiscard]] base::Result<config::Configuration> read();
  void begin(config::Configuration configuration);

  // Statements that a round reads: a configuration that is not longer is read in the round that it was asked for in. About a millisecond.
  static constexpr std::size_t k_statements = 2048;
  // Routes that a round compares with those in force, when all has been read.
  static constexpr std::size_t k_compared = 16384;
  // The text of the file is got and read by step(), a piece a round, the first at once; programs that it ends are told to end then, and what it
  // says is applied when they have been heard out. Asked for while another one is read it is done behind that.
  void reload(bool restart_changed_programs, bool restart_sessions);
  void begin_round() { check_taken_ = false; }
  // Every round. True: another one is to follow at once.
  bool step(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;
  // Something is being read, or was and is not applied yet.
  [[nodiscard]] bool under_way() const { return reads() || pending_.has_value(); }
  // What that would do with this file; "": with the one it would read. Nothing is done, and nothing remembered. Of however many that are under
  // way one has a slice in a round.
  [[nodiscard]] std::unique_ptr<api::ReloadChecking> check(std::string_view path);

  // Warnings of what is pending have been told.
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [parts, found_programs, position, began, opening, job, another, pending, check_taken] = self;
    std::optional<Unfinished> reading;
    if (job) reading = job->unfinished();
    else if (opening) reading.emplace().wanted = opening->wanted;
    archive.object(self, "reloader")("found_programs", found_programs)("position", position)("began", began)("reading", reading)(
        "another", another)("pending", pending);
    if constexpr (Archive::k_reads) {
      if (position >= parts.options.configurations.size()) archive.fail("there is no such configuration file");
      else if (archive.ok() && reading && !self.go_on(std::move(*reading))) archive.fail("more of a configuration was read than there is");
    }
  }

 private:
  struct Wanted {
    bool restart_changed_programs = false;
    bool restart_sessions = false;
    void add(const Wanted& other) {
      restart_changed_programs |= other.restart_changed_programs;
      restart_sessions |= other.restart_sessions;
    }
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [restart_changed_programs, restart_sessions] = self;
      archive.object(self, "wanted_reload")("restart_changed_programs", restart_changed_programs)("restart_sessions", restart_sessions);
    }
  };
  // A reading as a state: the text, and how far it was read. Without secrets, or when not all of it is there, there is no text, and the file is
  // read again.
  struct Unfinished {
    Wanted wanted{};
    FoundPrograms found;
    std::string name;
    std::string directory;
    std::string text;
    std::uint64_t steps = 0;
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [wanted, found, name, directory, text, steps] = self;
      archive.object(self, "reading")("wanted", wanted)("found", found)("name", name)("directory", directory)("text", state::secret(text))(
          "steps", steps);
    }
  };
  // A file whose text is not all there.
  struct Opening {
    Wanted wanted{};
    process::FileReading file;
  };
  // What is being read.
  struct Job {
    Job(const Wanted& asked_for, const process::Host& host, FoundPrograms known, config::Source source, config::ParseOptions options,
        rib::AttributePool& pool)
        : wanted(asked_for), found(std::move(known)), probe(host, &found), reading(std::move(source), std::move(options), probe, pool) {}
    [[nodiscard]] Unfinished unfinished() const {
      return {wanted, found, reading.source().name, reading.source().directory, reading.source().text, steps};
    }
    [[nodiscard]] std::optional<base::Result<config::Configuration>> step() {
      ++steps;
      return reading.step(k_statements);
    }
    Wanted wanted;
    FoundPrograms found;
    HostProbe probe;
    config::Reading reading;
    std::uint64_t steps = 0;
  };
  // What has been read and is not applied yet.
  struct Pending {
    config::Configuration configuration;
    std::optional<Peers::Comparison> comparison{};  // with what is in force
    std::uint64_t compared = 0;  // rounds
    Wanted wanted{};
    std::optional<base::TimePoint> until{};  // programs were told to end: then it is applied, whoever has not been heard out
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      // The comparison is made again, as far as it was.
      auto& [configuration, comparison, compared, wanted, until] = self;
      auto& [neighbors, programs, warnings] = configuration;
      archive.object(self, "pending_reload")("neighbors", neighbors)("programs", programs)("compared", compared)("wanted", wanted)(
          "until", until);
    }
  };
  void begin_job(const Wanted& wanted);
  [[nodiscard]] bool reads() const { return opening_.has_value() || job_.has_value(); }
  void read_again(const Wanted& wanted);
  void get_text();
  void begin_another();
  [[nodiscard]] bool go_on(Unfinished unfinished);
  void read_on();
  [[nodiscard]] bool compare();
  void refuse(const base::Error& error) const;
  void warn(const config::Configuration& configuration) const;
  void apply(Pending pending);
  [[nodiscard]] base::Result<config::Configuration> parse(const std::string& path, FoundPrograms& found) const;
  [[nodiscard]] std::size_t next_position() const;
  [[nodiscard]] const std::string& path() const { return parts_.options.configurations[position_]; }
  void tell_changes(const Peers::Changes& peers, const Programs::Changes& programs) const;
  void tell_loaded() const;
  void tell_not_loaded() const;
  [[nodiscard]] std::int64_t milliseconds() const;  // since it has begun to read

  Parts parts_;
  FoundPrograms found_programs_;  // at the start, perhaps as root, and at each reload
  std::size_t position_ = 0;      // in options.configurations
  base::WallTime began_{};
  std::optional<Opening> opening_;
  std::optional<Job> job_;
  std::optional<Wanted> another_;  // asked for meanwhile
  std::optional<Pending> pending_;
  bool check_taken_ = false;  // a check has had its slice in this round
};

}  // namespace tandem::speaker
