#include "common/process/signals.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <future>
#include <string>

namespace tandem::process {
namespace {

TEST(Threads, TakeNoSignalAndAreCalledWhatTheyAreFor) {
  std::promise<void> named;  // the name is given behind the beginning
  sigset_t blocked;
  std::string name(16, '\0');
  std::thread thread = start_thread("recorder", [&] {
    named.get_future().wait();
    ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  });
  named.set_value();
  thread.join();
  EXPECT_STREQ(name.c_str(), "recorder");
  for (const int signal : {SIGTERM, SIGHUP, SIGUSR1, SIGCHLD}) EXPECT_EQ(sigismember(&blocked, signal), 1) << signal;
}

}  // namespace
}  // namespace tandem::process
