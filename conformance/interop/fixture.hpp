// What the tests against other daemons share: a temporary directory, a free port of 127.0.0.2 (the other daemon; tandem is 127.0.0.1),
// the program, and its control socket.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "conformance/stage/real_stage.hpp"
#include "harness/child_process.hpp"
#include "harness/loopback.hpp"

namespace tandem::conformance {

// Prefix `i` of a block: "30.0.7.0/24" and "2001:db8:1e:8::/64" for base 30, i 7.
[[nodiscard]] std::string v4_prefix(std::size_t base, std::size_t i);
[[nodiscard]] std::string v6_prefix(std::size_t base, std::size_t i);

class AgainstDaemon : public ::testing::Test {
 protected:
  // Fails the test unless every one of `programs` is there: nothing is skipped.
  static void require(const std::vector<std::string>& programs, const std::string& package, bool as_root = false);

  // Runs tandem on "tandem.conf" of the directory.
  [[nodiscard]] ChildProcess start_tandem(const std::string& engine, int api_version) const;
  // What the control socket answers to a command.
  [[nodiscard]] std::vector<std::string> tandem(const std::string& command);
  [[nodiscard]] std::size_t tandem_lines(const std::string& command, const std::string& part);
  [[nodiscard]] std::string at(const std::string& name) const { return directory_.path() + "/" + name; }

  TemporaryDirectory directory_;
  Loopback loopback_;
  std::uint16_t port_ = free_port("127.0.0.2");
};

}  // namespace tandem::conformance
