// What a timeline costs (server --trace): the loop that tells of a command and of the round behind it, without its thread; and the text of one slice.
#include <benchmark/benchmark.h>

#include <memory>

#include "common/process/clock.hpp"
#include "common/process/temporary_folder.hpp"
#include "tandem/trace/event_text.hpp"
#include "tandem/trace/timeline.hpp"

namespace tandem::bench {
namespace {

using speaker::RoundStep;
using speaker::WakeCause;

constexpr RoundStep k_steps[] = {RoundStep::signals, RoundStep::accepts, RoundStep::peers, RoundStep::commands, RoundStep::callbacks, RoundStep::flush};

// What waits for the thread, which has not begun, is bounded: what goes beyond it is dropped.
void tell_of_a_command(benchmark::State& state) {
  const auto folder = *process::TemporaryFolder::make("tandem-bench");
  const auto file = *trace::TraceFile::open({.path = folder.path() + "/t", .waiting_max = 8192});
  trace::Timeline timeline(*file, {process::now, process::ticks});
  timeline.engine("sync");
  for (auto _ : state) {
    for (const bool of_peer : {false, true}) {
      const base::TimePoint now = process::now();
      timeline.waiting(std::nullopt, now);
      timeline.woke(of_peer ? WakeCause::again : WakeCause::ready);
      for (const RoundStep step : k_steps) {
        timeline.round_step(step, now);
        if (of_peer && step == RoundStep::peers) timeline.turn("neighbor 192.0.2.1", 0, 1, now);
        if (!of_peer && step == RoundStep::commands) timeline.worked("commands", "process p", 48);
      }
    }
  }
}
BENCHMARK(tell_of_a_command)->Name("timeline: two rounds told of");

void text_of_a_slice(benchmark::State& state) {
  trace::Labels labels("sync", 1);
  const trace::Label* const kinds[] = {&labels.wait(WakeCause::ready), &labels.driver("192.0.2.1 in"), &labels.turn("neighbor 192.0.2.1"),
                                       &labels.work("commands", "process p")};
  constexpr std::size_t k_piece = 256 * 1024;
  trace::EventText events;
  trace::Slice slice;
  std::size_t octets = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    slice.label = kinds[next++ % std::size(kinds)];
    slice.begin += slice.length = std::chrono::nanoseconds(16'521);
    slice.amount = 3;
    events.append(slice);
    if (events.size() < k_piece) continue;
    octets += events.size();
    events.clear();
  }
  state.counters["octets"] = static_cast<double>(octets + events.size()) / static_cast<double>(state.iterations());
}
BENCHMARK(text_of_a_slice)->Name("timeline: text of a slice");

}  // namespace
}  // namespace tandem::bench
