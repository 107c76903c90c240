#include "engine_async/wakeup.hpp"

#include <utility>

#include "common/base/assert.hpp"

namespace tandem::engine_async {

// A suspended coroutine as Asio hands it out, its type forgotten.
template <typename Handler>
struct Wakeup::Suspended final : Waiter {
  explicit Suspended(Handler the_handler) : handler(std::move(the_handler)) {}
  void resume() override { std::move(handler)(); }
  Handler handler;
};

asio::awaitable<void> Wakeup::wait() {
  TANDEM_ASSERT(!waiter_);
  auto keep = [this](auto handler) { waiter_ = std::make_unique<Suspended<decltype(handler)>>(std::move(handler)); };
  return asio::async_initiate<const asio::use_awaitable_t<>&, void()>(keep, asio::use_awaitable);
}

void Wakeup::notify() {
  const std::unique_ptr<Waiter> waiter = std::exchange(waiter_, nullptr);
  if (waiter) waiter->resume();
}

}  // namespace tandem::engine_async
