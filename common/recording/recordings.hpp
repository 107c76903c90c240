// Where the recordings of a running speaker go: who makes their files (common/recorder).
#pragma once

#include "common/base/error.hpp"
#include "common/base/recording_request.hpp"
#include "common/recording/recorder.hpp"

namespace tandem::recording {

class Recordings {
 public:
  virtual ~Recordings() = default;
  // A file to put into, until close(). An error: nothing has been made.
  [[nodiscard]] virtual base::Result<void> open(const base::RecordingRequest& wanted) = 0;
  // That one. REQUIRES that one is open.
  [[nodiscard]] virtual Sink& current() = 0;
  // The file is full, and another one is to follow.
  [[nodiscard]] virtual bool full() const = 0;
  // That other one, in whose place it is from close() on.
  [[nodiscard]] virtual base::Result<Sink*> next() = 0;
  // What was put is written while the speaker goes on.
  virtual void close() = 0;
  [[nodiscard]] virtual base::RecordingFacts facts() const = 0;
};

}  // namespace tandem::recording
