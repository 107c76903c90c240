#include "common/speaker/shutdown.hpp"

#include <algorithm>

#include "common/speaker/limits.hpp"

namespace tandem::speaker {

namespace {
constexpr std::uint8_t k_cease_shutdown = 2;
}

Shutdown::Shutdown(const Parts& parts, base::TimePoint now) : parts_(parts), until_(now + k_shutdown_peers), end_(now + k_shutdown_total) {
  parts_.listeners.close_all();
  parts_.programs.start_no_more();
  for (const auto& peer : parts_.peers.all()) peer->stop(k_cease_shutdown, "stop, message [shutting down]", now);
}

bool Shutdown::step(base::TimePoint now) {
  if (*end_ <= now) return true;  // what is left is the kernel's to clean up
  const bool late = until_ && *until_ <= now;
  switch (phase_) {
    case Phase::peers: {
      if (!parts_.peers.all().empty()) {
        if (!late) return false;
        for (const auto& peer : parts_.peers.all()) peer->drop_connections();
        until_.reset();  // closing is the driver's, at once
        return false;
      }
      for (const auto& program : parts_.programs.all()) {
        if (!program->running()) continue;
        std::string line;
        parts_.encoder.shutdown(program->form(), parts_.clock.seconds(now), line);
        program->tell_last(line);
      }
      for (Client* client : parts_.clients.all()) client->tell_last("shutdown\n");
      phase_ = Phase::notice;
      until_ = now + k_shutdown_flush;
      return step(now);
    }
    case Phase::notice: {
      // A program that has been told ends by itself, or has this long to read what it was told.
      const bool all_told = std::all_of(parts_.clients.all().begin(), parts_.clients.all().end(),
                                        [](const Client* client) { return client->flushed(); });
      if ((parts_.programs.running() || !all_told) && !late) return false;
      parts_.programs.stop(now);
      for (Client* client : parts_.clients.all()) client->drop();
      phase_ = Phase::programs;
      until_.reset();  // the programs have deadlines of their own
      return step(now);
    }
    case Phase::programs: {
      if (!parts_.programs.finished()) return false;
      phase_ = Phase::done;
      return true;
    }
    case Phase::done: return true;
  }
  return true;
}

}  // namespace tandem::speaker
