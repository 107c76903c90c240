// The signals the daemon handles, what each means, and the set of them. Numbers and names only: whoever waits for
// signals does it in his own way.
#pragma once

#include <signal.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tandem::speaker {

// SIGCHLD means: some program may have ended.
enum class Signal : std::uint8_t { terminate, hang_up, interrupt, reload, full_reload, restart, child, upgrade };

struct HandledSignal {
  Signal signal;
  int number;
  std::string_view name;
};
inline constexpr std::array<HandledSignal, 8> k_handled_signals = {{{Signal::terminate, SIGTERM, "SIGTERM"},
                                                                    {Signal::hang_up, SIGHUP, "SIGHUP"},
                                                                    {Signal::interrupt, SIGINT, "SIGINT"},
                                                                    {Signal::reload, SIGUSR1, "SIGUSR1"},
                                                                    {Signal::full_reload, SIGUSR2, "SIGUSR2"},
                                                                    {Signal::restart, SIGALRM, "SIGALRM"},
                                                                    {Signal::child, SIGCHLD, "SIGCHLD"},
                                                                    // A tandem that does not know it ignores it.
                                                                    {Signal::upgrade, SIGURG, "SIGURG"}}};

[[nodiscard]] inline sigset_t handled_signal_set() {
  sigset_t set;
  sigemptyset(&set);
  for (const HandledSignal& handled : k_handled_signals) sigaddset(&set, handled.number);
  return set;
}

[[nodiscard]] constexpr std::optional<Signal> signal_of(int number) {
  for (const HandledSignal& handled : k_handled_signals) {
    if (handled.number == number) return handled.signal;
  }
  return std::nullopt;
}

}  // namespace tandem::speaker
