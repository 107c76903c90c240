#include "common/speaker/reload_check.hpp"

#include <algorithm>

namespace tandem::speaker {

namespace {

using Effect = api::ReloadEffect::Effect;

[[nodiscard]] Effect effect_of(const config::NeighborChange& change) {
  if (change.before == nullptr) return Effect::added;
  if (change.after == nullptr) return Effect::removed;
  switch (change.impact) {
    case config::Impact::nothing: return Effect::nothing;
    case config::Impact::routes: return Effect::routes;
    case config::Impact::refresh: return Effect::refresh;
    case config::Impact::session: return Effect::session;
  }
  return Effect::nothing;
}

[[nodiscard]] api::ReloadEffect effect_on_program(const ProgramState* before, const config::ProgramDefinition& after, config::EventFlags flags) {
  api::ReloadEffect effect{after.name, Effect::nothing, {}, 0, 0};
  if (before == nullptr || (!before->running && (after.respawn || !before->ever_started))) {
    effect.effect = Effect::started;
    return effect;
  }
  const config::ProgramDefinition& old = *before->definition;
  if (old.arguments != after.arguments) effect.keywords.emplace_back("run");
  if (old.encoder != after.encoder) effect.keywords.emplace_back("encoder");
  if (old.respawn != after.respawn) effect.keywords.emplace_back("respawn");
  if (before->flags != flags) effect.keywords.emplace_back("api");
  if (!effect.keywords.empty()) effect.effect = Effect::outdated;
  return effect;
}

}  // namespace

std::vector<api::ReloadEffect> effects_on_neighbors(const config::NeighborList& before, const config::NeighborList& after,
                                                    const config::RouteComparisons* routes) {
  std::vector<api::ReloadEffect> effects;
  for (const config::NeighborChange& change : config::explain(before, after, routes)) {
    const config::Neighbor& neighbor = change.after != nullptr ? *change.after : *change.before;
    effects.push_back({config::peer_key(neighbor), effect_of(change), {change.keywords.begin(), change.keywords.end()}, change.announced, change.withdrawn});
  }
  return effects;
}

std::vector<api::ReloadEffect> effects_on_programs(const std::vector<ProgramState>& before, const config::Configuration& after) {
  const config::ProgramFlags flags = config::program_flags(after);
  std::vector<api::ReloadEffect> effects;
  for (const config::ProgramDefinition& definition : after.programs) {
    const auto known = std::find_if(before.begin(), before.end(), [&](const ProgramState& state) { return state.definition->name == definition.name; });
    const auto told = flags.find(definition.name);
    effects.push_back(effect_on_program(known == before.end() ? nullptr : &*known, definition, told == flags.end() ? config::EventFlags() : told->second));
  }
  for (const ProgramState& state : before) {
    const std::string& name = state.definition->name;
    const bool stays = std::any_of(after.programs.begin(), after.programs.end(), [&](const config::ProgramDefinition& one) { return one.name == name; });
    if (!stays) effects.push_back({name, Effect::stopped, {}, 0, 0});
  }
  return effects;
}

}  // namespace tandem::speaker
