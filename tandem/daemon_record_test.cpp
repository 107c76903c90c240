// The program records itself, and plays it again.
#include <algorithm>

#include "tandem/running_tandem.hpp"

namespace tandem::program {
namespace {

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
  [[nodiscard]] std::string run(std::vector<std::string> arguments, int status) const {
    RunningTandem program(std::move(arguments), variables_);
    EXPECT_EQ(program.wait(), status) << program.text();
    return program.text();
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
  damaged[whole.size() / 2] ^= 1;
  write("damaged", damaged);
  EXPECT_THAT(run({"replay", path("damaged")}, 1), HasSubstr("octet 12 of the file: the block is damaged"));
}

TEST_P(Recorded, ARecordingIsNotWrittenOver) {
  write("r", "somebody's");
  EXPECT_THAT(run({"server", "--record", path("r"), path("good.conf")}, 1), HasSubstr("cannot record to " + path("r") + ": File exists"));
  EXPECT_EQ(contents("r"), "somebody's");
}

INSTANTIATE_TEST_SUITE_P(Engine, Recorded, ::testing::Values("sync", "async"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace tandem::program
