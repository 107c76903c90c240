#include "bench/table/timeline.hpp"

#include <fmt/format.h>

#include "bench/table/client.hpp"

namespace tandem::bench {

namespace {

constexpr Seconds k_limit{60};
constexpr std::size_t k_sessions = 3;
constexpr std::size_t k_routes = 2'000;
constexpr int k_commands = 20;

class Short {
 public:
  explicit Short(const Stand& stand) : subject_(Subject::make(stand)) {
    plan_.sessions = k_sessions;
    plan_.routes = k_routes;
    plan_.keep = true;
    plan_.control = true;
    subject_->configure(plan_, far_ends_.port());
    subject_->start();
  }

  bool play(const std::string& engine, const std::string& other) {
    if (!have(k_routes)) return false;
    client_.emplace(far_ends_, *subject_);
    if (!answered() || !receive() || !command() || !ask(subject_->show_routes()) || !reload()) return false;
    // There and back; what is asked next is answered by the engine that has taken over.
    return ask("engine " + other + "\n") && ask("engine\n") && ask("engine " + engine + "\n") && ask("engine\n") && ask(subject_->send_again()) && have(2 * k_routes);
  }

 private:
  // Every session has had so many routes.
  bool have(std::size_t routes) {
    const auto had = [&] {
      if (!subject_->running()) return true;
      if (far_ends_.established() < k_sessions) return false;
      for (const auto& session : far_ends_.sessions()) {
        if (session->announced < routes) return false;
      }
      return true;
    };
    return far_ends_.run_until(had, k_limit) && subject_->running();
  }
  bool answered() {
    return far_ends_.run_until([&] { return client_->answered() || !client_->connected(); }, k_limit) && client_->connected();
  }
  bool ask(const std::string& line) {
    client_->ask(line);
    return answered();
  }
  bool receive() {
    far_ends_.send(*far_ends_.at(session_address(0)), std::make_shared<const Octets>(announcements(k_first_received, k_routes, 5)));
    return far_ends_.run_until([&] { return far_ends_.all_sent(); }, k_limit);
  }
  bool command() {
    for (int i = 0; i < k_commands; ++i) {
      if (!ask(fmt::format("announce route {}/32 next-hop 192.0.2.1\n", dotted(k_first_commanded + static_cast<std::uint32_t>(i))))) return false;
    }
    return have(k_routes + k_commands);
  }
  bool reload() {
    plan_.changed = k_routes / 100;
    subject_->configure(plan_, far_ends_.port());
    subject_->reload();
    return have(k_routes + k_commands + plan_.changed);
  }

  std::unique_ptr<Subject> subject_;
  FarEnds far_ends_;
  Plan plan_;
  std::optional<Client> client_;
};

}  // namespace

bool record_timeline(const Stand& stand, const std::string& other, const std::string& path) {
  Observation observation;
  Stand observed = stand;
  observed.observation = &observation;
  observed.timeline = path;
  bool complete = false;
  {
    Short played(observed);
    complete = played.play(stand.subject, other);
  }  // it ends, and leaves its timeline
  return complete && observation.waits != 0;
}

}  // namespace tandem::bench
