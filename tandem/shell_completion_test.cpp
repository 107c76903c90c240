// What may come next in a command line, asked directly and by the shells themselves.
#include "tandem/shell_completion.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "harness/child_process.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/facts.hpp"
#include "tandem/terminal.hpp"
#include "tandem/test_support.hpp"

namespace tandem::program {
namespace {

using namespace test;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

std::vector<std::string> next(std::string_view line) {
  std::vector<std::string> words;
  for (const api::CompletionWord& word : complete_line(line).words) words.push_back(word.word);
  return words;
}

TEST(ShellCompletion, SubcommandsComeFirst) {
  EXPECT_THAT(next("tandem en"), ElementsAre("encode", "env"));
  EXPECT_THAT(next("/usr/bin/tandem vers"), ElementsAre("version"));
  EXPECT_TRUE(complete_line("tandem x").files) << "or a configuration";
  EXPECT_THAT(next("tandem --engi"), ElementsAre("--engine"));
  EXPECT_THAT(next("tandem configuration ex"), ElementsAre("export", "example"));
  EXPECT_THAT(next("tandem migrate "), ElementsAre("conf", "api"));
  EXPECT_THAT(next("tandem"), IsEmpty());
  EXPECT_THAT(next(""), IsEmpty());
}

TEST(ShellCompletion, OptionsAndTheirValuesFollow) {
  EXPECT_THAT(next("tandem server --engine "), ::testing::ElementsAreArray(engine_names()));
  EXPECT_THAT(next("tandem migrate conf -f 3.4 -t m"), ElementsAre("main"));
  EXPECT_THAT(next("tandem schema --comp"), ElementsAre("--compact"));
  EXPECT_TRUE(complete_line("tandem validate ").files);
  EXPECT_TRUE(complete_line("tandem run --batch ").files);
  EXPECT_TRUE(complete_line("tandem --env-file ").files);
  EXPECT_THAT(next("tandem --env-file x env --d"), ElementsAre("--diff"));
  EXPECT_FALSE(complete_line("tandem env ").files);
}

TEST(ShellCompletion, CommandsAreThoseOfTheTable) {
  EXPECT_THAT(next("tandem run sh"), ElementsAre("show", "shutdown"));
  EXPECT_THAT(next("tandem cli show adj-rib "), ElementsAre("in", "out"));
  EXPECT_THAT(next("tandem run --socketpath /a/b show neighbor s"), ElementsAre("summary"));
  EXPECT_THAT(next("exabgpcli show n"), ElementsAre("neighbor"));
  EXPECT_THAT(next("tandem run 'announce' route 10.0.0.0/24 next-"), ElementsAre("next-hop"));
}

// A subcommand or an option that is added is completed without anybody thinking of it.
TEST(ShellCompletion, EverySubcommandAndEveryOptionIsOffered) {
  const std::function<void(const std::string&, const Facts&)> check = [&](const std::string& line, const Facts& facts) {
    const auto options = next(line + "-");
    for (const OptionFact& option : facts.options) {
      if (option.positional) continue;
      EXPECT_THAT(options, IsSupersetOf(option.names)) << line;
    }
    for (const Facts& part : facts.parts) {
      EXPECT_THAT(next(line), Contains(part.name));
      check(line + part.name + " ", part);
    }
  };
  for (const Subcommand& subcommand : subcommands()) {
    EXPECT_THAT(next("tandem "), Contains(std::string(subcommand.name)));
    if (subcommand.facts != nullptr) check(fmt::format("tandem {} ", subcommand.name), subcommand.facts());
  }
}

TEST(Shell, TheScriptIsPrintedInstalledAndRemoved) {
  const Folder folder;
  const std::string home = ::getenv("HOME") == nullptr ? "" : ::getenv("HOME");
  ::setenv("HOME", folder.path.c_str(), 1);
  for (const std::string_view shell : completed_shells()) {
    const std::string name(shell);
    std::string printed;
    EXPECT_EQ(quietly({"shell", "completion", name}, nullptr, &printed), k_exit_ok);
    std::string said;
    EXPECT_EQ(quietly({"shell", "install", name}, nullptr, &said), k_exit_ok);
    const std::string file(completion_file(shell));
    EXPECT_EQ(folder.read(file), printed);
    EXPECT_THAT(said, HasSubstr(file + " was written"));
    EXPECT_EQ(quietly({"shell", "uninstall", name}, nullptr, &said), k_exit_ok);
    EXPECT_FALSE(std::filesystem::exists(folder.path / file));
    EXPECT_EQ(quietly({"shell", "uninstall", name}, nullptr, &said), k_exit_ok);
    EXPECT_THAT(said, HasSubstr("is not there"));
  }
  ::setenv("HOME", home.c_str(), 1);
  EXPECT_EQ(quietly({"shell"}), k_exit_failure);
  EXPECT_EQ(quietly({"shell", "completion", "tcsh"}), k_exit_usage);
  EXPECT_EQ(quietly({"shell", "dance"}), k_exit_usage);
}

TEST(Shell, TheManualPageSaysWhatTheProgramSays) {
  std::string page;
  EXPECT_EQ(quietly({"shell", "manual"}, nullptr, &page), k_exit_ok);
  const Folder folder;
  const std::string file = folder.write("tandem.1", page);
  EXPECT_EQ(harness::output_of({"/bin/sh", "-c", "groff -man -ww -Tutf8 -rLL=100n " + file + " 2>&1 >/dev/null"}), "") << "troff has something to say";
  const std::string text = harness::output_of({"/bin/sh", "-c", "groff -man -Tutf8 -P-cbou -rLL=200n " + file});
  for (const Subcommand& subcommand : subcommands()) EXPECT_THAT(text, HasSubstr(fmt::format("tandem {}", subcommand.name)));
  EXPECT_THAT(text, HasSubstr(fmt::format("--engine {}", fmt::join(engine_names(), "|"))));
  EXPECT_THAT(text, HasSubstr("rib show out, show adj-rib out [extensive] [routes|static|inet|flow|l2vpn] [<address>]"));
  EXPECT_THAT(text, HasSubstr("tcp.port"));
}

// --- by the shells

class RealShell : public ::testing::TestWithParam<std::string_view> {
 protected:
  RealShell() {
    script_ = folder_.write("script", completion_script(GetParam()));
    std::filesystem::create_symlink(TANDEM_PROGRAM, folder_.path / "tandem");
    std::filesystem::create_symlink("tandem", folder_.path / "exabgpcli");
    folder_.write("some.conf", "");
    path_ = folder_.path.string() + ":" + ::getenv("PATH");
  }
  [[nodiscard]] std::string run(std::vector<std::string> arguments) const {
    std::vector<std::string> words{"/usr/bin/env", "PATH=" + path_, "HOME=" + folder_.path.string()};
    words.insert(words.end(), std::make_move_iterator(arguments.begin()), std::make_move_iterator(arguments.end()));
    return harness::output_of(words);
  }
  const Folder folder_;
  std::string script_;
  std::string path_;
};

class Bash : public RealShell {
 protected:
  // What bash has when TAB is pressed behind `line`.
  [[nodiscard]] std::string words(const std::string& line) const {
    return run({"bash", "-c",
                fmt::format("cd {}; source {}; COMP_LINE='{}'; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=(${{COMP_LINE}}); [[ $COMP_LINE == *\\  ]] && COMP_WORDS+=(''); "
                            "COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _tandem; echo ${{COMPREPLY[*]}}",
                            folder_.path.string(), script_, line)});
  }
};

TEST_P(Bash, AsksTheProgram) {
  EXPECT_EQ(words("tandem en"), "encode env\n");
  EXPECT_EQ(words("tandem run show adj-rib "), "in out\n");
  EXPECT_EQ(words("exabgpcli show nei"), "neighbor\n");
  EXPECT_EQ(words("tandem validate so"), "some.conf\n");
  EXPECT_EQ(words("tandem server --engine "), fmt::format("{}\n", fmt::join(engine_names(), " ")));
  EXPECT_THAT(run({"bash", "-c", "source " + script_ + "; complete -p tandem exabgpcli"}),
              "complete -F _tandem tandem\ncomplete -F _tandem exabgpcli\n");
  EXPECT_THAT(run({"bash", "-c", "rm -f " + folder_.path.string() + "/exabgpcli; source " + script_ + "; complete -p exabgpcli 2>&1"}), HasSubstr("no completion"))
      << "a name of ExaBGP that is no link of ours";
}
INSTANTIATE_TEST_SUITE_P(Shell, Bash, ::testing::Values("bash"));

// Those that are installed.
std::vector<std::string_view> installed(std::string_view shell) {
  return ::access(fmt::format("/usr/bin/{}", shell).c_str(), X_OK) == 0 ? std::vector{shell} : std::vector<std::string_view>{};
}

class Fish : public RealShell {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Fish);
TEST_P(Fish, AsksTheProgram) {
  const auto words = [this](const std::string& line) {
    return run({"fish", "--no-config", "-c", fmt::format("cd {}; source {}; complete -C '{}'", folder_.path.string(), script_, line)});
  };
  EXPECT_EQ(words("tandem en"), "encode\tprint the octets of the UPDATE that announces a route\nenv\tprint the settings\n");
  EXPECT_EQ(words("tandem run show adj-rib "), "in\tshows the routes received\nout\tshows the routes announced\n");
  EXPECT_EQ(words("exabgpcli show nei"), "neighbor\tshows peers\n");
  EXPECT_EQ(words("tandem validate so"), "some.conf\n");
}
INSTANTIATE_TEST_SUITE_P(Shell, Fish, ::testing::ValuesIn(installed("fish")));

class Zsh : public RealShell {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Zsh);
TEST_P(Zsh, AsksTheProgram) {
  Terminal zsh({"/usr/bin/zsh", "-f", "-i"}, {{"PATH", path_}, {"HOME", folder_.path}, {"PS1", "ready> "}});
  zsh.wait_for("ready> ");
  zsh.type(fmt::format("cd {}; autoload -Uz compinit; compinit -u -D; source {}; echo begin $_comps[tandem] $_comps[exabgpcli] end\r", folder_.path.string(), script_));
  zsh.wait_for("begin _tandem _tandem end");
  zsh.wait_for("ready> ");
  zsh.type("tandem enc\t");
  zsh.wait_for("ode ");
  zsh.type("\x15");
  zsh.type("exabgpcli show nei\t");
  zsh.wait_for("ghbor ");
  zsh.type("\x15");
  zsh.type("tandem validate so\t");
  zsh.wait_for("some.conf");
  zsh.type("\x15");
  zsh.type("tandem run show adj-rib \t");
  zsh.wait_for("shows the routes announced");
}
INSTANTIATE_TEST_SUITE_P(Shell, Zsh, ::testing::ValuesIn(installed("zsh")));

}  // namespace
}  // namespace tandem::program
