// A stand-in for the speaker, so that an engine can be tested against channels of a test's own, over real descriptors: rounds,
// deadlines and the end are the test's. Speaker's functions are defined here, so whoever links this does not get the real ones.
#pragma once

#include <gtest/gtest.h>

#include <netinet/in.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/speaker/speaker.hpp"

namespace tandem::speaker {

struct Core {
  Runtime runtime;
  std::optional<Exit> exit;
  std::optional<base::TimePoint> deadline;
  std::vector<Signal> signals;
  std::function<bool(base::TimePoint)> on_round;
  std::function<void(Signal)> on_signal;
  int rounds = 0;
};
extern Core* core;  // of the test that runs

}  // namespace tandem::speaker

namespace tandem::conformance {

using base::UniqueFd;
using speaker::ChannelKind;
using speaker::core;
using speaker::EndCause;
using speaker::Exit;
using speaker::Interest;

// What became of a channel; outlives it.
struct Fate {
  std::optional<EndCause> cause;
  int error = 0;
  int dial_error = 0;
  std::string received;
};

class TestChannel final : public speaker::Channel {
 public:
  TestChannel(ChannelKind kind, UniqueFd input, UniqueFd output = {}) : Channel(core->runtime, kind, "channel") {
    set_descriptors(std::move(input), std::move(output));
  }

  Interest interest() const override {
    if (over) return {};
    Interest now = want;
    now.write = !now.connect && !out.empty();
    return now;
  }
  base::Endpoint dial_target() const override { return target; }
  void on_connected(const base::Endpoint& local_end, const base::Endpoint& remote_end, base::TimePoint) override {
    local = local_end;
    remote = remote_end;
    want = {.read = true};
    wake();
  }
  void on_connect_failed(int error, base::TimePoint) override {
    fate->dial_error = error;
    close_down();
  }
  void on_received(base::Bytes bytes, base::TimePoint) override {
    fate->received += base::as_text(bytes);
    largest = std::max(largest, bytes.size());
    octets_in_round[core->rounds] += bytes.size();
    if (on_receive) on_receive(bytes);
  }
  bool on_input_ended(base::TimePoint) override {
    if (last_answer.empty()) return false;
    want = {.close = true};
    say(last_answer);
    return true;
  }
  const base::Outbox& outbox() const override { return out; }
  bool on_sent(std::size_t count, base::TimePoint) override {
    out.consume(count);
    return waits_for_sent;
  }
  void on_accepted(process::IncomingConnection connection) override {
    accepted_fds.push_back(std::move(connection.fd));
    ++accepts_in_round[core->rounds];
  }
  void on_accept_failed(int error, base::TimePoint) override {
    accept_error = error;
    want.accept = false;
  }
  void on_ended(EndCause cause, int error, base::TimePoint) override {
    fate->cause = cause;
    fate->error = error;
    close_down();
  }

  void say(std::string_view text) {
    out.append(base::as_bytes(text));
    wake();
  }
  void now_wants(Interest wanted) {
    want = wanted;
    wake();
  }

  Interest want{.read = true};
  base::Outbox out;
  std::shared_ptr<Fate> fate = std::make_shared<Fate>();
  base::Endpoint target, local, remote;
  std::function<void(base::Bytes)> on_receive;
  std::vector<UniqueFd> accepted_fds;
  std::map<int, int> accepts_in_round;
  std::map<int, std::size_t> octets_in_round;
  std::size_t largest = 0;
  int accept_error = 0;
  std::string last_answer;  // to whoever has said his last word
  bool waits_for_sent = true;  // whether a round has something to do when octets were written
  bool over = false;

 private:
  void close_down() {
    over = true;
    finish();
    keeper_.retire(*this);
  }
};

struct Socket {
  UniqueFd fd;
  sockaddr_in address{};
};
[[nodiscard]] Socket loopback_socket(bool listening);
[[nodiscard]] UniqueFd client_of(const Socket& listener);
struct Stream {
  Stream();
  UniqueFd near, far;
};
struct Pipe {
  Pipe();
  UniqueFd from, into;
};
[[nodiscard]] std::string read_all(int fd);
[[nodiscard]] int open_descriptors();

// The parameter is the name of an engine.
class ReactorTest : public ::testing::TestWithParam<std::string> {
 protected:
  ReactorTest();

  TestChannel& add(ChannelKind kind, UniqueFd input, UniqueFd output = {});
  Exit run(std::function<bool(base::TimePoint)> on_round);
  // Runs the engine, with a round every millisecond at least, until the condition holds; false when it does not in ten seconds.
  bool run_until(const std::function<bool()>& condition);

  std::string engine = GetParam();  // the one that run() uses
  speaker::Core core_;
};

}  // namespace tandem::conformance
