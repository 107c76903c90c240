// Recordings that older versions have made are replayed by this one (docs/recording.md).
#include <fmt/format.h>

#include <algorithm>

#include "common/recording/blocks.hpp"
#include "common/state/layout.hpp"
#include "tandem/running_tandem.hpp"

namespace tandem::program {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class KeptRecordings : public Server {
 protected:
  [[nodiscard]] static std::vector<std::string> kept() {
    std::vector<std::string> all;
    for (const auto& file : fs::directory_iterator(TANDEM_SOURCE "/tandem/replay/recordings")) all.push_back(file.path().string());
    std::sort(all.begin(), all.end());
    return all;
  }
  [[nodiscard]] std::string run(std::vector<std::string> arguments) const {
    RunningTandem program(std::move(arguments), environment());
    EXPECT_EQ(program.wait(), 0) << program.text();
    return program.text();
  }
};

TEST_P(KeptRecordings, EachIsIdenticalWhenItIsReplayed) {
  ASSERT_FALSE(kept().empty());
  for (const std::string& file : kept()) EXPECT_THAT(run({"replay", file}), HasSubstr("verdict: identical")) << file;
}

TEST_P(KeptRecordings, EachIsTheSameThroughTheEngine) {
  for (const std::string& file : kept()) {
    EXPECT_THAT(run({"replay", "--engine", GetParam(), file}), AnyOf(HasSubstr("verdict: identical"), HasSubstr("verdict: equivalent"))) << file;
  }
}

// Whoever makes a format a new one has one of it kept, before the first version that writes it is released.
TEST_P(KeptRecordings, ThereIsOneOfEachFormat) {
  for (int format = 1; format <= int{recording::k_format_version}; ++format) {
    const std::string name = fmt::format("/recording-{}-", format);
    EXPECT_THAT(kept(), ::testing::Contains(HasSubstr(name))) << "scripts/keep-recording makes one";
  }
  for (int format = 1; format <= int{state::k_format}; ++format) {
    const std::string name = fmt::format("-state-{}.rec", format);
    EXPECT_THAT(kept(), ::testing::Contains(HasSubstr(name))) << "scripts/keep-recording makes one";
  }
}

INSTANTIATE_TEST_SUITE_P(Engine, KeptRecordings, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tandem::program
