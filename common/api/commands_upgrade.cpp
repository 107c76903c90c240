// Another program goes on with all that this one has, in the same process: the command that asked for it is answered by that one.
#include "common/api/outcome_job.hpp"

namespace tandem::api {

namespace {

constexpr Decided k_upgrade{"upgrade", "upgrade_job", &Executor::upgrade_outcome};
using UpgradeJob = OutcomeJob<k_upgrade>;

}  // namespace

std::unique_ptr<Job> load_upgrade_job(state::Reader& reader) { return UpgradeJob::load(reader); }

Outcome upgrade(Call& call) {
  return UpgradeJob::begin(call, call.executor.request_upgrade(call.args.empty() ? std::string_view() : call.args[0].text));
}

}  // namespace tandem::api
