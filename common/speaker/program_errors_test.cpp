#include "common/speaker/program_errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/log.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/runtime.hpp"

namespace tandem::speaker {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ErrorsOfAProgram : public ::testing::Test, private base::LogSink, private ProgramErrorsOwner {
 protected:
  ErrorsOfAProgram() {
    base::set_log_sink(this);
    base::set_log_threshold(base::LogCategory::processes, base::LogLevel::warning);
    ProgramErrorsOwner& owner = *this;
    auto errors = std::make_unique<ProgramErrors>(runtime_, owner, "p", base::UniqueFd());
    errors_ = errors.get();
    runtime_.adopt(std::move(errors));
  }
  ~ErrorsOfAProgram() override {
    base::set_log_threshold(base::LogCategory::processes, base::LogLevel::off);
    base::set_log_sink(nullptr);
  }
  void say(std::string_view text) { errors_->receive(base::as_bytes(text), now_); }
  void end() { errors_->ended(EndCause::end_of_file, 0, now_); }

  Runtime runtime_;
  ProgramErrors* errors_;
  base::TimePoint now_{1s};
  std::vector<std::string> lines_;
  int ends_ = 0;

 private:
  void write(base::LogCategory, base::LogLevel, std::string_view line) override { lines_.emplace_back(line); }
  void errors_ended(const ProgramErrors&) override { ++ends_; }
};

TEST_F(ErrorsOfAProgram, AreLoggedLineByLineUnderItsName) {
  say("one\ntw");
  say("o\r\n\n");
  EXPECT_THAT(lines_, ElementsAre("process p: stderr: one", "process p: stderr: two"));
}

TEST_F(ErrorsOfAProgram, ALineWithoutEndIsLoggedAtTheEnd) {
  say("the last word");
  EXPECT_THAT(lines_, IsEmpty());
  end();
  EXPECT_THAT(lines_, ElementsAre("process p: stderr: the last word"));
  EXPECT_EQ(ends_, 1);
}

TEST_F(ErrorsOfAProgram, ALongLineIsCutBetweenCharacters) {
  say(std::string(k_error_line - 1, 'x') + "\xC3\xA9 and more\nnext\n");
  EXPECT_THAT(lines_, ElementsAre("process p: stderr: " + std::string(k_error_line - 1, 'x') + " ...", "process p: stderr: next"));
}

TEST_F(ErrorsOfAProgram, MoreThanAreLoggedInAWhileAreCounted) {
  for (std::size_t i = 0; i < k_error_lines + 7; ++i) say("x\n");
  EXPECT_EQ(lines_.size(), k_error_lines);
  now_ += k_error_window;
  say("y\n");
  ASSERT_EQ(lines_.size(), k_error_lines + 2);
  EXPECT_EQ(lines_[k_error_lines], "process p: stderr: 7 more lines in 10 s");
  EXPECT_EQ(lines_.back(), "process p: stderr: y");
}

TEST_F(ErrorsOfAProgram, ThatNobodyWantsAnyLongerAreClosed) {
  EXPECT_TRUE(errors_->interest().read);
  errors_->disown();
  EXPECT_TRUE(errors_->interest().ends());
  end();
  EXPECT_EQ(ends_, 0);
}

}  // namespace
}  // namespace tandem::speaker
