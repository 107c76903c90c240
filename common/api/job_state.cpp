#include "common/api/job_state.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tandem::api {

namespace {

struct Row {
  std::string_view kind;
  LoadJob* load;
};
constexpr Row k_jobs[] = {
    {"sync", load_sync_job},
    {"state snapshot", load_state_snapshot_job},
    {"show adj-rib", load_show_rib_job},
    {"list peers", load_list_peers_job},
    {"list routes", load_list_routes_job},
    {"reload check", load_reload_job},
    {"engine", load_switch_job},
    {"engine trial", load_trial_job},
    {"record start", load_record_job},
    {"engine shadow", load_shadow_job},
    {"upgrade", load_upgrade_job},
};

}  // namespace

void store(state::Writer& writer, const JobSlot<const std::unique_ptr<Job>>& slot) {
  writer.value(slot.job ? slot.job->kind() : std::string_view());
  if (slot.job) slot.job->store(writer);
}

void load(state::Reader& reader, const JobSlot<std::unique_ptr<Job>>& slot) {
  std::string kind;
  reader.value(kind);
  slot.job.reset();
  if (!reader.ok() || kind.empty()) return;
  const auto row = std::find_if(std::begin(k_jobs), std::end(k_jobs), [&kind](const Row& one) { return one.kind == kind; });
  if (row == std::end(k_jobs)) return reader.fail("a command that is being carried out is not known to this version of tandem");
  slot.job = row->load(reader);
}

}  // namespace tandem::api
