// Another engine beside the one that leads is given what a recording has, and whatever becomes of it, the leader does the same.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "common/recording/encoder.hpp"
#include "conformance/contract/scene.hpp"
#include "conformance/stage/drivers.hpp"
#include "conformance/stage/kept_recording.hpp"

namespace tandem::conformance {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Shadow : public EachEngine {
 protected:
  // Each engine leads, and is the shadow of another one.
  [[nodiscard]] static std::string other() { return another_engine(GetParam()); }
  void begin(const std::string& shadow = {}) {
    stage_ = Stage::make(GetParam());
    stage_->record();
    stage_->settings.reactor_shadow = shadow;
    scene_ = std::make_unique<Scene>(*stage_);
    scene_->neighbor();
    scene_->program("watch");
    if (dies_at_) stage_->shadow().die_at(*dies_at_);
    scene_->start();
    ASSERT_TRUE(stage_->run_until_established());
  }
  // Routes by a command and by the peer.
  void play() {
    EXPECT_THAT(stage_->command(announce("10.9.8.0/24", "med 7")), Contains("done"));
    EXPECT_TRUE(stage_->run_until([&] { return announced(stage_->peer()->transcript()).size() == 1; }));
    stage_->peer()->send(update({{"40.0.0.0/24"}, std::nullopt, 7}));
    stage_->run_for(20ms);
  }
  std::optional<unsigned> dies_at_;
  std::unique_ptr<Stage> stage_;
  std::unique_ptr<Scene> scene_;
};
TANDEM_ON_EVERY_DRIVER(Shadow);

TEST_P(Shadow, IsGivenWhatARecordingHasAndTheRecordingGoesOn) {
  begin();
  EXPECT_THAT(stage_->command("engine shadow status"), Contains(HasSubstr("\"shadow\": false")));
  EXPECT_THAT(stage_->command("engine shadow stop"), Contains(HasSubstr("there is no shadow")));
  EXPECT_THAT(stage_->command("engine shadow " + other()), ElementsAre("done"));
  play();
  EXPECT_THAT(stage_->command("engine shadow status"), Contains(AllOf(HasSubstr("\"shadow\": true"), HasSubstr("\"engine\": \"" + other() + "\""))));
  EXPECT_THAT(stage_->command("engine shadow stop"), ElementsAre("done"));
  EXPECT_THAT(stage_->command("engine shadow status"), Contains(HasSubstr("it was told to stop")));
  EXPECT_TRUE(stage_->stop());
  EXPECT_EQ(replayed(stage_->recording()), "");
  EXPECT_EQ(replayed(stage_->shadow().octets()), "");
}

// The next round may be hours away, and what the last one has led to is not to wait for it.
TEST_P(Shadow, HasAllThatHasHappenedWheneverTheLeaderSleeps) {
  begin();
  EXPECT_THAT(stage_->command("engine shadow " + other()), ElementsAre("done"));
  play();
  EXPECT_TRUE(stage_->stop());
  const KeptShadow& shadow = stage_->shadow();
  recording::Encoder encoder;
  base::Buffer so_far;
  std::size_t sleeps = 0;
  for (const recording::Owned& record : records_of(shadow.octets())) {
    encoder.append(record.view(), so_far);
    const bool without_end = record.view().detail == 0;
    if (record.kind() != recording::Kind::waiting || (!without_end && record.view().value <= 0)) continue;
    ++sleeps;
    EXPECT_TRUE(std::ranges::binary_search(shadow.given(), so_far.size())) << "sleep " << sleeps;
  }
  EXPECT_EQ(so_far, shadow.octets());
  EXPECT_GT(sleeps, 1U);
}

TEST_P(Shadow, BeginsAndEndsBesideARecordingThatBeginsLater) {
  begin();
  EXPECT_THAT(stage_->command("record stop"), ElementsAre("done"));
  EXPECT_THAT(stage_->command("engine shadow " + other()), ElementsAre("done"));
  EXPECT_THAT(stage_->command("record start later"), ElementsAre("done"));
  EXPECT_THAT(stage_->command("record start tomorrow"), Contains(HasSubstr("later is being recorded")));
  play();
  EXPECT_THAT(stage_->command("record stop"), ElementsAre("done"));
  stage_->run_for(20ms);
  EXPECT_TRUE(stage_->stop());
  ASSERT_EQ(stage_->recordings_made().size(), 2U);
  EXPECT_EQ(replayed(stage_->recordings_made()[1]), "");
  EXPECT_EQ(replayed(stage_->shadow().octets()), "") << "whose speaker is asked to record, and is not stopped by that";
}

TEST_P(Shadow, BeginsWithTheDaemonWhenTheSettingSaysSo) {
  begin(other());
  play();
  EXPECT_THAT(stage_->command("engine shadow status"), Contains(HasSubstr("\"shadow\": true")));
  EXPECT_TRUE(stage_->stop());
  EXPECT_EQ(replayed(stage_->recording()), "");
  EXPECT_EQ(replayed(stage_->shadow().octets()), "");
}

TEST_P(Shadow, IsAnotherEngineThatIsThere) {
  begin();
  EXPECT_THAT(stage_->command("engine shadow " + std::string(GetParam())), Contains(HasSubstr(fmt::format("engine {} leads: its shadow is another one", GetParam()))));
  EXPECT_THAT(stage_->command("engine shadow none"), Contains(HasSubstr("unknown engine 'none'")));
  EXPECT_THAT(stage_->command("engine shadow"), Contains(HasSubstr("which engine is missing: engine shadow <name>")));
  stage_->shadow().refuse("no process is left");
  EXPECT_THAT(stage_->command("engine shadow " + other()), Contains(HasSubstr("no process is left")));
  EXPECT_TRUE(stage_->stop());
  EXPECT_EQ(replayed(stage_->recording()), "");
}

// Whatever engine the setting names, the daemon starts.
TEST_P(Shadow, ASettingThatNamesTheLeaderIsNoReasonNotToStart) {
  begin(GetParam());
  EXPECT_THAT(stage_->command("engine shadow status"), Contains(HasSubstr("\"shadow\": false")));
  EXPECT_TRUE(stage_->stop());
}

TEST_P(Shadow, DiesAtAnyRecordAndTheLeaderDoesTheSame) {
  const auto transcript = [this](std::optional<unsigned> dies_at) {
    dies_at_ = dies_at;
    begin(other());
    play();
    const auto said = without_keepalives(stage_->peer()->transcript());
    EXPECT_FALSE(stage_->peer()->has_closed());
    EXPECT_TRUE(stage_->stop());
    EXPECT_EQ(replayed(stage_->recording()), "");
    return said;
  };
  const auto expected = transcript({});
  const auto all = static_cast<unsigned>(stage_->shadow().given().size());
  ASSERT_GT(all, 5U);
  for (unsigned at = 0; at < all; ++at) {
    SCOPED_TRACE(at);
    EXPECT_EQ(transcript(at), expected);
    if (HasFailure()) return;
  }
}

class ShadowOfAnEngine : public Shadow {};
TANDEM_ON_REAL_ENGINES(ShadowOfAnEngine);

TEST_P(ShadowOfAnEngine, EndsWhenAnotherEngineLeads) {
  begin();
  EXPECT_THAT(stage_->command("engine shadow " + other()), ElementsAre("done"));
  play();
  EXPECT_THAT(stage_->command("engine " + other()), Contains("done"));
  EXPECT_THAT(stage_->command("engine shadow status"), Contains(HasSubstr(fmt::format("engine {} leads now", other()))));
  EXPECT_FALSE(stage_->peer()->has_closed());
  EXPECT_TRUE(stage_->stop());
  EXPECT_EQ(replayed(stage_->recording()), "");
  EXPECT_EQ(replayed(stage_->shadow().octets()), "");
}

}  // namespace
}  // namespace tandem::conformance
