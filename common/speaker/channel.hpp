// A channel is something an engine waits on for the core: a connection, a listener, an API program, a control client. The core owns
// the channel and its descriptors; the engine attaches a driver to it and does the waiting (docs/architecture.md, "the seam").
//
// The conversation:
//   core -> driver   interest(): what is wanted now. Whenever it changes the channel is woken (Runtime::take_woken).
//   driver -> core   connected/connect_failed, receive, sent, accepted, ended: what happened, with the time it happened.
// The driver never decides; the core never waits. A driver may be detached at any moment (engine switch) and another one attached:
// nothing but the wait itself is lost.
//
// What a driver says passes the functions of this class, whatever the channel is, and is written down there when somebody records.
//
// Lifetime: a channel lives while a driver is attached. The core asks for the end with Interest::close; the driver answers ended(),
// detaches, and does not touch the channel again.
//
// The ways of ending, here and in all that is made of channels:
//   close     what waits to be written is written, then the channel ends
//   drop      it ends as it is
//   disown    nobody takes part in it any more; it closes by itself, and what happens to it has no effect
//   finished  the driver has said ended(), and the descriptors are closed: nothing more comes, but what came may be unhandled
//   retire    nothing is left to do with it: destroyed when no driver is attached
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"
#include "common/base/ip.hpp"
#include "common/base/outbox.hpp"
#include "common/base/time.hpp"
#include "common/base/unique_fd.hpp"
#include "common/process/incoming_connection.hpp"

namespace tandem::recording {
class Recorder;
}

namespace tandem::speaker {

class Channel;

// Who keeps channels, for whoever drives them.
class ChannelKeeper {
 public:
  virtual void wake(Channel& channel) = 0;    // its interest may have changed
  virtual void retire(Channel& channel) = 0;  // nothing is left to do with it
  virtual void driver_attached() = 0;
  virtual void driver_detached() = 0;

  recording::Recorder* recorder = nullptr;  // null: nobody records

 protected:
  ~ChannelKeeper() = default;
};

enum class ChannelKind : std::uint8_t { connection, listener, program, program_errors, control_listener, control_client };
[[nodiscard]] std::string_view to_string(ChannelKind kind);

// What the core wants of a driver. Several may be set; `close` alone counts once it is set and `write` is not.
struct Interest {
  bool connect = false;  // the socket is to be connected to dial_target()
  bool read = false;     // input is welcome; false is back-pressure: leave it in the kernel
  bool write = false;    // the outbox is not empty
  bool accept = false;   // connections are welcome
  bool close = false;    // close now (anything unwritten is to be dropped)
  [[nodiscard]] bool ends() const { return close && !write; }  // now
  friend bool operator==(const Interest&, const Interest&) = default;
};

// Why a channel ended, as the driver saw it.
enum class EndCause : std::uint8_t {
  asked,        // the core wanted it closed
  end_of_file,  // the other side closed
  failed        // reset or another error; `error` is the errno
};

class Channel {
 public:
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  virtual ~Channel() = default;

  // --- for the driver ------------------------------------------------------------------------------------------------
  [[nodiscard]] ChannelKind kind() const { return kind_; }
  [[nodiscard]] std::string_view name() const { return name_; }  // for logs and timelines
  [[nodiscard]] int input_fd() const { return input_.get(); }
  [[nodiscard]] int output_fd() const { return output_ ? output_.get() : input_.get(); }
  [[nodiscard]] bool one_descriptor() const { return !output_; }  // a socket; programs have two pipes
  [[nodiscard]] virtual Interest interest() const = 0;

  // Dialling. `connect_started` is set by the driver once connect(2) is under way, so that the next engine does not start it again
  // but waits for its result.
  [[nodiscard]] virtual base::Endpoint dial_target() const { return {}; }
  bool connect_started = false;
  // `local` and `remote` are what the kernel says of the socket (process::local_endpoint).
  void connected(const base::Endpoint& local, const base::Endpoint& remote, base::TimePoint now);
  void connect_failed(int error, base::TimePoint now);

  void receive(base::Bytes bytes, base::TimePoint now) {
    if (keeper_.recorder != nullptr) record_received(bytes, now);
    on_received(bytes, now);
  }
  // The other side has said its last word. True: it is still to be answered, and the driver goes on without reading; false: the
  // driver ends.
  [[nodiscard]] bool input_ended(base::TimePoint now);
  [[nodiscard]] virtual const base::Outbox& outbox() const = 0;
  // True: a round has something to do now. False, as when a program has been given its answer: nobody waited for it.
  bool sent(std::size_t count, base::TimePoint now) {
    if (keeper_.recorder != nullptr) record_sent(count, now);
    return on_sent(count, now);
  }
  void accepted(process::IncomingConnection connection);
  void accept_failed(int error, base::TimePoint now);  // EMFILE and the like: accepting pauses for a while

  // The last call of a driver but detach(). Both descriptors are closed by it.
  void ended(EndCause cause, int error, base::TimePoint now);

  [[nodiscard]] bool finished() const { return finished_; }

  // The engine's handle for its driver: null when nobody drives this channel. The core only tests it.
  [[nodiscard]] void* driver() const { return driver_; }
  void attach(void* driver);
  void detach();  // tells the runtime that the channel may go away (or be driven by another engine)

  // Nobody but the keeper knows it any more: all that is left of it is to be closed.
  [[nodiscard]] virtual bool orphaned() const { return false; }

  // --- its state (docs/recording.md): the part that all channels have. Who drives it, and who keeps it, is of the other speaker. ------
  template <typename Archive, typename Self>
  static void channel_fields(Archive& archive, Self& self) {
    auto& [connect_started, notes, keeper, name, kind, finished, driver, input, output] = self;
    archive.object(self, "channel")("id", notes.id)("name", name)("finished", finished)("connect_started", connect_started)("input", input)(
        "output", output);
  }
  // Another speaker has its descriptors.
  void let_go() {
    static_cast<void>(input_.release());
    static_cast<void>(output_.release());
  }

  // --- for the keeper ------------------------------------------------------------------------------------------------
  struct Notes {
    bool woken = false;
    bool retired = false;
    std::size_t index = 0;  // where it is kept
    std::uint64_t id = 0;   // recording::ChannelId: in the order in which they were adopted, from 1; of a state: as it was
  };
  Notes notes;

 protected:
  Channel(ChannelKeeper& keeper, ChannelKind kind, std::string name);
  // The interest may have changed: the driver will look. Cheap and idempotent.
  void wake();
  void set_descriptors(base::UniqueFd input, base::UniqueFd output = {}) {
    input_ = std::move(input);
    output_ = std::move(output);
  }
  // The driver has said ended(): the descriptors are closed, and no engine is to drive this channel again.
  void finish() {
    finished_ = true;
    input_.reset();
    output_.reset();
  }
  // What the driver has said.
  virtual void on_connected(const base::Endpoint& /*local*/, const base::Endpoint& /*remote*/, base::TimePoint) {}
  virtual void on_connect_failed(int /*error*/, base::TimePoint) {}
  virtual void on_received(base::Bytes, base::TimePoint) {}
  [[nodiscard]] virtual bool on_input_ended(base::TimePoint) { return false; }
  virtual bool on_sent(std::size_t /*count*/, base::TimePoint) { return true; }
  virtual void on_accepted(process::IncomingConnection) {}
  virtual void on_accept_failed(int /*error*/, base::TimePoint) {}
  virtual void on_ended(EndCause cause, int error, base::TimePoint now) = 0;

  ChannelKeeper& keeper_;
  std::string name_;

 private:
  void record_received(base::Bytes bytes, base::TimePoint now);
  void record_sent(std::size_t count, base::TimePoint now);

  ChannelKind kind_;
  bool finished_ = false;
  void* driver_ = nullptr;
  base::UniqueFd input_;
  base::UniqueFd output_;
};

}  // namespace tandem::speaker
