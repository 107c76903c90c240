#include "common/speaker/reloader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "common/api/wording.hpp"
#include "common/base/log.hpp"
#include "common/config/parser.hpp"
#include "common/speaker/limits.hpp"
#include "common/speaker/reload_checking.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

namespace {

// A sink escapes what would break a line; what we wrote on several lines is logged as several.
void log_lines(LogLevel level, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    base::log(LogCategory::configuration, level, "{}", text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

base::Result<config::Configuration> Reloader::read() {
  began_ = parts_.host.wall_time();
  auto parsed = parse(path(), found_programs_);
  if (parsed) warn(*parsed);
  else tell_not_loaded();
  return parsed;
}

void Reloader::warn(const config::Configuration& configuration) const {
  for (const config::Warning& warning : configuration.warnings) log_lines(LogLevel::warning, config::render(warning));
}

base::Result<config::Configuration> Reloader::parse(const std::string& path, FoundPrograms& found) const {
  auto file = parts_.host.read_file(path);
  if (!file) return file.error();
  return config::parse({path, file->directory, std::move(file->text)}, parse_options(parts_.options.settings), HostProbe(parts_.host, &found), parts_.pool);
}

std::int64_t Reloader::milliseconds() const {
  return std::max<std::int64_t>((parts_.host.wall_time() - began_) / std::chrono::milliseconds(1), 0);
}

// --- the start ---------------------------------------------------------------------------------------------------------------

void Reloader::begin(config::Configuration configuration) {
  parts_.programs.adopt(configuration, false, parts_.clock.now());
  Peers::Comparison with_nothing = parts_.peers.compare(configuration);
  parts_.peers.adopt(std::move(configuration), std::move(with_nothing), false, parts_.clock.now());
  std::size_t routes = 0;
  for (const auto& neighbor : parts_.peers.neighbors()) {
    const rib::SharedRoutes& list = neighbor->routes.routes;
    routes += list.size();
    // Now, and not when a peer waits for its first UPDATE; of what comes later it is made when it is needed, in slices.
    if (const auto* directory = list.directory()) static_cast<void>(directory->sending(neighbor->group_updates));
  }
  base::log(LogCategory::reactor, LogLevel::info, "loaded {}: {} neighbors, {} routes, {} programs, {} ms", path(),
            parts_.peers.neighbors().size(), routes, parts_.programs.all().size(), milliseconds());
  tell_loaded();
}

void Reloader::tell_loaded() const {
  const std::string_view line = api::wording(parts_.options.settings.compat_dialect).loaded;
  if (!line.empty()) base::log(LogCategory::reactor, LogLevel::info, "{}", line);
}

void Reloader::tell_not_loaded() const {
  const std::string_view line = api::wording(parts_.options.settings.compat_dialect).not_loaded;
  if (!line.empty()) base::log(LogCategory::configuration, LogLevel::error, "{}", line);
}

// --- again -------------------------------------------------------------------------------------------------------------------

void Reloader::reload(bool restart_changed_programs, bool restart_sessions) {
  const Wanted wanted{restart_changed_programs, restart_sessions};
  if (!reads()) return begin_job(wanted);
  if (!another_) another_ = Wanted{};
  another_->add(wanted);
}

void Reloader::begin_job(const Wanted& wanted) {
  position_ = next_position();
  if (auto opened = base::open_log_again(); !opened) {
    base::log(LogCategory::daemon, LogLevel::error, "{}, the file that is open goes on", opened.error().reason());
  }
  base::log(LogCategory::reactor, LogLevel::info, "reloading {}", path());
  began_ = parts_.host.wall_time();
  read_again(wanted);
}

void Reloader::read_again(const Wanted& wanted) {
  opening_.emplace(Opening{wanted, {.path = path()}});
  get_text();
}

void Reloader::get_text() {
  auto file = parts_.host.read_on(opening_->file);
  if (!file) return;
  const Wanted wanted = opening_->wanted;
  opening_.reset();
  if (!*file) {
    refuse(file->error());
    return begin_another();
  }
  job_.emplace(wanted, parts_.host, found_programs_, config::Source{path(), (*file)->directory, std::move((*file)->text)},
               parse_options(parts_.options.settings), parts_.pool);
}

void Reloader::begin_another() {
  if (const auto next = std::exchange(another_, std::nullopt)) begin_job(*next);
}

// From a state. False: it is not to be gone on with.
bool Reloader::go_on(Unfinished unfinished) {
  if (unfinished.text.empty()) {
    read_again(unfinished.wanted);
    return true;
  }
  job_.emplace(unfinished.wanted, parts_.host, std::move(unfinished.found),
               config::Source{std::move(unfinished.name), std::move(unfinished.directory), std::move(unfinished.text)}, parse_options(parts_.options.settings),
               parts_.pool);
  while (job_->steps < unfinished.steps) {
    if (job_->step()) return false;
  }
  return true;
}

void Reloader::refuse(const base::Error& error) const {
  tell_not_loaded();
  log_lines(LogLevel::error, config::render(error));
  base::log(LogCategory::configuration, LogLevel::error, "the running configuration is kept");
}

void Reloader::read_on() {
  auto read = job_->step();
  if (!read) return;
  Wanted wanted = job_->wanted;
  found_programs_ = std::move(job_->found);
  job_->reading.discard(parts_.discards);
  job_.reset();
  if (*read) {
    warn(**read);
    // One that was read before and is still waiting is overtaken, but not what was asked for beside it.
    if (pending_) wanted.add(pending_->wanted);
    if (pending_ && pending_->comparison) pending_->comparison->routes.discard(parts_.discards);
    pending_ = Pending{std::move(**read), std::nullopt, 0, wanted};
  } else {
    refuse(read->error());
  }
  begin_another();
}

// A slice. True: all routes have been compared.
bool Reloader::compare() {
  const bool begun = pending_->comparison.has_value();
  if (!begun) pending_->comparison = parts_.peers.compare(pending_->configuration);
  bool done = false;
  for (std::uint64_t rounds = begun ? 1 : pending_->compared + 1; rounds > 0 && !done; --rounds) {
    std::size_t budget = k_compared;
    done = pending_->comparison->routes.step(budget);
  }
  ++pending_->compared;
  return done;
}

bool Reloader::step(base::TimePoint now) {
  if (opening_) get_text();
  else if (job_) read_on();
  if (!pending_) return reads();
  if (!compare()) return true;
  if (!pending_->until) {
    parts_.programs.ask_to_end(pending_->configuration, pending_->wanted.restart_changed_programs, now);
    pending_->until = now + k_last_words;
  }
  if (!parts_.programs.listens_to_ending() || now >= *pending_->until) apply(*std::exchange(pending_, std::nullopt));
  return reads();
}

// At once, when the last one has been heard out behind step().
std::optional<base::TimePoint> Reloader::deadline() const {
  if (!pending_) return std::nullopt;
  return parts_.programs.listens_to_ending() ? pending_->until : parts_.clock.now();
}

void Reloader::apply(Pending pending) {
  static_cast<void>(parts_.listeners.adopt(pending.configuration.neighbors));  // what cannot be opened has been logged
  const Programs::Changes programs = parts_.programs.adopt(pending.configuration, pending.wanted.restart_changed_programs, parts_.clock.now());
  const Peers::Changes peers =
      parts_.peers.adopt(std::move(pending.configuration), std::move(*pending.comparison), pending.wanted.restart_sessions, parts_.clock.now());
  tell_changes(peers, programs);
}

std::size_t Reloader::next_position() const {
  return parts_.options.settings.debug_rotate ? (position_ + 1) % parts_.options.configurations.size() : position_;
}

std::unique_ptr<api::ReloadChecking> Reloader::check(std::string_view path) {
  const ReloadChecking::Parts parts{parts_.host,  parts_.options,  parts_.pool,  parts_.programs, parts_.peers,
                                    parts_.discards, check_taken_, k_statements, k_compared};
  return std::make_unique<ReloadChecking>(parts, found_programs_, path.empty() ? parts_.options.configurations[next_position()] : std::string(path));
}

void Reloader::tell_changes(const Peers::Changes& peers, const Programs::Changes& programs) const {
  std::string text;
  const auto add = [&text](std::size_t count, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(peers.added, "neighbors added");
  add(peers.removed, "neighbors removed");
  add(peers.changed, "neighbors changed");
  add(peers.announced, "routes announced");
  add(peers.withdrawn, "routes withdrawn");
  add(programs.started, "programs started");
  add(programs.stopped, "programs stopped");
  if (text.empty()) text = "nothing has changed";
  base::log(LogCategory::reactor, LogLevel::info, "reloaded {}: {}, {} ms", path(), text, milliseconds());
  tell_loaded();
}

}  // namespace tandem::speaker
