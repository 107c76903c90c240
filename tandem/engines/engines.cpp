#include "tandem/engines/engines.hpp"

#include <algorithm>

#include "engine_async/reactor.hpp"
#include "engine_sync/reactor.hpp"
#include "engine_uring/reactor.hpp"

namespace tandem::program {

namespace {

template <typename Engine>
std::unique_ptr<speaker::Reactor> make() {
  return std::make_unique<Engine>();
}

std::optional<std::string> runs_everywhere() { return std::nullopt; }

}  // namespace

const std::vector<EngineRow>& engines() {
  static const std::vector<EngineRow> rows{
      {"sync", "poll and generators", make<engine_sync::Reactor>, runs_everywhere},
      {"async", "Asio on epoll and coroutines", make<engine_async::Reactor>, runs_everywhere},
      {"uring", "Asio on io_uring and coroutines", make<engine_uring::Reactor>, engine_uring::refusal},
  };
  return rows;
}

const EngineRow* find_engine(std::string_view name) {
  const auto& rows = engines();
  const auto found = std::find_if(rows.begin(), rows.end(), [name](const EngineRow& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

std::unique_ptr<speaker::Reactor> make_reactor(std::string_view name) {
  const EngineRow* const row = find_engine(name);
  return row == nullptr ? nullptr : row->make();
}

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const EngineRow& row : engines()) names.emplace_back(row.name);
  return names;
}

const std::vector<std::string>& engines_that_run() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> running;
    for (const EngineRow& row : engines()) {
      if (!row.refusal()) running.emplace_back(row.name);
    }
    return running;
  }();
  return names;
}

const std::string& next_engine(std::string_view name) {
  const auto& names = engines_that_run();
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() || found + 1 == names.end() ? names.front() : *(found + 1);
}

}  // namespace tandem::program
