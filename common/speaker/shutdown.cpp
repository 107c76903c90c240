#include "common/speaker/shutdown.hpp"

#include <algorithm>

#include "common/speaker/daemon.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

namespace {
constexpr std::uint8_t k_cease_shutdown = 2;
}

Shutdown::Shutdown(Daemon& daemon, base::TimePoint now) : daemon_(&daemon), until_(now + k_shutdown_peers), end_(now + k_shutdown_total) {
  daemon.listeners_.close_all();
  for (const auto& peer : daemon.peers_) peer->stop(k_cease_shutdown, "stop, message [shutting down]", now);
}

bool Shutdown::step(base::TimePoint now) {
  if (*end_ <= now) return true;  // what is left is the kernel's to clean up
  const bool late = until_ && *until_ <= now;
  switch (phase_) {
    case Phase::peers: {
      if (!daemon_->peers_.empty()) {
        if (!late) return false;
        for (const auto& peer : daemon_->peers_) peer->drop_connections();
        until_.reset();  // closing is the driver's, at once
        return false;
      }
      for (const auto& program : daemon_->programs_) {
        if (!program->running()) continue;
        std::string line;
        daemon_->encoder_.shutdown(program->form(), daemon_->wall(now), line);
        program->tell(line);
        program->hush();
      }
      for (ControlClient* client : daemon_->control_clients_) {
        client->tell("shutdown\n");
        client->hush();
      }
      phase_ = Phase::notice;
      until_ = now + k_shutdown_flush;
      return step(now);
    }
    case Phase::notice: {
      // A program that has been told ends by itself, or has this long to read what it was told.
      const bool all_ended = std::none_of(daemon_->programs_.begin(), daemon_->programs_.end(),
                                          [](const std::unique_ptr<Program>& program) { return program->running(); });
      const bool all_told = std::all_of(daemon_->control_clients_.begin(), daemon_->control_clients_.end(),
                                        [](const ControlClient* client) { return client->flushed(); });
      if ((!all_ended || !all_told) && !late) return false;
      for (const auto& program : daemon_->programs_) program->stop(now);
      for (ControlClient* client : daemon_->control_clients_) client->close();
      phase_ = Phase::programs;
      until_.reset();  // the programs have deadlines of their own
      return step(now);
    }
    case Phase::programs: {
      const auto quiet = [](const std::unique_ptr<Program>& program) { return program->quiet(); };
      const bool over = std::all_of(daemon_->programs_.begin(), daemon_->programs_.end(), quiet) &&
                        std::all_of(daemon_->retired_programs_.begin(), daemon_->retired_programs_.end(), quiet);
      if (!over) return false;
      phase_ = Phase::done;
      return true;
    }
    case Phase::done: return true;
  }
  return true;
}

}  // namespace tandem::speaker
