#include "tandem/healthcheck/commands.hpp"

#include <gtest/gtest.h>

namespace tandem::healthcheck {
namespace {

TEST(HealthcheckCommands, ANewerAnnouncementTakesThePlaceOfOneThatWaits) {
  Commands commands;
  commands.say("a 1\na 2\n");
  commands.say("b 1\n");
  EXPECT_EQ(commands.waiting(), "b 1\n");
}

TEST(HealthcheckCommands, ALineThatIsHalfWrittenIsWrittenToItsEnd) {
  Commands commands;
  commands.say("a 1\na 2\na 3\n");
  EXPECT_EQ(commands.written(6), 1U);
  commands.say("b 1\n");
  EXPECT_EQ(commands.waiting(), "2\nb 1\n");
  commands.say("c 1\n");
  EXPECT_EQ(commands.waiting(), "2\nc 1\n") << "also when nothing could be written in between";
  EXPECT_EQ(commands.written(6), 2U);
  EXPECT_EQ(commands.waiting(), "");
  commands.say("d 1\n");
  EXPECT_EQ(commands.waiting(), "d 1\n");
}

TEST(HealthcheckAnswers, AreCountedInBothForms) {
  Answers answers;
  const auto found = answers.receive(base::as_bytes("done\nerror\r\n{ \"answer\": \"done\", \"message\": \"command completed\" }\n{ \"answer\": \"error\" }\n"));
  EXPECT_EQ(found.done, 2U);
  EXPECT_EQ(found.refused, 2U);
}

TEST(HealthcheckAnswers, EventsReasonsAndLongLinesAreNone) {
  Answers answers;
  const std::string text = "neighbor 10.0.0.1 up\nerror: no neighbor\n{ \"exabgp\": \"6.0.0\", \"type\": \"state\" }\n" + std::string(100000, 'd') + "\ndo";
  auto found = answers.receive(base::as_bytes(text));
  EXPECT_EQ(found.done + found.refused, 0U);
  found = answers.receive(base::as_bytes("ne\n"));
  EXPECT_EQ(found.done, 1U) << "a line may come in pieces";
}

}  // namespace
}  // namespace tandem::healthcheck
