// What the speaker asks of the operating system: everything that is neither waiting nor reading a clock. One interface, so that the
// core stays pure: PosixHost does it for real, the simulator and unit tests answer from memory. No call blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/ip.hpp"
#include "common/base/recording_request.hpp"
#include "common/base/shadow_request.hpp"
#include "common/base/tcp_ao.hpp"
#include "common/base/time.hpp"
#include "common/base/unique_fd.hpp"
#include "common/process/credentials.hpp"
#include "common/process/incoming_connection.hpp"

namespace tandem::process {

// An API program to start.
struct SpawnPlan {
  std::string name;
  std::vector<std::string> arguments;  // arguments[0] is the program
  bool take_errors = false;            // its standard error comes to us; else it has ours
};
struct Spawned {
  std::int64_t pid = 0;
  base::UniqueFd input;   // we write: the program's standard input; non-blocking
  base::UniqueFd output;  // we read: its standard output; non-blocking
  base::UniqueFd errors{};  // we read: its standard error, where that was asked for; non-blocking
};
enum class Rest : std::uint8_t {
  no,
  yes,
  unknown  // nobody can tell, and asking again soon does not help
};
// A program that another tandem has started in this process, before it was replaced. Descriptors are ours; -1: there is none.
struct AdoptedChild {
  std::int64_t pid = 0;
  int input = -1;
  int output = -1;
  int errors = -1;
  explicit AdoptedChild(std::int64_t number) : pid(number) {}
  explicit AdoptedChild(const Spawned& one) : pid(one.pid), input(one.input.get()), output(one.output.get()), errors(one.errors ? one.errors.get() : -1) {}
};
struct ChildEnd {
  std::int64_t pid = 0;
  int exit_code = 0;      // -1 when a signal ended it
  int signal = 0;         // 0 when it exited
};

struct Usage {
  base::Duration processor{};
  std::uint64_t memory = 0;  // octets, resident
};

// Of a key of RFC 5925.
struct TcpAo {
  std::uint8_t id = 0;  // sent and received
  base::TcpAoAlgorithm algorithm{};
  friend bool operator==(const TcpAo&, const TcpAo&) = default;
};

// A key for one remote address, or for a range of them on a listener.
struct TcpKey {
  base::IpAddress remote;
  std::string key;                  // at most 80 octets; never logged
  std::uint8_t prefix_length = 0;   // 0: the address alone
  std::optional<TcpAo> ao{};        // none: TCP MD5 (RFC 2385)
  friend bool operator==(const TcpKey&, const TcpKey&) = default;
};

// A socket to dial from.
struct DialPlan {
  base::Endpoint remote;
  base::IpAddress source;             // none: the kernel chooses
  std::string interface;              // SO_BINDTODEVICE; empty: none
  std::uint8_t ttl = 0;               // outgoing-ttl; 0: unset
  std::optional<TcpKey> key;
};
struct ListenPlan {
  base::Endpoint at;
  std::uint8_t minimum_ttl = 0;       // incoming-ttl (RFC 5082); 0: unset
  std::vector<TcpKey> keys;
  std::string interface;              // where a link-local address is
};

// Keys that the kernel did not take: their neighbors are not guarded, and must not be let in.
struct MissingKeys {
  std::size_t count = 0;
  std::string reason;                 // of the first
};
struct OpenListener {
  base::UniqueFd fd;
  MissingKeys missing;
};
struct KeyUpdate {
  MissingKeys missing;
  std::vector<IncomingConnection> waiting;  // accepted before the keys were changed, of addresses whose key has not
};

struct TextFile {
  std::string directory;  // of the real file, symbolic links followed
  std::string text;
};
// One that is being read, a piece at a time (Host::read_on).
struct FileReading {
  std::string path{};
  base::UniqueFd fd{};
  std::string text{};         // so far
  std::size_t size = 0;       // it had when it was opened, and
  std::int64_t changed = 0;   // when it was changed last, in nanoseconds
  int tries = 0;
};
struct ProgramFacts {
  bool exists = false, readable = false, directory = false, regular = false, set_uid = false, set_gid = false, executable = false;
  bool hidden = false;  // whether it exists cannot be seen
};
struct HostIdentity {
  std::string host_name;
  std::int64_t pid = 0;
  std::int64_t parent_pid = 0;
  std::uint32_t starter = 0;  // the user who started it
  std::uint32_t user = 0;     // the one it is, or becomes before it serves anybody
};

// The pair of named pipes of the command-line client: its ends, or what the daemon has of them.
struct ControlPipes {
  base::UniqueFd commands;
  base::UniqueFd answers;
};

class Host {
 public:
  virtual ~Host() = default;

  // --- programs ------------------------------------------------------------------------------------------------------
  [[nodiscard]] virtual base::Result<Spawned> spawn(const SpawnPlan& plan) = 0;
  virtual void adopt_child(const AdoptedChild& /*child*/) {}  // its end is to be collected
  // A listener that another tandem has opened in this process, and the keys that it gave it.
  virtual void adopt_listener(int /*listener*/, const std::vector<TcpKey>& /*keys*/) {}
  virtual void send_signal(std::int64_t pid, int signal) = 0;  // to the process and its group, or what is left of the group
  // Of a program that reap() has told of: processes it has started live on in its group.
  [[nodiscard]] virtual bool group_left(std::int64_t pid) const = 0;
  // Every child that has ended since the last call. Where orphans come to us (process 1 of a container), they are collected, too.
  [[nodiscard]] virtual std::vector<ChildEnd> reap() = 0;
  // Whether a program that runs is at rest: it is blocked, nothing of it is in the pipe that `output` is our end of, and nobody but us can
  // make it go on with something to say.
  [[nodiscard]] virtual Rest at_rest(std::int64_t /*pid*/, int /*output*/) { return Rest::unknown; }
  [[nodiscard]] virtual ProgramFacts program_facts(const std::string& path) const = 0;
  [[nodiscard]] virtual std::vector<std::string> program_search_path() const = 0;
  // What `etc/exabgp` at the beginning of a program's name stands for.
  [[nodiscard]] virtual std::string etc_directory() const { return "/etc/exabgp"; }

  // --- sockets: created, configured and bound; connecting and accepting is waiting, hence the engine's ------------------
  [[nodiscard]] virtual base::Result<base::UniqueFd> open_dial_socket(const DialPlan& plan) = 0;
  // Keyed before it listens: no connection is ever waiting for which its keys were not demanded.
  [[nodiscard]] virtual base::Result<OpenListener> open_listener(const ListenPlan& plan) = 0;
  // Connections that wait to be accepted, and whose key changes, are dropped.
  [[nodiscard]] virtual KeyUpdate set_keys(int listener, const std::vector<TcpKey>& keys) = 0;
  // The last word about an accepted connection of a neighbor with a key: an error when it was not guarded by one from its beginning.
  [[nodiscard]] virtual base::Result<void> require_key(int connection, const TcpKey& key) = 0;
  // incoming-ttl of a listener or of a connection it accepted (RFC 5082); 0: unset.
  [[nodiscard]] virtual base::Result<void> set_minimum_ttl(int socket, std::uint8_t ttl) = 0;
  // A listening Unix stream socket; a stale file is replaced, a live one is an error.
  [[nodiscard]] virtual base::Result<base::UniqueFd> open_control_socket(const std::string& path) = 0;
  // Who has connected to it. Where there is no kernel everybody is root.
  [[nodiscard]] virtual base::Result<Credentials> peer_credentials(int /*connection*/) const { return Credentials{}; }
  [[nodiscard]] virtual base::Result<std::uint32_t> find_group(const std::string& /*name*/) const { return base::Error("there are no groups here"); }
  // NAME.in and NAME.out, which exist.
  [[nodiscard]] virtual base::Result<ControlPipes> open_control_pipes(const std::string& /*path*/) { return base::Error("there are no named pipes here"); }
  // `answers` was made by open_control_pipes() of a tandem that was in this process before.
  virtual void adopt_answers(const std::string& /*path*/, int /*answers*/) {}
  virtual void remove_file(const std::string& path) = 0;

  // --- what happens, written down and played beside (docs/recording.md) --------------------------------------------------
  [[nodiscard]] virtual base::Result<void> start_recording(const base::RecordingRequest& /*wanted*/) { return base::Error("this daemon cannot record"); }
  // Another engine in a process of its own.
  [[nodiscard]] virtual base::Result<void> start_shadow(const base::ShadowRequest& /*wanted*/) { return base::Error("this daemon has no other process for it"); }

  // --- facts -----------------------------------------------------------------------------------------------------------
  [[nodiscard]] virtual base::Result<TextFile> read_file(const std::string& path) const = 0;
  // Reads a piece of the file at `reading.path`, which takes a millisecond or two. Nothing: there is more of it; else what read_file gives. A file
  // that is changed meanwhile is begun again. Where there is no file system it is there at once.
  [[nodiscard]] virtual std::optional<base::Result<TextFile>> read_on(FileReading& reading) const { return read_file(reading.path); }
  [[nodiscard]] virtual base::RecordingFacts recording() const { return {}; }
  [[nodiscard]] virtual base::ShadowFacts shadow() const { return {}; }
  [[nodiscard]] virtual HostIdentity identity() const = 0;
  [[nodiscard]] virtual base::WallTime wall_time() const = 0;
  [[nodiscard]] virtual std::uint64_t entropy() const = 0;  // a seed, once per daemon

  // What the process has used so far, and has now.
  [[nodiscard]] virtual Usage usage() const { return {}; }
  virtual void give_back_memory() {}  // what the process has freed, to the system
};

}  // namespace tandem::process
