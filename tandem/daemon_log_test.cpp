// The program as a process: where its log goes, and that nobody has to read it.
#include <sys/stat.h>

#include <algorithm>

#include "harness/configuration_text.hpp"
#include "harness/loopback.hpp"
#include "harness/scripted_peer.hpp"
#include "tandem/running_tandem.hpp"

namespace tandem::program {
namespace {

using ::testing::HasSubstr;

class ServerLog : public Server {};

// `tandem server 2>&1 | less`, paused: sessions and clients go on, and what was lost is told to whoever reads again.
TEST_P(ServerLog, GoesOnWhenNobodyReadsItsLog) {
  harness::Loopback loopback;
  const auto peer = std::make_shared<harness::ScriptedPeer>();
  harness::NeighborText neighbor;
  neighbor.peer = "127.0.0.10";
  neighbor.connect = loopback.listen(neighbor.peer, [&](const base::Endpoint&, const base::Endpoint&) { return peer; });
  write("flood.conf", harness::to_text(neighbor));
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock"), "tandem_log_all=true"});
  std::erase(variables, "tandem_api_cli=false");
  std::erase(variables, "tandem_bgp_passive=true");
  RunningTandem program({path("flood.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  ASSERT_TRUE(loopback.run_until([&] { return peer->ends_of_rib() == 1; }, std::chrono::seconds(20)));

  Control control(path("t.sock"));
  const std::string nonsense = "peer * announce route 10.0.0.0/99 " + std::string(8000, 'x');
  // 3 MB of warnings, each of its own: what is repeated is only counted.
  for (int i = 0; i < 400; ++i) ASSERT_THAT(control.ask(nonsense + std::to_string(i)), ::testing::EndsWith("error\n"));
  std::ifstream facts("/proc/" + std::to_string(program.pid()) + "/fdinfo/2");
  std::string word;
  while (facts >> word && word != "flags:") {
  }
  facts >> word;
  EXPECT_EQ(std::stoul(word, nullptr, 8) & static_cast<unsigned long>(O_NONBLOCK), 0U) << "standard error is shared with others";
  EXPECT_THAT(control.ask("peer * announce route 10.9.0.0/16 next-hop 10.0.0.1"), ::testing::EndsWith("done\n"));
  EXPECT_TRUE(loopback.run_until([&] { return peer->table().has("10.9.0.0/16"); }, std::chrono::seconds(20)));
  EXPECT_FALSE(peer->has_closed());

  EXPECT_TRUE(program.wait_for(" log lines were dropped, the log is read too slowly")) << program.text().size();
  EXPECT_THAT(control.ask(nonsense), ::testing::EndsWith("error\n"));
  program.signal(SIGTERM);
  EXPECT_TRUE(program.wait_for("tandem ends, status 0"));
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(ServerLog, OpensItsLogFileAgainByCommandAndAtAReload) {
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock"), "tandem_log_destination=" + path("log")});
  std::erase(variables, "tandem_api_cli=false");
  RunningTandem program({path("good.conf")}, variables);
  Control control(path("t.sock"));
  ASSERT_THAT(control.ask("engine"), HasSubstr("done"));
  fs::rename(path("log"), path("log.1"));
  EXPECT_EQ(control.ask("log rotate"), "done\n");
  EXPECT_TRUE(fs::exists(path("log")));
  fs::rename(path("log"), path("log.2"));
  fs::create_directory(path("log"));
  EXPECT_THAT(control.ask("daemon log rotate"), HasSubstr("error: log.destination " + path("log") + ": "));
  fs::remove(path("log"));
  EXPECT_THAT(control.ask("reload"), HasSubstr("done"));
  ASSERT_THAT(control.ask("engine"), HasSubstr("done"));  // the round behind it
  EXPECT_TRUE(fs::exists(path("log")));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  std::ifstream file(path("log"));
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(file), {}), HasSubstr("tandem ends, status 0"));
}

TEST_P(ServerLog, EndsAlthoughNobodyReadsItsLog) {
  std::vector<std::string> variables = environment({"tandem_api_socketpath=" + path("t.sock"), "tandem_log_all=true"});
  std::erase(variables, "tandem_api_cli=false");
  RunningTandem program({path("good.conf")}, variables);
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  Control control(path("t.sock"));
  const std::string nonsense = "peer * announce route 10.0.0.0/99 " + std::string(8000, 'x');
  for (int i = 0; i < 20; ++i) ASSERT_THAT(control.ask(nonsense), ::testing::EndsWith("error\n"));
  program.signal(SIGTERM);
  siginfo_t end{};
  int i = 0;
  while (i++ < 4000 && ::waitid(P_PID, static_cast<id_t>(program.pid()), &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid == 0) ::poll(nullptr, 0, 5);
  EXPECT_EQ(end.si_pid, program.pid()) << "it has not ended in 20 s";
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(ServerLog, TheLogFileHasTheModeThatTheUmaskLeaves) {
  RunningTandem program({path("good.conf")}, environment({"tandem_daemon_umask=0137", "tandem_log_destination=" + path("log"),
                                                    "tandem_daemon_pid=" + path("t.pid")}));
  for (int i = 0; i < 2000 && !fs::exists(path("t.pid")); ++i) ::poll(nullptr, 0, 5);
  struct stat facts {};
  ASSERT_EQ(::stat(path("log").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0640U);
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST_P(ServerLog, SeveralConfigurationsDoNotLogToOneFile) {
  RunningTandem program({path("good.conf"), path("good.conf")}, environment({"tandem_log_destination=file:" + path("log")}));
  EXPECT_EQ(program.wait(), 1);
  EXPECT_THAT(program.text(), HasSubstr("one file"));
}

TEST_P(ServerLog, ADaemonThatLogsToTheTerminalStaysInTheForeground) {
  RunningTandem program({path("good.conf")}, environment({"tandem_daemon_daemonize=true"}));
  ASSERT_TRUE(program.wait_for(k_started)) << program.text();
  EXPECT_THAT(program.text(), HasSubstr("does not go to the background"));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

INSTANTIATE_TEST_SUITE_P(Engine, ServerLog, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tandem::program
