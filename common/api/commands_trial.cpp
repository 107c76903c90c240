// A trial of another engine: begun, looked at, stopped. It goes on without whoever began it; who waits is told every few seconds how
// it stands, and what was measured when it is over.
#include <algorithm>
#include <memory>
#include <utility>

#include "common/api/commands.hpp"
#include "common/api/job_state.hpp"
#include "common/api/trial.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

// More often than clients lose their patience (5 s).
constexpr double k_told_every_s = 3;

void append(const TrialStatus& status, bool json, std::string& out) {
  if (!json) return trial_text(status, out);
  base::JsonWriter writer(out);
  trial_json(status, writer);
  out += '\n';
}

class TrialJob final : public Job {
 public:
  TrialJob(std::uint64_t number, bool json, bool acknowledge, bool failure_counts)
      : number_(number), json_(json), acknowledge_(acknowledge), failure_counts_(failure_counts) {}

  [[nodiscard]] bool waits() const override { return true; }
  std::optional<Outcome> step(Executor& executor, std::size_t, std::string& out) override {
    const TrialStatus* const status = executor.trial();
    // A later one may have begun in the moment this one was over.
    if (status == nullptr || status->number != number_) return Outcome::done;
    if (status->state == TrialStatus::State::over) {
      append(*status, json_, out);
      if (status->failed() && failure_counts_) return api::fail(out, acknowledge_, status->reason);
      return Outcome::done;
    }
    if (status->state == TrialStatus::State::watching && status->elapsed_s >= next_) {
      if (json_) append(*status, true, out);
      else out += trial_headline(*status) + '\n';
      next_ = status->elapsed_s + k_told_every_s;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string_view kind() const override { return "engine trial"; }
  void store(state::Writer& writer) const override { fields(writer, *this); }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [number, json, acknowledge, failure_counts, next] = self;
    archive.object(self, "trial_job")("number", number)("json", json)("acknowledge", acknowledge)("failure_counts", failure_counts)("next", next);
  }

 private:
  std::uint64_t number_;
  bool json_;
  bool acknowledge_;
  bool failure_counts_;  // "error" when it was rolled back
  double next_ = 0;
};

bool under_way(const TrialStatus* status) { return status != nullptr && status->state != TrialStatus::State::over; }

Outcome begin(Call& call) {
  const EngineStatus engine = call.executor.engine();
  const auto plan = parse_trial(call.args, engine.available);
  if (!plan) return call.fail(plan.error().reason());
  if (const auto begun = call.executor.begin_trial(*plan); !begun) return call.fail(begun.error().reason());
  call.job = std::make_unique<TrialJob>(call.executor.trial()->number, call.json, call.client.acknowledge, true);
  return Outcome::job;
}

Outcome show(Call& call) {
  const TrialStatus* const status = call.executor.trial();
  if (status == nullptr) return call.fail("there was no trial: engine trial <name> for 60s");
  append(*status, call.json, call.out);
  return Outcome::done;
}

Outcome stop(Call& call) {
  const TrialStatus* const status = call.executor.trial();
  if (!under_way(status)) return call.fail("no trial is under way");
  call.executor.stop_trial();
  call.job = std::make_unique<TrialJob>(status->number, call.json, call.client.acknowledge, false);
  return Outcome::job;
}

struct Word {
  std::string_view word;
  Outcome (*carry_out)(Call& call);
};
constexpr Word k_words[] = {{"status", show}, {"stop", stop}};

}  // namespace

std::unique_ptr<Job> load_trial_job(state::Reader& reader) { return loaded<TrialJob>(reader, std::uint64_t{0}, false, false, false); }

Outcome engine_trial(Call& call) {
  if (call.args.size() == 1) {
    const auto* word = std::find_if(std::begin(k_words), std::end(k_words), [&](const Word& known) { return known.word == call.args[0].text; });
    if (word != std::end(k_words)) return word->carry_out(call);
  }
  return begin(call);
}

}  // namespace tandem::api
