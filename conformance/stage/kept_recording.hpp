// A recording in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/recording/owned.hpp"
#include "common/recording/recording_host.hpp"

namespace tandem::conformance {

using Records = std::vector<recording::Owned>;
[[nodiscard]] Records records_of(base::Bytes octets);
[[nodiscard]] base::Buffer octets_of(const Records& records);

class KeptRecording final : private recording::Sink {
 public:
  [[nodiscard]] recording::Recorder& recorder() { return recorder_; }
  [[nodiscard]] process::Host& host_in_front_of(process::Host& host) {
    host_ = std::make_unique<recording::RecordingHost>(host, recorder_, [](std::string_view text) { return std::string(text); });
    return *host_;
  }
  // All of it. Nothing is recorded any more.
  [[nodiscard]] const base::Buffer& finish() {
    recorder_.stop(recording::EndReason::stopped, "");
    return octets_;
  }

 private:
  [[nodiscard]] bool put(base::Bytes records) override {
    octets_.insert(octets_.end(), records.begin(), records.end());
    return true;
  }

  base::Buffer octets_;
  recording::Recorder recorder_{*this};
  std::unique_ptr<recording::RecordingHost> host_;
};

}  // namespace tandem::conformance
