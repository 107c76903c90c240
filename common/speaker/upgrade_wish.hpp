// That another program is to go on with this speaker, in the same process (docs/engines.md). A command asks for it. The program has the
// other one look at the state, and this speaker goes on meanwhile; then, between two rounds, it either never comes back or says why not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/process/host.hpp"

namespace tandem::speaker {

class UpgradeWish {
 public:
  // --- for commands ----------------------------------------------------------------------------------------------------
  // `binary`: its path; empty: the one that runs, as it is on the disk by now. REQUIRES !wanted().
  void request(std::string_view binary) {
    wanted_ = binary;
    refusal_.clear();
  }
  // What has become of it; nullopt: it is not decided yet. In the program that has gone on it has been done.
  [[nodiscard]] std::optional<base::Result<void>> outcome() const {
    if (wanted_) return std::nullopt;
    return refusal_.empty() ? base::Result<void>() : base::Result<void>(base::Error(refusal_));
  }

  // --- for the daemon --------------------------------------------------------------------------------------------------
  // The program is to be asked: nobody looks yet, or who does has ended, or has had its time.
  [[nodiscard]] bool due(base::TimePoint now) const { return wanted_ && (!look_ || look_->end || now >= look_->until); }
  // Before that, peers are told that we are there. False: they have been.
  [[nodiscard]] bool speak_first() { return !std::exchange(spoken_, true); }
  [[nodiscard]] std::optional<base::TimePoint> deadline() const { return look_ && !look_->end ? std::optional(look_->until) : std::nullopt; }
  void child_ended(const process::ChildEnd& end) {
    if (look_ && look_->pid == end.pid) look_->end = end;
  }

  // --- for the program -------------------------------------------------------------------------------------------------
  [[nodiscard]] const std::optional<std::string>& wanted() const { return wanted_; }
  // A child looks at the state. The program is asked again when it has ended, and not later than `until`.
  void looked_at_by(std::int64_t pid, base::TimePoint until) {
    look_ = Look{pid, until, std::nullopt};
    spoken_ = false;
  }
  // How it has ended; nullopt: it has not.
  [[nodiscard]] std::optional<process::ChildEnd> look() const { return look_ ? look_->end : std::nullopt; }
  void refused(std::string_view reason) {
    *this = {};
    refusal_ = reason;
  }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [wanted, refusal, look, spoken] = self;  // but for the refusal: whoever reads it is what was wanted
    archive.object(self, "upgrade_wish")("refusal", refusal);
  }

 private:
  struct Look {
    std::int64_t pid = 0;
    base::TimePoint until{};
    std::optional<process::ChildEnd> end;
  };
  std::optional<std::string> wanted_;
  std::string refusal_;       // why the last one has not gone on
  std::optional<Look> look_;  // none: nobody has been asked to look yet
  bool spoken_ = false;
};

}  // namespace tandem::speaker
