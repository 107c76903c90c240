// The far end of a byte stream, without I/O: a scripted peer, a scripted API program, a control client. A transport (the simulator's
// memory, or loopback sockets) moves the octets and tells the time; the remote decides what to say.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "common/base/bytes.hpp"
#include "common/base/ip.hpp"
#include "common/base/outbox.hpp"
#include "common/base/time.hpp"

namespace tandem::harness {

class Remote {
 public:
  // How it wants the stream to end, once its outbox is empty. `silence`: it says no more, and listens on.
  enum class Ending : std::uint8_t { no, silence, close, reset };

  virtual ~Remote() = default;

  virtual void connected(base::TimePoint) {}
  virtual void receive(base::Bytes bytes, base::TimePoint now) = 0;
  virtual void closed(base::TimePoint) {}  // the other side is gone, or `ending` was obeyed; the last call

  [[nodiscard]] const base::Outbox& outbox() const { return outbox_; }
  void sent(std::size_t count, base::TimePoint) { outbox_.consume(count); }
  [[nodiscard]] virtual Ending ending() const { return Ending::no; }
  [[nodiscard]] virtual bool reading() const { return true; }  // false: takes nothing, so that the window fills up

  [[nodiscard]] virtual std::optional<base::TimePoint> deadline() const { return std::nullopt; }
  virtual void expired(base::TimePoint) {}

 protected:
  base::Outbox outbox_;
};

// Answers one connection attempt; null refuses it. `at` is the end that was called, `from` the caller.
using Acceptor = std::function<std::shared_ptr<Remote>(const base::Endpoint& at, const base::Endpoint& from)>;

}  // namespace tandem::harness
