#include <fmt/format.h>

#include "common/base/assert.hpp"
#include "common/state/layout.hpp"
#include "conformance/fuzz/entries.hpp"
#include "conformance/sim/host.hpp"
#include "conformance/sim/reactor.hpp"
#include "harness/configuration_text.hpp"
#include "harness/scripted_peer.hpp"

namespace tandem::conformance::fuzz {

namespace {

using namespace std::chrono_literals;

const base::Endpoint& far_end() {
  static const base::Endpoint k_far{*base::IpAddress::parse("127.0.0.2"), 1790};
  return k_far;
}

std::string configuration() {
  harness::NeighborText up;
  up.peer = far_end().address.text();
  up.connect = far_end().port;
  up.api = {"processes [ p ];", "neighbor-changes;", "receive { parsed; update; }"};
  up.statements = {"adj-rib-in true;", "md5-password \"word\";"};
  up.capabilities = {"route-refresh;"};
  up.routes = {"30.0.0.0/24 next-hop 10.0.0.1 med 5 watchdog dog", "30.0.1.0/24 next-hop 10.0.0.1 community [ 1:2 ]"};
  harness::NeighborText down = up;
  down.peer = "127.0.0.3";
  down.families = {"ipv4 unicast", "ipv6 unicast"};
  return harness::process_text("p", "/sim/p", "json") + harness::to_text(up) + harness::to_text(down);
}

// A speaker in a world that has this much: a neighbor that answers, one that does not, a program.
struct Surrounded {
  Surrounded() : world(1, sim::Weather::calm()), host(world), reactor(world) {
    world.files["a.conf"] = configuration();
    options.configurations = {"a.conf"};
    options.engines = {"sim"};
    options.control_socket = "/sim/control";
    options.version = "test";
    daemon = std::make_unique<speaker::Speaker>(host, options);
  }
  ~Surrounded() { reactor.leave(*daemon); }
  sim::World world;
  sim::Host host;
  sim::Reactor reactor;
  speaker::SpeakerOptions options;
  std::unique_ptr<speaker::Speaker> daemon;
};

// A session with a route each way, a command that waits, half a line, a listing that nobody reads, and a connection that is refused.
enum class Form : std::uint8_t { with_keys, without_keys, in_parts };

base::Buffer sample(Form form) {
  Surrounded scene;
  auto peer = std::make_shared<harness::ScriptedPeer>();
  auto program = std::make_shared<harness::ScriptedProgram>();
  auto client = std::make_shared<harness::ScriptedProgram>();
  scene.world.acceptors[far_end()] = [&](const auto&, const auto&) { return peer; };
  scene.world.programs["p"] = [&] { return program; };
  scene.daemon->engine_started("sim", scene.world.now());
  TANDEM_ASSERT(scene.daemon->start(scene.world.now()).has_value());
  scene.reactor.run_for(*scene.daemon, 5s);
  TANDEM_ASSERT(peer->is_established());
  peer->send(harness::update({{"40.0.0.0/24"}, std::nullopt, 7}));
  static_cast<void>(scene.world.dial_control(client));
  scene.reactor.run_for(*scene.daemon, 1s);
  peer->set_reading(false);
  client->set_reading(false);
  program->say("peer * announce route 30.0.2.0/24 next-hop 10.0.0.1 sync");
  program->write("peer * announce ro");
  client->say("group start");
  client->say("announce route 30.0.3.0/24 next-hop 10.0.0.1");
  scene.reactor.run_for(*scene.daemon, 2ms);
  scene.daemon->signal(speaker::Signal::reload);
  scene.reactor.leave(*scene.daemon);
  if (form == Form::with_keys) return scene.daemon->snapshot(scene.world.now(), state::Secrets::included);
  if (form == Form::without_keys) return scene.daemon->snapshot(scene.world.now(), state::Secrets::left_out);
  TANDEM_ASSERT(scene.daemon->write_ahead(1000));
  base::Buffer all;
  for (const base::Buffer& part : scene.daemon->written_ahead()) all.insert(all.end(), part.begin(), part.end());
  const base::Buffer rest = scene.daemon->snapshot_behind(scene.world.now());
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

// With a sum that is right: somebody did it on purpose.
void correct_sum(base::Buffer& octets) {
  constexpr std::size_t k_tail = 1 + state::k_end.size() + 2 + 8 + 8;
  if (octets.size() < state::k_head_size + k_tail) return;
  base::Buffer right;
  base::ByteWriter(right).u64(state::sum(base::Bytes(octets).first(octets.size() - k_tail)));
  std::copy(right.begin(), right.end(), octets.end() - 8);
}

// What goes beside a state when another program takes over.
void run_paused(base::Bytes octets) {
  const auto paused = speaker::paused_from(octets);
  if (paused) TANDEM_ASSERT(speaker::paused_from(speaker::to_octets(*paused)).has_value());
  else TANDEM_ASSERT(paused.error().reason().starts_with("octet "));
}

base::Buffer paused_sample() {
  speaker::PausedSession session;
  session.descriptor = 7;
  session.interval = 3s;
  session.due = base::TimePoint(10s);
  session.waiting = {1, 2, 3};
  session.written = 16;
  session.sent = {base::TimePoint(7s)};
  return speaker::to_octets({session, session});
}

// The first octet: whether the sum is made right, and whether it is no state but what goes beside one. What is refused is refused with the place; what is not can be written again, and goes on.
void run(base::Bytes input) {
  if (input.empty()) return;
  base::Buffer octets(input.begin() + 1, input.end());
  if ((input[0] & 1U) != 0) correct_sum(octets);
  if ((input[0] & 2U) != 0) return run_paused(octets);
  Surrounded scene;
  speaker::Restore with;
  with.descriptors = [&scene](int) { return base::UniqueFd(scene.world.new_token()); };
  const auto restored = scene.daemon->restore(octets, with, scene.world.now());
  if (!restored) {
    TANDEM_ASSERT(restored.error().reason().starts_with("octet "));
    return;
  }
  TANDEM_ASSERT(!scene.daemon->snapshot(scene.world.now(), state::Secrets::included).empty());
  scene.reactor.run_for(*scene.daemon, 10s);
}

}  // namespace

Entry state() {
  Entry entry{run, {}};
  const auto add = [&entry](std::uint8_t first, const base::Buffer& octets) {
    base::Buffer& seed = entry.seeds.emplace_back(base::Buffer{first});
    seed.insert(seed.end(), octets.begin(), octets.end());
  };
  for (const auto form : {Form::with_keys, Form::without_keys, Form::in_parts}) add(1, sample(form));
  add(3, paused_sample());
  return entry;
}

}  // namespace tandem::conformance::fuzz
