// A daemon with a peer and a program, that another program is to go on with: for the tests of that.
#pragma once

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>

#include "common/base/random.hpp"
#include "harness/configuration_text.hpp"
#include "harness/loopback.hpp"
#include "harness/messages.hpp"
#include "harness/scripted_peer.hpp"
#include "tandem/running_tandem.hpp"

namespace tandem::program {

inline constexpr int k_said = 1000;  // routes that the program announces, each in two pieces

class Upgraded : public Server {
 protected:
  // A daemon that has given up its privileges where it had any, with a program of the folder that it may execute.
  void SetUp() override {
    Server::SetUp();
    put_program();
    put_announcer(k_said);
    neighbor_.peer = "127.0.0.10";
    neighbor_.hold_time = 9;
    neighbor_.api = {"processes [ say ];"};
    neighbor_.statements = {"adj-rib-in true;"};
    neighbor_.connect = loopback_.listen(neighbor_.peer, [this](const base::Endpoint&, const base::Endpoint&) {
      ++connections_;
      return peer_;
    });
    put_configuration();
    variables_ = environment({"tandem_api_socketpath=" + path("t.sock"), "tandem_daemon_pid=" + path("t.pid")});
    std::erase(variables_, "tandem_api_cli=false");
    std::erase(variables_, "tandem_bgp_passive=true");
    std::replace(variables_.begin(), variables_.end(), std::string("tandem_daemon_user=root"), std::string("tandem_daemon_user=nobody"));
  }
  // As a package does it: the file is another one, the one that runs has no name any more.
  void put_program() const {
    fs::copy_file(built_program(), path("new"), fs::copy_options::overwrite_existing);
    fs::permissions(path("new"), fs::perms::all);
    fs::rename(path("new"), path("tandem"));
  }
  // `others`: further neighbors, which have nothing to say.
  void put_configuration(std::size_t others = 0) {
    std::string text = harness::process_text("say", path("say.sh"), "text") + harness::to_text(neighbor_);
    harness::NeighborText other;
    other.hold_time = neighbor_.hold_time;
    if (others > 0) {
      other.connect = loopback_.listen("0.0.0.0", [this](const base::Endpoint&, const base::Endpoint&) {
        ++connections_;
        return others_.emplace_back(std::make_shared<harness::ScriptedPeer>());
      });
    }
    for (std::size_t i = 0; i < others; ++i) {
      other.peer = fmt::format("127.1.{}.{}", i / 250, i % 250 + 1);
      text += harness::to_text(other);
    }
    write("upgrade.conf", text);
  }
  // Of this process, and of those that it starts.
  static void allow_descriptors(rlim_t count) {
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    ASSERT_GE(limit.rlim_max, count);
    limit.rlim_cur = std::max(limit.rlim_cur, count);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  void put_announcer(int routes) const {
    write("say.sh", "#!/bin/sh\necho $$ >>" + path("started") +
                        "\ni=0\nwhile [ $i -lt " + std::to_string(routes) +
                        " ]; do\n  printf 'peer * announce route 10.1.%d.%d/32 next-' $((i / 250)) $((i % 250))\n  echo 'hop 10.0.0.1'\n  i=$((i + 1))\ndone\n"
                        "while read line; do\n  [ \"$line\" = done ] && echo $line >>" +
                        path("acknowledged") + "\ndone\n");
    fs::permissions(path("say.sh"), fs::perms::all);
  }
  [[nodiscard]] std::unique_ptr<RunningTandem> start() {
    auto daemon = std::make_unique<RunningTandem>(std::vector<std::string>{"server", path("upgrade.conf")}, variables_, "/dev/null", "tandem", path("tandem"));
    EXPECT_TRUE(daemon->wait_for(k_started)) << daemon->text();
    EXPECT_TRUE(until([this] { return peer_->ends_of_rib() == 1; })) << daemon->text();
    return daemon;
  }
  [[nodiscard]] bool until(const std::function<bool()>& condition) { return loopback_.run_until(condition, std::chrono::seconds(20)); }
  [[nodiscard]] std::string contents(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // All that was announced to the peer of the program's routes, in their order.
  [[nodiscard]] std::vector<std::string> announced() const {
    std::vector<std::string> all;
    for (const auto& message : peer_->transcript()) {
      for (std::string& prefix : harness::changes_of(message.bytes).announced) {
        if (prefix.starts_with("10.1.")) all.push_back(std::move(prefix));
      }
    }
    return all;
  }
  void expect_a_clean_end(RunningTandem& daemon) {
    daemon.signal(SIGTERM);
    EXPECT_TRUE(until([this] { return peer_->has_closed(); }));
    EXPECT_EQ(daemon.wait(), 0) << daemon.text();
    EXPECT_FALSE(fs::exists(path("t.pid")));
    EXPECT_FALSE(fs::exists(path("t.sock")));
  }

  // The program announces and the peer announces all the time, in pieces of any size.
  void expect_nothing_lost(int upgrades, int said) {
    put_announcer(said);
    neighbor_.hold_time = 3600;  // no KEEPALIVE of the peer comes between two pieces
    put_configuration();
    const auto daemon = start();
    Control control(path("t.sock"));
    base::Random random(static_cast<std::uint64_t>(upgrades));
    base::Buffer rest;  // of the UPDATEs of the peer: a piece is sent before each upgrade
    for (int times = 0; times < upgrades; ++times) {
      const base::Buffer update = harness::update({{fmt::format("40.{}.{}.0/24", times / 250, times % 250)}, std::nullopt, 7});
      rest.insert(rest.end(), update.begin(), update.end());
      const auto piece = static_cast<std::ptrdiff_t>(times + 1 < upgrades ? random.below(rest.size() + 1) : rest.size());
      peer_->send(base::Buffer(rest.begin(), rest.begin() + piece));
      rest.erase(rest.begin(), rest.begin() + piece);
      put_program();
      ASSERT_EQ(control.ask("upgrade"), "done\n") << daemon->text();
      ASSERT_THAT(control.ask(fmt::format("peer * announce route 10.200.{}.0/24 next-hop 10.0.0.1", times)), ::testing::EndsWith("done\n"));
      loopback_.run_for(std::chrono::milliseconds(random.below(30)));
    }
    const std::string last = fmt::format("10.200.{}.0/24", upgrades - 1);
    EXPECT_TRUE(until([&] { return announced().size() >= static_cast<std::size_t>(said) && peer_->table().has(last); })) << announced().size() << daemon->text();
    std::vector<std::string> expected;
    for (int i = 0; i < said; ++i) expected.push_back(fmt::format("10.1.{}.{}/32", i / 250, i % 250));
    std::vector<std::string> seen = announced();
    std::sort(expected.begin(), expected.end());
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(seen, expected) << "each of them once";
    const std::string received = control.ask("rib show in");
    for (int times = 0; times < upgrades; ++times) {
      EXPECT_TRUE(peer_->table().has(fmt::format("10.200.{}.0/24", times)));
      EXPECT_THAT(received, ::testing::HasSubstr(fmt::format("40.{}.{}.0/24", times / 250, times % 250)));
    }
    const auto acknowledged = [this] {
      const std::string lines = contents("acknowledged");
      return std::count(lines.begin(), lines.end(), '\n');
    };
    EXPECT_TRUE(until([&] { return acknowledged() >= said; })) << acknowledged();
    EXPECT_EQ(acknowledged(), said) << "each of them once";
    EXPECT_EQ(connections_, 1);
    EXPECT_FALSE(peer_->has_closed());
    EXPECT_EQ(peer_->broken(), "");
    const std::string started = contents("started");
    EXPECT_EQ(std::count(started.begin(), started.end(), '\n'), 1) << "the program was not started again";
    EXPECT_EQ(contents("t.pid"), std::to_string(daemon->pid()) + "\n");
    expect_a_clean_end(*daemon);
    EXPECT_THAT(daemon->text(), ::testing::HasSubstr("goes on with the sessions of another program"));
  }

  harness::Loopback loopback_;
  std::shared_ptr<harness::ScriptedPeer> peer_ = std::make_shared<harness::ScriptedPeer>();
  std::vector<std::shared_ptr<harness::ScriptedPeer>> others_;
  harness::NeighborText neighbor_;
  int connections_ = 0;
  std::vector<std::string> variables_;
};

}  // namespace tandem::program
