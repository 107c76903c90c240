#include <fmt/format.h>
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

TEST(ProcessSection, ANameWithASlashMeansTheFileBesideTheConfigurationAndNeverOneOfPath) {
  Parsing parsing;
  parsing.probe.files["/usr/bin/sync"] = parsing.probe.files["/usr/bin/program"];
  parsing.probe.files["/etc/exabgp/program"] = parsing.probe.files["/usr/bin/program"];
  for (const char* name : {"./sync", "../sync", "bin/sync"}) {
    EXPECT_NE(reason(parsing, fmt::format("process p {{ run {}; }}", name)), "") << name;
  }
  EXPECT_EQ(program(parsing, "run sync;").arguments.at(0), "/usr/bin/sync");
  EXPECT_EQ(program(parsing, "run ./program;").arguments.at(0), "/conf/program");
  parsing.probe.memory.clear();
  parsing.probe.files.erase("/conf/program");
  EXPECT_EQ(program(parsing, "run ./program;").arguments.at(0), "/etc/exabgp/program");
  parsing.probe.files["/conf/../beside"] = parsing.probe.files["/usr/bin/program"];
  EXPECT_EQ(program(parsing, "run ../beside;").arguments.at(0), "/conf/../beside");
}

TEST(ProcessSection, TheErrorNamesEachPlaceOnceAndSaysWhichCouldNotBeLookedAt) {
  Parsing parsing;
  parsing.probe.files["/usr/local/bin/none"].hidden = true;
  EXPECT_EQ(reason(parsing, "process p { run none; }"),
            "program 'none' not found, looked for: /conf/none, /etc/exabgp/none, /usr/local/bin/none (no permission to look), /usr/bin/none");
  EXPECT_EQ(reason(parsing, "process p { run ./none; }"), "program './none' not found, looked for: /conf/none, /etc/exabgp/none");
}

TEST(ProcessSection, APlaceThatCannotBeLookedAtDoesNotCountAsFound) {
  Parsing parsing;
  parsing.probe.files["/usr/local/bin/sync"].hidden = true;
  parsing.probe.files["/usr/bin/sync"] = parsing.probe.files["/usr/bin/program"];
  EXPECT_EQ(program(parsing, "run sync;").arguments.at(0), "/usr/bin/sync");
}

// The start, as root, may look where a reload, as nobody, may not.
TEST(ProcessSection, WhatWasFoundOnceStaysWhatItIsUntilItIsSeenToBeGone) {
  Parsing parsing;
  EXPECT_EQ(program(parsing, "run ./program;").arguments.at(0), "/conf/program");
  parsing.probe.files["/conf/program"] = {};
  parsing.probe.files["/conf/program"].hidden = true;
  EXPECT_EQ(program(parsing, "run ./program;").arguments.at(0), "/conf/program");
  parsing.probe.files["/conf/program"].hidden = false;
  parsing.probe.files["/conf/program"].exists = true;  // but neither readable nor executable for us
  EXPECT_EQ(program(parsing, "run ./program;").arguments.at(0), "/conf/program");
  parsing.probe.files.erase("/conf/program");
  EXPECT_NE(reason(parsing, "process p { run ./program; }"), "");
  parsing.probe.files["/etc/exabgp/program"] = parsing.probe.files["/usr/bin/program"];
  EXPECT_EQ(program(parsing, "run ./program;").arguments.at(0), "/etc/exabgp/program");
}

TEST(ProcessSection, TheFirstPlaceThatHasTheProgramCounts) {
  Parsing parsing;
  EXPECT_EQ(program(parsing, "run program;").arguments.at(0), "/conf/program");
  parsing.probe.memory.clear();
  parsing.probe.files["/conf/program"].directory = true;
  EXPECT_EQ(program(parsing, "run program;").arguments.at(0), "/usr/bin/program") << "a folder is not a program";
  EXPECT_EQ(program(parsing, "run ./run/local;").arguments.at(0), "/conf/run/local");
  EXPECT_EQ(program(parsing, "run etc/exabgp/run/etc;").arguments.at(0), "/etc/exabgp/run/etc");
  parsing.probe.memory.clear();
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
    EXPECT_NE(reason(parsing, "process p { run /usr/bin/program; }").find(expected), std::string::npos) << expected;
  }
}

TEST(ProcessSection, TheNameIsMandatoryUniqueAndNotReserved) {
  Parsing parsing;
  EXPECT_NE(reason(parsing, "process { run program; }"), "");
  EXPECT_NE(reason(parsing, "process p { run program; } process p { run program; }"), "");
  EXPECT_NE(reason(parsing, "process api-internal-cli-1 { run program; }"), "");
  EXPECT_NE(reason(parsing, "process p { run; }"), "");
  EXPECT_NE(reason(parsing, "process p { run program; encoder xml; }"), "");
  EXPECT_NE(reason(parsing, "process p { run program \"\\u0000\"; }"), "");
}

}  // namespace
}  // namespace tandem::config
