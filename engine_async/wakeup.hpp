// What a coroutine of this engine awaits: operations of Asio, by k_await, and what is no descriptor, by a Wakeup.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>

namespace tandem::engine_async {

namespace asio = boost::asio;

// End of file, reset and cancellation are values, not exceptions.
inline constexpr auto k_await = asio::as_tuple(asio::use_awaitable);

// Where one coroutine waits for something that is no descriptor. Nothing is remembered: whoever waits has looked first, and there is
// one thread, so nothing can happen between the look and the wait.
class Wakeup {
 public:
  [[nodiscard]] asio::awaitable<void> wait();  // REQUIRES that nobody waits here
  void notify();                               // the waiter runs before this returns

 private:
  struct Waiter {
    virtual ~Waiter() = default;
    virtual void resume() = 0;
  };
  template <typename Handler>
  struct Suspended;
  std::unique_ptr<Waiter> waiter_;
};

}  // namespace tandem::engine_async
