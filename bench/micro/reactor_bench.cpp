// What the two idioms cost before any BGP: a generator's resume beside a coroutine's, and one wait with 10, 100 and 1,000 descriptors
// of which one is ready.
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <vector>

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

class Pipes {
 public:
  explicit Pipes(std::size_t count) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (std::size_t i = 0; i < count; ++i) {
      int ends[2];
      if (pipe(ends) != 0) break;
      readers.push_back(ends[0]);
      writers.push_back(ends[1]);
    }
  }
  ~Pipes() {
    for (const int fd : readers) close(fd);
    for (const int fd : writers) close(fd);
  }
  void write(std::size_t which) const { static_cast<void>(::write(writers[which], "x", 1) == 1); }
  void read(std::size_t which) const {
    char octet = 0;
    static_cast<void>(::read(readers[which], &octet, 1) == 1);
  }
  std::vector<int> readers;
  std::vector<int> writers;
};

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
BENCHMARK(poll_wait)->Name("sync: write, poll, read; descriptors")->Arg(10)->Arg(100)->Arg(1000);

asio::awaitable<void> read_for_ever(asio::posix::stream_descriptor& descriptor, const Pipes& pipes, std::size_t which, const bool& stop) {
  while (!stop) {
    co_await descriptor.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
    if (!stop) pipes.read(which);
  }
}

void asio_wait(benchmark::State& state) {
  const Pipes pipes(static_cast<std::size_t>(state.range(0)));
  asio::io_context context(1);
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
BENCHMARK(asio_wait)->Name("async: write, epoll, read; descriptors")->Arg(10)->Arg(100)->Arg(1000);

}  // namespace
}  // namespace tandem::bench
