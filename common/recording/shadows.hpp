// Where the inputs of a running speaker go while another engine runs beside it: who makes its process (common/recorder).
#pragma once

#include <string_view>

#include "common/base/error.hpp"
#include "common/base/shadow_request.hpp"
#include "common/process/host.hpp"
#include "common/recording/recorder.hpp"

namespace tandem::recording {

class Shadows {
 public:
  virtual ~Shadows() = default;
  // A process that waits for records. One that was there before is no more. An error: it was not started.
  [[nodiscard]] virtual base::Result<void> start(const base::ShadowRequest& wanted) = 0;
  // What it is given. REQUIRES that one was started.
  [[nodiscard]] virtual Sink& sink() = 0;
  // It is given nothing any more, and comes to its end.
  virtual void stop(std::string_view why) = 0;
  // A process has ended, of whatever kind.
  virtual void child_ended(const process::ChildEnd& end) = 0;
  [[nodiscard]] virtual base::ShadowFacts facts() = 0;
};

}  // namespace tandem::recording
