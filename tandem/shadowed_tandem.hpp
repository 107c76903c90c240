// A daemon with a session and a program, beside which another engine runs: for the tests of that.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "harness/configuration_text.hpp"
#include "harness/loopback.hpp"
#include "harness/messages.hpp"
#include "harness/scripted_peer.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/running_tandem.hpp"

namespace tandem::program {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// A session that is up, with routes of the configuration, of commands and of a program.
class Shadowed : public Server {
 protected:
  void SetUp() override {
    Server::SetUp();
    peer_ = std::make_shared<harness::ScriptedPeer>();
    write("say.sh", "#!/bin/sh\necho 'peer * announce route 10.0.1.0/24 next-hop 10.0.0.1'\nexec cat >/dev/null\n");
    write("quiet.sh", "#!/bin/sh\nwhile read line; do :; done\n");
    for (const char* program : {"say.sh", "quiet.sh"}) fs::permissions(path(program), fs::perms::all);
    neighbor_.peer = "127.0.0.10";
    neighbor_.connect = loopback_.listen(neighbor_.peer, [this](const base::Endpoint&, const base::Endpoint&) { return peer_; });
    neighbor_.api = {"processes [ say ];", "neighbor-changes;"};
    neighbor_.routes = {"10.9.8.0/24 next-hop 10.0.0.1 med 7"};
    neighbor_.statements = {"adj-rib-in true;"};
    configure();
    variables_ = environment({"tandem_api_socketpath=" + path("t.sock"), "tandem_api_quiet=timed"});
    for (const char* unwanted : {"tandem_api_cli=false", "tandem_bgp_passive=true"}) std::erase(variables_, unwanted);
  }
  void TearDown() override {
    control_.reset();
    if (daemon_) {
      daemon_->signal(SIGTERM);
      EXPECT_TRUE(loopback_.run_until([this] { return peer_->has_closed(); }, 20s));
      EXPECT_EQ(daemon_->wait(), 0) << daemon_->text();
      EXPECT_TRUE(loopback_.run_until([this] { return !shadow_is_left(); }, 20s)) << "the shadow ends with the daemon";
    }
    Server::TearDown();
  }
  void start(const std::vector<std::string>& more = {}, const std::string& program = built_program()) {
    std::vector<std::string> variables = variables_;
    variables.insert(variables.end(), more.begin(), more.end());
    daemon_ = std::make_unique<RunningTandem>(std::vector<std::string>{"server", path("live.conf")}, variables, "/dev/null", program, program);
    ASSERT_TRUE(daemon_->wait_for(k_started)) << daemon_->text();
    ASSERT_TRUE(loopback_.run_until([this] { return peer_->ends_of_rib() == 1 && peer_->table().has("10.0.1.0/24"); }, 20s));
    control_ = std::make_unique<Control>(path("t.sock"));
  }
  [[nodiscard]] std::string ask(const std::string& command) { return control_->ask(command); }
  // The engine behind the one that leads: each is the shadow of one.
  [[nodiscard]] static std::string other() { return next_engine(GetParam()); }
  // Until the status says this. The peer is served meanwhile.
  std::string await(const std::string& text, base::Duration limit = 40s) {
    std::string said;
    // Now and then: what is asked is given to the shadow, too, which has the least priority.
    for (const base::TimePoint end = harness::Loopback::now() + limit; harness::Loopback::now() < end; loopback_.run_for(300ms)) {
      if ((said = ask("engine shadow status")).find(text) != std::string::npos) break;
    }
    return said;
  }
  // A route, out by a command and in by the peer.
  void exchange(int number) {
    const std::string out = fmt::format("10.{}.{}.0/24", 10 + number / 256, number % 256);
    const std::string in = fmt::format("40.{}.{}.0/24", number / 256, number % 256);
    EXPECT_THAT(ask(fmt::format("peer * announce route {} next-hop 10.0.0.1", out)), HasSubstr("done"));
    peer_->send(harness::update({{in}, std::nullopt, 7}));
    EXPECT_TRUE(loopback_.run_until([&] { return peer_->table().has(out) && ask("rib show in").find(in) != std::string::npos; }, 20s));
  }
  // The pid of the shadow, which the log has; 0: there is none.
  [[nodiscard]] pid_t shadow() {
    constexpr std::string_view k_before = ", in process ";
    daemon_->wait_for(std::string(k_before));
    daemon_->read_what_is_there();
    const std::size_t at = daemon_->text().rfind(k_before);
    return at == std::string::npos ? 0 : std::stoi(daemon_->text().substr(at + k_before.size()));
  }
  // Where its sockets are.
  [[nodiscard]] std::string shadow_folder() {
    std::ifstream words(fmt::format("/proc/{}/cmdline", shadow()));
    for (std::string word; std::getline(words, word, '\0');) {
      if (word == "--shadow") return std::getline(words, word, '\0') ? word : std::string();
    }
    return {};
  }
  // The last one has not ended, or is somebody's to collect.
  [[nodiscard]] bool shadow_is_left() {
    std::ifstream stat(fmt::format("/proc/{}/stat", shadow()));
    std::string number, name, state;
    return static_cast<bool>(stat >> number >> name >> state) && state != "Z";
  }

  // With so many more programs, that say nothing.
  void configure(int quiet = 0) {
    std::string programs = harness::process_text("say", path("say.sh"), "json");
    for (int i = 1; i <= quiet; ++i) programs += harness::process_text(fmt::format("quiet{}", i), path("quiet.sh"), "json");
    write("live.conf", programs + harness::to_text(neighbor_));
  }

  harness::Loopback loopback_;
  harness::NeighborText neighbor_;
  std::shared_ptr<harness::ScriptedPeer> peer_;
  std::vector<std::string> variables_;
  std::unique_ptr<RunningTandem> daemon_;
  std::unique_ptr<Control> control_;
};

}  // namespace tandem::program
