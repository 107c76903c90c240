#include "conformance/sim/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace tandem::conformance::sim {

World::World(std::uint64_t seed, Weather weather_now) : weather(weather_now), random(seed) {}

int World::new_token() {
  if (free_tokens_.empty()) return next_token_++;
  return free_tokens_.extract(free_tokens_.begin()).value();
}

Stream& World::new_stream(int token) {
  streams_.push_back(std::make_unique<Stream>());
  streams_.back()->token = token;
  return *streams_.back();
}

Stream* World::find(int token) {
  const auto found = std::find_if(streams_.begin(), streams_.end(), [&](const auto& stream) { return stream->token == token; });
  return found == streams_.end() ? nullptr : found->get();
}

base::TimePoint World::ripe_at() {
  const auto span = static_cast<std::uint64_t>((weather.delay_max - weather.delay_min).count());
  const base::Duration extra(span == 0 ? 0 : static_cast<base::Duration::rep>(random.below(span + 1)));
  return now_ + weather.delay_min + extra;
}

bool World::scarce() { return weather.scarce_percent > 0 && random.below(100) < weather.scarce_percent; }

bool World::dial_speaker(const base::Endpoint& from, const base::Endpoint& to, std::shared_ptr<Remote> remote) {
  const auto called = [&](const auto& stream) { return stream->listening && stream->token != control_token && stream->local == to; };
  const auto found = std::find_if(streams_.begin(), streams_.end(), called);
  if (found == streams_.end()) return false;
  Stream& listener = **found;
  Stream& stream = new_stream(new_token());
  stream.local = to;
  stream.far = from;
  stream.remote = std::move(remote);
  listener.backlog.push_back(&stream);
  stream.remote->connected(now_);
  return true;
}

bool World::dial_control(std::shared_ptr<Remote> client) {
  Stream* listener = find(control_token);
  if (listener == nullptr) return false;
  Stream& stream = new_stream(new_token());
  stream.remote = std::move(client);
  listener->backlog.push_back(&stream);
  stream.remote->connected(now_);
  return true;
}

void World::start_connect(Stream& stream, const base::Endpoint& target) {
  const auto plan = dial_plans.find(stream.token);
  stream.far = target;
  stream.local.address = plan != dial_plans.end() && plan->second.source ? plan->second.source
                         : target.address.is_v4()                        ? *base::IpAddress::parse("127.0.0.1")
                                                                         : *base::IpAddress::parse("::1");
  stream.local.port = next_port_++;
  if (next_port_ == 0) next_port_ = 40000;
  stream.connect_at = ripe_at();
  stream.connect_error = acceptors.contains(target) ? 0 : ECONNREFUSED;
}

std::shared_ptr<Remote> World::answer(Stream& stream) {
  const auto found = acceptors.find(stream.far);
  return found == acceptors.end() ? nullptr : found->second(stream.far, stream.local);
}

void World::at(base::TimePoint when, std::function<void()> what) { agenda_.emplace(std::max(when, now_), std::move(what)); }

bool World::run_agenda() {
  bool any = false;
  while (!agenda_.empty() && agenda_.begin()->first <= now_) {
    const auto what = std::move(agenda_.begin()->second);
    agenda_.erase(agenda_.begin());
    what();
    any = true;
  }
  return any;
}

std::optional<base::TimePoint> World::next_agenda() const {
  if (agenda_.empty()) return std::nullopt;
  return agenda_.begin()->first;
}

void World::remove_stream(Stream& stream) {
  for (const auto& listener : streams_) std::erase(listener->backlog, &stream);
  for (Stream* waiting : std::exchange(stream.backlog, {})) {  // reset, as by a kernel whose listener is closed
    waiting->remote->closed(now_);
    waiting->closed_told = waiting->finished = true;
  }
  dial_plans.erase(stream.token);
  stream.finished = true;
}

void World::forget_finished() {
  std::erase_if(streams_, [this](const auto& stream) {
    const bool gone = stream->finished && stream->channel == nullptr;
    if (gone) free_tokens_.insert(stream->token);
    if (gone && stream->write_token != 0) free_tokens_.insert(stream->write_token);
    return gone;
  });
}

std::uint64_t seed_or(std::uint64_t seed) {
  const char* const text = std::getenv("TANDEM_SIM_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : seed;
}

Seeds seeds_to_play(std::uint64_t count) {
  if (const std::uint64_t chosen = seed_or(0); chosen != 0) return {chosen, chosen};
  const char* const wanted = std::getenv("TANDEM_SIM_SEEDS");
  if (wanted == nullptr) return {1, count};
  char* end = nullptr;
  const std::uint64_t number = std::strtoull(wanted, &end, 10);
  return *end == '-' ? Seeds{number, std::strtoull(end + 1, nullptr, 10)} : Seeds{1, number};
}

std::string replay_hint(std::uint64_t seed) { return fmt::format("replay with TANDEM_SIM_SEED={}", seed); }

}  // namespace tandem::conformance::sim
