// One wait with many descriptors of which one is ready, as the engines on Asio have it. Compiled twice, as engine_async is: with Asio on epoll, and on
// io_uring (CMakeLists.txt).
#include <benchmark/benchmark.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "bench/micro/pipes.hpp"

namespace tandem::bench {
namespace {

namespace asio = boost::asio;

#ifdef BOOST_ASIO_DISABLE_EPOLL
constexpr const char* k_name = "uring: write, io_uring, read; descriptors";
#else
constexpr const char* k_name = "async: write, epoll, read; descriptors";
#endif

asio::awaitable<void> read_for_ever(asio::posix::stream_descriptor& descriptor, const Pipes& pipes, std::size_t which, const bool& stop) {
  while (!stop) {
    co_await descriptor.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
    if (!stop) pipes.read(which);
  }
}

void asio_wait(benchmark::State& state) {
  const Pipes pipes(static_cast<std::size_t>(state.range(0)));
  std::optional<asio::io_context> made;
  try {
    made.emplace(1);
    const asio::posix::stream_descriptor first(*made);  // makes what waits: a machine may refuse it
  } catch (const std::exception& refusal) {
    state.SkipWithError(refusal.what());
    return;
  }
  asio::io_context& context = *made;
  bool stop = false;
  std::vector<std::unique_ptr<asio::posix::stream_descriptor>> descriptors;
  for (std::size_t i = 0; i < pipes.readers.size(); ++i) {
    descriptors.push_back(std::make_unique<asio::posix::stream_descriptor>(context, pipes.readers[i]));
    asio::co_spawn(context, read_for_ever(*descriptors.back(), pipes, i, stop), [](std::exception_ptr) {});
  }
  while (context.poll() != 0) continue;
  std::size_t which = 0;
  for (auto _ : state) {
    pipes.write(which);
    which = (which + 7) % descriptors.size();
    context.run_one();
    context.poll();
  }
  stop = true;
  for (const auto& descriptor : descriptors) descriptor->cancel();
  context.run();
  for (const auto& descriptor : descriptors) descriptor->release();
}
BENCHMARK(asio_wait)->Name(k_name)->Arg(10)->Arg(100)->Arg(1000)->Arg(5000);

}  // namespace
}  // namespace tandem::bench
