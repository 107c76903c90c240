#include "tandem/subcommand.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/base/hash.hpp"
#include "tandem/test_support.hpp"

namespace tandem::program {
namespace {

using namespace test;
using ::testing::HasSubstr;

// Tables are filled with what peers choose.
TEST(CommandLine, EveryProcessHashesWithASecretOfItsOwn) {
  const std::uint8_t octets[] = {24, 10, 0, 0};
  const auto public_one = base::hash_bytes(octets, 0, base::HashSecret::from_seed(0));
  quietly({"version"});
  const auto first = base::hash_bytes(octets, 0);
  quietly({"version"});
  EXPECT_NE(first, public_one);
  EXPECT_NE(base::hash_bytes(octets, 0), first);
}

TEST(CommandLine, NothingAtAllPrintsHelpAndSettingsAndFails) {
  std::string output;
  EXPECT_EQ(quietly({}, nullptr, &output), k_exit_failure);
  EXPECT_THAT(output, HasSubstr("validate"));
  EXPECT_THAT(output, HasSubstr("tcp.port"));
}

TEST(CommandLine, HelpSucceedsEverywhereAndNamesTheSettings) {
  EXPECT_EQ(quietly({"-h"}), k_exit_ok);
  for (const Subcommand& subcommand : subcommands()) {
    std::string output;
    EXPECT_EQ(quietly({std::string(subcommand.name), "--help"}, nullptr, &output), k_exit_ok) << subcommand.name;
    EXPECT_THAT(output, HasSubstr("ettings")) << subcommand.name;
  }
}

TEST(CommandLine, TheOverviewNamesEachSubcommandOnce) {
  std::string output;
  EXPECT_EQ(quietly({"--help"}, nullptr, &output), k_exit_ok);
  for (const Subcommand& subcommand : subcommands()) {
    const std::string row = fmt::format("\n  {} ", subcommand.name);
    const std::size_t first = output.find(row);
    ASSERT_NE(first, std::string::npos) << row;
    EXPECT_EQ(output.find(row, first + 1), std::string::npos) << row;
  }
}

TEST(CommandLine, WrongOptionsAreAUsageError) {
  std::string errors;
  EXPECT_EQ(quietly({"server", "--no-such-option", "x.conf"}, &errors), k_exit_usage);
  EXPECT_THAT(errors, HasSubstr("--no-such-option"));
  EXPECT_EQ(quietly({"server"}, &errors), k_exit_usage);
  EXPECT_EQ(quietly({"server", "--engine", "other", "x.conf"}, &errors), k_exit_usage);
  EXPECT_THAT(errors, HasSubstr("async"));
  EXPECT_EQ(quietly({"configuration", "paint"}), k_exit_usage);
}

TEST(CommandLine, AWordThatIsNearlyASubcommandAndNoFileIsToldWhatIsMeant) {
  std::string errors;
  EXPECT_EQ(quietly({"serve", "x.conf"}, &errors), k_exit_usage);
  EXPECT_EQ(errors, "tandem: 'serve' is neither a file nor a subcommand (did you mean 'server'?)\n");
  for (const char* other : {"frobnicate", "serve.conf", "./serve"}) {
    EXPECT_EQ(quietly({other, "--no-such-option"}, &errors), k_exit_usage);
    EXPECT_THAT(errors, HasSubstr("--no-such-option")) << "taken for a file";
  }
}

TEST(CommandLine, AFileThatIsMissingIsNamed) {
  std::string errors;
  EXPECT_EQ(quietly({"validate", "/nowhere/a.conf"}, &errors), k_exit_failure);
  EXPECT_EQ(errors, "error: open(/nowhere/a.conf): No such file or directory\n");
  EXPECT_EQ(quietly({"configuration", "validate", "-nrv", "/nowhere/a.conf"}, &errors), k_exit_failure);
}

TEST(CommandLine, AWrongFileOfSettingsIsToldWithItsPlace) {
  std::string pattern = (std::filesystem::temp_directory_path() / "tandem-env-XXXXXX").string();
  const int fd = ::mkstemp(pattern.data());
  ASSERT_GE(fd, 0);
  ::close(fd);
  std::ofstream(pattern) << "[exabgp.tcp]\nport\n";
  std::string errors;
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"env"}, {"validate", "/nowhere/a.conf"}, {"server", "/nowhere/a.conf"}, {"run", "version"}, {"compare", "/nowhere/a.conf"},
           {"version"}, {"configuration", "keywords"}}) {
    std::vector<std::string> arguments{"--env-file", pattern};
    arguments.insert(arguments.end(), words.begin(), words.end());
    EXPECT_EQ(quietly(arguments, &errors), k_exit_failure) << words[0];
    EXPECT_THAT(errors, HasSubstr(pattern + ":2:1: 'name = value' expected")) << words[0];
  }
  std::filesystem::remove(pattern);
}

TEST(CommandLine, TheKeywordsOfTheLanguageAreExplained) {
  std::string output;
  EXPECT_EQ(quietly({"configuration", "keywords"}, nullptr, &output), k_exit_ok);
  EXPECT_THAT(output, HasSubstr("neighbor / hold-time SECONDS;"));
}

TEST(CommandLine, TheVersionIsOneLine) {
  std::string output;
  EXPECT_EQ(quietly({"version"}, nullptr, &output), k_exit_ok);
  EXPECT_THAT(output, ::testing::MatchesRegex("tandem [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(CommandLine, RunWithoutWordsFails) { EXPECT_EQ(quietly({"run"}), k_exit_failure); }

TEST(Configuration, AnExampleIsValidAndIsExported) {
  const Folder folder;
  std::string example;
  ASSERT_EQ(quietly({"configuration", "example"}, nullptr, &example), k_exit_ok);
  const std::string file = folder.write("example.conf", example);
  EXPECT_EQ(quietly({"configuration", "validate", file}), k_exit_ok);
  std::string json;
  ASSERT_EQ(quietly({"configuration", "export", "-i", "0", file}, nullptr, &json), k_exit_ok);
  EXPECT_THAT(json, HasSubstr(R"("peer-address": "192.0.2.1")"));
  EXPECT_EQ(quietly({"configuration", "export", "-i", "0", "-o", folder.path / "out.json", file}), k_exit_ok);
  EXPECT_EQ(folder.read("out.json"), json);
  std::string errors;
  EXPECT_EQ(quietly({"configuration", "export", folder.write("bad.conf", "group x { }")}, &errors), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("unknown section"));
  EXPECT_EQ(quietly({"configuration", "example", "nonsense"}), k_exit_usage);
  EXPECT_EQ(quietly({"configuration", "nonsense"}), k_exit_usage);
}

TEST(Schema, IsPrintedWholeOrByTheSection) {
  std::string whole;
  EXPECT_EQ(quietly({"schema", "--compact"}, nullptr, &whole), k_exit_ok);
  EXPECT_THAT(whole, HasSubstr("draft-07"));
  std::string section;
  EXPECT_EQ(quietly({"schema", "export", "capability", "--compact"}, nullptr, &section), k_exit_ok);
  EXPECT_THAT(whole, HasSubstr(section.substr(0, section.size() - 1)));
  std::string errors;
  EXPECT_EQ(quietly({"schema", "export", "nonsense"}, &errors), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("there is no section 'nonsense'; these are: process, neighbor"));
  EXPECT_EQ(quietly({"schema", "nonsense"}), k_exit_usage);
}

TEST(Migrate, WritesTheFileTheCopyOrTheText) {
  const Folder folder;
  const std::string file = folder.write("old.conf", "process p {\n}\n");
  std::string output;
  EXPECT_EQ(quietly({"migrate", "conf", "-f", "3.4", "-t", "4", file}, nullptr, &output), k_exit_ok);
  EXPECT_EQ(output, "process p {\n  encoder text;\n}\n");
  std::string errors;
  EXPECT_EQ(quietly({"migrate", "conf", "-n", "-f", "3.4", "-t", "4", file}, &errors, &output), k_exit_ok);
  EXPECT_EQ(output, "");
  EXPECT_THAT(errors, HasSubstr("line 1: 'encoder text' was added"));
  EXPECT_EQ(quietly({"migrate", "conf", "-o", folder.path / "new.conf", "-f", "3.4", "-t", "main", file}), k_exit_ok);
  EXPECT_EQ(quietly({"migrate", "conf", "-i", "-f", "3.4", "-t", "main", file}), k_exit_ok);
  EXPECT_EQ(folder.read("old.conf"), folder.read("new.conf"));
  EXPECT_EQ(quietly({"migrate", "conf", "-f", "5", "-t", "4", file}), k_exit_failure);
  EXPECT_EQ(quietly({"migrate", "conf", "-t", "4", file}), k_exit_usage);
  EXPECT_EQ(quietly({"migrate", "conf", "-f", "4", "-t", "5", folder.path / "missing"}), k_exit_failure);
}

}  // namespace
}  // namespace tandem::program
