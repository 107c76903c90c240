// What a recording adds to the work that is recorded. What the machine does meanwhile differs by more from minute to minute. So the same daemon
// does a little of the work again and again, in turns recorded and not, and the difference of each pair of neighbors counts: what drifts is in
// both of them, and what hits one pair is not the median. A record of a route costs the same however many routes there are, so it is held against
// what a route costs where there are as many as in the row of its own. The thread that packs and writes is part of the process, and so of its CPU.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "bench/table/client.hpp"
#include "bench/table/scenario.hpp"

namespace tandem::bench {

namespace {

constexpr Seconds k_limit{120};
constexpr int k_pairs = 20;
constexpr int k_whole = 3;  // as often it is measured what is held against
constexpr Seconds k_moment{0.015};
constexpr double k_percent = 100;

struct Added {
  double percent;      // the median of the pairs
  double uncertainty;  // two standard errors of it, in points
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// In percent of `whole`. How much differences differ is said by the median of what they differ by from theirs: strays do not touch that either.
Added added(const std::vector<double>& differences, double whole) {
  constexpr double k_deviation = 1.4826;        // in such medians, of a normal distribution
  constexpr double k_error_of_median = 1.2533;  // in errors of the mean
  const double middle = median(differences);
  std::vector<double> apart;
  for (const double difference : differences) apart.push_back(std::abs(difference - middle));
  const double error = k_error_of_median * k_deviation * median(apart) / std::sqrt(static_cast<double>(differences.size()));
  return {middle / whole * k_percent, 2 * error / whole * k_percent};
}

// What is played is measured, and undone again.
struct Piece {
  std::function<bool()> play;
  std::function<bool()> undo;
};

// A daemon with one session, and a client that has it record.
class Recorded {
 public:
  Recorded(const Stand& stand, const Plan& plan)
      : subject_(Subject::make(stand)), pairs_(stand.quick ? 1 : k_pairs), whole_(stand.quick ? 1 : k_whole) {
    subject_->configure(plan, far_ends_.port());
    subject_->start();
  }

  // What a recording adds to `part`, in percent of what `part` takes without; or of the share of it that `of` takes.
  std::optional<Added> compare(const Piece& part, const Piece* of = nullptr, double share = 1) {
    if (!until([&] { return far_ends_.established() == 1; }) || !rest()) return std::nullopt;
    Client client(far_ends_, *subject_);
    if (!answered(client) || !slice(client, false, part)) return std::nullopt;  // once for nothing: then memory is as it will be
    std::vector<double> differences;
    std::vector<double> without;
    for (int pair = 0; pair < pairs_; ++pair) {
      std::array<double, 2> took{};
      for (const bool recorded : {pair % 2 == 0, pair % 2 != 0}) {
        const auto seconds = slice(client, recorded, part);
        if (!seconds) return std::nullopt;
        took[recorded ? 1 : 0] = *seconds;
      }
      differences.push_back(took[1] - took[0]);
      without.push_back(took[0]);
    }
    if (of == nullptr) return added(differences, median(without));
    std::vector<double> whole;
    for (int i = 0; i < whole_; ++i) {
      const auto seconds = slice(client, false, *of);
      if (!seconds) return std::nullopt;
      whole.push_back(*seconds * share);
    }
    return added(differences, median(whole));
  }

  Session& session() { return *far_ends_.sessions().front(); }
  bool send(Octets octets) {
    far_ends_.send(session(), std::make_shared<const Octets>(std::move(octets)));
    return true;
  }
  bool until(const std::function<bool()>& done) {
    return far_ends_.run_until([&] { return done() || !subject_->running(); }, k_limit) && subject_->running();
  }
  bool rest() { return settle(far_ends_, *subject_, k_limit, k_moment); }

 private:
  bool answered(Client& client) { return until([&] { return client.answered() || !client.connected(); }) && client.connected(); }
  bool ask(Client& client, const std::string& command) {
    client.ask(command);
    return answered(client) && client.said("done\n") && rest();
  }

  // From when the recording has begun to when all of it is in the file; without one, a command that changes nothing ends it. The work is done
  // once before that: what is written first behind the snapshot, which a child of the process writes, costs a fault of its page.
  std::optional<double> slice(Client& client, bool recorded, const Piece& piece) {
    if (recorded && !ask(client, subject_->begin_recording(recordings_++))) return std::nullopt;
    if (!piece.play() || !rest() || !piece.undo() || !rest()) return std::nullopt;
    const double before = subject_->usage().cpu_s;
    if (!piece.play() || !rest() || !ask(client, recorded ? subject_->end_recording() : subject_->greeting())) return std::nullopt;
    const double took = subject_->usage().cpu_s - before;
    if (!piece.undo() || !rest()) return std::nullopt;
    return took;
  }

  std::unique_ptr<Subject> subject_;
  FarEnds far_ends_;
  int pairs_;
  int whole_;
  int recordings_ = 0;
};

std::optional<Added> received(const Stand& stand, std::size_t routes) {
  constexpr std::size_t k_parts = 2;  // what a recording costs however little is in it, its last block and its end, is little of such a part
  Plan plan;
  plan.keep = true;
  plan.control = true;
  Recorded scene(stand, plan);
  const auto piece = [&scene](std::size_t count) {
    return Piece{[&scene, count] { return scene.send(announcements(k_first_received, count, 5)); },
                 [&scene, count] { return scene.send(withdrawals(k_first_received, count)); }};
  };
  const Piece whole = piece(routes);
  return scene.compare(piece(routes / k_parts), &whole, 1.0 / k_parts);
}

// An UPDATE is what tells the program to begin.
std::optional<Added> conversed(const Stand& stand, std::size_t commands) {
  Plan plan;
  plan.program = {stand.self, "program", "bursts", std::to_string(commands)};
  plan.tell = true;
  plan.control = true;
  Recorded scene(stand, plan);
  const auto burst = [&] {
    const std::uint64_t all = scene.session().announced + commands;
    return scene.send(announcements(k_first_received, 1, 1)) && scene.until([&] { return scene.session().announced >= all; });
  };
  return scene.compare({burst, [] { return true; }});
}

// A command takes as long as many routes. So many of them that the end of a recording, which is in every slice of either, is little beside them.
std::optional<Figures> recording(const Stand& stand, std::size_t routes) {
  const auto kept = received(stand, routes);
  const auto commanded = conversed(stand, routes / 50);
  if (!kept || !commanded) return std::nullopt;
  return Figures{{"recording.received", kept->percent},
                 {"recording.received.error", kept->uncertainty},
                 {"recording.converse", commanded->percent},
                 {"recording.converse.error", commanded->uncertainty}};
}

}  // namespace

std::vector<Scenario> recording_scenarios() {
  return {
      {"recording", "what a recording adds, median of 20 pairs with and without it; commands are a fiftieth of the routes", "routes", {10'000, 30'000, 100'000, 300'000, 1'000'000},
       {5'000}, Work::change,
       {{"recording.received", "to the CPU of routes received and kept", "%", 1},
        {"recording.received.error", "uncertainty of that", "points", 1},
        {"recording.converse", "to the CPU of one command outstanding at a time", "%", 1},
        {"recording.converse.error", "uncertainty of that", "points", 1}},
       recording, 0, false},
  };
}

}  // namespace tandem::bench
