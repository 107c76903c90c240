// The loop of a health checker: check, hooks, announcement, rest. It waits in poll(2) alone, for the end of a command, an answer, a signal or a
// deadline; nothing that it starts can hold it up, and neither can the speaker.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/time.hpp"
#include "common/base/unique_fd.hpp"
#include "tandem/healthcheck/commands.hpp"
#include "tandem/healthcheck/health.hpp"
#include "tandem/healthcheck/holdings.hpp"
#include "tandem/healthcheck/journal.hpp"
#include "tandem/healthcheck/options.hpp"
#include "tandem/healthcheck/shell_command.hpp"

namespace tandem::healthcheck {

class Checker {
 public:
  Checker(Options options, unsigned api_version);
  ~Checker();
  Checker(const Checker&) = delete;
  Checker& operator=(const Checker&) = delete;

  // Until the end; the exit status.
  int run();

 private:
  // What is to be done, one behind the other. Some take a command, and time.
  struct Task {
    enum class Kind : std::uint8_t {
      set_up,    // addresses that are missing are added
      take_down, // addresses are removed
      change,    // one of them
      become,    // privileges are given up
      check,
      hook,
      announce,
      rest,      // until the next check
      leave      // and nothing more, once the speaker has heard the last word
    };
    Kind kind = Kind::rest;
    State state = State::init;
    std::string command{};
    AddressChange change{};
  };

  [[nodiscard]] base::Result<void> prepare();
  [[nodiscard]] base::Result<void> find_networks();
  [[nodiscard]] bool over(base::TimePoint now) const;
  void wait();
  void take_signals();
  void read_answers();
  void write_commands();

  void run_tasks();
  void perform(const Task& task);
  void start(const Task& task, const std::vector<std::string>& words, const std::string& variable, base::Duration limit);
  void command_ended(bool successful);
  void command_expired(base::TimePoint now);
  void begin_check();
  void check_ended(bool disabled, bool successful);
  void change_addresses(std::vector<AddressChange> changes);
  void announce(State state);
  void rest();
  void leave(std::optional<State> last_word);
  void retry(base::TimePoint now);
  void fail(const base::Error& reason);

  Options options_;
  unsigned api_version_;
  Journal journal_;
  Health health_;
  Holdings holdings_;
  std::vector<base::Prefix> networks_;

  std::deque<Task> tasks_;
  Task current_;                                          // whose command runs
  std::unique_ptr<ShellCommand> command_;
  std::vector<std::unique_ptr<ShellCommand>> abandoned_;  // killed, and not yet collected
  std::optional<base::TimePoint> command_until_;
  std::optional<base::TimePoint> next_check_;

  Commands commands_;
  Answers answers_;
  std::size_t unanswered_ = 0;
  std::optional<State> announced_;
  std::optional<base::TimePoint> retry_at_;  // the speaker has refused what was announced
  base::Duration retry_delay_{};

  base::UniqueFd signals_;
  int parent_ = 0;
  bool listening_ = true;       // there is somebody who answers
  bool speaker_gone_ = false;
  bool leaving_ = false;
  bool failed_ = false;
  std::optional<base::TimePoint> leave_at_;
};

}  // namespace tandem::healthcheck
