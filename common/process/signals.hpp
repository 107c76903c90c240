// Signals before anybody waits for them, and threads that take none.
#pragma once

#include <signal.h>

#include <functional>
#include <thread>

namespace tandem::process {

// Blocks these in this thread and in those it makes, so that only who waits for them takes them, and ignores SIGPIPE: a reader that
// has gone is an error of the write.
void block_signals(const sigset_t& signals);

// In a process that is about to execute a program, which is to know nothing of the signals of this one.
void forget_signals();

// A thread that takes no signal, whatever this one takes: those of the daemon are its loop's. Its name, of at most 15 octets, is what
// the kernel calls it: top -H and perf tell by it what each thread costs.
[[nodiscard]] std::thread start_thread(const char* name, std::function<void()> run);

}  // namespace tandem::process
