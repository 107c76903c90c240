// The program as a process: exit statuses, standard input, pid file, privileges, several configurations, the programs it starts.
#include <fmt/format.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>

#include "tandem/running_tandem.hpp"

namespace tandem::program {

std::string built_program() { return TANDEM_PROGRAM; }

namespace {

using ::testing::HasSubstr;

TEST_P(Server, EndsWithStatusZeroOnEverySignalThatStopsIt) {
  for (const int number : {SIGTERM, SIGHUP, SIGINT}) {
    RunningTandem program({path("good.conf")}, environment());
    ASSERT_TRUE(program.wait_for(k_started)) << program.text();
    program.signal(number);
    EXPECT_EQ(program.wait(), 0) << program.text();
  }
}

TEST_P(Server, TheBareInvocationTakesExabgpsOptions) {
  RunningTandem program({"-d", "-p", path("good.conf")}, environment());
  ASSERT_TRUE(program.wait_for(std::string("engine ") + GetParam() + " is running")) << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, TheOptionOfTheCommandLineWinsOverTheEnvironment) {
  RunningTandem program({"server", "--engine", "async", path("good.conf")}, environment());
  ASSERT_TRUE(program.wait_for("engine async is running")) << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, FailuresAtTheStartAreStatusOneAndSayWhy) {
  write("bad.conf", "neighbor 127.0.0.1 {\n  router-id 1.2.3.4;\n  hold-time 2;\n}\n");
  struct Case {
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
    std::string expected;
  };
  const Case cases[] = {
      {{path("missing.conf")}, {}, "missing.conf"},
      {{path("bad.conf")}, {}, "bad.conf:3:"},
      {{path("good.conf")}, {"tandem_tcp_port=many"}, "tcp.port"},
      {{path("good.conf")}, {"tandem_daemon_user=nobody-of-this-name"}, "nobody-of-this-name"},
      {{path("good.conf")}, {"tandem_api_group=no-group-of-this-name"}, "api.group: there is no group 'no-group-of-this-name'"},
      {{path("good.conf")}, {"tandem_tcp_bind=192.0.2.77"}, "192.0.2.77"},
      {{path("good.conf")}, {"tandem_log_destination=" + path("logs/log")}, "there is no folder " + path("logs")},
      {{"-"}, {}, "empty"},
      {{"-", path("good.conf")}, {}, "only configuration"},
  };
  for (const Case& one : cases) {
    std::vector<std::string> variables = one.environment;
    for (std::string& variable : environment()) {
      const std::string name = variable.substr(0, variable.find('=') + 1);
      if (std::none_of(variables.begin(), variables.end(), [&](const std::string& given) { return given.starts_with(name); })) {
        variables.push_back(variable);
      }
    }
    RunningTandem program(one.arguments, variables);
    if (one.expected == "nobody-of-this-name" && ::getuid() != 0) continue;  // nobody asks for the user then
    EXPECT_EQ(program.wait(), 1) << one.expected;
    EXPECT_THAT(program.text(), HasSubstr(one.expected));
  }
}

TEST_P(Server, AConfigurationMayComeFromStandardInput) {
  RunningTandem program({"-"}, environment(), path("good.conf"));
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  program.signal(SIGUSR1);  // the same text again
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, ThePidFileLivesAsLongAsTheDaemon) {
  RunningTandem program({path("good.conf")}, environment({"tandem_daemon_pid=" + path("t.pid")}));
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  std::string pid;
  std::getline(std::ifstream(path("t.pid")), pid);
  EXPECT_EQ(pid, std::to_string(program.pid()));
  RunningTandem second({path("good.conf")}, environment({"tandem_daemon_pid=" + path("t.pid")}));
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.text(), HasSubstr("is held by process " + pid));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_FALSE(fs::exists(path("t.pid")));
}

TEST_P(Server, PrivilegesAreGivenUpBeforeTheFirstProgramStarts) {
  // The program writes who it is into a folder that everybody may write to.
  write("who.sh", "#!/bin/sh\nid -u >" + path("who") + "\nmv " + path("who") + " " + path("who.done") + "\nread -r line\n");
  ASSERT_EQ(::chmod(path("who.sh").c_str(), 0755), 0);
  write("program.conf", "process who { run " + path("who.sh") + "; encoder json; }\n" + k_good);
  std::vector<std::string> variables = environment();
  std::erase(variables, "tandem_daemon_user=root");
  variables.emplace_back("tandem_daemon_user=nobody");
  RunningTandem program({path("program.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  for (int i = 0; i < 2000 && !fs::exists(path("who.done")); ++i) ::poll(nullptr, 0, 5);
  std::string user;
  std::getline(std::ifstream(path("who.done")), user);
  struct stat facts {};
  ASSERT_EQ(::stat(("/proc/" + std::to_string(program.pid())).c_str(), &facts), 0);
  EXPECT_EQ(user, std::to_string(facts.st_uid)) << "the program runs as the daemon does";
  if (::getuid() == 0) {
    EXPECT_NE(user, "0");
  }
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, SaysAsWhomItCouldNotStartAProgram) {
  fs::create_directory(path("private"));
  ASSERT_EQ(::chmod(path("private").c_str(), 0700), 0);
  write("private/run.sh", "#!/bin/sh\ncat\n");
  ASSERT_EQ(::chmod(path("private/run.sh").c_str(), 0755), 0);
  write("program.conf", "process p { run " + path("private/run.sh") + "; }\n" + k_good);
  std::vector<std::string> variables = environment();
  std::erase(variables, "tandem_daemon_user=root");
  variables.emplace_back("tandem_daemon_user=nobody");
  RunningTandem program({path("program.conf")}, variables);
  // Only root becomes another user; everybody else may run what is theirs.
  const bool changes = ::getuid() == 0;
  EXPECT_TRUE(program.wait_for(changes ? "Permission denied (as user 'nobody', see the setting daemon.user)" : "process p: started")) << program.text();
}

TEST_P(Server, SeveralConfigurationsAreSeveralDaemonsThatEndTogether) {
  write("other.conf", k_good);
  RunningTandem program({path("good.conf"), path("other.conf")}, environment());
  ASSERT_TRUE(program.wait_for(k_started));
  const std::size_t first = program.text().find(k_started);
  ASSERT_NE(first, std::string::npos);
  const std::string children = "/proc/" + std::to_string(program.pid()) + "/task/" + std::to_string(program.pid()) + "/children";
  // The first daemon may be running before the second one is forked. Kernels without CONFIG_PROC_CHILDREN have no such file.
  const auto count = [&children] {
    std::string list;
    std::getline(std::ifstream(children), list);
    return std::count(list.begin(), list.end(), ' ');
  };
  if (std::ifstream(children).is_open()) {
    for (int i = 0; i < 2000 && count() < 2; ++i) ::poll(nullptr, 0, 5);
    EXPECT_EQ(count(), 2);
  }
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.text();
}

TEST_P(Server, GoesToTheBackgroundAndCanBeStoppedByItsPidFile) {
  RunningTandem program({path("good.conf")}, environment({"tandem_daemon_daemonize=true", "tandem_log_destination=file:" + path("log"),
                                                    "tandem_daemon_pid=" + path("t.pid")}));
  EXPECT_EQ(program.wait(), 0) << program.text();
  std::string pid;
  for (int i = 0; i < 2000 && pid.empty(); ++i) {
    std::getline(std::ifstream(path("t.pid")), pid);
    ::poll(nullptr, 0, 5);
  }
  ASSERT_FALSE(pid.empty());
  ::kill(static_cast<pid_t>(std::stol(pid)), SIGTERM);
  int i = 0;
  while (fs::exists(path("t.pid")) && i++ < 2000) ::poll(nullptr, 0, 5);
  EXPECT_FALSE(fs::exists(path("t.pid")));
}

TEST_P(Server, ReloadsItselfOnceWhenAskedTo) {
  RunningTandem program({"server", "-v", "-s", "1", path("good.conf")}, environment());
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  EXPECT_TRUE(program.wait_for("reload")) << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

// The number of the descriptor that /proc describes as `what`; -1 when there is none.
int descriptor_of(pid_t pid, std::string_view what) {
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
    std::error_code failure;
    if (fs::read_symlink(entry.path(), failure).string() == what) return std::stoi(entry.path().filename().string());
  }
  return -1;
}

// The code block of the README that follows `text`.
std::string readme_block(const std::string& text) {
  std::ifstream file(std::string(TANDEM_SOURCE) + "/README.md");
  const std::string all(std::istreambuf_iterator<char>(file), {});
  const std::string fence = "```\n";
  const std::size_t begin = all.find(fence, all.find(text)) + fence.size();
  return all.substr(begin, all.find(fence, begin) - begin);
}

TEST_P(Server, RunsTheExampleOfTheReadmeAsItStands) {
  write("my.conf", readme_block("This is `my.conf`:"));
  write("announce.sh", readme_block("this is `announce.sh`"));
  ASSERT_EQ(::chmod(path("announce.sh").c_str(), 0755), 0);
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  std::erase(variables, "tandem_bgp_passive=true");
  RunningTandem program({"server", path("my.conf")}, variables);
  ASSERT_TRUE(program.wait_for("done")) << "the program hears the answer to its command: " << program.text();
  EXPECT_TRUE(program.wait_for("loaded " + path("my.conf") + ": 1 neighbors, 1 routes, 1 programs, ")) << program.text();
  EXPECT_TRUE(program.wait_for(path("announce.sh"))) << program.text();
  RunningTandem show({"run", "show", "adj-rib", "out"}, variables);
  EXPECT_EQ(show.wait(), 0);
  EXPECT_THAT(show.text(), ::testing::AllOf(HasSubstr("198.51.100.0/24"), HasSubstr("203.0.113.0/24")));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

// The start, as root, may look into folders that the reload, as nobody, may not.
TEST_P(Server, AReloadFindsTheProgramsThatTheStartFound) {
  fs::create_directory(path("private"));
  write("private/tool.sh", "#!/bin/sh\nread -r line\n");
  write("helper.sh", "#!/bin/sh\nread -r line\n");
  for (const char* name : {"private/tool.sh", "helper.sh"}) ASSERT_EQ(::chmod(path(name).c_str(), 0755), 0);
  ASSERT_EQ(::chmod(path("private").c_str(), 0700), 0);
  const std::string programs = "process h { run ./helper.sh; }\nprocess t { run tool.sh; }\n";
  write("program.conf", programs + k_good);
  std::vector<std::string> variables = environment({"PATH=" + path("private") + ":/usr/bin:/bin"});
  std::erase(variables, "tandem_daemon_user=root");
  variables.emplace_back("tandem_daemon_user=nobody");
  RunningTandem program({path("program.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  write("program.conf", programs + k_good + "neighbor 127.0.0.3 {\n  router-id 1.2.3.4;\n  local-address 127.0.0.1;\n  local-as 1;\n  peer-as 2;\n}\n");
  program.signal(SIGUSR1);
  EXPECT_TRUE(program.wait_for("reloaded " + path("program.conf") + ": 1 neighbors added, ")) << program.text();
  program.signal(SIGUSR1);
  EXPECT_TRUE(program.wait_for("nothing has changed, ")) << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(Server, APidFileThatItsUserMayNotMakeIsRefusedBeforeAnythingStarts) {
  fs::create_directory(path("closed"));
  ASSERT_EQ(::chmod(path("closed").c_str(), 0500), 0);
  write("p.sh", "#!/bin/sh\ntouch " + path("started") + "\nread -r line\n");
  ASSERT_EQ(::chmod(path("p.sh").c_str(), 0755), 0);
  write("program.conf", "process p { run " + path("p.sh") + "; }\n" + k_good);
  std::vector<std::string> variables = environment({"tandem_daemon_pid=" + path("closed/t.pid")});
  std::erase(variables, "tandem_daemon_user=root");
  variables.emplace_back("tandem_daemon_user=nobody");
  RunningTandem program({path("program.conf")}, variables);
  EXPECT_EQ(program.wait(), 1);
  EXPECT_THAT(program.text(), ::testing::AllOf(HasSubstr("daemon.pid " + path("closed/t.pid") + ": "), HasSubstr("may not make or remove files in " + path("closed"))));
  EXPECT_FALSE(fs::exists(path("started")));
}

// What old images, roles and test suites say on the command line.
TEST_P(Server, TakesTheOptionsAndNamesOfTheFourthVersion) {
  write("x.env", "[exabgp.daemon]\npid = " + path("from-env.pid") + "\n");
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{{"-t", path("good.conf")}, {"--test", path("good.conf")}, {"--validate", path("good.conf")}}) {
    RunningTandem program(arguments, environment());
    EXPECT_EQ(program.wait(), 0) << arguments[0] << program.text();
  }
  RunningTandem bad({"--test", path("missing.conf")}, environment());
  EXPECT_EQ(bad.wait(), 1);
  for (const char* option : {"--fi", "--di", "--fe", "--de"}) {
    RunningTandem program({option, "-e", path("x.env")}, environment());
    EXPECT_EQ(program.wait(), 0) << option;
    EXPECT_THAT(program.text(), HasSubstr(path("from-env.pid"))) << option;
    EXPECT_EQ(program.text().find("tcp_delay") != std::string::npos || program.text().find("delay = ") != std::string::npos, std::string(option)[2] == 'f') << option;
  }
  fs::create_directory(path("etc"));
  write("etc/exabgp.env", "[exabgp.daemon]\npid = " + path("from-folder.pid") + "\n");
  RunningTandem folder({"--folder", path("etc"), "--di"}, environment());
  EXPECT_EQ(folder.wait(), 0);
  EXPECT_THAT(folder.text(), HasSubstr("from-folder.pid"));
  write("etc/named.conf", k_good);
  RunningTandem named({"-f", path("etc"), "-t", "etc/exabgp/named.conf"}, environment());
  EXPECT_EQ(named.wait(), 0) << named.text();
  fs::create_directories(path("root/etc/exabgp"));
  write("root/etc/exabgp/rooted.conf", k_good);
  RunningTandem rooted({"--root", path("root"), "--validate", "etc/exabgp/rooted.conf"}, environment());
  EXPECT_EQ(rooted.wait(), 0) << rooted.text();
}

TEST_P(Server, StartsAProgramThatWantedForDescriptorsLater) {
  write("p.sh", "#!/bin/sh\necho $$ >>" + path("starts") + "\nread -r line\n");
  ASSERT_EQ(::chmod(path("p.sh").c_str(), 0755), 0);
  write("program.conf", "process p { run " + path("p.sh") + "; encoder json; }\n" + k_good);
  const auto starts = [this] {
    std::vector<pid_t> pids;
    std::ifstream file(path("starts"));
    for (pid_t pid = 0; file >> pid;) pids.push_back(pid);
    return pids;
  };
  RunningTandem program({path("program.conf")}, environment());
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  for (int i = 0; i < 2000 && starts().empty(); ++i) ::poll(nullptr, 0, 5);
  ASSERT_EQ(starts().size(), 1U);
  rlimit before{};
  ASSERT_EQ(::prlimit(program.pid(), RLIMIT_NOFILE, nullptr, &before), 0);
  const rlimit few{4, before.rlim_max};  // what is open stays open
  ASSERT_EQ(::prlimit(program.pid(), RLIMIT_NOFILE, &few, nullptr), 0);
  ::kill(starts()[0], SIGKILL);
  ASSERT_TRUE(program.wait_for("process p: cannot start: pipe2(): Too many open files")) << program.text();
  ASSERT_EQ(::prlimit(program.pid(), RLIMIT_NOFILE, &before, nullptr), 0);
  for (int i = 0; i < 4000 && starts().size() < 2; ++i) ::poll(nullptr, 0, 5);
  EXPECT_EQ(starts().size(), 2U) << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.text();
}

// `run ./date` is the file beside the configuration and not the one of PATH; a bare name is searched in PATH last.
TEST_P(Server, ARelativeProgramIsTheOneBesideItsConfiguration) {
  fs::create_directories(path("etc/site"));
  const auto program_that_marks = [this](const std::string& name, const std::string& mark) {
    write(name, "#!/bin/sh\n: >" + path(mark) + "\nread -r line\n");
    fs::permissions(path(name), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec | fs::perms::group_read | fs::perms::others_read);
  };
  program_that_marks("etc/site/date", "beside");
  program_that_marks("etc/sync", "above");
  program_that_marks("etc/site/uname", "bare");
  write("etc/site/x.conf", "process a { run ./date; encoder json; }\nprocess b { run ../sync; encoder json; }\nprocess c { run uname; encoder json; }\n" + std::string(k_good));
  RunningTandem program({path("etc/site/x.conf")}, environment());
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  const auto all_ran = [this] { return fs::exists(path("beside")) && fs::exists(path("above")) && fs::exists(path("bare")); };
  for (int i = 0; i < 2000 && !all_ran(); ++i) ::poll(nullptr, 0, 5);
  EXPECT_TRUE(fs::exists(path("beside"))) << program.text();
  EXPECT_TRUE(fs::exists(path("above"))) << program.text();
  EXPECT_TRUE(fs::exists(path("bare"))) << program.text();
  EXPECT_THAT(program.text(), HasSubstr(path("etc/site/uname"))) << "what a bare name became is said";
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

// What is valid and odd is told where the file is used, not only by validate.
TEST_P(Server, AStartAndAReloadTellTheWarningsOfTheFile) {
  const auto odd = [](const std::string& route, const std::string& more = "") {
    return "neighbor 127.0.0.10 {\n router-id 1.2.3.4;\n local-address 127.0.0.1;\n local-as 1;\n peer-as 2;\n" + more + " static {\n  " + route + ";\n }\n}\n";
  };
  write("odd.conf", odd("route 10.0.0.0/8 next-hop 1.1.1.1 next-hop 2.2.2.2 as-path [ 0 ]", " passive;\n"));
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  RunningTandem program({path("odd.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  for (const char* warning : {"odd.conf:8:37: given twice: the last one counts", "AS 0 is reserved", "nothing listens for it"}) EXPECT_THAT(program.text(), HasSubstr(warning));
  write("odd.conf", odd("route 10.0.0.0/8 next-hop 1.1.1.1 med 5 med 6;\n  attributes next-hop 1.1.1.1 nlri 11.0.0.0/8 11.0.0.0/8"));
  EXPECT_THAT(Control(path("t.sock")).ask("reload"), HasSubstr("done"));
  EXPECT_TRUE(program.wait_for("given twice: the first one counts")) << program.text();
  EXPECT_TRUE(program.wait_for("it replaces the route of line 8")) << program.text();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.text();
}

// It was the square: 27 s of processor time for these, when each was compared with all.
TEST_P(Server, BeginsInTimeThatIsInProportionToTheNeighborsThatListen) {
  const std::vector<std::string> engines = engines_that_run();
  const auto network = 1 + (std::find(engines.begin(), engines.end(), GetParam()) - engines.begin());  // the tests run side by side
  std::string text;
  for (int i = 0; i < 30'000; ++i) {
    text += fmt::format("neighbor 11.0.{}.{} {{ router-id 1.2.3.4; local-address 127.{}.{}.{}; local-as 1; peer-as 2; listen 1179; }}\n", i >> 8, i & 255,
                        network, i % 3000 >> 8, i % 3000 & 255);
  }
  write("many.conf", text);
  RunningTandem program({path("many.conf")}, environment());
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  program.signal(SIGTERM);
  siginfo_t end{};
  rusage used{};
  ASSERT_EQ(::syscall(SYS_waitid, P_PID, program.pid(), &end, WEXITED | WNOWAIT, &used), 0);
  EXPECT_LT(used.ru_utime.tv_sec + used.ru_stime.tv_sec, 10);
  EXPECT_EQ(program.wait(), 0) << program.text();
}

class ServerOnSync : public Server {};

// poll(2) needs one descriptor besides those of the sessions, Asio several: there is room for one.
TEST_P(ServerOnSync, GoesOnWhenTheOtherEngineCannotBegin) {
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock")});
  std::erase(variables, "tandem_api_cli=false");
  RunningTandem program({path("good.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  Control control(path("t.sock"));
  ASSERT_THAT(control.ask("engine"), HasSubstr("done"));  // the loop runs, and its signalfd is there
  const int own = descriptor_of(program.pid(), "anon_inode:[signalfd]");
  ASSERT_GE(own, 0);
  const rlimit one_more{static_cast<rlim_t>(own) + 1, static_cast<rlim_t>(own) + 1};
  ASSERT_EQ(::prlimit(program.pid(), RLIMIT_NOFILE, &one_more, nullptr), 0);
  const std::string refusal = control.ask("engine async");
  EXPECT_THAT(refusal, HasSubstr("error: engine async cannot begin: "));
  EXPECT_THAT(refusal, HasSubstr("\nerror\n"));
  EXPECT_TRUE(program.wait_for("engine async cannot begin")) << program.text();
  EXPECT_THAT(control.ask("engine"), HasSubstr("\"sync\""));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0) << program.text();
}

INSTANTIATE_TEST_SUITE_P(Engine, ServerOnSync, ::testing::Values("sync"), [](const auto& info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Engine, Server, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tandem::program
