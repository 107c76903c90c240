// Connections that are not wanted: told why, then closed. Whoever does not read it is given up after a second.
#pragma once

#include <vector>

#include "common/speaker/connection.hpp"
#include "common/speaker/runtime.hpp"

namespace tandem::speaker {

class Rejections {
 public:
  explicit Rejections(Runtime& runtime) : runtime_(runtime) {}

  void add(base::UniqueFd fd, const base::NotificationCause& cause, base::TimePoint now);
  void add(base::UniqueFd fd, std::string_view line, base::TimePoint now);  // of the control socket

  [[nodiscard]] std::optional<base::TimePoint> deadline() const;
  void expired(base::TimePoint now);

 private:
  void adopt(base::UniqueFd fd, base::Bytes last_words, base::TimePoint now);
  Runtime& runtime_;
  std::vector<Rejection*> waiting_;  // owned by the runtime
};

}  // namespace tandem::speaker
