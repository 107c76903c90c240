// The API programs: those of the configuration, in its order, and those that it names no longer, until nothing is left of them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "common/speaker/program.hpp"
#include "common/speaker/requests.hpp"
#include "common/speaker/speaker_options.hpp"

namespace tandem::speaker {

class Programs final : public EventReceivers, private ProgramKeeper {
 public:
  Programs(process::Host& host, ClientServices& services, const SpeakerOptions& options, const Clock& clock, Requests& requests)
      : context_{*this, host, services, options.settings, clock, options.log_program_errors}, requests_(requests) {}

  // --- those of the configuration --------------------------------------------------------------------------------------
  struct Changes {
    std::size_t started = 0, stopped = 0;
  };
  Changes adopt(const config::Configuration& configuration, bool restart_changed, base::TimePoint now);
  // Those that adopt() would end are told to. What they say until their output ends counts, or until adopt(), which waits for nobody.
  void ask_to_end(const config::Configuration& configuration, bool restart_changed, base::TimePoint now);
  [[nodiscard]] bool listens_to_ending() const;  // to one at least that was told so
  [[nodiscard]] const std::vector<std::unique_ptr<Program>>& all() const { return programs_; }
  [[nodiscard]] std::vector<ProgramState> states() const;
  [[nodiscard]] Program* find(std::string_view name) const override;
  [[nodiscard]] Program* find(api::ClientId id) const;
  [[nodiscard]] std::vector<api::QueueStatus> queue_status() const;

  // --- the round -------------------------------------------------------------------------------------------------------
  void child_ended(const process::ChildEnd& end, base::TimePoint now);  // perhaps of one of them
  [[nodiscard]] std::optional<base::TimePoint> deadline() const;
  void expired(base::TimePoint now);
  // In configuration order. True: there is more to do at once.
  bool run_commands(base::TimePoint now);
  [[nodiscard]] std::size_t jobs() const;  // that would write something now
  bool run_jobs(std::size_t budget);       // of each
  void settle(base::TimePoint now);  // when no client runs: replaces instances that have misbehaved

  // --- the end of the daemon ---------------------------------------------------------------------------------------------
  void start_no_more();
  void stop(base::TimePoint now);
  [[nodiscard]] bool running() const;   // one at least
  [[nodiscard]] bool finished() const;  // nothing is left of any

  void let_go();
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);

 private:
  void lost(const Program& program) override;
  void misbehaved() override { any_misbehaved_ = true; }
  void stop_others(const config::Configuration& configuration, Changes& changes, base::TimePoint now);

  ProgramContext context_;
  Requests& requests_;
  std::vector<std::unique_ptr<Program>> programs_;
  std::vector<std::unique_ptr<Program>> stopped_;  // not configured any more, and still ending
  bool any_misbehaved_ = false;
};

}  // namespace tandem::speaker
