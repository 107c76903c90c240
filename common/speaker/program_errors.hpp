// What an API program writes to its standard error, where that would be lost or would not be with the log: read always, so that the program is
// never held up, and logged line by line under its name, up to a bound.
#pragma once

#include <string>

#include "common/speaker/channel.hpp"

namespace tandem::speaker {

class ProgramErrors;

class ProgramErrorsOwner {
 public:
  virtual void errors_ended(const ProgramErrors& errors) = 0;

 protected:
  ~ProgramErrorsOwner() = default;
};

class ProgramErrors final : public Channel {
 public:
  ProgramErrors(ChannelKeeper& keeper, ProgramErrorsOwner& owner, std::string program, base::UniqueFd fd);

  [[nodiscard]] Interest interest() const override;
  void on_received(base::Bytes bytes, base::TimePoint now) override;
  [[nodiscard]] const base::Outbox& outbox() const override { return nothing_; }
  void on_ended(EndCause cause, int error, base::TimePoint now) override;

  void disown();

 private:
  void end_line(base::TimePoint now);
  void end_window();

  ProgramErrorsOwner* owner_;  // null: disowned
  base::Outbox nothing_;
  std::string line_;           // not complete yet, and no longer than is logged
  bool cut_ = false;           // it was longer
  base::TimePoint window_end_{};
  std::size_t lines_ = 0;      // in this window
};

}  // namespace tandem::speaker
