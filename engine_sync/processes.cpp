#include "engine_sync/processes.hpp"

namespace tandem::engine_sync {

Program::Program(Loop& loop, speaker::Channel& channel) : Driver(loop, channel), pipes_(*this, speaker::k_line_read) {}

void Program::run() {
  while (!over()) {
    pipes_.read();
    pipes_.write();
    pipes_.wait();
  }
}

}  // namespace tandem::engine_sync
