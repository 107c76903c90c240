// A subject with one large session and quiet ones (a hundred, where the plan does not say how many), each with a KEEPALIVE due every second, a moment
// behind that of the one before it: the latest of them says how long nobody was served.
#pragma once

#include <algorithm>

#include "bench/table/scenario.hpp"

namespace tandem::bench {

class Watched {
 public:
  static constexpr std::size_t k_quiet = 100;
  static constexpr Seconds k_limit{180};

  Watched(const Stand& stand, Plan wanted) : subject(Subject::make(stand)), far_ends(3), plan(std::move(wanted)) {
    if (plan.quiet == 0) plan.quiet = k_quiet;
    plan.hold_time_s = 3;
    far_ends.stagger(subject->pause(1.0 / static_cast<double>(plan.quiet)));
    subject->configure(plan, far_ends.port());
    subject->start();
  }
  bool ready() { return complete(plan.routes) && rest(); }
  // The large session has had so many routes since it came up, and everybody is there.
  bool complete(std::uint64_t routes) {
    return far_ends.run_until([&] { return !subject->running() || (far_ends.established() == 1 + plan.quiet && large().announced >= routes); }, k_limit) && subject->running();
  }
  // Everybody is up for two seconds.
  bool rest() {
    far_ends.run_for(subject->pause(2));
    far_ends.forget_lateness();
    before = subject->usage();
    return subject->running();
  }
  // In milliseconds; a second more, so that every KEEPALIVE that was held up has come.
  double silence() {
    far_ends.run_for(subject->pause(1.5));
    double latest = 0;
    for (const auto& session : far_ends.sessions()) {
      if (session->address != session_address(0)) latest = std::max(latest, session->latest_s);
    }
    return latest * 1000;
  }
  Session& large() { return *far_ends.at(session_address(0)); }
  void configure(const Plan& changed) { subject->configure(changed, far_ends.port()); }

  std::unique_ptr<Subject> subject;
  FarEnds far_ends;
  Plan plan;
  Usage before;
};

// Of times in seconds, in milliseconds: "ID.p50", "ID.p99", "ID.p999", and the distribution for the report. Exact: of every sample.
[[nodiscard]] Figures percentiles(std::vector<double> samples, const std::string& id);

}  // namespace tandem::bench
