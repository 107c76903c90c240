// Somebody who is told events: an API program, as peers see it.
#pragma once

#include <string_view>

#include "common/api/event_encoder.hpp"

namespace tandem::speaker {

class EventReceiver {
 public:
  [[nodiscard]] virtual bool running() const = 0;  // it has ears
  [[nodiscard]] virtual api::EventForm form() const = 0;
  [[nodiscard]] virtual bool is_ready() const = 0;  // it has said so since it started, or never will
  virtual void tell(std::string_view lines) = 0;  // complete lines

 protected:
  ~EventReceiver() = default;
};

// All there are.
class EventReceivers {
 public:
  [[nodiscard]] virtual EventReceiver* find(std::string_view name) const = 0;  // null: there is none

 protected:
  ~EventReceivers() = default;
};

}  // namespace tandem::speaker
