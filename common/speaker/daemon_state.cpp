// The speaker as one value (docs/recording.md). Sections stand in the order in which what they hold is needed: who is told something before
// who tells it, and what is shared where it is met first.
#include <algorithm>

#include "common/config/fields.hpp"
#include "common/speaker/configured_secrets.hpp"
#include "common/speaker/daemon.hpp"

namespace tandem::speaker {

namespace {

// What was left for the driver of a channel that nobody else knows: to be closed.
class Orphan final : public Channel {
 public:
  Orphan(ChannelKeeper& keeper, ChannelKind kind) : Channel(keeper, kind, {}) {}
  [[nodiscard]] Interest interest() const override {
    Interest wanted;
    wanted.close = !finished();
    return wanted;
  }
  [[nodiscard]] const base::Outbox& outbox() const override { return outbox_; }
  void on_ended(EndCause, int, base::TimePoint) override {
    finish();
    keeper_.retire(*this);
  }
  [[nodiscard]] bool orphaned() const override { return !finished(); }

 private:
  base::Outbox outbox_;
};

template <typename Archive, typename Self>
void surrounding_fields(Archive& archive, Self& self) {
  auto& [identity, options] = self;
  auto& [host_name, pid, parent_pid, starter, user] = identity;
  auto& [settings, configurations, engines, control_socket, control_pipes, version, log_program_errors, redirect, recorder, recordings, shadows] =
      options;
  archive.object(self, "surroundings")("host_name", host_name)("pid", pid)("parent_pid", parent_pid)("starter", starter)("user", user)(
      "settings", settings)("configurations", configurations)("engines", engines)("control_socket", control_socket)(
      "control_pipes", control_pipes)("version", version)("log_program_errors", log_program_errors);
}

}  // namespace

// What is in no other part. Channels, attribute sets and tables that wait to be freed are made or left behind; encoder, dispatcher and
// executor are what settings and host make them.
template <typename Archive, typename Self>
void Daemon::fields(Archive& archive, Self& self) {
  auto& [host, options, identity, random, clock, pool, discards, budget, pool_octets, freed, runtime, encoder, scratch, requests, engine, measurements,
         trial, recording, shadow, upgrade, ahead, executor, dispatcher, client_services, rejections, control_clients, programs, peer_context, peers, quiet, listeners,
         acceptor, reloader, shutdown, exit] = self;
  std::string uuid = executor.uuid();
  std::uint64_t last_channel = runtime.last_id();
  archive.object(self, "daemon")("random", random)("clock", clock)("requests", requests)("engine", engine)("measurements", measurements)(
      "trial", trial)("recording", recording)("shadow", shadow)("upgrade", upgrade)("uuid", uuid)("last_channel", last_channel)("api_version", dispatcher.api_version)(
      "client_services", client_services)("quiet", quiet)("acceptor", acceptor)("reloader", reloader)("exit", exit);
  if constexpr (Archive::k_reads) {
    if (exit == Exit::upgrade) exit.reset();
    executor.set_uuid(std::move(uuid));
    runtime.set_last_id(last_channel);
  }
}

base::Buffer Daemon::snapshot(base::TimePoint now, state::Secrets secrets) const {
  state::Writer writer(now, secrets);
  store(writer);
  return std::move(writer).finish();
}

bool Daemon::write_ahead(std::size_t budget) {
  if (!ahead_) ahead_ = std::make_unique<StateAhead>();
  return ahead_->work(peers_.all(), budget);
}

base::Buffer Daemon::snapshot_behind(base::TimePoint now) {
  state::Writer& writer = ahead_->rest(now);
  store(writer);
  return std::move(writer).finish();
}

void Daemon::store(state::Writer& writer) const {
  const Surroundings around{identity_, options_};
  writer.section("surroundings", 1, [&] { surrounding_fields(writer, around); });
  writer.section("programs", 1, [&] { programs_.store(writer); });
  writer.section("clients", 1, [&] { control_clients_.store(writer); });
  writer.section("neighbors", 1, [&] { peers_.store(writer); });
  writer.section("sockets", 1, [&] {
    listeners_.store(writer);
    rejections_.store(writer);
  });
  writer.section("orphans", 1, [&] {
    std::vector<const Channel*> orphans;
    for (const auto& channel : runtime_.all()) {
      if (channel->orphaned()) orphans.push_back(channel.get());
    }
    writer.count(orphans.size());
    for (const Channel* channel : orphans) {
      writer.value(channel->kind());
      Channel::channel_fields(writer, *channel);
    }
  });
  writer.section("daemon", 1, [&] {
    fields(writer, *this);
    writer.value(shutdown_);
  });
}

base::Result<void> Daemon::restore(base::Bytes snapshot, const Restore& with, base::TimePoint now) {
  if (const std::string& group = options_.settings.api_group; !group.empty()) {
    if (auto admitted = control_clients_.admit_group(group); !admitted) return admitted.error();
  }
  state::Reader reader(snapshot, now);
  reader.provide(pool_);
  reader.provide(dispatcher_.words());
  reader.set_descriptors(with.descriptors);
  const ConfiguredSecrets secrets(host_, options_, pool_);
  const config::SecretSource& source = secrets;
  reader.provide(source);
  load(reader);
  const auto done = reader.finish();
  if (!done) {
    let_go();
    return done;
  }
  listeners_.tell_host(peers_.neighbors());
  control_clients_.tell_host(options_.control_pipes);
  return done;
}

void Daemon::ask_as_when_made() const {
  static_cast<void>(host_.identity());
  static_cast<void>(host_.entropy());
}

// The wall clock is asked for those who only look at it.
void Daemon::ask_as_when_restored() const {
  static_cast<void>(host_.wall_time());
  if (const std::string& group = options_.settings.api_group; !group.empty()) static_cast<void>(host_.find_group(group));
  const auto& neighbors = peers_.neighbors();
  const bool any_key = std::any_of(neighbors.begin(), neighbors.end(), [](const auto& neighbor) {
    return !neighbor->md5_password.empty() || !neighbor->ao_password.empty();
  });
  for (const std::string& path : options_.configurations) {
    if (any_key) static_cast<void>(host_.read_file(path));
  }
}

void Daemon::load(state::Reader& reader) {
  if (reader.at(state::k_ahead)) {
    reader.begin_ahead();
    while (rib::load_piece(reader) || OwnedRoutes::load_piece(reader)) {
    }
  }
  Surroundings around;
  reader.section("surroundings", 1, [&] { surrounding_fields(reader, around); });
  reader.section("programs", 1, [&] { programs_.load(reader); });
  reader.section("clients", 1, [&] { control_clients_.load(reader); });
  reader.section("neighbors", 1, [&] { peers_.load(reader); });
  reader.section("sockets", 1, [&] {
    listeners_.load(reader);
    rejections_.load(reader);
    if (!listeners_.has_control()) options_.control_socket.clear();  // it could not be opened: it is of another daemon
  });
  reader.section("orphans", 1, [&] { load_orphans(reader); });
  reader.section("daemon", 1, [&] { load_rest(reader); });
}

void Daemon::load_orphans(state::Reader& reader) {
  for (std::uint64_t left = reader.count_of_things(); left > 0 && reader.ok(); --left) {
    auto kind = ChannelKind::connection;
    reader.value(state::up_to(kind, ChannelKind::control_client));
    auto orphan = std::make_unique<Orphan>(runtime_, kind);
    Channel::channel_fields(reader, static_cast<Channel&>(*orphan));
    runtime_.adopt(std::move(orphan));
  }
}

void Daemon::load_rest(state::Reader& reader) {
  fields(reader, *this);
  if (!reader.flag() || !reader.ok()) return;
  shutdown_.emplace(Shutdown::Parts{listeners_, peers_, programs_, control_clients_, encoder_, clock_});
  reader.value(*shutdown_);
}

std::vector<int> Daemon::descriptors() const {
  std::vector<int> numbers;
  for (const auto& channel : runtime_.all()) numbers.insert(numbers.end(), {channel->input_fd(), channel->output_fd()});
  for (const auto* arrivals : {&listeners_.sessions(), &listeners_.clients()}) {
    for (const process::IncomingConnection& connection : *arrivals) numbers.push_back(connection.fd.get());
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::erase(numbers, -1);
  return numbers;
}

void Daemon::let_go() {
  programs_.let_go();
  options_.control_socket.clear();
  for (const auto& channel : runtime_.all()) channel->let_go();
  for (auto* arrivals : {&listeners_.sessions(), &listeners_.clients()}) {
    for (process::IncomingConnection& connection : *arrivals) static_cast<void>(connection.fd.release());
  }
}

base::Result<Surroundings> surroundings(base::Bytes snapshot) {
  Surroundings around;
  state::Reader reader(snapshot, {});
  reader.skip_to("surroundings");
  reader.section("surroundings", 1, [&] { surrounding_fields(reader, around); });
  if (!reader.ok()) return reader.result().error();
  return around;
}

}  // namespace tandem::speaker
