#include "common/recording/recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/recording/owned.hpp"
#include "common/recording/reader.hpp"

namespace tandem::recording {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr base::TimePoint at(int ms) { return base::TimePoint(milliseconds(ms)); }

class Kept final : public Sink {
 public:
  bool put(base::Bytes records) override {
    octets_.insert(octets_.end(), records.begin(), records.end());
    return true;
  }
  // What has come since this was asked last.
  std::vector<Kind> kinds() {
    Reader reader(std::make_unique<MemorySource>(octets_));
    std::vector<Kind> kinds;
    for (auto record = reader.next(); record && *record != nullptr; record = reader.next()) kinds.push_back((*record)->kind);
    octets_.clear();
    return kinds;
  }

 private:
  base::Buffer octets_;
};

TEST(Recorder, WhatARoundBeginsWithLeavesBeforeIt) {
  Kept sink;
  Recorder recorder(sink);
  recorder.signal(1);
  EXPECT_THAT(sink.kinds(), IsEmpty());
  recorder.round(at(1));
  EXPECT_THAT(sink.kinds(), ElementsAre(Kind::signal, Kind::round));
}

TEST(Recorder, WhatHasComeOfARoundLeavesBeforeTheEngineSleeps) {
  Kept sink;
  Recorder recorder(sink);
  recorder.round(at(1));
  static_cast<void>(sink.kinds());
  recorder.channel(7, 0, "a program");
  recorder.waiting(at(2), at(2));
  EXPECT_THAT(sink.kinds(), IsEmpty()) << "the next round comes at once";
  recorder.round(at(2));
  EXPECT_THAT(sink.kinds(), ElementsAre(Kind::channel, Kind::waiting, Kind::round));
  recorder.channel(8, 0, "another one");
  recorder.waiting(at(1000), at(3));
  EXPECT_THAT(sink.kinds(), ElementsAre(Kind::channel, Kind::waiting));
  recorder.channel(9, 0, "the last one");
  recorder.waiting(std::nullopt, at(4));
  EXPECT_THAT(sink.kinds(), ElementsAre(Kind::channel, Kind::waiting)) << "there is no next round to wait for";
}

}  // namespace
}  // namespace tandem::recording
