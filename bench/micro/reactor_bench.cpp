// What the two idioms cost before any BGP: a generator's resume beside a coroutine's, and one wait of the sync engine with 10, 100, 1,000 and 5,000
// descriptors of which one is ready (the others': asio_bench.cpp).
#include <benchmark/benchmark.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

#include "bench/micro/pipes.hpp"
#include "engine_sync/generator.hpp"
#include "engine_sync/poller.hpp"

namespace tandem::bench {
namespace {

namespace asio = boost::asio;

void generator_resume(benchmark::State& state) {
  engine_sync::StackPool stacks;
  engine_sync::Generator generator(stacks, [](engine_sync::Generator::Yield& yield) {
    while (yield(engine_sync::Action::now) != engine_sync::WakeReason::leave) continue;
  });
  for (auto _ : state) benchmark::DoNotOptimize(generator.resume(engine_sync::WakeReason::again));
  generator.resume(engine_sync::WakeReason::leave);
}
BENCHMARK(generator_resume)->Name("sync: resume a generator and back");

asio::awaitable<void> post_for_ever(asio::io_context& context, const bool& stop, std::uint64_t& resumed) {
  while (!stop) {
    co_await asio::post(context, asio::use_awaitable);
    ++resumed;
  }
}

void coroutine_resume(benchmark::State& state) {
  asio::io_context context(1);
  bool stop = false;
  std::uint64_t resumed = 0;
  std::exception_ptr failure;
  asio::co_spawn(context, post_for_ever(context, stop, resumed), [&failure](std::exception_ptr why) { failure = why; });
  for (auto _ : state) context.run_one();
  stop = true;
  context.run();
  state.counters["resumed"] = static_cast<double>(resumed);
}
BENCHMARK(coroutine_resume)->Name("async: post and resume a coroutine");

struct Reader final : engine_sync::Poller::Waiter {
  const Pipes* pipes = nullptr;
  std::size_t which = 0;
  void ready(engine_sync::WakeReason) override { pipes->read(which); }
};

void poll_wait(benchmark::State& state) {
  const Pipes pipes(static_cast<std::size_t>(state.range(0)));
  engine_sync::Poller poller;
  std::vector<Reader> readers(pipes.readers.size());
  for (std::size_t i = 0; i < readers.size(); ++i) {
    readers[i].pipes = &pipes;
    readers[i].which = i;
    poller.add(pipes.readers[i], readers[i]);
    poller.modify(pipes.readers[i], true, false);
  }
  std::size_t which = 0;
  for (auto _ : state) {
    pipes.write(which);
    which = (which + 7) % readers.size();
    poller.wait(std::nullopt, base::TimePoint{});
    poller.dispatch();
  }
  for (const int fd : pipes.readers) poller.remove(fd);
}
BENCHMARK(poll_wait)->Name("sync: write, poll, read; descriptors")->Arg(10)->Arg(100)->Arg(1000)->Arg(5000);

}  // namespace
}  // namespace tandem::bench
