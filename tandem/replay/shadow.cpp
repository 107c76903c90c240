#include "tandem/replay/shadow.hpp"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "common/base/bytes.hpp"
#include "common/process/clock.hpp"
#include "common/recorder/shadow_process.hpp"
#include "tandem/replay/engine_run.hpp"
#include "tandem/replay/following.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::replay {

namespace {

constexpr int k_nicer = 19;         // than the daemon
constexpr base::Duration k_end = std::chrono::seconds(15);  // behind the end of what it is given: so long it may take to come to its own
constexpr std::size_t k_difference_max = 32 * 1024;
constexpr std::size_t k_line_max = 1024;

std::string at_most(std::string text, std::size_t size) {
  if (text.size() > size) text.replace(size, std::string::npos, "...\n");
  return text;
}

// Of this machine: its clock is that of the recording.
base::WallTime wall_time_of(base::TimePoint at) {
  return at == base::TimePoint() ? base::WallTime() : base::WallTime(std::chrono::system_clock::now().time_since_epoch() - (process::now() - at));
}

base::ShadowReport report_of(const EngineReplay& replay) {
  base::ShadowReport report;
  report.verdict = to_string(replay.judgement.verdict);
  report.difference = at_most(replay.judgement.difference, k_difference_max);
  report.session = replay.judgement.session;
  report.differs_at = wall_time_of(replay.judgement.at);
  report.line = at_most(replay.other_line, k_line_max);
  report.note = at_most(replay.note, k_line_max);
  report.sessions = replay.sessions;
  report.messages = replay.compared.messages;
  report.octets = replay.compared.octets;
  report.lines = replay.compared.lines;
  report.behind_ns = replay.behind.count();
  report.measured = replay.measured;
  return report;
}

void set_waiting(bool waits) {
  const int flags = ::fcntl(STDOUT_FILENO, F_GETFL);
  if (flags >= 0) ::fcntl(STDOUT_FILENO, F_SETFL, waits ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

// As a whole or, when the daemon has not read what was said before, not at all.
void say(base::ShadowReport report) {
  base::Buffer frame = recorder::to_frame(report);
  if (frame.size() > PIPE_BUF) {
    report.difference.clear();
    report.line.clear();
    frame = recorder::to_frame(report);
  }
  static_cast<void>(::write(STDOUT_FILENO, frame.data(), frame.size()) > 0);
}

// As a whole, whoever is slow.
void say_at_last(base::ShadowReport report) {
  report.last = true;
  set_waiting(true);
  const base::Buffer frame = recorder::to_frame(report);
  for (base::Bytes left(frame); !left.empty();) {
    const ssize_t count = ::write(STDOUT_FILENO, left.data(), left.size());
    if (count < 0 && errno != EINTR) return;
    if (count > 0) left = left.subspan(static_cast<std::size_t>(count));
  }
}

int status_of(const EngineReplay& replay) { return replay.judgement.verdict != Verdict::different ? program::k_exit_ok : program::k_exit_failure; }

// Its engine would take the farewell of a daemon, with programs that do not end, for nobody to hear: it ends with this process.
[[noreturn]] void end(const EngineReplay& replay) {
  say_at_last(report_of(replay));
  ::_exit(status_of(replay));
}

base::Result<EngineReplay> follow(const std::string& engine, const std::string& folder) {
  auto following = Following::open("-");
  if (!following) return following.error();
  return follow_with_engine(**following, engine, {.begins = [](const std::string&) { say(report_of({})); },
                                                  .tells = [](const EngineReplay& so_far) { say(report_of(so_far)); },
                                                  .ends = end,
                                                  .measures = true,
                                                  .folder = folder,
                                                  .within = k_end});
}

}  // namespace

int run_shadow(const std::string& engine, const std::string& folder) {
  static_cast<void>(::nice(k_nicer));
  set_waiting(false);
  const auto played = follow(engine, folder);  // comes back when it cannot be done
  base::ShadowReport report;
  report.note = at_most(played.error().reason(), k_line_max);
  say_at_last(report);
  return program::k_exit_failure;
}

}  // namespace tandem::replay
