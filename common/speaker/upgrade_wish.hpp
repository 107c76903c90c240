// That another program is to go on with this speaker, in the same process (docs/engines.md): a command asks for it, the program does it
// between two rounds, and either never comes back or says why not.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/error.hpp"

namespace tandem::speaker {

class UpgradeWish {
 public:
  // --- for commands ----------------------------------------------------------------------------------------------------
  // `binary`: its path; empty: the one that runs, as it is on the disk by now.
  void request(std::string_view binary) {
    wanted_ = binary;
    refusal_.clear();
  }
  // What has become of it; nullopt: it is not decided yet. In the program that has gone on it has been done.
  [[nodiscard]] std::optional<base::Result<void>> outcome() const {
    if (wanted_) return std::nullopt;
    return refusal_.empty() ? base::Result<void>() : base::Result<void>(base::Error(refusal_));
  }

  // --- for the program ---------------------------------------------------------------------------------------------------
  [[nodiscard]] const std::optional<std::string>& wanted() const { return wanted_; }
  void refused(std::string_view reason) {
    wanted_.reset();
    refusal_ = reason;
  }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [wanted, refusal] = self;  // wanted: whoever reads it is what was wanted
    archive.object(self, "upgrade_wish")("refusal", refusal);
  }

 private:
  std::optional<std::string> wanted_;
  std::string refusal_;  // why the last one has not gone on
};

}  // namespace tandem::speaker
