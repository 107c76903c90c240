#include "common/speaker/shutdown.hpp"

#include <algorithm>

#include "common/speaker/limits.hpp"

namespace tandem::speaker {

namespace {
constexpr std::uint8_t k_cease_shutdown = 2;
}

Shutdown::Shutdown(const Parts& parts, base::TimePoint now) : parts_(parts), until_(now + k_shutdown_peers), end_(now + k_shutdown_total) {
  parts_.listeners.close_all();
  for (const auto& peer : parts_.peers) peer->stop(k_cease_shutdown, "stop, message [shutting down]", now);
}

bool Shutdown::step(base::TimePoint now) {
  if (*end_ <= now) return true;  // what is left is the kernel's to clean up
  const bool late = until_ && *until_ <= now;
  switch (phase_) {
    case Phase::peers: {
      if (!parts_.peers.empty()) {
        if (!late) return false;
        for (const auto& peer : parts_.peers) peer->drop_connections();
        until_.reset();  // closing is the driver's, at once
        return false;
      }
      for (const auto& program : parts_.programs) {
        if (!program->running()) continue;
        std::string line;
        parts_.encoder.shutdown(program->form(), parts_.clock.seconds(now), line);
        program->tell(line);
        program->hush();
      }
      for (ControlClient* client : parts_.clients.all()) {
        client->tell("shutdown\n");
        client->hush();
      }
      phase_ = Phase::notice;
      until_ = now + k_shutdown_flush;
      return step(now);
    }
    case Phase::notice: {
      // A program that has been told ends by itself, or has this long to read what it was told.
      const bool all_ended = std::none_of(parts_.programs.begin(), parts_.programs.end(),
                                          [](const std::unique_ptr<Program>& program) { return program->running(); });
      const bool all_told = std::all_of(parts_.clients.all().begin(), parts_.clients.all().end(),
                                        [](const ControlClient* client) { return client->flushed(); });
      if ((!all_ended || !all_told) && !late) return false;
      for (const auto& program : parts_.programs) program->stop(now);
      for (ControlClient* client : parts_.clients.all()) client->close();
      phase_ = Phase::programs;
      until_.reset();  // the programs have deadlines of their own
      return step(now);
    }
    case Phase::programs: {
      const auto quiet = [](const std::unique_ptr<Program>& program) { return program->quiet(); };
      const bool over = std::all_of(parts_.programs.begin(), parts_.programs.end(), quiet) &&
                        std::all_of(parts_.retired_programs.begin(), parts_.retired_programs.end(), quiet);
      if (!over) return false;
      phase_ = Phase::done;
      return true;
    }
    case Phase::done: return true;
  }
  return true;
}

}  // namespace tandem::speaker
