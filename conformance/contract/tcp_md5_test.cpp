// RFC 2385: a neighbor with a password is never joined without a signature, whatever the kernel holds at the moment.
#include <fstream>
#include <mutex>

#include "common/base/log.hpp"
#include "common/process/io.hpp"
#include "common/process/posix_host.hpp"
#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

class TcpMd5 : public RealEngines {};
TANDEM_ON_REAL_ENGINES(TcpMd5);

base::Endpoint here(std::uint16_t port) { return {*base::IpAddress::parse("127.0.0.1"), port}; }

std::vector<std::string> keyed(std::uint16_t port) {
  return {"passive;", fmt::format("listen {};", port), "md5-password secret;"};
}

// A far end that says everything at once: OPEN and KEEPALIVE, so that a speaker that lets it in is Established.
PeerOptions eager() {
  PeerOptions options;
  options.open_first = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                        0,    29,   1,    4,    0xFD, 0xE9, 0,    180,  10,   0,    0,    9,    0};
  return options;
}

std::shared_ptr<ScriptedPeer> dial(Stage& stage, const std::string& from, std::uint16_t port, const std::string& key) {
  auto peer = std::make_shared<ScriptedPeer>(eager());
  SocketHabits habits;
  habits.md5_key = key;
  dynamic_cast<RealStage&>(stage).loopback().dial(from, here(port), peer, habits);
  return peer;
}

// A connection without signature, made wherever it is asked for. Over the loopback interface connect(2) says at once how far it came.
struct Stranger {
  base::UniqueFd fd;
  bool connected = false;

  void connect(const std::string& from, std::uint16_t port) {
    process::PosixHost host;
    process::DialPlan plan;
    plan.remote = here(port);
    plan.source = *base::IpAddress::parse(from);
    auto socket = host.open_dial_socket(plan);
    if (!socket) return;
    fd = std::move(*socket);
    static_cast<void>(process::start_connect(fd.get(), plan.remote));
    connected = process::remote_endpoint(fd.get()).port == port;
    base::Outbox hello;
    hello.append(eager().open_first);
    hello.append(keepalive());
    if (connected) static_cast<void>(process::write_some(fd.get(), hello));
  }
  // What it has been answered, until it was closed; "open" when it was not.
  [[nodiscard]] std::string answer(Stage& stage) const {
    std::array<std::uint8_t, 64> octets{};
    process::IoResult result;
    const auto over = [&] {
      result = process::read_some(fd.get(), octets);
      return result.status != process::IoStatus::would_block;
    };
    if (!stage.run_until(over, 5s)) return "open";
    return result.status == process::IoStatus::done ? "octets" : "closed";
  }
};

struct LogLines : base::LogSink {
  LogLines() {
    base::set_log_sink(this);
    base::set_log_threshold(base::LogCategory::network, base::LogLevel::error);
  }
  ~LogLines() override {
    base::set_log_threshold(base::LogCategory::network, base::LogLevel::off);
    base::set_log_sink(nullptr);
  }
  void write(base::LogCategory, base::LogLevel, std::string_view line) override {
    const std::lock_guard lock(mutex);
    lines.emplace_back(line);
  }
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex);
    return std::exchange(lines, {});
  }
  std::mutex mutex;  // the engine has a thread of its own
  std::vector<std::string> lines;
};

TEST_P(TcpMd5, ASignedConnectionIsEstablishedAndNoOther) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::uint16_t port = stage.listen_port();
    scene.neighbor().statements = keyed(port);
    scene.neighbor("127.0.1.0/24").statements = keyed(port);
    scene.start();
    const auto unsigned_one = dial(stage, k_far, port, "");
    const auto wrong = dial(stage, "127.0.1.7", port, "other");
    const auto right = dial(stage, k_far, port, "secret");
    const auto member = dial(stage, "127.0.1.8", port, "secret");
    ASSERT_TRUE(stage.run_until([&] { return right->ends_of_rib() == 1 && member->ends_of_rib() == 1; }));
    EXPECT_TRUE(unsigned_one->transcript().empty());
    EXPECT_TRUE(wrong->transcript().empty());
  });
}

TEST_P(TcpMd5, NobodyIsLetInBeforeTheStartHasSetTheKeys) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::uint16_t port = stage.listen_port();
    scene.neighbor().statements = keyed(port);
    scene.program("p");
    Stranger stranger;
    dynamic_cast<RealStage&>(stage).before_spawning = [&] {
      if (!stranger.fd) stranger.connect(k_far, port);
    };
    scene.start();
    ASSERT_TRUE(stranger.fd);
    EXPECT_FALSE(stranger.connected);
  });
}

TEST_P(TcpMd5, WhoConnectedBeforeAReloadGaveHimAPasswordIsDropped) {
  play([](Stage& stage) {
    Scene scene(stage);
    const std::uint16_t port = stage.listen_port();
    scene.neighbor().statements = keyed(port);
    scene.start();
    scene.neighbor("127.0.0.11").statements = keyed(port);
    Stranger stranger;
    dynamic_cast<RealStage&>(stage).before_reading = [&] {
      if (!stranger.fd) stranger.connect("127.0.0.11", port);
    };
    scene.rewrite();
    stage.signal(speaker::Signal::reload);
    // The reload is over when the new neighbor can come.
    const auto signed_one = dial(stage, k_far, port, "secret");
    ASSERT_TRUE(stage.run_until([&] { return signed_one->ends_of_rib() == 1 && stranger.fd; }));
    EXPECT_TRUE(stranger.connected) << "the test is about a connection that waits";
    EXPECT_EQ(stranger.answer(stage), "closed");
    const auto fresh = dial(stage, "127.0.0.11", port, "secret");
    EXPECT_TRUE(stage.run_until([&] { return fresh->ends_of_rib() == 1; }));
  });
}

TEST_P(TcpMd5, WhoseKeyTheKernelHasNoRoomForIsRefusedAndTheStartSaysSo) {
  LogLines log;
  play([&log](Stage& stage) {
    Scene scene(stage);
    const std::uint16_t port = stage.listen_port();
    scene.neighbor().statements = keyed(port);
    std::size_t room = 0;
    std::ifstream("/proc/sys/net/core/optmem_max") >> room;
    constexpr std::size_t k_smallest_key = 100;  // octets: the key alone has 80
    for (std::size_t i = 0; i <= room / k_smallest_key; ++i) {
      scene.neighbor(fmt::format("127.9.{}.{}/32", i / 250, i % 250 + 1)).statements = keyed(port);
      scene.neighbors().back().peer = fmt::format("127.9.{}.{}", i / 250, i % 250 + 1);
    }
    const std::string last = scene.neighbors().back().peer;
    scene.start();
    EXPECT_THAT(log.take(), Contains(HasSubstr("net.core.optmem_max")));
    const auto right = dial(stage, k_far, port, "secret");
    ASSERT_TRUE(stage.run_until([&] { return right->ends_of_rib() == 1; }));
    const auto stranger = dial(stage, last, port, "");
    EXPECT_TRUE(stage.run_until([&] { return stranger->has_closed(); }));
    EXPECT_TRUE(stranger->transcript().empty());
    EXPECT_THAT(log.take(), Contains(AllOf(HasSubstr("neighbor " + last), HasSubstr("has not demanded a TCP MD5 signature"))));
  });
}

}  // namespace
}  // namespace tandem::conformance
