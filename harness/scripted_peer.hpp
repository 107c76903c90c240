// A BGP peer that does what a script says. Pure: octets and instants in, octets out. It answers
// an OPEN with its mirror image, keeps its half of the KEEPALIVE cadence, and records every whole message it received.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "harness/messages.hpp"
#include "harness/remote.hpp"

namespace tandem::harness {

// One thing to do, once all the things before it are done.
struct Step {
  enum class Kind : std::uint8_t {
    await,       // until `count` messages of `type` have come on this connection; type 0: until it is Established
    send,        // `bytes`
    pause,       // `duration`
    stop_reading,// takes no more octets
    read_again,
    close,
    reset
  };
  Kind kind = Kind::send;
  std::uint8_t type = 0;
  std::size_t count = 0;
  base::Buffer bytes;
  base::Duration duration{};

  static Step established() { return {Kind::await, 0, 1, {}, {}}; }
  static Step await(std::uint8_t type, std::size_t count = 1) { return {Kind::await, type, count, {}, {}}; }
  static Step send(base::Buffer bytes) { return {Kind::send, 0, 0, std::move(bytes), {}}; }
  static Step pause(base::Duration duration) { return {Kind::pause, 0, 0, {}, duration}; }
  static Step stop_reading() { return {Kind::stop_reading, 0, 0, {}, {}}; }
  static Step read_again() { return {Kind::read_again, 0, 0, {}, {}}; }
  static Step close() { return {Kind::close, 0, 0, {}, {}}; }
  static Step reset() { return {Kind::reset, 0, 0, {}, {}}; }
};

struct PeerOptions {
  MirrorRules mirror;
  base::Buffer open_first;         // an OPEN to send as soon as TCP is up; empty: wait for the other one and mirror it
  bool answer_open = true;         // false: the script speaks
  bool confirm_open = true;        // send the KEEPALIVE that makes the other side Established
  bool keepalives = true;          // false: silent after the handshake
  bool chatty = false;             // a KEEPALIVE back for every message (as ExaBGP's test peer does)
  std::vector<Step> script;        // runs from the moment TCP is up
};

class ScriptedPeer : public Remote {
 public:
  explicit ScriptedPeer(PeerOptions options = {});

  void connected(base::TimePoint now) override;
  void receive(base::Bytes bytes, base::TimePoint now) override;
  void closed(base::TimePoint now) override;
  [[nodiscard]] Ending ending() const override { return ending_; }
  [[nodiscard]] bool reading() const override { return reading_; }
  [[nodiscard]] std::optional<base::TimePoint> deadline() const override;
  void expired(base::TimePoint now) override;

  // --- for the test, besides the script --------------------------------------------------------------------------------
  void send(base::Bytes message);
  void end(Ending how) { ending_ = how; }
  void set_reading(bool reading) { reading_ = reading; }
  // Called with each message after it is recorded.
  std::function<void(ScriptedPeer&, const Message&)> on_message;

  [[nodiscard]] const Transcript& transcript() const { return transcript_; }
  [[nodiscard]] const RouteTable& table() const { return table_; }
  [[nodiscard]] std::size_t count(std::uint8_t type) const { return counts_[type]; }
  [[nodiscard]] std::size_t ends_of_rib() const { return ends_of_rib_; }
  [[nodiscard]] bool is_established() const { return established_at_.has_value(); }  // as far as it can know: OPEN and KEEPALIVE came
  [[nodiscard]] bool has_closed() const { return closed_at_.has_value(); }
  [[nodiscard]] std::optional<base::TimePoint> established_at() const { return established_at_; }
  [[nodiscard]] std::optional<base::TimePoint> closed_at() const { return closed_at_; }
  [[nodiscard]] bool script_done() const { return next_step_ == options_.script.size(); }
  [[nodiscard]] const base::Buffer& received_open() const { return received_open_; }
  [[nodiscard]] std::size_t octets_received() const { return octets_received_; }
  // Not empty: the stream could not be cut into messages.
  [[nodiscard]] const std::string& broken() const { return broken_; }

 private:
  void take(Message message);
  void answer(const Message& message, base::TimePoint now);
  void run_script(base::TimePoint now);
  bool done(const Step& step, base::TimePoint now);

  PeerOptions options_;
  Transcript transcript_;
  RouteTable table_;
  std::array<std::size_t, 256> counts_{};
  std::size_t ends_of_rib_ = 0;
  std::size_t octets_received_ = 0;
  base::Buffer inbox_;
  base::Buffer received_open_;
  std::string broken_;
  std::size_t next_step_ = 0;
  std::optional<base::TimePoint> pause_until_;
  std::optional<base::TimePoint> keepalive_at_;
  base::Duration keepalive_interval_{};
  std::optional<base::TimePoint> established_at_;
  std::optional<base::TimePoint> closed_at_;
  Ending ending_ = Ending::no;
  bool reading_ = true;
  bool open_answered_ = false;
};

}  // namespace tandem::harness
