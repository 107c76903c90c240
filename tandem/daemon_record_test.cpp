// The program records itself, and plays it again.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "common/recording/blocks.hpp"
#include "harness/configuration_text.hpp"
#include "harness/loopback.hpp"
#include "harness/messages.hpp"
#include "harness/scripted_peer.hpp"
#include "tandem/running_tandem.hpp"

namespace tandem::program {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Recorded : public Server {
 protected:
  void SetUp() override {
    Server::SetUp();
    variables_ = environment({"tandem_api_socketpath=" + path("t.sock")});
    std::erase(variables_, "tandem_api_cli=false");
  }
  // A daemon with a program that announces, a secret, and a command.
  void record() {
    write("say.sh", "#!/bin/sh\necho 'peer * announce route 10.0.0.0/24 next-hop 10.0.0.1'\nexec cat >/dev/null\n");
    fs::permissions(path("say.sh"), fs::perms::all);
    write("record.conf", "process say {\n  run " + path("say.sh") + ";\n  encoder json;\n}\n"
                         "neighbor 127.0.0.1 {\n  router-id 1.2.3.4;\n  local-address 127.0.0.1;\n  local-as 1;\n  peer-as 2;\n"
                         "  # md5-password \"hidden-word\";\n  api {\n    processes [ say ];\n  }\n}\n");
    RunningTandem daemon({"server", "--record", path("r"), path("record.conf")}, variables_);
    ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
    Control control(path("t.sock"));
    EXPECT_THAT(control.ask("show neighbor summary"), HasSubstr("127.0.0.1"));
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  }
  void fill_the_disk(bool from_the_beginning);
  // So that nothing of it can be packed into little.
  static std::string noise(int i) {
    return fmt::format("announce route 10.{}.{}.0/24 next-hop 10.0.0.1 med {}", i / 256 % 256, i % 256, i * 7919);
  }
  [[nodiscard]] std::string run(std::vector<std::string> arguments, int status) const {
    RunningTandem program(std::move(arguments), variables_);
    EXPECT_EQ(program.wait(), status) << program.text();
    return program.text();
  }
  // The recording "r" in two blocks of half its records each.
  [[nodiscard]] std::string in_two_blocks() const {
    std::ifstream file(path("r"), std::ios::binary);
    recording::FileSource source([&file](std::span<std::uint8_t> into) -> base::Result<std::size_t> {
      file.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
      return static_cast<std::size_t>(file.gcount());
    });
    base::Buffer records;
    for (auto more = source.more(); more && !more->empty(); more = source.more()) records.insert(records.end(), more->begin(), more->end());
    base::Buffer out = recording::file_head();
    recording::pack_block(base::Bytes(records).first(records.size() / 2), out);
    recording::pack_block(base::Bytes(records).subspan(records.size() / 2), out);
    return std::string(base::as_text(out));
  }
  [[nodiscard]] std::string contents(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<std::string> variables_;
};

TEST_P(Recorded, ADaemonIsIdenticalWhenItIsReplayed) {
  record();
  EXPECT_THAT(run({"replay", path("r")}, 0), HasSubstr("verdict: identical"));
  EXPECT_THAT(run({"replay", "--until", "0.001", path("r")}, 0), HasSubstr("verdict: identical"));
}

TEST_P(Recorded, WhatProgramsAndClientsSaidIsExportedAndSecretsAreNot) {
  record();
  const std::string lines = run({"replay", "--export", "json", path("r")}, 0);
  EXPECT_THAT(lines, HasSubstr("peer * announce route 10.0.0.0/24 next-hop 10.0.0.1"));
  EXPECT_THAT(lines, HasSubstr("show neighbor summary"));
  EXPECT_EQ(run({"replay", "--export", "pcap", "-o", path("p"), path("r")}, 0), "");
  EXPECT_EQ(contents("p").substr(0, 4), "\xA1\xB2\x3C\x4D");
}

TEST_P(Recorded, ACutOrForeignRecordingIsRefusedWithThePlace) {
  record();
  const std::string whole = contents("r");
  write("cut", whole.substr(0, whole.size() - 3));
  EXPECT_THAT(run({"replay", path("cut")}, 1), HasSubstr("octet " + std::to_string(whole.size() - 3) + " of the file: the recording is cut here"));
  EXPECT_THAT(run({"replay", path("record.conf")}, 1), HasSubstr("octet 0 of the file: this is no recording of tandem"));
  std::string damaged = whole;
  damaged[100] ^= 1;  // in the first block
  write("damaged", damaged);
  EXPECT_THAT(run({"replay", path("damaged")}, 1), HasSubstr("octet 12 of the file: the block is damaged"));
}

TEST_P(Recorded, ANewerRecordingIsRefusedWithBothFormats) {
  record();
  std::string newer = contents("r");
  newer[11] = 9;
  write("newer", newer);
  EXPECT_THAT(run({"replay", path("newer")}, 1), HasSubstr("octet 8 of the file: the recording has format 9, this version of tandem reads formats up to 1"));
}

// In a file that is whole.
TEST_P(Recorded, ARecordOfALaterVersionIsRefusedWithItsPlace) {
  base::Buffer file = recording::file_head();
  constexpr std::uint8_t k_record[] = {77, 0};
  recording::pack_block(k_record, file);
  write("later", std::string(base::as_text(file)));
  EXPECT_THAT(run({"replay", path("later")}, 1), HasSubstr("records of kind 77 are not known: the recording is of a later version, or damaged"));
  EXPECT_THAT(run({"replay", "--export", "json", path("later")}, 1), HasSubstr("records of kind 77 are not known"));
}

TEST_P(Recorded, WhatIsInFrontOfTheDamageIsPlayedOnRequest) {
  record();
  const std::string whole = in_two_blocks();
  write("cut", whole.substr(0, whole.size() - 3));
  EXPECT_THAT(run({"replay", "--partial", path("cut")}, 0), AllOf(HasSubstr("the recording is cut here"), HasSubstr("what is in front of that was played"),
                                                                   HasSubstr("verdict: identical")));
  write("short", whole.substr(0, 20));
  EXPECT_THAT(run({"replay", "--partial", path("short")}, 1), AllOf(HasSubstr("the recording is cut here"), HasSubstr("nothing in front of that can be played")));
}

TEST_P(Recorded, NothingIsStartedForBadInput) {
  EXPECT_THAT(run({"replay", path("none")}, 1), HasSubstr("No such file or directory"));
  write("empty", "");
  EXPECT_THAT(run({"replay", path("empty")}, 1), HasSubstr("octet 0 of the file: the file is empty"));
  EXPECT_THAT(run({"replay", "--shrink", path("empty")}, 2), HasSubstr("--shrink needs -o FILE"));
  EXPECT_THAT(run({"replay", "--export", "xml", path("empty")}, 2), HasSubstr("xml"));
  EXPECT_THAT(run({"replay", "--until", "-1", path("empty")}, 2), HasSubstr("--until"));
}

TEST_P(Recorded, AnIdenticalRecordingIsNotShrunk) {
  record();
  EXPECT_THAT(run({"replay", "--shrink", "-o", path("s"), path("r")}, 1), HasSubstr("the recording is identical: there is no difference to look for"));
  EXPECT_FALSE(fs::exists(path("s")));
}

// The disk of the recording has 64 KiB, and more than that is recorded.
void Recorded::fill_the_disk(bool from_the_beginning) {
  fs::create_directory(path("disk"));
  std::vector<std::string> words{"--mount"};
  if (::geteuid() != 0) words.insert(words.end(), {"--user", "--map-root-user"});
  words.insert(words.end(), {"sh", "-c", "mount -t tmpfs -o size=64k disk \"$1\" && \"$0\" server $4 \"$2\"; status=$?; cp \"$1/r\" \"$3\"; exit $status",
                             built_program(), path("disk"), path("good.conf"), path("r"), from_the_beginning ? "--record " + path("disk/r") : ""});
  RunningTandem daemon(words, variables_, "/dev/null", "unshare", "/usr/bin/unshare");
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  Control control(path("t.sock"));
  if (!from_the_beginning) {
    EXPECT_EQ(control.ask("record start " + path("disk/r")), "done\n");
  }
  int asked = 0;
  // What it began with is written: what is too much for the disk is a block of its own.
  const std::string file = "/proc/" + std::to_string(daemon.pid()) + "/root" + path("disk/r");
  while (fs::file_size(file) <= recording::file_head().size() && asked++ < 50'000) control.ask("version");
  while (daemon.text().find("ends here") == std::string::npos && asked < 50'000) {
    EXPECT_THAT(control.ask(noise(asked++)), HasSubstr("done"));
    daemon.read_what_is_there();
  }
  EXPECT_THAT(daemon.text(), HasSubstr("the recording " + path("disk/r") + " ends here: it could not be written (No space left on device)"));
  EXPECT_THAT(control.ask("show neighbor summary"), HasSubstr("127.0.0.1")) << "the daemon goes on";
  EXPECT_THAT(control.ask("record status"), AllOf(HasSubstr("\"recording\": false"), HasSubstr("No space left on device")));
  EXPECT_THAT(control.ask("record start " + path("disk/s")), HasSubstr("done")) << "another one may be tried";
  control.ask("daemon shutdown");
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  EXPECT_THAT(run({"replay", path("r")}, 0), AllOf(HasSubstr("note: the recording ended because it could not be written (No space left on device)"),
                                                   HasSubstr("verdict: identical")));
}
TEST_P(Recorded, AFullDiskEndsTheRecordingAndNotTheDaemon) { fill_the_disk(true); }
TEST_P(Recorded, AFullDiskEndsARecordingThatWasBegunLater) { fill_the_disk(false); }

TEST_P(Recorded, ARecordingIsNotWrittenOver) {
  write("r", "somebody's");
  EXPECT_THAT(run({"server", "--record", path("r"), path("good.conf")}, 1), HasSubstr("cannot record to " + path("r") + ": File exists"));
  EXPECT_EQ(contents("r"), "somebody's");
}

TEST_P(Recorded, ARunningDaemonBeginsAndEndsWhenItIsTold) {
  RunningTandem daemon({"server", path("good.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  Control control(path("t.sock"));
  EXPECT_THAT(control.ask("record status"), HasSubstr("\"recording\": false"));
  EXPECT_THAT(control.ask("record stop"), HasSubstr("nothing is recorded"));
  EXPECT_THAT(control.ask("record start " + path("none/r")), HasSubstr("No such file"));
  EXPECT_EQ(control.ask("record start " + path("r")), "done\n");
  EXPECT_THAT(control.ask("announce route 10.0.0.0/24 next-hop 10.0.0.1"), HasSubstr("done"));
  EXPECT_THAT(control.ask("record start " + path("s")), HasSubstr(path("r") + " is being recorded"));
  EXPECT_THAT(control.ask("record status"), HasSubstr("\"recording\": true, \"file\": \"" + path("r")));
  EXPECT_EQ(control.ask("record stop"), "done\n");
  EXPECT_EQ(control.ask("record start " + path("s")), "done\n");
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  EXPECT_THAT(run({"replay", path("r")}, 0), HasSubstr("verdict: identical"));
  EXPECT_THAT(run({"replay", path("s")}, 0), HasSubstr("verdict: identical"));
  EXPECT_THAT(run({"replay", "--export", "json", path("r")}, 0), HasSubstr("announce route 10.0.0.0/24 next-hop 10.0.0.1"));
}

// A session that is up, routes both ways, a client, a program that has said half of a line: each of them is gone on with.
TEST_P(Recorded, OneThatIsBegunOnALiveDaemonIsIdenticalWhenItIsReplayed) {
  harness::Loopback loopback;
  const auto peer = std::make_shared<harness::ScriptedPeer>();
  ASSERT_EQ(::mkfifo(path("go").c_str(), 0600), 0);
  write("say.sh", "#!/bin/sh\nprintf 'peer * announce route 10.0.1.0/24 next'\nread line <" + path("go") + "\necho '-hop 10.0.0.1'\nexec cat >/dev/null\n");
  fs::permissions(path("say.sh"), fs::perms::all);
  harness::NeighborText neighbor;
  neighbor.peer = "127.0.0.10";
  neighbor.connect = loopback.listen(neighbor.peer, [&peer](const base::Endpoint&, const base::Endpoint&) { return peer; });
  neighbor.api = {"processes [ say ];"};
  neighbor.routes = harness::many_routes(1000);
  neighbor.statements = {"adj-rib-in true;"};
  write("live.conf", harness::process_text("say", path("say.sh"), "text") + harness::to_text(neighbor));
  std::erase(variables_, "tandem_bgp_passive=true");
  RunningTandem daemon({"server", path("live.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  ASSERT_TRUE(loopback.run_until([&peer] { return peer->ends_of_rib() == 1; }, std::chrono::seconds(20)));
  std::ofstream go(path("go"));  // when the program reads it has said the half
  Control control(path("t.sock"));
  EXPECT_EQ(control.ask("record start " + path("r")), "done\n");
  go << std::endl;
  EXPECT_THAT(control.ask("peer * announce route 10.0.2.0/24 next-hop 10.0.0.1"), HasSubstr("done"));
  peer->send(harness::update({{"40.0.0.0/24"}, std::nullopt, 7}));
  EXPECT_TRUE(loopback.run_until([&] {
    return peer->table().has("10.0.1.0/24") && peer->table().has("10.0.2.0/24") && control.ask("rib show in").find("40.0.0.0/24") != std::string::npos;
  }, std::chrono::seconds(20)));
  EXPECT_THAT(control.ask("record status"), HasSubstr(path("r")));
  daemon.signal(SIGTERM);
  EXPECT_TRUE(loopback.run_until([&peer] { return peer->has_closed(); }, std::chrono::seconds(20)));
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  EXPECT_THAT(run({"replay", path("r")}, 0), HasSubstr("verdict: identical"));
  EXPECT_THAT(run({"replay", "--neighbor", "127.0.0.10", path("r")}, 0), HasSubstr("verdict: identical"));
  EXPECT_THAT(run({"replay", "--export", "json", path("r")}, 0), AllOf(HasSubstr("-hop 10.0.0.1"), HasSubstr("127.0.0.10")));
}

TEST_P(Recorded, TheLastFilesOfARowStayAndEachCanBePlayed) {
  RunningTandem daemon({"server", "--record", path("r"), "--record-size", "16k", "--record-keep", "2", path("good.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  Control control(path("t.sock"));
  for (int asked = 0; !fs::exists(path("r.4")) && asked < 50'000; ++asked) EXPECT_THAT(control.ask(noise(asked)), HasSubstr("done"));
  EXPECT_THAT(control.ask("record status"), HasSubstr(path("r.")));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  std::vector<int> there;
  for (int i = 1; i < 100; ++i) {
    if (fs::exists(path("r." + std::to_string(i)))) there.push_back(i);
  }
  ASSERT_EQ(there.size(), 2U);
  EXPECT_GE(there[0], 3);
  EXPECT_EQ(there[1], there[0] + 1);
  EXPECT_THAT(run({"replay", path("r." + std::to_string(there[0]))}, 0), AllOf(HasSubstr("another file follows"), HasSubstr("verdict: identical")));
  EXPECT_THAT(run({"replay", path("r." + std::to_string(there[1]))}, 0), HasSubstr("verdict: identical"));
  EXPECT_THAT(run({"server", "--record", path("q"), "--record-keep", "2", path("good.conf")}, 2), HasSubstr("--record-keep needs --record-size"));
}

// Somebody has moved the folder away when the next file is to be made.
TEST_P(Recorded, ARowEndsWhereNoOtherFileCanBeMadeAndTheDaemonGoesOn) {
  fs::create_directory(path("folder"));
  RunningTandem daemon({"server", "--record", path("folder/r"), "--record-size", "16k", "--record-keep", "2", path("good.conf")}, variables_);
  ASSERT_TRUE(daemon.wait_for(k_started)) << daemon.text();
  fs::rename(path("folder"), path("elsewhere"));
  Control control(path("t.sock"));
  for (int asked = 0; daemon.text().find("ends here") == std::string::npos && asked < 50'000; ++asked) {
    EXPECT_THAT(control.ask(noise(asked)), HasSubstr("done"));
    daemon.read_what_is_there();
  }
  EXPECT_THAT(daemon.text(), HasSubstr("the recording " + path("folder/r.1") + " ends here: no other file follows: cannot record to " + path("folder/r.2") +
                                       ": No such file or directory"));
  EXPECT_THAT(control.ask("record status"), AllOf(HasSubstr("\"recording\": false"), HasSubstr("no other file follows")));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0) << daemon.text();
  EXPECT_THAT(run({"replay", path("elsewhere/r.1")}, 0), AllOf(HasSubstr("no other file follows"), HasSubstr("verdict: identical")));
}

INSTANTIATE_TEST_SUITE_P(Engine, Recorded, ::testing::ValuesIn(engines_that_run()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tandem::program
