// What commands want to be written, as a recording or for another engine beside this one: it begins and ends between two rounds, where the
// speaker is a value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "common/base/error.hpp"
#include "common/base/recording_request.hpp"
#include "common/base/shadow_request.hpp"

namespace tandem::speaker {

template <typename Request>
class WritingWish {
 public:
  // --- for commands ----------------------------------------------------------------------------------------------------
  [[nodiscard]] base::Result<void> start(const Request& request) {
    if (start_) return base::Error("another one is about to begin");
    start_ = request;
    refusal_.clear();
    return {};
  }
  void stop() { stop_ = true; }
  // What has become of the start; nullopt: it is not decided yet.
  [[nodiscard]] std::optional<base::Result<void>> outcome() const {
    if (start_) return std::nullopt;
    return refusal_.empty() ? base::Result<void>() : base::Result<void>(base::Error(refusal_));
  }

  // --- between two rounds ------------------------------------------------------------------------------------------------
  [[nodiscard]] const std::optional<Request>& wanted() const { return start_; }
  void started() { start_.reset(); }
  void refused(std::string_view reason) {
    start_.reset();
    refusal_ = reason;
  }
  [[nodiscard]] bool take_stop() { return std::exchange(stop_, false); }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [start, refusal, stop] = self;
    archive.object(self, std::is_same_v<Request, base::RecordingRequest> ? "recording_wish" : "shadow_wish")("start", start)("refusal", refusal)("stop", stop);
  }

 private:
  std::optional<Request> start_;
  std::string refusal_;  // why the last one does not record
  bool stop_ = false;
};
using RecordingWish = WritingWish<base::RecordingRequest>;
using ShadowWish = WritingWish<base::ShadowRequest>;

}  // namespace tandem::speaker
