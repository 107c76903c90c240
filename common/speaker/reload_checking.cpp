#include "common/speaker/reload_checking.hpp"

#include <utility>

#include "common/speaker/reload_check.hpp"

namespace tandem::speaker {

ReloadChecking::ReloadChecking(const Parts& parts, FoundPrograms found, std::string path)
    : parts_(parts), found_(std::move(found)), probe_(parts_.host, &found_), file_{.path = std::move(path)} {}

ReloadChecking::~ReloadChecking() {
  if (reading_) reading_->discard(parts_.discards);
  if (routes_) routes_->discard(parts_.discards);
  if (!configuration_) return;
  for (config::Neighbor& neighbor : configuration_->neighbors) parts_.discards.add(std::move(neighbor.routes.routes));
}

std::optional<base::Result<api::ReloadCheck>> ReloadChecking::step() {
  if (std::exchange(parts_.taken, true)) return std::nullopt;
  if (!reading_) {
    auto file = parts_.host.read_on(file_);
    if (!file) return std::nullopt;
    if (!*file) return base::Result<api::ReloadCheck>(refusal(file->error()));
    reading_.emplace(config::Source{file_.path, (*file)->directory, std::move((*file)->text)}, parse_options(parts_.options.settings), probe_,
                     parts_.pool);
  }
  if (!configuration_) {
    auto read = reading_->step(parts_.statements);
    if (!read) return std::nullopt;
    if (!*read) return base::Result<api::ReloadCheck>(refusal(read->error()));
    configuration_ = std::move(**read);
    routes_ = parts_.peers.compare(*configuration_).routes;
  }
  std::size_t budget = parts_.routes;
  if (!routes_->step(budget)) return std::nullopt;
  return base::Result<api::ReloadCheck>(result());
}

base::Error ReloadChecking::refusal(const base::Error& error) const {
  return base::Error(config::render(error) + "\nnothing is changed, and a reload of this file would change nothing");
}

api::ReloadCheck ReloadChecking::result() const {
  api::ReloadCheck result;
  result.path = file_.path;
  for (const config::Warning& warning : configuration_->warnings) result.warnings.push_back(config::render(warning));
  result.neighbors = effects_on_neighbors(parts_.peers.configured(), config::neighbors_of(*configuration_), &*routes_);
  for (const auto& peer : parts_.peers.all()) {
    if (peer->provenance().kind != Provenance::Kind::command || peer->stopped()) continue;
    result.neighbors.push_back({peer->key(), api::ReloadEffect::Effect::removed, {"peer create"}, 0, 0});
  }
  result.programs = effects_on_programs(parts_.programs.states(), *configuration_);
  return result;
}

}  // namespace tandem::speaker
