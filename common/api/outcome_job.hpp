// A command whose outcome is decided between two rounds: its job waits for that, and says it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/api/commands.hpp"
#include "common/api/job_state.hpp"

namespace tandem::api {

struct Decided {
  std::string_view kind;   // of the job
  std::string_view state;  // what its state is called
  std::optional<base::Result<void>> (Executor::*outcome)() const;  // nullopt: not yet
};

template <const Decided& what>
class OutcomeJob final : public Job {
 public:
  explicit OutcomeJob(bool acknowledge) : acknowledge_(acknowledge) {}

  [[nodiscard]] bool waits() const override { return true; }
  std::optional<Outcome> step(Executor& executor, std::size_t, std::string& out) override {
    const auto outcome = (executor.*what.outcome)();
    if (!outcome) return std::nullopt;
    if (*outcome) return Outcome::done;
    return api::fail(out, acknowledge_, outcome->error().reason());
  }

  [[nodiscard]] std::string_view kind() const override { return what.kind; }
  void store(state::Writer& writer) const override { fields(writer, *this); }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [acknowledge] = self;
    archive.object(self, what.state)("acknowledge", acknowledge);
  }

  [[nodiscard]] static std::unique_ptr<Job> load(state::Reader& reader) { return loaded<OutcomeJob>(reader, false); }
  // The answer to `asked`, which was asked of the executor.
  [[nodiscard]] static Outcome begin(Call& call, const base::Result<void>& asked) {
    if (!asked) return call.fail(asked.error().reason());
    call.job = std::make_unique<OutcomeJob>(call.client.acknowledge);
    return Outcome::job;
  }

 private:
  bool acknowledge_;
};

}  // namespace tandem::api
