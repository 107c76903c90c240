#include "engine_sync/generator.hpp"

#include <boost/context/fiber.hpp>
#include <boost/context/preallocated.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>

#include <cxxabi.h>
#include <exception>
#include <utility>

#include "common/base/assert.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TANDEM_GENERATOR_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define TANDEM_GENERATOR_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(TANDEM_GENERATOR_ASAN)
#define TANDEM_GENERATOR_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__) && !defined(TANDEM_GENERATOR_TSAN)
#define TANDEM_GENERATOR_TSAN 1
#endif
#if defined(TANDEM_GENERATOR_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(TANDEM_GENERATOR_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

namespace tandem::engine_sync {

namespace context = boost::context;

namespace {

// Thrown at the yield of a generator that is being destroyed. Our own, instead of the library's forced_unwind: it leaves by the
// same door as a normal return, so that the sanitizers see every switch.
struct Unwind {};

// The two words behind __cxa_get_globals() (Itanium C++ ABI 2.2.2): exceptions being handled and how many are in flight. They
// belong to a thread; here they must belong to a stack, or two generators that yield in a handler swap their exceptions.
struct ExceptionsInFlight {
  void* caught = nullptr;
  unsigned int uncaught = 0;

  static ExceptionsInFlight exchange(ExceptionsInFlight other) {
    auto* const globals = reinterpret_cast<ExceptionsInFlight*>(abi::__cxa_get_globals());
    return std::exchange(*globals, other);
  }
};

struct PooledStack {
  StackPool* pool;
  context::stack_context allocate() { return pool->take(); }
  void deallocate(context::stack_context& stack) noexcept { pool->give_back(stack); }
};

}  // namespace

std::size_t StackPool::default_size() {
#if defined(TANDEM_GENERATOR_ASAN) || defined(TANDEM_GENERATOR_TSAN)
  return std::size_t{512} * 1024;  // instrumented frames are several times as large
#else
  return std::size_t{64} * 1024;
#endif
}

StackPool::StackPool(std::size_t stack_size) : stack_size_(stack_size) { idle_.reserve(k_idle_max); }

StackPool::~StackPool() {
  for (context::stack_context& stack : idle_) context::protected_fixedsize_stack(stack_size_).deallocate(stack);
}

context::stack_context StackPool::take() {
  if (idle_.empty()) return context::protected_fixedsize_stack(stack_size_).allocate();
  const context::stack_context stack = idle_.back();
  idle_.pop_back();
  return stack;
}

void StackPool::give_back(context::stack_context& stack) noexcept {
#if defined(TANDEM_GENERATOR_ASAN)
  // Frames that were left by a jump did not clean up behind them.
  const std::size_t page = context::stack_traits::page_size();
  ASAN_UNPOISON_MEMORY_REGION(static_cast<char*>(stack.sp) - stack.size + page, stack.size - page);
#endif
  if (idle_.size() < k_idle_max) {
    idle_.push_back(stack);
  } else {
    context::protected_fixedsize_stack(stack_size_).deallocate(stack);
  }
}

struct Generator::State {
  State(StackPool& stacks, Body the_body) : body(std::move(the_body)) {
    context::stack_context stack = stacks.take();
    stack_bottom = static_cast<char*>(stack.sp) - stack.size;
    stack_size = stack.size;
#if defined(TANDEM_GENERATOR_TSAN)
    own_thread = __tsan_create_fiber(0);
#endif
    suspended = context::fiber(std::allocator_arg, context::preallocated(stack.sp, stack.size, stack), PooledStack{&stacks},
                               [this](context::fiber&& caller) { return main(std::move(caller)); });
  }

  ~State() {
    if (!done) {
      unwinding = true;
      enter();
      TANDEM_ASSERT(done);  // a body that swallows the unwinding must not wait again
    }
#if defined(TANDEM_GENERATOR_TSAN)
    __tsan_destroy_fiber(own_thread);
#endif
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // --- on the caller's stack -----------------------------------------------------------------------------------------
  void enter() {
    const ExceptionsInFlight outside = ExceptionsInFlight::exchange(in_flight);
#if defined(TANDEM_GENERATOR_TSAN)
    // Both switches are told here: ThreadSanitizer keeps a stack of calls for each of the two, and a function must leave the one that it
    // entered.
    void* const caller_thread = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(own_thread, 0);
#endif
#if defined(TANDEM_GENERATOR_ASAN)
    void* fake_stack = nullptr;
    __sanitizer_start_switch_fiber(&fake_stack, stack_bottom, stack_size);
#endif
    suspended = std::move(suspended).resume();
#if defined(TANDEM_GENERATOR_ASAN)
    __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
#endif
#if defined(TANDEM_GENERATOR_TSAN)
    __tsan_switch_to_fiber(caller_thread, 0);
#endif
    in_flight = ExceptionsInFlight::exchange(outside);
  }

  // --- on the generator's stack --------------------------------------------------------------------------------------
  context::fiber main(context::fiber&& from) {
    arrive(nullptr);
    caller = std::move(from);
    if (!unwinding) {
      try {
        Yield yield(*this);
        body(yield);
      } catch (const Unwind&) {  // nothing is left to do
      } catch (...) {
        error = std::current_exception();
      }
    }
    done = true;
    depart(nullptr);
    return std::move(caller);
  }

  WakeReason yield(Action what) {
    if (unwinding) throw Unwind{};
    action = what;
    void* fake_stack = nullptr;
    depart(&fake_stack);
    caller = std::move(caller).resume();
    arrive(fake_stack);
    if (unwinding) throw Unwind{};
    return reason;
  }

  void depart([[maybe_unused]] void** fake_stack) {  // null: for good
#if defined(TANDEM_GENERATOR_ASAN)
    __sanitizer_start_switch_fiber(fake_stack, caller_bottom, caller_size);
#endif
  }

  void arrive([[maybe_unused]] void* fake_stack) {
#if defined(TANDEM_GENERATOR_ASAN)
    __sanitizer_finish_switch_fiber(fake_stack, &caller_bottom, &caller_size);
#endif
  }

  Body body;
  context::fiber suspended;  // the generator, while it waits
  context::fiber caller;     // who resumed it, while it runs
  Action action = Action::later;
  WakeReason reason = WakeReason::again;
  bool done = false;
  bool unwinding = false;
  std::exception_ptr error;
  ExceptionsInFlight in_flight;
  const void* stack_bottom = nullptr;
  std::size_t stack_size = 0;
  const void* caller_bottom = nullptr;  // for AddressSanitizer
  std::size_t caller_size = 0;
  void* own_thread = nullptr;  // for ThreadSanitizer
};

WakeReason Generator::Yield::operator()(Action action) { return state_.yield(action); }

Generator::Generator() = default;
Generator::Generator(StackPool& stacks, Body body) : state_(std::make_unique<State>(stacks, std::move(body))) {}
Generator::Generator(Generator&&) noexcept = default;
Generator& Generator::operator=(Generator&&) noexcept = default;
Generator::~Generator() = default;

Action Generator::resume(WakeReason reason) {
  TANDEM_ASSERT(!done());
  State& state = *state_;
  state.reason = reason;
  state.action = Action::close;  // unless it yields
  state.enter();
  if (!state.done && state.action == Action::close) {
    state.enter();
    TANDEM_ASSERT(state.done);
  }
  if (state.error) std::rethrow_exception(std::exchange(state.error, nullptr));
  return state.action;
}

bool Generator::done() const { return !state_ || state_->done; }

}  // namespace tandem::engine_sync
