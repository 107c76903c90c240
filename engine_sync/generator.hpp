// A generator: straight-line code that gives up the processor by yielding an Action, and goes on where it was when it is resumed
// with the reason why. One file holds everything that switching stacks by hand asks for: pooled stacks with a guard page, the
// state of exceptions in flight, and what the sanitizers must be told.
//
// Rules for a body (docs/engines.md): never yield inside a catch block (it works, see generator_test.cpp, but nobody can follow
// it); catch std::exception rather than everything, because a generator that is destroyed while it waits is ended by unwinding.
#pragma once

#include <boost/context/stack_context.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace tandem::engine_sync {

// What a generator tells the reactor.
enum class Action : std::uint8_t {
  now,    // run me again in the next round, whatever happens
  later,  // wake me when a descriptor is ready or something has changed
  close   // I am done: resumed once more at once, to return
};

// What the reactor tells a generator.
enum class WakeReason : std::uint8_t {
  again = 0,       // it said `now`, or it starts
  ready_read = 1,  // its descriptor is readable, at its end, or broken
  ready_write = 2,
  ready_both = 3,
  woken = 4,       // the core wants it to look at its channel again
  leave = 8        // another engine takes over: return, by the normal path
};
[[nodiscard]] constexpr bool is_readable(WakeReason reason) { return (static_cast<unsigned>(reason) & 1U) != 0; }
[[nodiscard]] constexpr bool is_writable(WakeReason reason) { return (static_cast<unsigned>(reason) & 2U) != 0; }

// Stacks of one size, each over a guard page; the one used last is used next, because it is the one in the cache. Each costs two
// mappings (vm.max_map_count is 65,530), and memory only for the pages that were touched.
class StackPool {
 public:
  static constexpr std::size_t k_idle_max = 64;  // more than that go back to the kernel

  explicit StackPool(std::size_t stack_size = default_size());
  ~StackPool();
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;

  [[nodiscard]] boost::context::stack_context take();  // throws std::bad_alloc
  void give_back(boost::context::stack_context& stack) noexcept;
  [[nodiscard]] std::size_t idle() const { return idle_.size(); }
  [[nodiscard]] static std::size_t default_size();  // 64 KiB, more under a sanitizer

 private:
  std::size_t stack_size_;
  std::vector<boost::context::stack_context> idle_;
};

class Generator {
  struct State;

 public:
  // The body's half of the conversation.
  class Yield {
   public:
    explicit Yield(State& state) : state_(state) {}
    WakeReason operator()(Action action);  // returns when the generator is resumed

   private:
    State& state_;
  };
  using Body = std::function<void(Yield&)>;

  Generator();  // has no body: done()
  // The body starts at the first resume. The pool must outlive the generator.
  Generator(StackPool& stacks, Body body);
  Generator(Generator&&) noexcept;
  Generator& operator=(Generator&&) noexcept;
  ~Generator();  // a body that waits is unwound: its destructors run, its code does not

  // Runs the body to its next yield and returns what it yielded. Behind Action::close the body returns and yields no more; one that
  // returns without it is taken to have said it. An exception that leaves the body is thrown here, and the generator is done.
  // REQUIRES !done(), and that it is not running.
  Action resume(WakeReason reason);
  [[nodiscard]] bool done() const;

 private:
  std::unique_ptr<State> state_;
};

using Yield = Generator::Yield;

}  // namespace tandem::engine_sync
