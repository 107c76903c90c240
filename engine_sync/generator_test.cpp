#include "engine_sync/generator.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

namespace tandem::engine_sync {
namespace {

TEST(Generator, RunsFromYieldToYieldAndSaysCloseAtItsEnd) {
  StackPool stacks;
  std::string story;
  Generator generator(stacks, [&story](Generator::Yield& yield) {
    story += "a";
    yield(Action::later);
    story += "b";
    yield(Action::now);
    story += "c";
  });
  EXPECT_EQ(story, "");
  EXPECT_EQ(generator.resume(WakeReason::again), Action::later);
  EXPECT_EQ(story, "a");
  EXPECT_EQ(generator.resume(WakeReason::woken), Action::now);
  EXPECT_FALSE(generator.done());
  EXPECT_EQ(generator.resume(WakeReason::again), Action::close);
  EXPECT_EQ(story, "abc");
  EXPECT_TRUE(generator.done());
}

TEST(Generator, BodyThatYieldsCloseReturnsAtOnceAndByItsNormalPath) {
  StackPool stacks;
  std::string story;
  Generator generator(stacks, [&story](Generator::Yield& yield) {
    yield(Action::later);
    yield(Action::close);
    story += "returned";
  });
  EXPECT_EQ(generator.resume(WakeReason::again), Action::later);
  EXPECT_EQ(generator.resume(WakeReason::woken), Action::close);
  EXPECT_EQ(story, "returned");
  EXPECT_TRUE(generator.done());
  EXPECT_EQ(stacks.idle(), 1U);
}

TEST(Generator, YieldReturnsTheReasonOfTheResume) {
  StackPool stacks;
  std::vector<WakeReason> reasons;
  Generator generator(stacks, [&reasons](Generator::Yield& yield) {
    for (;;) {
      reasons.push_back(yield(Action::later));
      if (reasons.back() == WakeReason::leave) return;
    }
  });
  static_cast<void>(generator.resume(WakeReason::again));
  static_cast<void>(generator.resume(WakeReason::ready_read));
  static_cast<void>(generator.resume(WakeReason::ready_both));
  EXPECT_EQ(generator.resume(WakeReason::leave), Action::close);
  EXPECT_EQ(reasons, (std::vector{WakeReason::ready_read, WakeReason::ready_both, WakeReason::leave}));
}

TEST(Generator, ExceptionThatLeavesTheBodyIsThrownByResume) {
  StackPool stacks;
  Generator generator(stacks, [](Generator::Yield& yield) {
    yield(Action::later);
    throw std::runtime_error("torn");
  });
  EXPECT_EQ(generator.resume(WakeReason::again), Action::later);
  EXPECT_THROW(static_cast<void>(generator.resume(WakeReason::woken)), std::runtime_error);
  EXPECT_TRUE(generator.done());
  EXPECT_EQ(std::current_exception(), nullptr);
}

// Two handlers that yield would swap their exceptions if the state of exceptions in flight belonged to the thread.
TEST(Generator, YieldInAHandlerKeepsTheHandledExceptionOnItsOwnStack) {
  StackPool stacks;
  const auto body = [](const char* text, std::string& seen) {
    return [text, &seen](Generator::Yield& yield) {
      try {
        throw std::runtime_error(text);
      } catch (const std::runtime_error&) {
        yield(Action::later);
        try {
          throw;
        } catch (const std::runtime_error& again) {
          seen = again.what();
        }
      }
    };
  };
  std::string seen_a;
  std::string seen_b;
  Generator a(stacks, body("a", seen_a));
  Generator b(stacks, body("b", seen_b));
  EXPECT_EQ(a.resume(WakeReason::again), Action::later);
  EXPECT_EQ(std::current_exception(), nullptr);
  EXPECT_EQ(b.resume(WakeReason::again), Action::later);
  EXPECT_EQ(a.resume(WakeReason::again), Action::close);
  EXPECT_EQ(b.resume(WakeReason::again), Action::close);
  EXPECT_EQ(seen_a, "a");
  EXPECT_EQ(seen_b, "b");
  EXPECT_EQ(std::current_exception(), nullptr);
  EXPECT_EQ(std::uncaught_exceptions(), 0);
}

TEST(Generator, ResumeInAHandlerLeavesTheHandledExceptionAlone) {
  StackPool stacks;
  Generator generator(stacks, [](Generator::Yield& yield) {
    EXPECT_EQ(std::current_exception(), nullptr);
    yield(Action::later);
    try {
      throw std::logic_error("inside");
    } catch (const std::logic_error&) {
    }
  });
  try {
    throw std::runtime_error("outside");
  } catch (const std::runtime_error&) {
    static_cast<void>(generator.resume(WakeReason::again));
    static_cast<void>(generator.resume(WakeReason::again));
    try {
      throw;
    } catch (const std::exception& kept) {
      EXPECT_STREQ(kept.what(), "outside");
    }
  }
}

TEST(Generator, DestructionWhileSuspendedUnwindsTheBody) {
  StackPool stacks;
  int destroyed = 0;
  bool went_on = false;
  struct Witness {
    int& count;
    ~Witness() { ++count; }
  };
  {
    Generator generator(stacks, [&](Generator::Yield& yield) {
      const Witness outer{destroyed};
      try {
        const Witness inner{destroyed};
        yield(Action::later);
        went_on = true;
      } catch (const std::exception&) {
        went_on = true;
      }
    });
    static_cast<void>(generator.resume(WakeReason::again));
    EXPECT_EQ(destroyed, 0);
  }
  EXPECT_EQ(destroyed, 2);
  EXPECT_FALSE(went_on);
  EXPECT_EQ(stacks.idle(), 1U);
}

TEST(Generator, DestructionBeforeTheFirstResumeNeverRunsTheBody) {
  StackPool stacks;
  bool ran = false;
  { Generator generator(stacks, [&ran](Generator::Yield&) { ran = true; }); }
  EXPECT_FALSE(ran);
  EXPECT_EQ(stacks.idle(), 1U);
}

TEST(Generator, MovesAndTheSourceIsDone) {
  StackPool stacks;
  int steps = 0;
  Generator first(stacks, [&steps](Generator::Yield& yield) {
    ++steps;
    yield(Action::later);
    ++steps;
  });
  static_cast<void>(first.resume(WakeReason::again));
  Generator second = std::move(first);
  EXPECT_TRUE(first.done());
  EXPECT_EQ(second.resume(WakeReason::again), Action::close);
  EXPECT_EQ(steps, 2);
}

TEST(Generator, OneMayResumeAnother) {
  StackPool stacks;
  std::string story;
  Generator inner(stacks, [&story](Generator::Yield& yield) {
    for (;;) {
      story += "i";
      yield(Action::later);
    }
  });
  Generator outer(stacks, [&](Generator::Yield& yield) {
    for (int i = 0; i < 3; ++i) {
      static_cast<void>(inner.resume(WakeReason::again));
      story += "o";
      yield(Action::now);
    }
  });
  while (outer.resume(WakeReason::again) != Action::close) {
  }
  EXPECT_EQ(story, "ioioio");
}

TEST(StackPool, GivesTheLastStackUsedFirst) {
  StackPool stacks;
  auto a = stacks.take();
  auto b = stacks.take();
  stacks.give_back(a);
  stacks.give_back(b);
  EXPECT_EQ(stacks.take().sp, b.sp);
  EXPECT_EQ(stacks.take().sp, a.sp);
  stacks.give_back(a);
  stacks.give_back(b);
}

TEST(StackPool, StacksOfFinishedGeneratorsAreUsedAgain) {
  StackPool stacks;
  for (int i = 0; i < 1000; ++i) {
    Generator generator(stacks, [](Generator::Yield& yield) { yield(Action::later); });
    static_cast<void>(generator.resume(WakeReason::again));
  }
  EXPECT_EQ(stacks.idle(), 1U);
}

TEST(StackPool, KeepsABoundedNumberOfIdleStacks) {
  StackPool stacks;
  {
    std::vector<Generator> many;
    for (std::size_t i = 0; i < 2 * StackPool::k_idle_max; ++i) many.emplace_back(stacks, [](Generator::Yield&) {});
  }
  EXPECT_EQ(stacks.idle(), StackPool::k_idle_max);
}

TEST(Generator, TenThousandMayWaitAtOnce) {
#if defined(__SANITIZE_THREAD__)
  constexpr std::size_t k_many = 5'000;  // ThreadSanitizer counts each as a thread and stops at about 8,000
#else
  constexpr std::size_t k_many = 10'000;
#endif
  StackPool stacks;
  std::size_t finished = 0;
  std::vector<Generator> many;
  for (std::size_t i = 0; i < k_many; ++i) {
    many.emplace_back(stacks, [&finished](Generator::Yield& yield) {
      yield(Action::later);
      ++finished;
    });
  }
  for (Generator& generator : many) ASSERT_EQ(generator.resume(WakeReason::again), Action::later);
  for (Generator& generator : many) ASSERT_EQ(generator.resume(WakeReason::leave), Action::close);
  EXPECT_EQ(finished, k_many);
}

TEST(Generator, DeepFramesFitOnItsStack) {
  StackPool stacks;
  Generator generator(stacks, [](Generator::Yield& yield) {
    volatile char frame[32 * 1024];
    std::memset(const_cast<char*>(frame), 1, sizeof frame);
    yield(Action::later);
    EXPECT_EQ(frame[sizeof frame - 1], 1);
  });
  static_cast<void>(generator.resume(WakeReason::again));
  static_cast<void>(generator.resume(WakeReason::again));
  EXPECT_TRUE(generator.done());
}

}  // namespace
}  // namespace tandem::engine_sync
