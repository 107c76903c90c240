#include <gtest/gtest.h>

#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using test::Parsing;

ProgramDefinition program(Parsing& parsing, std::string_view body) {
  const Configuration configuration = parsing.good("process p { " + std::string(body) + " }");
  return configuration.programs.empty() ? ProgramDefinition{} : configuration.programs[0];
}

std::string reason(Parsing& parsing, std::string_view text) {
  const auto parsed = parsing.parse(text);
  return parsed ? "" : parsed.error().reason();
}

TEST(ProcessSection, ArgumentsAreTakenAsTheyAre) {
  Parsing parsing;
  const ProgramDefinition p = program(parsing, "run /usr/bin/program -a \"b c\" [x,y] '';");
  EXPECT_EQ(p.arguments, (std::vector<std::string>{"/usr/bin/program", "-a", "b c", "[", "x", ",", "y", "]", ""}));
  EXPECT_EQ(p.encoder, Encoder::text);
  EXPECT_TRUE(p.respawn);
}

TEST(ProcessSection, KeywordsAreRead) {
  Parsing parsing;
  const ProgramDefinition p = program(parsing, "run program; encoder JSON; respawn no;");
  EXPECT_EQ(p.encoder, Encoder::json);
  EXPECT_FALSE(p.respawn);
  EXPECT_TRUE(program(parsing, "run program; respawn;").respawn);
}

TEST(ProcessSection, TheLastPlaceThatHasTheProgramWins) {
  Parsing parsing;
  EXPECT_EQ(program(parsing, "run program;").arguments.at(0), "/usr/bin/program");  // PATH beats the configuration's folder
  EXPECT_EQ(program(parsing, "run ./run/local;").arguments.at(0), "/conf/run/local");
  EXPECT_EQ(program(parsing, "run etc/exabgp/run/etc;").arguments.at(0), "/etc/exabgp/run/etc");
  parsing.probe.files["/opt/etc/run/etc"] = parsing.probe.files["/etc/exabgp/run/etc"];
  parsing.probe.etc = "/opt/etc";  // EXABGP_ETC
  EXPECT_EQ(program(parsing, "run etc/exabgp/run/etc;").arguments.at(0), "/opt/etc/run/etc");
}

TEST(ProcessSection, FilesThatCannotBeRunAreRejected) {
  const std::pair<bool ProgramProbe::Answer::*, std::string> k_faults[] = {
      {&ProgramProbe::Answer::regular, "is not a regular file"},
      {&ProgramProbe::Answer::readable, "no permission"},
      {&ProgramProbe::Answer::executable, "is not executable"},
      {&ProgramProbe::Answer::directory, "is a directory"},
      {&ProgramProbe::Answer::set_uid, "set-uid"},
      {&ProgramProbe::Answer::set_gid, "set-gid"},
  };
  for (const auto& [member, expected] : k_faults) {
    Parsing parsing;
    ProgramProbe::Answer& answer = parsing.probe.files["/usr/bin/program"];
    answer.*member = !(answer.*member);
    EXPECT_NE(reason(parsing, "process p { run program; }").find(expected), std::string::npos) << expected;
  }
}

TEST(ProcessSection, TheNameIsMandatoryUniqueAndNotReserved) {
  Parsing parsing;
  EXPECT_NE(reason(parsing, "process { run program; }"), "");  // D14
  EXPECT_NE(reason(parsing, "process p { run program; } process p { run program; }"), "");
  EXPECT_NE(reason(parsing, "process api-internal-cli-1 { run program; }"), "");
  EXPECT_NE(reason(parsing, "process p { run; }"), "");
  EXPECT_NE(reason(parsing, "process p { run program; encoder xml; }"), "");
  EXPECT_NE(reason(parsing, "process p { run program \"\\u0000\"; }"), "");
}

}  // namespace
}  // namespace tandem::config
