// A wrong octet among 100,000 inputs: what is left of them is small, and found soon (docs/recording.md, --shrink).
#include <gmock/gmock.h>

#include <chrono>

#include "common/replay/player.hpp"
#include "common/replay/rig.hpp"
#include "common/replay/shrink.hpp"
#include "conformance/contract/scene.hpp"
#include "conformance/stage/kept_recording.hpp"

namespace tandem::conformance {
namespace {

using recording::Kind;
using recording::Record;

constexpr int k_inputs = 100'000;
constexpr base::Duration k_gap = 10ms;
const std::string k_prefix = "10.9.8.0/24";

struct Beginning {
  Records records;        // a session that came up, and a program
  base::Buffer withdraw;  // the UPDATE that takes k_prefix back
};

Beginning beginning() {
  const auto stage = Stage::make("sim");
  stage->record();
  Scene scene(*stage);
  scene.neighbor();
  scene.program("watch");
  scene.start();
  EXPECT_TRUE(stage->run_until_established());
  const std::size_t before = stage->peer()->transcript().size();
  stage->program_running("watch")->say(announce(k_prefix));
  EXPECT_TRUE(stage->run_until([&] { return announced(stage->peer()->transcript()).size() == 1; }));
  stage->program_running("watch")->say(withdraw(k_prefix));
  EXPECT_TRUE(stage->run_until([&] { return withdrawn(stage->peer()->transcript()).size() == 1; }));
  Beginning made;
  made.withdraw = stage->peer()->transcript().back().bytes;
  EXPECT_GT(stage->peer()->transcript().size(), before);
  EXPECT_TRUE(stage->stop());
  made.records = records_of(stage->recording());
  // Up to what the program said first.
  const auto said = [](const recording::Owned& record) {
    return record.kind() == Kind::received && base::as_text(record.view().octets).find(k_prefix) != std::string_view::npos;
  };
  made.records.erase(std::find_if(made.records.begin(), made.records.end(), said), made.records.end());
  return made;
}

recording::ChannelId channel_of(const Records& records, speaker::ChannelKind kind) {
  for (const recording::Owned& owned : records) {
    const Record record = owned.view();
    if (record.kind == Kind::channel && record.detail == static_cast<std::uint8_t>(kind)) return record.channel;
  }
  ADD_FAILURE() << "there is no channel of this kind";
  return 0;
}

// Routes that come and go on both sides, KEEPALIVEs, and in the middle of them one route that is taken back with the last input.
base::Buffer long_recording() {
  Beginning begun = beginning();
  const recording::ChannelId program = channel_of(begun.records, speaker::ChannelKind::program);
  const recording::ChannelId connection = channel_of(begun.records, speaker::ChannelKind::connection);
  base::TimePoint at = begun.records.back().view().at;
  const auto put = [&](recording::ChannelId channel, base::Bytes octets) {
    at += k_gap;
    begun.records.emplace_back(Record{.kind = Kind::received, .at = at, .channel = channel, .octets = octets});
  };
  const auto say = [&](const std::string& line) { put(program, base::as_bytes(line + "\n")); };
  for (int i = 0; i < k_inputs; ++i) {
    const std::string prefix = "20.0." + std::to_string(i % 200) + ".0/24";
    if (i == k_inputs / 2) say(announce(k_prefix));
    else if (i % 1000 == 0) put(connection, keepalive());
    else if (i % 5 == 0) put(connection, update({{prefix}, {}, static_cast<std::uint32_t>(i)}));
    else if (i % 7 == 0) say(withdraw(prefix));
    else say(announce(prefix, "med " + std::to_string(i % 100)));
  }
  say(withdraw(k_prefix));
  const replay::Inputs inputs(std::move(begun.records));
  const auto played = replay::play_until_sent(inputs, {inputs.external()}, inputs.channels().at(connection), begun.withdraw, replay::Framing::messages);
  EXPECT_TRUE(played) << "the route is not taken back";
  return played.value_or(base::Buffer());
}

// In what was sent last, the third octet of the prefix.
void falsify(Records& records) {
  constexpr std::uint8_t k_octets[] = {24, 10, 9, 8};
  for (auto owned = records.rbegin(); owned != records.rend(); ++owned) {
    Record record = owned->view();
    const auto found = std::search(record.octets.begin(), record.octets.end(), std::begin(k_octets), std::end(k_octets));
    if (record.kind != Kind::sent || found == record.octets.end()) continue;
    base::Buffer changed(record.octets.begin(), record.octets.end());
    changed[static_cast<std::size_t>(found - record.octets.begin()) + 3] = 7;
    record.octets = changed;
    *owned = recording::Owned(record);
    return;
  }
  ADD_FAILURE() << "the prefix was never sent";
}

// In this process: what does not crash need not be apart from it.
base::Result<replay::Ended> run_here(const std::function<void(recording::Sink&)>& run) {
  class Nowhere final : public recording::Sink {
    bool put(base::Bytes) override { return true; }
  } sink;
  run(sink);
  return replay::Ended{};
}

class Shrink : public Simulated {};
TANDEM_ON_THE_SIMULATOR(Shrink);

TEST_P(Shrink, AWrongOctetAmongAHundredThousandInputsIsLeftWithAtMostTwenty) {
  Records records = records_of(long_recording());
  falsify(records);
  const auto begun = std::chrono::steady_clock::now();
  const auto shrunk = replay::shrink(std::move(records), run_here, {});
  const auto taken = std::chrono::steady_clock::now() - begun;
  ASSERT_TRUE(shrunk) << shrunk.error().reason();
  EXPECT_GE(shrunk->inputs_before, static_cast<std::size_t>(k_inputs));
  EXPECT_LE(shrunk->inputs, 20U);
  EXPECT_LT(taken, 60s);
  const std::string difference = replayed(shrunk->records);
  EXPECT_THAT(difference, ::testing::HasSubstr("recorded  UPDATE withdraws ipv4 unicast: 10.9.7.0/24"));
  EXPECT_THAT(difference, ::testing::HasSubstr("replayed  UPDATE withdraws ipv4 unicast: 10.9.8.0/24"));
  RecordProperty("runs", static_cast<int>(shrunk->runs));
  RecordProperty("milliseconds", static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(taken).count()));
}

}  // namespace
}  // namespace tandem::conformance
