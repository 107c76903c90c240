// Where in the stream of an adj-RIB-out a change is sent, for those who wait for it. Marks are ordered as the stream is.
#pragma once

#include <compare>
#include <cstdint>

namespace tandem::rib {

struct ChangeMark {
  std::uint64_t run = 0;     // the run that takes it, from 1; 0: there is nothing to send
  std::uint32_t bucket = 0;  // 0: withdraws; else one more than the bucket of an announce
  std::uint32_t rank = 0;    // of an announce: how many of its bucket go before it
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [run, bucket, rank] = self;
    archive.object(self, "change_mark")("run", run)("bucket", bucket)("rank", rank);
  }
  friend auto operator<=>(const ChangeMark&, const ChangeMark&) = default;
};

}  // namespace tandem::rib
