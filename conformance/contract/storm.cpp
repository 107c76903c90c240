#include "conformance/contract/storm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "common/session/limits.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::conformance {

namespace {

const std::vector<std::string> k_program_names{"p", "q"};
const base::Endpoint k_local{*base::IpAddress::parse("127.0.0.1"), 0};

std::string address_of(std::size_t i) { return fmt::format("127.0.{}.{}", 1 + i / 200, 10 + i % 200); }

std::uint64_t number_after(const std::string& line, std::string_view word) {
  const auto at = line.find(word);
  return at == std::string::npos ? 0 : std::strtoull(line.c_str() + at + word.size(), nullptr, 10);
}

// The word behind `key` of a line of words.
std::string word_after(const std::string& line, std::string_view key) {
  const auto at = line.find(key);
  if (at == std::string::npos) return {};
  const auto start = at + key.size();
  return line.substr(start, line.find(' ', start) - start);
}

}  // namespace

Storm::Storm(std::uint64_t seed) : stage_(seed), random_(seed ^ 0x5707A1ULL) {
  stage_.settings.api_version = 6;
  stage_.settings.log_enable = false;
  stage_.settings.tcp_attempts = 0;
}

void Storm::keep(std::vector<Written>& written) {
  stage_.reactor.on_written = [this, &written](const sim::Stream& stream, base::Bytes octets) {
    written.push_back({stage_.world.now(), stream.token, {octets.begin(), octets.end()}});
  };
}

Storm::Site Storm::make_site(std::size_t i) {
  Site site;
  NeighborText& text = site.text;
  text.peer = address_of(i);
  constexpr int k_hold_times[] = {3, 9, 180, 180, 0};
  text.hold_time = k_hold_times[pick(5)];
  text.statements = {chance(50) ? "group-updates true;" : "group-updates false;", chance(50) ? "adj-rib-in true;" : "adj-rib-in false;"};
  if (chance(10)) text.statements.push_back(fmt::format("rate-limit {};", 20 + pick(80)));
  if (chance(70)) text.capabilities.push_back("route-refresh;");
  if (chance(20)) text.capabilities.push_back("graceful-restart 120;");
  if (chance(30)) text.families.push_back("ipv6 unicast");
  text.api = {fmt::format("processes [ {} ];", fmt::join(k_program_names, " ")), "neighbor-changes;"};
  if (chance(30)) text.api.insert(text.api.end(), {"receive { parsed; packets; update; refresh; }", "send { parsed; update; keepalive; }"});
  for (std::size_t n = pick(chance(20) ? 2000 : 20); n > 0; --n) text.routes.push_back(random_route());
  if (chance(30)) {
    site.listen = stage_.listen_port();
    text.statements.push_back(fmt::format("listen {};", site.listen));
  }
  site.options.mirror.router_id = static_cast<std::uint32_t>(chance(50) ? 0x09000001 + i : 0x0B000001 + i);
  site.options.chatty = chance(10);
  text.connect = stage_.peer_at(text.peer, site.options);
  return site;
}

std::string Storm::random_route() {
  return fmt::format("30.0.{}.{}/32 next-hop 10.0.0.1 med {}{}", pick(8), pick(250), 1 + pick(5), chance(5) ? " watchdog dog" : "");
}

std::string Storm::configuration() const {
  std::string out;
  for (const auto& name : k_program_names) out += process_text(name, "/sim/" + name, name == "q" ? "json" : "text");
  for (const Site& site : sites_) {
    if (site.wanted) out += to_text(site.text);
  }
  return out;
}

void Storm::start() {
  const std::size_t count = chance(5) ? 60 : 2 + pick(5);
  while (fresh_ < count) sites_.push_back(make_site(fresh_++));
  for (const auto& name : k_program_names) static_cast<void>(stage_.program(name, nullptr));
  stage_.configuration(configuration());
  stage_.start();
}

// --- what happens --------------------------------------------------------------------------------------------------------------

void Storm::blow(std::size_t steps) {
  for (std::size_t i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
    for (std::size_t n = 1 + pick(4); n > 0; --n) happen();
    pass_time();
    look();
  }
}

void Storm::happen() {
  const std::size_t dice = pick(100);
  const auto named = programs(k_program_names[pick(k_program_names.size())]);
  if (dice < 35) {
    if (!named.empty()) {
      for (std::size_t n = 1 + pick(chance(5) ? 500 : 8); n > 0; --n) command(*named.back());
    }
  } else if (dice < 60) {
    const auto peers = stage_.peers;  // anyone that ever was: most are gone
    if (!peers.empty()) trouble_a_peer(*peers[peers.size() - 1 - pick(std::min<std::size_t>(peers.size(), 2 * sites_.size()))]);
  } else if (dice < 65) {
    trouble_a_program();
  } else if (dice < 75) {
    trouble_a_control_client();
  } else if (dice < 80) {
    change_the_weather();
  } else if (dice < 85) {
    change_the_configuration();
  } else if (dice < 88) {
    constexpr speaker::Signal k_signals[] = {speaker::Signal::reload, speaker::Signal::full_reload, speaker::Signal::restart,
                                             speaker::Signal::child};
    stage_.signal(k_signals[pick(4)]);
  } else if (dice < 94) {
    dial_in();
  } else {
    toggle_reachable();
  }
}

std::string Storm::random_command() {
  const std::string whom = chance(70) ? "*" : sites_[pick(sites_.size())].text.peer;
  const std::string prefix = fmt::format("30.0.{}.{}/32", pick(8), pick(250));
  switch (pick(24)) {
    case 0: return "rib flush out";
    case 1: return chance(20) ? "rib clear out" : "rib show in";
    case 2: return "rib show out extensive";
    case 3: return fmt::format("peer {} announce eor ipv4 unicast", whom);
    case 4: return fmt::format("peer {} announce route-refresh ipv4 unicast", whom);
    case 5: return chance(30) ? fmt::format("peer {} teardown {}", whom, 1 + pick(9)) : "peer list";
    case 6: return chance(50) ? "peer show extensive" : "system queue-status";
    case 7: return chance(50) ? "peer * announce watchdog dog" : "peer * withdraw watchdog dog";
    case 8: return chance(50) ? "session sync enable" : "session sync disable";
    case 9: return chance(10) ? "daemon restart" : "daemon reload";
    case 10: return "no such command";
    case 11: return "# nothing";
    case 12: return fmt::format("peer {} announce route 2001:db8:{:x}::/48 next-hop 2001:db8::1 med {}", whom, pick(50), 1 + pick(5));
    case 13: return fmt::format("peer {} withdraw route 2001:db8:{:x}::/48", whom, pick(50));
    case 14: return "engine nonsense";
    case 15:
    case 16:
    case 17: return fmt::format("peer {} withdraw route {}", whom, prefix);
    default: return fmt::format("peer {} announce route {} next-hop 10.0.0.1 med {}", whom, prefix, 1 + pick(5));
  }
}

void Storm::command(ScriptedProgram& client) {
  client.say(random_command());
  ++said_[&client];
}

void Storm::trouble_a_peer(ScriptedPeer& peer) {
  if (!alive(peer)) return;
  switch (pick(12)) {
    case 0: return peer.end(Remote::Ending::close);
    case 1: return peer.end(Remote::Ending::reset);
    case 2: return peer.send(notification(6, 4));
    case 3: return peer.send(base::Buffer(30 + pick(100), static_cast<std::uint8_t>(random_.below(256))));
    case 4: return peer.set_reading(false);
    case 5: return peer.set_reading(true);
    case 6: return peer.send(route_refresh(bgp::k_ipv4_unicast));
    case 7: return peer.send(withdrawal(std::vector<std::string>{prefix_of(pick(300))}));
    case 8: {  // cut off in the middle of a message
      const base::Buffer whole = update({{prefix_of(pick(300))}, std::nullopt, 1});
      peer.send(base::Bytes(whole).first(1 + pick(whole.size() - 1)));
      return peer.end(chance(50) ? Remote::Ending::close : Remote::Ending::reset);
    }
    default:
      if (!peer.is_established()) return;
      for (std::size_t n = 1 + pick(chance(5) ? 3000 : 20); n > 0; --n) peer.send(update({{prefix_of(pick(300))}, std::nullopt, static_cast<std::uint32_t>(1 + pick(5))}));
  }
}

void Storm::trouble_a_program() {
  const auto running = programs(k_program_names[pick(k_program_names.size())]);
  if (running.empty()) return;
  ScriptedProgram& program = *running.back();
  switch (pick(6)) {
    case 0: return program.exit();
    case 1: return program.die();
    case 2: return program.set_reading(false);
    case 3: program.ignores_terminate = true; return;
    default: return program.set_reading(true);
  }
}

void Storm::trouble_a_control_client() {
  std::erase_if(controls_, [this](const auto& client) { return !alive(*client) && (said_.erase(client.get()), true); });
  if (controls_.empty() || chance(30)) {
    if (auto client = stage_.control()) controls_.push_back(std::move(client));
    return;
  }
  ScriptedProgram& client = *controls_[pick(controls_.size())];
  switch (pick(8)) {
    case 0: return client.exit();
    case 1: return client.die();
    case 2: client.write("peer * announce ro"); return client.die();  // half a line, and gone
    case 3: return client.set_reading(chance(70));
    default: for (std::size_t n = 1 + pick(10); n > 0; --n) command(client);
  }
}

void Storm::change_the_weather() {
  sim::Weather weather;
  weather.delay_max = base::Duration(random_.below(chance(20) ? 400'000'000 : 4'000'000));
  weather.window = chance(30) ? 512 + pick(4096) : 64 * 1024;
  weather.tiny_percent = static_cast<unsigned>(pick(60));
  weather.partial_percent = static_cast<unsigned>(pick(40));
  if (chance(20)) weather.reset_per_million = static_cast<unsigned>(pick(2000));
  if (chance(15)) weather.scarce_percent = static_cast<unsigned>(10 + pick(60));
  stage_.world.weather = weather;
  // The engine is left and entered again after some passes.
  stage_.reactor.leave_percent = chance(50) ? 0 : static_cast<unsigned>(pick(30));
}

void Storm::change_the_configuration() {
  Site& site = sites_[pick(sites_.size())];
  switch (pick(7)) {
    case 0: site.wanted = !site.wanted; break;
    case 1: site.text.hold_time = site.text.hold_time == 180 ? 90 : 180; break;
    case 2: site.text.routes.push_back(random_route()); break;
    case 3: if (!site.text.routes.empty()) site.text.routes.erase(site.text.routes.begin() + static_cast<std::ptrdiff_t>(pick(site.text.routes.size()))); break;
    case 4: site.text.routes.clear(); break;
    case 5: if (sites_.size() < 10) sites_.push_back(make_site(fresh_++)); break;
    default: std::swap(site, sites_.back()); break;
  }
  if (std::none_of(sites_.begin(), sites_.end(), [](const Site& each) { return each.wanted; })) sites_.front().wanted = true;
  stage_.rewrite(chance(15) ? configuration() + "nonsense { }\n" : configuration());
  if (chance(70)) stage_.signal(speaker::Signal::reload);
}

void Storm::dial_in() {
  const Site& site = sites_[pick(sites_.size())];
  if (site.listen == 0) return;
  const std::string from = chance(90) ? site.text.peer : std::string("127.0.99.99");  // somebody nobody knows
  stage_.peers.push_back(std::make_shared<ScriptedPeer>(site.options));
  stage_.peer_addresses.push_back(from);
  stage_.dial(from, {k_local.address, site.listen}, stage_.peers.back());
}

void Storm::toggle_reachable() {
  Site& site = sites_[pick(sites_.size())];
  site.reachable = !site.reachable;
  if (site.reachable) {
    site.text.connect = stage_.peer_at(site.text.peer, site.options);
  } else {
    stage_.forget_peer_at(site.text.peer);
  }
}

void Storm::pass_time() {
  const std::size_t dice = pick(100);
  base::Duration most = 4ms;
  if (dice >= 60) most = 2s;
  if (dice >= 90) most = 60s;
  if (dice >= 98) most = 1h;
  stage_.run_for(base::Duration(static_cast<base::Duration::rep>(random_.below(static_cast<std::uint64_t>(most.count())))));
}

// --- what must hold ------------------------------------------------------------------------------------------------------------

void Storm::look() {
  ASSERT_FALSE(stage_.stopped());
  ASSERT_LT(stage_.reactor.most_barren_rounds(), 2000U) << "the speaker spins";
  for (const auto& stream : stage_.world.streams()) {
    if (stream->channel == nullptr) continue;
    const bool session = stream->channel->kind() == speaker::ChannelKind::connection;
    constexpr std::size_t k_one_message = 65535;
    // A bound counts before the last thing is added; what a peer's turn adds besides UPDATEs is small.
    const std::size_t bound = session ? session::k_outbox_high + 2 * k_one_message : speaker::k_client_queue;
    ASSERT_LE(stream->channel->outbox().size(), bound) << stream->channel->name();
  }
}

bool Storm::alive(const ScriptedProgram& client) { return client.has_started() && !client.has_closed() && client.ending() == Remote::Ending::no; }

std::vector<ScriptedPeer*> Storm::alive_at(const std::string& address) const {
  std::vector<ScriptedPeer*> found;
  for (std::size_t i = 0; i < stage_.peers.size(); ++i) {
    if (stage_.peer_addresses[i] == address && alive(*stage_.peers[i])) found.push_back(stage_.peers[i].get());
  }
  return found;
}

std::vector<ScriptedProgram*> Storm::programs(const std::string& name) const {
  std::vector<ScriptedProgram*> running;
  for (std::size_t i = 0; i < stage_.programs.size(); ++i) {
    if (stage_.program_names[i] == name && alive(*stage_.programs[i])) running.push_back(stage_.programs[i].get());
  }
  return running;
}

bool Storm::all_up() const {
  return std::all_of(sites_.begin(), sites_.end(), [this](const Site& site) {
    const auto found = alive_at(site.text.peer);
    return site.wanted ? found.size() == 1 && found[0]->ends_of_rib() > 0 : found.empty();
  });
}

void Storm::calm_down() {
  stage_.world.weather = sim::Weather::calm();
  stage_.reactor.leave_percent = 0;
  for (Site& site : sites_) {
    if (!site.reachable) site.text.connect = stage_.peer_at(site.text.peer, site.options);
    site.reachable = true;
  }
  for (const auto& peer : stage_.peers) peer->set_reading(true);
  for (const auto& program : stage_.programs) program->set_reading(true);
  for (const auto& client : controls_) client->set_reading(true);
  stage_.rewrite(configuration());
  stage_.signal(speaker::Signal::reload);
  stage_.run_for(100ms);
  EXPECT_TRUE(stage_.run_until([this] { return all_up(); }, 400s)) << "not everybody is back";
  // What came from a neighbor with a rate limit, and what goes to it, takes its time: thousands of messages, twenty a second.
  stage_.run_for(600s);
}

void Storm::expect_everything_in_place() {
  look();
  expect_answers();
  expect_tables();
  expect_events();
  expect_wire();
  expect_nothing_left_over();
}

// I9: what a peer believes is what the cache says, for the families of both.
void Storm::expect_tables() {
  std::map<std::string, std::map<std::string, std::uint64_t>> cache;
  EXPECT_EQ(stage_.command("system api version 4").back(), "done");  // its answer has the attributes in it
  const std::vector<std::string> shown = stage_.command("show adj-rib out extensive");
  EXPECT_EQ(stage_.command("api version 6").back(), "done");
  ASSERT_EQ(shown.back(), "done");
  for (const std::string& line : shown) {
    if (line == "done") continue;
    const bool v4 = line.find(" ipv4 unicast ") != std::string::npos;
    const std::string prefix = word_after(line, v4 ? " ipv4 unicast " : " ipv6 unicast ");
    ASSERT_NE(prefix, "") << line;
    const auto added = cache[word_after(line, "neighbor ")].emplace(prefix, number_after(line, " med "));
    ASSERT_TRUE(added.second) << line;
  }
  for (const Site& site : sites_) {
    if (!site.wanted) continue;
    const auto found = alive_at(site.text.peer);
    ASSERT_EQ(found.size(), 1U) << site.text.peer;
    std::map<std::string, std::uint64_t> believed;
    for (const auto& [prefix, attributes] : found[0]->table().routes()) {
      const auto at = attributes.find("800404");
      believed[prefix] = at == std::string::npos ? 0 : std::strtoull(attributes.substr(at + 6, 8).c_str(), nullptr, 16);
    }
    EXPECT_EQ(believed, cache[site.text.peer]) << site.text.peer;
  }
  stage_.run_for(100ms);  // the client that asked is gone
}

std::size_t Storm::answers(const ScriptedProgram& client) { return client.count("done") + client.count("error"); }

bool Storm::all_answered() const {
  const auto answered = [this](const std::shared_ptr<ScriptedProgram>& client) {
    const auto said = said_.find(client.get());
    return !alive(*client) || said == said_.end() || answers(*client) == said->second;
  };
  return std::all_of(stage_.programs.begin(), stage_.programs.end(), answered) && std::all_of(controls_.begin(), controls_.end(), answered);
}

// I7: one answer for every command of everybody who is still there.
void Storm::expect_answers() {
  EXPECT_TRUE(all_answered());
  for (const auto& program : stage_.programs) EXPECT_LE(answers(*program), said_[program.get()]);
  for (const auto& client : controls_) EXPECT_LE(answers(*client), said_[client.get()]);
}

// Every event is one JSON object; sessions come up and go down by turns, and who was not up does not go down twice (I30).
void Storm::expect_events() {
  for (const auto& program : stage_.programs) {
    std::map<std::string, std::string> state;
    for (const auto& line : program->lines()) {
      if (line.text.empty() || line.text.front() != '{' || line.text.find("\"neighbor\"") == std::string::npos) continue;
      boost::system::error_code failure;
      const auto value = boost::json::parse(line.text, failure);
      ASSERT_FALSE(failure) << line.text;
      if (!value.is_object() || value.as_object().if_contains("type") == nullptr || value.at("type") != "state") continue;
      const auto& neighbor = value.at("neighbor").as_object();
      const std::string peer(neighbor.at("address").at("peer").as_string());
      const std::string now(neighbor.at("state").as_string());
      if (now == "up") {
        EXPECT_NE(state[peer], "up") << line.text;
      }
      if (now == "down") {
        EXPECT_NE(state[peer], "down") << line.text;
      }
      state[peer] = now;
    }
    if (!alive(*program) || state.empty()) continue;
    for (const Site& site : sites_) {
      if (site.wanted && state.contains(site.text.peer)) {
        EXPECT_EQ(state[site.text.peer], "up") << site.text.peer;
      }
    }
  }
}

// I13, I17: whole messages, and none behind a NOTIFICATION.
void Storm::expect_wire() {
  for (const auto& peer : stage_.peers) {
    EXPECT_EQ(peer->broken(), "");
    const Transcript& transcript = peer->transcript();
    const auto last = std::find_if(transcript.begin(), transcript.end(), [](const Message& message) { return message.type() == k_notification; });
    EXPECT_TRUE(last == transcript.end() || last + 1 == transcript.end()) << describe(transcript.back().bytes);
    EXPECT_LE(peer->count(k_open), 1U);
  }
}

// I24: a channel and a descriptor for everything there is, and no more.
void Storm::expect_nothing_left_over() {
  std::set<std::uint16_t> listeners;
  std::size_t sessions = 0;
  for (const Site& site : sites_) {
    if (!site.wanted) continue;
    ++sessions;
    if (site.listen != 0) listeners.insert(site.listen);
  }
  std::size_t clients = 0;
  for (const auto& name : k_program_names) clients += programs(name).size();
  for (const auto& client : controls_) clients += alive(*client) ? 1 : 0;
  const std::size_t expected = sessions + listeners.size() + clients + 1;  // and the control socket
  EXPECT_EQ(stage_.speaker().runtime().channels(), expected);
  EXPECT_EQ(stage_.world.streams().size(), expected);
  for (const auto& name : k_program_names) EXPECT_LE(programs(name).size(), 1U) << name;
}

// I23: ten minutes of nothing but KEEPALIVEs. A session wakes the speaker for its own, for the other side's, and for a deadline that
// has moved meanwhile; a message may come in pieces.
void Storm::expect_rest() {
  constexpr auto k_time = 600s;
  double allowed = 20;
  for (const Site& site : sites_) {
    if (site.wanted && site.text.hold_time != 0) allowed += 6.0 * base::seconds(k_time) / (site.text.hold_time / 3.0);
  }
  const std::size_t wake_ups = stage_.reactor.wake_ups();
  const std::size_t rounds = stage_.reactor.rounds();
  stage_.run_for(k_time);
  EXPECT_LE(static_cast<double>(stage_.reactor.wake_ups() - wake_ups), allowed);
  EXPECT_LE(static_cast<double>(stage_.reactor.rounds() - rounds), 2 * allowed);
  EXPECT_TRUE(all_up());
  look();
}

// I28
void Storm::expect_a_clean_end() {
  const auto begin = stage_.now();
  EXPECT_TRUE(stage_.stop(10s));
  EXPECT_LE(base::seconds(stage_.now() - begin), 4.2);
  EXPECT_EQ(stage_.exit_status(), 0);
  expect_wire();
  EXPECT_TRUE(stage_.watcher().steps_in_order);
}

}  // namespace tandem::conformance
