// What an API program writes to its standard error, where that would be lost or would not be with the log: read always, so that the program is
// never held up, and logged line by line under its name, up to a bound.
#pragma once

#include <string>

#include "common/speaker/channel.hpp"

namespace tandem::state {
class Reader;
class Writer;
}  // namespace tandem::state

namespace tandem::speaker {

class ProgramErrors;

class ProgramErrorsOwner {
 public:
  virtual void errors_ended(const ProgramErrors& errors) = 0;

 protected:
  ~ProgramErrorsOwner() = default;
};

// What it knows beside what channels do.
struct ProgramErrorsMemory {
  ProgramErrorsOwner* owner_ = nullptr;  // null: disowned
  base::Outbox nothing_{};
  std::string line_{};           // not complete yet, and no longer than is logged
  bool cut_ = false;             // it was longer
  base::TimePoint window_end_{};
  std::size_t lines_ = 0;        // in this window
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [owner, nothing, line, cut, window_end, lines] = self;
    archive.object(self, "program_errors")("line", line)("cut", cut)("window_end", window_end)("lines", lines);
  }
};

class ProgramErrors final : public Channel, private ProgramErrorsMemory {
 public:
  ProgramErrors(ChannelKeeper& keeper, ProgramErrorsOwner& owner, std::string program, base::UniqueFd fd);

  [[nodiscard]] Interest interest() const override;
  void on_received(base::Bytes bytes, base::TimePoint now) override;
  [[nodiscard]] const base::Outbox& outbox() const override { return nothing_; }
  void on_ended(EndCause cause, int error, base::TimePoint now) override;

  void disown();
  [[nodiscard]] bool orphaned() const override { return owner_ == nullptr && !finished(); }
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);

 private:
  void end_line(base::TimePoint now);
  void end_window();
};

}  // namespace tandem::speaker
