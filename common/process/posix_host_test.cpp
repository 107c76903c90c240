#include "common/process/posix_host.hpp"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/process/io.hpp"
#include "common/process/socket_options.hpp"
#include "common/process/test_support.hpp"

namespace tandem::process {
namespace {

using namespace test;
using ::testing::HasSubstr;

base::Endpoint loopback(std::uint16_t port = 0) { return {*base::IpAddress::parse("127.0.0.1"), port}; }

int option_of(int fd, int level, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  ::getsockopt(fd, level, name, &value, &length);
  return value;
}

TEST(ReadFile, GivesTheTextAndTheDirectoryOfTheRealFile) {
  TemporaryDirectory directory;
  fs::create_directory(directory / "real");
  write_file(directory / "real/a.conf", "neighbor 10.0.0.1 { }\n");
  fs::create_symlink(directory / "real/a.conf", directory / "link.conf");
  PosixHost host;
  auto file = host.read_file(directory / "link.conf");
  ASSERT_TRUE(file.has_value()) << file.error().reason();
  EXPECT_EQ(file->text, "neighbor 10.0.0.1 { }\n");
  EXPECT_EQ(file->directory, fs::canonical(directory / "real").string());
}

TEST(ReadFile, RefusesWhatIsNotARegularFileWithoutWaiting) {
  TemporaryDirectory directory;
  ASSERT_EQ(::mkfifo((directory / "fifo").c_str(), 0600), 0);
  PosixHost host;
  EXPECT_THAT(host.read_file(directory / "fifo").error().reason(), HasSubstr("is not a regular file"));
  EXPECT_THAT(host.read_file(directory / "").error().reason(), HasSubstr("is a directory"));
  EXPECT_THAT(host.read_file(directory / "missing").error().reason(), HasSubstr("missing): No such file or directory"));
}

TEST(ReadFile, RefusesAFileThatIsTooLarge) {
  TemporaryDirectory directory;
  write_file(directory / "large", "");
  fs::resize_file(directory / "large", PosixHost::k_file_size_max + 1);  // sparse
  PosixHost host;
  EXPECT_THAT(host.read_file(directory / "large").error().reason(), HasSubstr("larger than 256 MiB"));
}

TEST(ReadFile, ReadsALongOneInPiecesAndAShortOneAtOnce) {
  TemporaryDirectory directory;
  const std::string text(3 * PosixHost::k_file_piece + 5, 'x');
  write_file(directory / "long", text);
  write_file(directory / "short", "y");
  const PosixHost host;
  FileReading reading{.path = directory / "long"};
  int pieces = 1;
  auto file = host.read_on(reading);
  for (; !file; file = host.read_on(reading)) ++pieces;
  ASSERT_TRUE(*file) << file->error().reason();
  EXPECT_EQ((*file)->text, text);
  EXPECT_EQ(pieces, 4);
  FileReading other{.path = directory / "short"};
  file = host.read_on(other);
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->text, "y");
}

// Half of the old text and half of the new one would be a third configuration.
TEST(ReadFile, OneThatIsChangedMeanwhileIsReadAgain) {
  TemporaryDirectory directory;
  const std::string path = directory / "long";
  const PosixHost host;
  FileReading reading{.path = path};
  write_file(path, std::string(PosixHost::k_file_piece + 1, 'x'));
  EXPECT_FALSE(host.read_on(reading));
  write_file(path, std::string(PosixHost::k_file_piece + 2, 'y'));
  auto file = host.read_on(reading);
  while (!file) file = host.read_on(reading);
  ASSERT_TRUE(*file);
  EXPECT_EQ((*file)->text, std::string(PosixHost::k_file_piece + 2, 'y'));

  FileReading restless{.path = path};
  file.reset();
  for (std::size_t i = 0; !file; ++i) {
    write_file(path, std::string(PosixHost::k_file_piece + 1 + i % 2, 'z'));
    file = host.read_on(restless);
  }
  ASSERT_FALSE(*file);
  EXPECT_THAT(file->error().reason(), HasSubstr("is changed while it is read"));
}

TEST(ReadFile, StandardInputIsTheSameTextAtEachReload) {
  PosixHost host;
  host.provide_file("-", "text");
  EXPECT_EQ(host.read_file("-")->text, "text");
  EXPECT_EQ(host.read_file("-")->text, "text");
}

TEST(ProgramFacts, TellWhatTheConfigurationChecks) {
  TemporaryDirectory directory;
  write_file(directory / "plain", "");
  write_file(directory / "program", "");
  ASSERT_EQ(::chmod((directory / "program").c_str(), 04755), 0);
  PosixHost host;
  const ProgramFacts plain = host.program_facts(directory / "plain");
  EXPECT_TRUE(plain.exists && plain.readable && plain.regular);
  EXPECT_FALSE(plain.executable || plain.directory || plain.set_uid || plain.set_gid);
  const ProgramFacts program = host.program_facts(directory / "program");
  EXPECT_TRUE(program.executable && program.set_uid);
  EXPECT_TRUE(host.program_facts("/usr").directory);
  EXPECT_FALSE(host.program_facts(directory / "missing").exists);
}

TEST(DialSocket, IsBoundNonBlockingAndSpeaksWithTheWantedTtl) {
  PosixHost host;
  DialPlan plan;
  plan.remote = loopback(1);
  plan.source = loopback().address;
  plan.ttl = 7;
  auto fd = host.open_dial_socket(plan);
  ASSERT_TRUE(fd.has_value()) << fd.error().reason();
  EXPECT_EQ(local_endpoint(fd->get()).address.text(), "127.0.0.1");
  EXPECT_NE(::fcntl(fd->get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(fd->get(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(option_of(fd->get(), IPPROTO_IP, IP_TTL), 7);
  EXPECT_EQ(option_of(fd->get(), SOL_SOCKET, SO_REUSEADDR), 1);
  EXPECT_EQ(option_of(fd->get(), SOL_SOCKET, SO_REUSEPORT), 1);
  EXPECT_EQ(option_of(fd->get(), IPPROTO_TCP, TCP_NODELAY), 1);
}

TEST(DialSocket, ASourceThatIsNotOursIsAnErrorThatNamesIt) {
  PosixHost host;
  DialPlan plan;
  plan.remote = loopback(1);
  plan.source = *base::IpAddress::parse("192.0.2.1");
  EXPECT_EQ(host.open_dial_socket(plan).error().reason(), "bind(192.0.2.1:0): Cannot assign requested address");
  plan.source = {};
  plan.interface = "no-such-device";
  EXPECT_THAT(host.open_dial_socket(plan).error().reason(), HasSubstr("SO_BINDTODEVICE no-such-device"));
}

TEST(Listener, AcceptsAndTellsBothEndpoints) {
  PosixHost host;
  auto listener = host.open_listener({loopback(), 200, {}, {}});
  ASSERT_TRUE(listener.has_value()) << listener.error().reason();
  EXPECT_EQ(option_of(listener->fd.get(), IPPROTO_IP, IP_MINTTL), 200);
  EXPECT_EQ(option_of(listener->fd.get(), IPPROTO_IP, IP_TTL), 200);
  EXPECT_EQ(accept_one(listener->fd.get()).status, IoStatus::would_block);
  const base::Endpoint at = local_endpoint(listener->fd.get());
  // The dialler must send with a TTL that is let in.
  auto dialler = host.open_dial_socket({at, {}, {}, 255, {}});
  ASSERT_TRUE(dialler.has_value());
  const IoResult connecting = start_connect(dialler->get(), at);
  ASSERT_NE(connecting.status, IoStatus::failed);
  ASSERT_TRUE(wait_for(dialler->get(), POLLOUT));
  EXPECT_EQ(connect_result(dialler->get()), 0);
  ASSERT_TRUE(wait_for(listener->fd.get(), POLLIN));
  const Accepted accepted = accept_one(listener->fd.get());
  ASSERT_EQ(accepted.status, IoStatus::done);
  EXPECT_EQ(accepted.connection.local, at);
  EXPECT_EQ(accepted.connection.remote, local_endpoint(dialler->get()));
  EXPECT_EQ(remote_endpoint(dialler->get()), at);
  EXPECT_NE(::fcntl(accepted.connection.fd.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(option_of(accepted.connection.fd.get(), IPPROTO_TCP, TCP_NODELAY), 1);
}

TEST(Listener, TheSmallestTtlCanBeChanged) {
  PosixHost host;
  auto listener = host.open_listener({loopback(), 200, {}, {}});
  ASSERT_TRUE(listener.has_value());
  EXPECT_TRUE(host.set_minimum_ttl(listener->fd.get(), 254).has_value());
  EXPECT_EQ(option_of(listener->fd.get(), IPPROTO_IP, IP_MINTTL), 254);
  EXPECT_EQ(option_of(listener->fd.get(), IPPROTO_IP, IP_TTL), 254);
  EXPECT_TRUE(host.set_minimum_ttl(listener->fd.get(), 0).has_value());
  EXPECT_EQ(option_of(listener->fd.get(), IPPROTO_IP, IP_MINTTL), 0);
  EXPECT_NE(option_of(listener->fd.get(), IPPROTO_IP, IP_TTL), 254);
}

TEST(Listener, AnAddressInUseIsAnErrorThatNamesIt) {
  PosixHost host;
  auto first = host.open_listener({loopback(), 0, {}, {}});
  ASSERT_TRUE(first.has_value());
  const base::Endpoint at = local_endpoint(first->fd.get());
  EXPECT_EQ(host.open_listener({at, 0, {}, {}}).error().reason(), "bind(" + at.text() + "): Address already in use");
}

TEST(Listener, Ipv6ListensOnIpv6Only) {
  PosixHost host;
  auto listener = host.open_listener({{*base::IpAddress::parse("::1"), 0}, 255, {}, {}});
  if (!listener) {  // a host without IPv6: the error must say so
    EXPECT_THAT(listener.error().reason(), ::testing::AnyOf(HasSubstr("bind([::1]:0)"), HasSubstr("socket(AF_INET6)")));
    return;
  }
  EXPECT_EQ(option_of(listener->fd.get(), IPPROTO_IPV6, IPV6_V6ONLY), 1);
  EXPECT_EQ(option_of(listener->fd.get(), IPPROTO_IPV6, IPV6_MINHOPCOUNT), 255);
}

TEST(Connect, ARefusedConnectionIsToldByItsResult) {
  PosixHost host;
  base::Endpoint closed;
  {
    auto listener = host.open_listener({loopback(), 0, {}, {}});
    closed = local_endpoint(listener->fd.get());
  }
  auto dialler = host.open_dial_socket({closed, {}, {}, 0, {}});
  const IoResult result = start_connect(dialler->get(), closed);
  if (result.status == IoStatus::failed) {
    EXPECT_EQ(result.error, ECONNREFUSED);
  } else {
    ASSERT_TRUE(wait_for(dialler->get(), POLLOUT));
    EXPECT_EQ(connect_result(dialler->get()), ECONNREFUSED);
  }
}

// What a far end with these keys does to a listener of ours, on a kernel that has TCP MD5.
struct Md5 : ::testing::Test {
  PosixHost host;
  OpenListener listener;
  base::Endpoint at;

  static base::IpAddress address(const std::string& text) { return *base::IpAddress::parse(text); }
  void listen(const std::vector<TcpKey>& keys) {
    auto opened = host.open_listener({loopback(), 0, keys, {}});
    ASSERT_TRUE(opened.has_value()) << opened.error().reason();
    listener = std::move(*opened);
    at = local_endpoint(listener.fd.get());
  }
  // Over the loopback interface the handshake is done when connect(2) returns, or it never will be.
  base::UniqueFd dial(const std::string& from, const std::string& key) {
    DialPlan plan;
    plan.remote = at;
    plan.source = address(from);
    if (!key.empty()) plan.key = TcpKey{at.address, key};
    auto fd = host.open_dial_socket(plan);
    EXPECT_TRUE(fd.has_value()) << fd.error().reason();
    (void)start_connect(fd->get(), at);
    return std::move(*fd);
  }
  // The addresses of those who have come in since the last call, as a known caller proves that nobody else is on his way.
  std::vector<std::string> arrivals() {
    const base::UniqueFd last = dial("127.0.0.99", "");
    std::vector<std::string> found;
    while (wait_for(listener.fd.get(), POLLIN)) {
      const Accepted one = accept_one(listener.fd.get());
      if (one.status != IoStatus::done) break;
      found.push_back(one.connection.remote.address.text());
      if (found.back() == "127.0.0.99") break;
    }
    return found;
  }
};
using Addresses = std::vector<std::string>;

TEST_F(Md5, AListenerHasItsKeysBeforeItListens) {
  listen({{address("127.0.0.2"), "secret"}, {address("127.1.0.0"), "range", 16}, {address("::1"), "other family"}});
  EXPECT_EQ(listener.missing.count, 0U) << listener.missing.reason;
  const base::UniqueFd without = dial("127.0.0.2", "");
  const base::UniqueFd wrong = dial("127.1.0.2", "secret");
  const base::UniqueFd right = dial("127.0.0.2", "secret");
  const base::UniqueFd member = dial("127.1.0.3", "range");
  EXPECT_EQ(arrivals(), (Addresses{"127.0.0.2", "127.1.0.3", "127.0.0.99"}));
}

TEST_F(Md5, KeysAreChangedByAReload) {
  listen({{address("127.0.0.2"), "secret"}, {address("127.0.0.3"), "secret"}});
  EXPECT_EQ(host.set_keys(listener.fd.get(), {{address("127.0.0.2"), "changed"}}).missing.count, 0U);
  const base::UniqueFd old = dial("127.0.0.2", "secret");
  const base::UniqueFd changed = dial("127.0.0.2", "changed");
  const base::UniqueFd removed = dial("127.0.0.3", "");
  EXPECT_EQ(arrivals(), (Addresses{"127.0.0.2", "127.0.0.3", "127.0.0.99"}));
}

// As the program does that has taken the place of the one that opened it, in the same process.
TEST_F(Md5, AnotherHostKnowsTheKeysOfAListenerThatItGoesOnWith) {
  const std::vector<TcpKey> keys{{address("127.0.0.2"), "secret"}, {address("127.0.0.3"), "secret"}};
  listen(keys);
  PosixHost other;
  other.adopt_listener(listener.fd.get(), keys);
  EXPECT_EQ(other.set_keys(listener.fd.get(), {{address("127.0.0.2"), "secret"}}).missing.count, 0U);
  const base::UniqueFd kept = dial("127.0.0.2", "secret");
  const base::UniqueFd removed = dial("127.0.0.3", "");
  EXPECT_EQ(arrivals(), (Addresses{"127.0.0.2", "127.0.0.3", "127.0.0.99"}));
}

TEST_F(Md5, WhoWaitsForAKeyThatChangesIsDroppedAndTheOthersAreNot) {
  listen({{address("127.0.0.2"), "old"}, {address("127.0.0.3"), "kept"}});
  const base::UniqueFd changed = dial("127.0.0.2", "old");
  const base::UniqueFd kept = dial("127.0.0.3", "kept");
  const base::UniqueFd fresh = dial("127.0.0.4", "");
  const base::UniqueFd other = dial("127.0.0.5", "");
  const KeyUpdate update = host.set_keys(
      listener.fd.get(), {{address("127.0.0.2"), "new"}, {address("127.0.0.3"), "kept"}, {address("127.0.0.4"), "fresh"}});
  Addresses waiting;
  for (const IncomingConnection& one : update.waiting) waiting.push_back(one.remote.address.text());
  EXPECT_EQ(waiting, (Addresses{"127.0.0.3", "127.0.0.5"}));
  EXPECT_EQ(arrivals(), Addresses{"127.0.0.99"});
}

TEST_F(Md5, KeysThatTheKernelHasNoRoomForAreCountedWithTheReason) {
  std::size_t room = 0;
  std::ifstream("/proc/sys/net/core/optmem_max") >> room;
  std::vector<TcpKey> keys;
  constexpr std::size_t k_smallest_key = 100;  // octets: the key alone has 80
  for (std::size_t i = 0; i <= room / k_smallest_key; ++i) {
    keys.push_back({base::IpAddress::v4(0x7F010000U + static_cast<std::uint32_t>(i)), "secret"});
  }
  listen(keys);
  EXPECT_GT(listener.missing.count, 0U);
  EXPECT_LT(listener.missing.count, keys.size());
  EXPECT_THAT(listener.missing.reason, HasSubstr("net.core.optmem_max"));
  // Those who go make room.
  keys.erase(keys.begin(), keys.end() - 1);
  EXPECT_EQ(host.set_keys(listener.fd.get(), keys).missing.count, 0U);
}

TEST_F(Md5, AConnectionIsRefusedUnlessItsSignatureWasDemandedFromTheBeginning) {
  listen({{address("127.0.0.2"), "secret"}, {address("127.1.0.0"), "secret", 16}});
  for (const char* from : {"127.0.0.2", "127.1.0.3", "127.0.0.4"}) {
    SCOPED_TRACE(from);
    const bool keyed = std::string_view(from) != "127.0.0.4";
    const base::UniqueFd far = dial(from, keyed ? "secret" : "");
    ASSERT_TRUE(wait_for(listener.fd.get(), POLLIN));
    const Accepted accepted = accept_one(listener.fd.get());
    ASSERT_EQ(accepted.status, IoStatus::done);
    const int near = accepted.connection.fd.get();
    for (int again = 0; again < 2; ++again) {
      const auto required = host.require_key(near, {address(from), "secret"});
      EXPECT_EQ(required.has_value(), keyed);
      if (!required) {
        EXPECT_THAT(required.error().reason(), HasSubstr("has not demanded"));
      }
    }
    if (!keyed) continue;
    // ... and it goes on as before.
    std::array<std::uint8_t, 3> octets{1, 2, 3};
    ASSERT_EQ(::send(far.get(), octets.data(), octets.size(), MSG_NOSIGNAL), 3);
    ASSERT_TRUE(wait_for(near, POLLIN));
    EXPECT_EQ(read_some(near, octets).count, 3U);
    ASSERT_EQ(::send(near, octets.data(), octets.size(), MSG_NOSIGNAL), 3);
    ASSERT_TRUE(wait_for(far.get(), POLLIN));
    EXPECT_EQ(read_some(far.get(), octets).count, 3U);
  }
}

TEST_F(Md5, AKeyOfMoreThanEightyOctetsIsRefusedWithoutShowingIt) {
  DialPlan plan{loopback(1), {}, {}, 0, TcpKey{loopback().address, std::string(81, 'k')}};
  const std::string reason = host.open_dial_socket(plan).error().reason();
  EXPECT_THAT(reason, HasSubstr("longer than 80 octets"));
  EXPECT_THAT(reason, ::testing::Not(HasSubstr("kkk")));
}

TEST(Io, SocketsAndPipesThatNobodyReadsAreErrors) {
  auto* const before = ::signal(SIGPIPE, SIG_IGN);
  base::Outbox outbox;
  const std::array<std::uint8_t, 3> bytes{1, 2, 3};
  outbox.append(bytes);
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  const base::UniqueFd socket(ends[0]);
  ::close(ends[1]);
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  const base::UniqueFd pipe(ends[1]);
  ::close(ends[0]);
  for (const int fd : {socket.get(), pipe.get()}) {
    const IoResult result = write_some(fd, outbox);
    EXPECT_EQ(result.status, IoStatus::failed);
    EXPECT_EQ(result.error, EPIPE);
  }
  std::array<std::uint8_t, 8> buffer{};
  EXPECT_EQ(read_some(socket.get(), buffer).status, IoStatus::closed);
  ::signal(SIGPIPE, before);
}

TEST(Io, AFullSocketBlocksAndPiecesKeepTheirOrder) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  base::UniqueFd here(ends[0]);
  base::UniqueFd there(ends[1]);
  std::array<std::uint8_t, 8> buffer{};
  EXPECT_EQ(read_some(there.get(), buffer).status, IoStatus::would_block);
  base::Outbox outbox;
  outbox.append_shared(std::make_shared<const base::Buffer>(base::Buffer{1, 2}));
  outbox.append_shared(std::make_shared<const base::Buffer>(base::Buffer{3}));
  EXPECT_EQ(write_some(here.get(), outbox).count, 3U);
  EXPECT_EQ(read_some(there.get(), buffer).count, 3U);
  EXPECT_EQ(buffer[2], 3);
  base::Outbox large;
  large.append_shared(std::make_shared<const base::Buffer>(base::Buffer(64U << 20, 7)));
  const IoResult first = write_some(here.get(), large);
  EXPECT_EQ(first.status, IoStatus::done);
  EXPECT_LT(first.count, large.size());
  EXPECT_EQ(write_some(here.get(), large).status, IoStatus::would_block);
}

TEST(Facts, TheHostKnowsItsNameTimeAndProcess) {
  PosixHost host;
  EXPECT_EQ(host.identity().pid, ::getpid());
  EXPECT_EQ(host.identity().parent_pid, ::getppid());
  EXPECT_FALSE(host.identity().host_name.empty());
  EXPECT_GT(host.wall_time().time_since_epoch().count(), 0);
  EXPECT_NE(host.entropy(), host.entropy());
  EXPECT_FALSE(host.program_search_path().empty());
}

TEST(Facts, TheFolderOfExabgpsFilesCanBeMovedByAVariable) {
  const PosixHost host;
  EXPECT_EQ(host.etc_directory(), "/etc/exabgp");
  ::setenv("EXABGP_ETC", "/opt/etc", 1);
  EXPECT_EQ(host.etc_directory(), "/opt/etc");
  ::unsetenv("EXABGP_ETC");
}

}  // namespace
}  // namespace tandem::process
