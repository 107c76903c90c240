// Somebody who is told events: an API program, as peers see it.
#pragma once

#include <string_view>

#include "common/api/event_encoder.hpp"

namespace tandem::speaker {

class EventReceiver {
 public:
  [[nodiscard]] virtual bool running() const = 0;  // it has ears
  [[nodiscard]] virtual api::EventForm form() const = 0;
  virtual void tell(std::string_view lines) = 0;  // complete lines

 protected:
  ~EventReceiver() = default;
};

}  // namespace tandem::speaker
