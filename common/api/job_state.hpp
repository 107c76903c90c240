// Jobs under way as a state: what kind of job it is, and its fields.
#pragma once

#include <memory>

#include "common/api/job.hpp"
#include "common/rib/fields.hpp"

namespace tandem::api {

// A job, or none.
template <typename Pointer>
struct JobSlot {
  Pointer& job;
};
template <typename Pointer>
[[nodiscard]] JobSlot<Pointer> job_slot(Pointer& job) {
  return {job};
}
void store(state::Writer& writer, const JobSlot<const std::unique_ptr<Job>>& slot);
// The words of answers are provided: const Wording.
void load(state::Reader& reader, const JobSlot<std::unique_ptr<Job>>& slot);

// Each beside its job.
using LoadJob = std::unique_ptr<Job>(state::Reader& reader);
LoadJob load_sync_job;
LoadJob load_state_snapshot_job;
LoadJob load_show_rib_job;
LoadJob load_list_peers_job;
LoadJob load_list_routes_job;
LoadJob load_reload_job;
LoadJob load_switch_job;
LoadJob load_trial_job;
LoadJob load_record_job;
LoadJob load_shadow_job;
LoadJob load_upgrade_job;

// Makes one and reads its fields.
template <typename Kind, typename... Arguments>
[[nodiscard]] std::unique_ptr<Job> loaded(state::Reader& reader, Arguments&&... arguments) {
  auto job = std::make_unique<Kind>(std::forward<Arguments>(arguments)...);
  Kind::fields(reader, *job);
  return job;
}

}  // namespace tandem::api
