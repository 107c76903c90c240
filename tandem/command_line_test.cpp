// Command lines of ExaBGP's several versions, and the names it is installed under.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "tandem/subcommand.hpp"
#include "tandem/test_support.hpp"

namespace tandem::program {
namespace {

using namespace test;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Ran {
  int status = 0;
  std::string output;
  std::string errors;
};
Ran run(const std::string& name, std::vector<std::string> arguments) {
  Ran result;
  result.status = quietly(std::move(arguments), &result.errors, &result.output, name);
  return result;
}

constexpr std::string_view k_good = "neighbor 127.0.0.1 { router-id 1.2.3.4; local-address 127.0.0.2; local-as 1; peer-as 2; }\n";

TEST(OtherNames, TheVersionBeginsAsExabgpsDoes) {
  for (const char* name : {"exabgp", "/usr/sbin/exabgp", "exabgpcli", "exabgp-cli", "exabgp-healthcheck"}) {
    const Ran version = run(name, {"--version"});
    EXPECT_EQ(version.status, k_exit_ok);
    EXPECT_THAT(version.output, StartsWith("ExaBGP : ")) << name;
    EXPECT_THAT(version.output, HasSubstr("\nRoot   : ")) << name;
  }
  EXPECT_THAT(run("exabgp", {"-v"}).output, StartsWith("ExaBGP : "));
  EXPECT_THAT(run("exabgp", {"version"}).output, StartsWith("ExaBGP : "));
  EXPECT_THAT(run("tandem", {"--version"}).output, StartsWith("tandem "));
  EXPECT_THAT(run("tandem", {"-v"}).output, StartsWith("tandem "));
}

TEST(OtherNames, TheVersionIsThatOfTheDialect) {
  ::setenv("tandem_compat_dialect", "4.2", 1);
  EXPECT_THAT(run("exabgp", {"--version"}).output, StartsWith("ExaBGP : 4.2.21\n"));
  EXPECT_THAT(run("exabgpcli", {"--version"}).output, StartsWith("ExaBGP : 4.2.21\n"));
  EXPECT_THAT(run("tandem", {"--version"}).output, Not(HasSubstr("4.2.21")));
  ::setenv("exabgp_version", "4.2.8", 1);
  EXPECT_THAT(run("exabgp", {"version"}).output, StartsWith("ExaBGP : 4.2.8\n"));
  ::unsetenv("exabgp_version");
  ::unsetenv("tandem_compat_dialect");
}

TEST(OtherNames, TheProgramTakesTheWordsOfTheName) {
  const Ran help = run("/usr/bin/exabgpcli", {"--help"});
  EXPECT_EQ(help.status, k_exit_ok);
  EXPECT_THAT(help.output, HasSubstr("Sends one command"));
  EXPECT_THAT(help.output, HasSubstr("Usage: exabgpcli ")) << "in messages too";
  EXPECT_THAT(run("exabgp", {"--help"}).output, HasSubstr("exabgp [server] [OPTIONS] CONF..."));
  EXPECT_THAT(run("exabgp", {"--no-such-option", "x.conf"}).errors, StartsWith("exabgp server: "));
}

TEST(OtherNames, AnOptionThatThereIsNotIsNoCommand) {
  for (const Ran& ran : {run("exabgpcli", {"--nonsense", "version"}), run("tandem", {"run", "-n", "version"}), run("tandem", {"cli", "--root", "/x", "--version"})}) {
    EXPECT_EQ(ran.status, k_exit_usage);
    EXPECT_THAT(ran.errors, HasSubstr(": The following argument was not expected: -"));
    EXPECT_EQ(ran.output, "");
  }
}

TEST(OtherNames, AProgramOfPythonNeedsOneOtherWord) {
  EXPECT_THAT(run("tandem", {"-m", "exabgp", "healthcheck", "--help"}).output, HasSubstr("Usage: tandem healthcheck [OPTIONS]"));
  EXPECT_THAT(run("exabgp-healthcheck", {"--help"}).output, HasSubstr("Usage: exabgp-healthcheck [OPTIONS]"));
}

TEST(OtherNames, TheDialectStaysAsItIs) {
  EXPECT_EQ(run("exabgp", {"env"}).output, run("tandem", {"env"}).output);
  EXPECT_EQ(run("exabgp", {"configuration", "example"}).output, run("tandem", {"configuration", "example"}).output);
}

TEST(CommandLine42, ConfigurationsAreChecked) {
  const Folder folder;
  const std::string good = folder.write("good.conf", k_good);
  const std::string bad = folder.write("bad.conf", "neighbor nowhere { }\n");
  for (const char* option : {"-t", "--test", "--validate", "--val"}) {
    EXPECT_EQ(run("exabgp", {option, good}).status, k_exit_ok) << option;
    EXPECT_EQ(run("exabgp", {good, option}).status, k_exit_ok) << option;
    EXPECT_EQ(run("tandem", {"-d", option, bad}).status, k_exit_failure) << option;
  }
  EXPECT_EQ(run("exabgp", {"-s", "-d", "-p", "-1", "-m", "--once", "--debug", "--pdb", "--memory", "--signal", "5", "--profile", "x", "-t", good}).status, k_exit_ok)
      << "-s asks for a report of memory where no number follows";
  EXPECT_EQ(run("exabgp", {"-t", "-s", good}).status, k_exit_ok);
}

TEST(CommandLine42, SettingsArePrinted) {
  const Folder folder;
  const std::string env = folder.write("my.env", "[exabgp.tcp]\nport = 1790\n");
  EXPECT_EQ(run("exabgp", {"--fi"}).output, run("exabgp", {"--full-ini"}).output);
  EXPECT_EQ(run("exabgp", {"--fe"}).output, run("exabgp", {"--full-env"}).output);
  EXPECT_THAT(run("exabgp", {"--fi"}).output, HasSubstr("port = 179"));
  for (const std::vector<std::string>& options : std::vector<std::vector<std::string>>{{"-e", env}, {"--env", env}, {"--env=" + env}}) {
    std::vector<std::string> arguments = options;
    arguments.emplace_back("--di");
    EXPECT_EQ(run("exabgp", arguments).output, "[exabgp.tcp]\nport = 1790\n");
    arguments.back() = "--diff-env";
    EXPECT_EQ(run("exabgp", arguments).output, "exabgp_tcp_port=1790\n");
  }
}

class Moved : public ::testing::Test {
 protected:
  ~Moved() override {
    ::unsetenv("EXABGP_ROOT");
    ::unsetenv("EXABGP_ETC");
  }
  const Folder folder_;
};

TEST_F(Moved, TheRootAndTheFolderSayWhereFilesAre) {
  std::filesystem::create_directories(folder_.path / "etc/exabgp");
  folder_.write("etc/exabgp/exabgp.env", "[exabgp.tcp]\nport = 1791\n");
  folder_.write("etc/exabgp/other.env", "[exabgp.tcp]\nport = 1792\n");
  folder_.write("etc/exabgp/good.conf", k_good);
  const std::string etc = folder_.path / "etc/exabgp";
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{"--root", folder_.path}, {"-f", folder_.path}, {"--folder", etc}, {"-f", etc}}) {
    std::vector<std::string> arguments = options;
    arguments.emplace_back("--di");
    EXPECT_THAT(run("exabgp", arguments).output, HasSubstr("port = 1791")) << options[0] << " " << options[1];
    arguments.insert(arguments.end(), {"--env", "other.env"});
    EXPECT_THAT(run("exabgp", arguments).output, HasSubstr("port = 1792")) << "a relative name is one of the configuration folder";
    arguments = options;
    arguments.insert(arguments.end(), {"--validate", "etc/exabgp/good.conf"});
    EXPECT_EQ(run("exabgp", arguments).status, k_exit_ok) << options[0] << " " << options[1];
    ::unsetenv("EXABGP_ROOT");
    ::unsetenv("EXABGP_ETC");
  }
}

TEST(CommandLine42, AMessageIsDecoded) {
  const std::string keepalive = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001304";
  const std::string decoded = run("tandem", {"decode", keepalive}).output;
  EXPECT_THAT(decoded, HasSubstr("keepalive"));
  const Folder folder;
  const std::string good = folder.write("good.conf", k_good);
  for (const char* option : {"-x", "--decode"}) {
    EXPECT_EQ(run("exabgp", {good, option, keepalive}).status, k_exit_ok) << option;
    EXPECT_EQ(run("exabgp", {option, keepalive, good}).status, k_exit_ok) << option;
  }
}

TEST(CommandLine42, HelpersAreRun) {
  EXPECT_THAT(run("exabgp", {"--run", "cli", "--help"}).output, HasSubstr("Sends one command"));
  const Ran unknown = run("exabgp", {"--run", "dance"});
  EXPECT_EQ(unknown.status, k_exit_usage);
  EXPECT_THAT(unknown.errors, HasSubstr("the helpers are cli and healthcheck"));
}

TEST(CommandLine, TheBeginningOfALongOptionWillDoWhereThereIsOneOnly) {
  EXPECT_THAT(run("tandem", {"server", "--memo", "--no-such"}).errors, HasSubstr("--no-such"));
  EXPECT_THAT(run("tandem", {"server", "--p", "x.conf"}).errors, HasSubstr("--p")) << "--passive, --pdb and --profile";
  EXPECT_EQ(run("tandem", {"run", "--socketp", "/nowhere/t.sock", "version"}).status, k_exit_failure);
}

}  // namespace
}  // namespace tandem::program
