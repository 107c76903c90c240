// Another program goes on with all that this one has, in the same process: the command that asked for it is answered by that one.
#include <memory>

#include "common/api/commands.hpp"
#include "common/api/job_state.hpp"

namespace tandem::api {

namespace {

class UpgradeJob final : public Job {
 public:
  explicit UpgradeJob(bool acknowledge) : acknowledge_(acknowledge) {}

  [[nodiscard]] bool waits() const override { return true; }
  std::optional<Outcome> step(Executor& executor, std::size_t, std::string& out) override {
    const auto outcome = executor.upgrade_outcome();
    if (!outcome) return std::nullopt;
    if (*outcome) return Outcome::done;
    return api::fail(out, acknowledge_, outcome->error().reason());
  }

  [[nodiscard]] std::string_view kind() const override { return "upgrade"; }
  void store(state::Writer& writer) const override { fields(writer, *this); }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [acknowledge] = self;
    archive.object(self, "upgrade_job")("acknowledge", acknowledge);
  }

 private:
  bool acknowledge_;
};

}  // namespace

std::unique_ptr<Job> load_upgrade_job(state::Reader& reader) { return loaded<UpgradeJob>(reader, false); }

Outcome upgrade(Call& call) {
  const auto requested = call.executor.request_upgrade(call.args.empty() ? std::string_view() : call.args[0].text);
  if (!requested) return call.fail(requested.error().reason());
  call.job = std::make_unique<UpgradeJob>(call.client.acknowledge);
  return Outcome::job;
}

}  // namespace tandem::api
