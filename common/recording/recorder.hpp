// Writes down what happens to a speaker, as it happens: all its inputs pass here (channels, speaker and host call it), and what it did with
// them. Pure: where the octets go is the business of a sink. Who does not record has no recorder, and looks at a null pointer.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/outbox.hpp"
#include "common/recording/encoder.hpp"

namespace tandem::recording {

// A record whose octets take long to make.
struct Unmade {
  Record record;    // without them
  Encoder encoder;  // as it was in front of it
  std::function<base::Buffer()> make;
};

class Sink {
 public:
  virtual ~Sink() = default;
  // Never blocks. False: nothing more is wanted, and the sink has said why. The octets are whole records.
  [[nodiscard]] virtual bool put(base::Bytes records) = 0;
  // Such a record, behind these: what it is made of is as it is now, and it is made while everybody goes on. False: that cannot be done here,
  // and nothing has been put.
  [[nodiscard]] virtual bool put_later(base::Bytes /*in_front*/, const Unmade& /*record*/) { return false; }
};

// What a speaker is made with, as texts: the options of the program that are inputs of the core.
struct Made {
  std::vector<std::pair<std::string, std::string>> settings;  // all that have a value, by name
  std::vector<std::string> configurations;
  std::vector<std::string> engines;
  std::string control_socket;
  std::string control_pipes;
  std::string version;
  bool log_program_errors = false;
};
[[nodiscard]] base::Buffer to_octets(const Made& made);
[[nodiscard]] base::Result<Made> read_made(base::Bytes octets);

// What is written, each to a sink of its own: a recording, and what another engine beside this one is given.
enum class Purpose : std::uint8_t { recording, shadow };

class Recorder {
 public:
  Recorder() = default;  // nothing is recorded
  explicit Recorder(Sink& sink) { begin(sink); }
  ~Recorder() {
    for (const Purpose purpose : {Purpose::recording, Purpose::shadow}) stop(EndReason::stopped, "", purpose);
  }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  [[nodiscard]] bool on() const { return on(Purpose::recording) || on(Purpose::shadow); }
  [[nodiscard]] bool on(Purpose purpose) const { return streams_[static_cast<std::size_t>(purpose)].sink != nullptr; }
  // A new one. One of this purpose that is under way ends first.
  void begin(Sink& sink, Purpose purpose = Purpose::recording);
  // What comes from here on is the beginning of this one, and none of the other's business, until everybody hears again.
  void tell_only(Purpose purpose) { only_ = &stream(purpose); }
  void tell_all() { only_ = nullptr; }
  // Whatever comes from here on is not written there.
  void stop(EndReason reason, std::string_view why, Purpose purpose = Purpose::recording);

  // --- the program and its engine, to the speaker ----------------------------------------------------------------------
  void made(const Made& made) { write({.kind = Kind::made, .octets = to_octets_of(made)}); }
  void snapshot(base::Bytes octets, base::TimePoint now) { write({.kind = Kind::snapshot, .at = now, .octets = octets}); }
  void snapshot(const std::function<base::Buffer()>& make, base::TimePoint now);  // by the sink, while everybody goes on, if it can
  void start(base::TimePoint now) { write({.kind = Kind::start, .at = now}); }
  void engine_started(std::string_view name, base::TimePoint now) {
    write({.kind = Kind::engine_started, .at = now, .octets = base::as_bytes(name)});
  }
  void engine_refused(std::string_view reason) { write({.kind = Kind::engine_refused, .octets = base::as_bytes(reason)}); }
  void upgrade_refused(std::string_view reason) { write({.kind = Kind::upgrade_refused, .octets = base::as_bytes(reason)}); }
  void signal(std::uint8_t signal) { write({.kind = Kind::signal, .detail = signal}); }
  void round(base::TimePoint now);
  void engine_failed() { write({.kind = Kind::engine_failed}); }
  void waiting(std::optional<base::TimePoint> until, base::TimePoint now);
  void resumed(ChannelId channel, base::TimePoint now) { write({.kind = Kind::resumed, .at = now, .channel = channel}); }

  // --- drivers, to a channel -------------------------------------------------------------------------------------------
  void attached(ChannelId channel) { write({.kind = Kind::attached, .channel = channel}); }
  void detached(ChannelId channel) { write({.kind = Kind::detached, .channel = channel}); }
  void connected(ChannelId channel, const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now) {
    write({.kind = Kind::connected, .at = now, .channel = channel, .local = local, .remote = remote});
  }
  void connect_failed(ChannelId channel, int error, base::TimePoint now) {
    write({.kind = Kind::connect_failed, .at = now, .channel = channel, .value = error});
  }
  void received(ChannelId channel, base::Bytes octets, base::TimePoint now) {
    write({.kind = Kind::received, .at = now, .channel = channel, .octets = octets});
  }
  void input_ended(ChannelId channel, base::TimePoint now) { write({.kind = Kind::input_ended, .at = now, .channel = channel}); }
  // The first `count` octets of the outbox.
  void sent(ChannelId channel, const base::Outbox& outbox, std::size_t count, base::TimePoint now);
  void accepted(ChannelId channel, const base::Endpoint& local, const base::Endpoint& remote, std::string_view interface) {
    write({.kind = Kind::accepted, .channel = channel, .local = local, .remote = remote, .key = base::as_bytes(interface)});
  }
  void accept_failed(ChannelId channel, int error, base::TimePoint now) {
    write({.kind = Kind::accept_failed, .at = now, .channel = channel, .value = error});
  }
  // `left`: octets of the outbox that nobody will get.
  void ended(ChannelId channel, std::uint8_t cause, int error, std::size_t left, base::TimePoint now);

  // --- what came of it -------------------------------------------------------------------------------------------------
  void host(std::uint8_t call, base::Bytes asked, base::Bytes answer) {
    write({.kind = Kind::host, .detail = call, .key = asked, .octets = answer});
  }
  void channel(ChannelId channel, std::uint8_t kind, std::string_view name) {
    write({.kind = Kind::channel, .channel = channel, .detail = kind, .octets = base::as_bytes(name)});
  }
  // Of one that was connected before the recording has begun.
  void ends(ChannelId channel, const base::Endpoint& local, const base::Endpoint& remote) {
    write({.kind = Kind::ends, .channel = channel, .local = local, .remote = remote});
  }

 private:
  struct Stream {
    Sink* sink = nullptr;  // null: none has begun, or it has ended
    Encoder encoder{};
    base::Buffer records{};
    void append(const Record& record, std::span<const base::Bytes> pieces);
    void append_later(Record record, const std::function<base::Buffer()>& make);
    void put();
  };
  [[nodiscard]] Stream& stream(Purpose purpose) { return streams_[static_cast<std::size_t>(purpose)]; }
  [[nodiscard]] bool is_told(const Stream& stream) const { return stream.sink != nullptr && (only_ == nullptr || only_ == &stream); }
  void write(const Record& record) { write(record, {&record.octets, 1}); }
  void write(const Record& record, std::span<const base::Bytes> pieces);
  void put();
  [[nodiscard]] base::Bytes to_octets_of(const Made& made) { return scratch_ = to_octets(made); }

  std::array<Stream, 2> streams_;  // by purpose
  const Stream* only_ = nullptr;   // null: all are told
  base::Buffer scratch_;
};

}  // namespace tandem::recording
