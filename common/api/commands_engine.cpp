// Which reactor drives the sessions, since when, and the live switch to another one.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>

#include "common/api/commands.hpp"
#include "common/api/job_state.hpp"
#include "common/base/format.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

void show_engine(Call& call, const EngineStatus& status) {
  if (!call.json) {
    call.answer(fmt::format("engine {} since {} switches {}", status.name, base::iso_time(status.since), status.switches));
    return;
  }
  base::JsonWriter json(call.out);
  json.begin_object();
  json.member("engine", status.name);
  json.key("since");
  json.number(status.since, 3);
  json.member("switches", status.switches);
  json.key("available");
  json.begin_array();
  for (const std::string& name : status.available) json.string(name);
  json.end_array();
  json.key("measured");
  measurement_json(call.executor.measurement(), json);
  json.end_object();
  call.answer("");
}

// The switch takes place between two rounds: whether the other reactor could begin is known in the next one.
class SwitchJob final : public Job {
 public:
  SwitchJob(std::string_view name, bool acknowledge) : name_(name), acknowledge_(acknowledge) {}

  [[nodiscard]] bool waits() const override { return true; }
  std::optional<Outcome> step(Executor& executor, std::size_t, std::string& out) override {
    const auto outcome = executor.engine_outcome(name_);
    if (!outcome) return std::nullopt;
    if (*outcome) return Outcome::done;
    return api::fail(out, acknowledge_, outcome->error().reason());
  }

  [[nodiscard]] std::string_view kind() const override { return "engine"; }
  void store(state::Writer& writer) const override { fields(writer, *this); }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [name, acknowledge] = self;
    archive.object(self, "switch_job")("name", name)("acknowledge", acknowledge);
  }

 private:
  std::string name_;
  bool acknowledge_;
};

}  // namespace

std::unique_ptr<Job> load_switch_job(state::Reader& reader) { return loaded<SwitchJob>(reader, "", false); }

Outcome engine(Call& call) {
  const EngineStatus status = call.executor.engine();
  if (call.args.empty()) {
    show_engine(call, status);
    return Outcome::done;
  }
  const std::string_view name = call.args[0].text;
  if (std::find(status.available.begin(), status.available.end(), name) == status.available.end()) {
    return call.fail(fmt::format("unknown engine '{}' ({})", name, fmt::join(status.available, ", ")));
  }
  const auto requested = call.executor.request_engine(name);
  if (!requested) return call.fail(requested.error().reason());
  call.job = std::make_unique<SwitchJob>(name, call.client.acknowledge);
  return Outcome::job;
}

}  // namespace tandem::api
