// The whole daemon as one object, without I/O: neighbors, RIBs, programs, control clients, reload, shutdown, and the order of one
// round. An engine delivers what happened, calls round(), drains what came of it, and waits until a
// channel is ready or deadline() has come.
//
// The round, in this order: signals; accepted connections; peers in configuration order, each one turn; command lines, client by
// client; jobs (long answers, sync waits, shutdown steps); events and answers are in the outboxes when it ends. It is
// batch-invariant: delivering the same input in more or fewer pieces does not change a byte of output.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/api/measurement.hpp"
#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/recording/recorder.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/loop_observer.hpp"
#include "common/speaker/paused_session.hpp"
#include "common/speaker/reactor.hpp"
#include "common/speaker/runtime.hpp"
#include "common/speaker/signals.hpp"
#include "common/speaker/snapshot.hpp"
#include "common/speaker/speaker_options.hpp"

namespace tandem::speaker {

class Daemon;  // what it is made of

class Speaker {
 public:
  Speaker(process::Host& host, SpeakerOptions options);
  ~Speaker();

  // Loads the configuration, opens listeners and the control socket, starts the programs. Nothing is kept on failure.
  [[nodiscard]] base::Result<void> start(base::TimePoint now);

  // --- its state, between two rounds (docs/recording.md) ----------------------------------------------------------------
  // All of it, as one value. Nothing is changed.
  [[nodiscard]] base::Buffer snapshot(base::TimePoint now, state::Secrets secrets) const;
  // The same in parts, for who goes on in a pause: what is long is written before (Exit::upgrade comes behind that), in slices of so many
  // routes; true: there is no more. Then follows, once and with the keys, the rest, with what has changed since.
  bool write_ahead(std::size_t budget);
  // Both REQUIRE that write_ahead() has been called, and no upgrade was refused since.
  [[nodiscard]] const std::vector<base::Buffer>& written_ahead() const;
  [[nodiscard]] base::Buffer snapshot_behind(base::TimePoint now);
  // Instead of start(): goes on where the one that was written was, with its sessions, programs and clients. Keys that were left out are
  // taken from the configuration file. An error: nothing was done, and what the other one has is left alone.
  [[nodiscard]] base::Result<void> restore(base::Bytes snapshot, const Restore& with, base::TimePoint now);
  // Another speaker goes on with all that this one has: it ends no program, closes no descriptor and removes no file any more.
  void let_go();

  // For whoever sends KEEPALIVEs from a snapshot until the speaker that is restored from it is served, or this one is again.
  [[nodiscard]] std::vector<PausedSession> paused_sessions() const;
  void go_on(const std::vector<PausedSession>& paused, base::TimePoint now);

  // The numbers of all descriptors that a snapshot names.
  [[nodiscard]] std::vector<int> descriptors() const;

  // --- for the engine ------------------------------------------------------------------------------------------------
  [[nodiscard]] Runtime& runtime();
  void signal(Signal signal);                // remembered once per kind until the round's signal point (I26)
  // One pass. True: there is more to do at once, do not wait (but look at the descriptors first).
  bool round(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;  // the earliest of all timers; nullopt: none
  // A deadline is acted upon when everything that came before it has been delivered, or after a pause (SIGSTOP, a busy machine) sessions
  // would expire whose KEEPALIVEs are there. True: a deadline is due that lies behind the engine's last look at its descriptors, or that
  // look was long ago. The engine looks again, and gives round() an instant for which this is false.
  [[nodiscard]] bool must_look_again(base::TimePoint looked_at, base::TimePoint now) const {
    const std::optional<base::TimePoint> due = deadline();
    return due && *due <= now && (*due > looked_at || now - looked_at > k_looked_long_ago);
  }
  [[nodiscard]] std::optional<Exit> exit() const;                 // set: the engine detaches its drivers and returns this
  [[nodiscard]] LoopObserver* observer() const;
  // What is measured of the loop (measurements.hpp), and what an observer is told. It looks at its descriptors, and sleeps until then:
  void waiting(std::optional<base::TimePoint> until, base::TimePoint now);
  // A driver is about to run. True: say when, with resumed().
  [[nodiscard]] bool resuming();
  void resumed(const Channel& channel, base::TimePoint now);

  // --- for the program ---------------------------------------------------------------------------------------------
  void set_observer(LoopObserver* observer);  // null: nobody
  [[nodiscard]] api::Measurement measurement() const;  // of the engine that runs
  [[nodiscard]] const std::string& engine_wanted() const;   // after Exit::switch_engine
  void engine_started(std::string_view name, base::TimePoint now);  // called before each Reactor::run
  void engine_refused(std::string_view reason);                     // it could not begin: the one before goes on, and runs next
  [[nodiscard]] const std::string& upgrade_wanted() const;  // after Exit::upgrade: the path of a program; empty: this one
  // A child of this process looks at a snapshot, and the engine goes on: Exit::upgrade comes again when it has ended, or at `until`.
  void upgrade_looked_at_by(std::int64_t pid, base::TimePoint until);
  [[nodiscard]] std::optional<process::ChildEnd> upgrade_look() const;  // how it has ended; nullopt: it has not
  void upgrade_refused(std::string_view reason);            // it does not go on
  [[nodiscard]] bool engine_failed();                               // after Exit::failure; true: another one is wanted, and goes on
  void end_shadow(std::string_view why);                            // nothing where there is none

 private:
  [[nodiscard]] bool may_record_from_here() const;
  void begin_recording(base::TimePoint now);
  void begin_shadow(base::TimePoint now);
  void record_into_the_next(base::TimePoint now);
  void record_from(recording::Sink& sink, recording::Purpose purpose, base::TimePoint now);
  void record_from_this_round(recording::Sink& sink, recording::Purpose purpose, base::TimePoint now);
  void end_recording();
  void rest_recorder();

  recording::Recorder* available_;
  recording::Recordings* recordings_;
  recording::Shadows* shadows_;
  recording::Recorder* recorder_;  // null: nobody records. In front of the daemon: what that asks of the host when it is made comes behind the options
  std::unique_ptr<Daemon> daemon_;
};

}  // namespace tandem::speaker
