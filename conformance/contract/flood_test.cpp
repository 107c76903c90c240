// Keys that a peer chooses so that they fall on one slot of a hash table. Who knows the secret of the process can make them, which
// is how these attacks are made; the process that is attacked has another one. And nothing that can be seen depends on it.
#include <time.h>

#include "common/base/hash.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "conformance/contract/scene.hpp"

namespace tandem::conformance {
namespace {

constexpr std::uint64_t k_known_seed = 0;     // what anybody can read in the source
constexpr std::uint64_t k_harmless_seed = 1;  // makes octets like those of the attack, for comparison
constexpr std::uint64_t k_process_seed = 0x5EED;

class Flood : public EachEngine {
 protected:
  ~Flood() override { base::set_hash_secret(k_known_seed); }
};
class FloodCost : public Flood {};
TANDEM_ON_EVERY_DRIVER(Flood);
TANDEM_ON_EVERY_DRIVER(FloodCost);

void append(base::Buffer& out, base::Bytes octets) { out.insert(out.end(), octets.begin(), octets.end()); }
void append(base::Buffer& out, std::string_view hex) { append(out, *base::from_hex(hex)); }
void append(base::Buffer& out, std::uint64_t word) {  // as the hash reads it
  append(out, base::Bytes(reinterpret_cast<const std::uint8_t*>(&word), sizeof word));
}

// Attributes that differ in a number. The words behind it wipe the hash of all that came before: one where the block is received
// (behind NEXT_HOP), one where it is in canonical form (without).
base::Buffer attributes_of(std::uint64_t number, const base::HashSecret& secret, bool with_next_hop = true) {
  base::Buffer out;
  append(out, "40010100400200");
  if (with_next_hop) append(out, "4003040a000001");
  append(out, "40050400000064e0fa40");
  const std::size_t value = out.size();
  append(out, number);
  append(out, secret.word);
  out.resize(value + 31);
  append(out, secret.word);
  out.resize(value + 64);
  return out;
}

base::Buffer update_of(base::Bytes attributes, base::Bytes nlri) {
  base::Buffer body;
  base::ByteWriter writer(body);
  writer.u16(0);
  writer.u16(static_cast<std::uint16_t>(attributes.size()));
  writer.bytes(attributes);
  writer.bytes(nlri);
  return wrap(k_update, body);
}

std::vector<base::Buffer> attribute_flood(std::size_t count, const base::HashSecret& secret) {
  std::vector<base::Buffer> messages;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t nlri[] = {32, 20, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)};
    messages.push_back(update_of(attributes_of(i, secret), nlri));
  }
  return messages;
}

// An IPv6 host route as it is in its key: the length, seven octets that differ, eight that cancel the state of the hash, one more.
base::Buffer host_route(std::uint64_t number, const base::HashSecret& secret) {
  base::Buffer out{128, 0x20};
  for (int shift = 40; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(number >> shift));
  append(out, secret.start ^ static_cast<std::uint64_t>(*bgp::family_index(bgp::k_ipv6_unicast)) << 1);
  out.push_back(1);
  return out;
}

std::vector<base::Buffer> prefix_flood(std::size_t count, const base::HashSecret& secret) {
  constexpr std::size_t k_in_a_message = 200;
  std::vector<base::Buffer> messages;
  for (std::size_t i = 0; i < count;) {
    base::Buffer reach;
    append(reach, "0002011020010db800000000000000000000000100");
    for (const std::size_t end = std::min(count, i + k_in_a_message); i < end; ++i) append(reach, host_route(i, secret));
    base::Buffer attributes;
    append(attributes, "4001010040020040050400000064900e");
    base::ByteWriter(attributes).u16(static_cast<std::uint16_t>(reach.size()));
    append(attributes, reach);
    messages.push_back(update_of(attributes, {}));
  }
  return messages;
}

double cpu_of(Stage& stage) {
  if (auto* real = dynamic_cast<RealStage*>(&stage)) return real->engine_cpu();
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

// What the speaker spends on these messages, and that it keeps `routes` of them.
double cost(Stage& stage, const std::vector<base::Buffer>& messages, const std::string& family, std::size_t routes) {
  Scene scene(stage);
  scene.neighbor().families = {"ipv4 unicast", "ipv6 unicast"};
  scene.at(0).statements = {"adj-rib-in true;"};
  scene.at(0).capabilities = {"route-refresh;"};
  scene.at(0).routes = many_routes(1);
  scene.start();
  EXPECT_TRUE(stage.run_until_established());
  const double before = cpu_of(stage);
  const auto answered = stage.peer()->count(k_update);
  for (const auto& octets : messages) stage.peer()->send(octets);
  stage.peer()->send(route_refresh(bgp::k_ipv4_unicast));  // answered when everything before it is done
  EXPECT_TRUE(stage.run_until([&] { return stage.peer()->count(k_update) > answered; }, 100s));
  const double used = cpu_of(stage) - before;
  const auto shown = stage.command("rib show in");
  EXPECT_EQ(std::count_if(shown.begin(), shown.end(), [&](const std::string& line) { return line.find(family) != std::string::npos; }),
            static_cast<std::ptrdiff_t>(routes))
      << shown.front();
  return used;
}

using MakeFlood = std::vector<base::Buffer> (*)(std::size_t, const base::HashSecret&);

void expect_bounded(const std::string& engine, MakeFlood make, const std::string& family) {
  const std::size_t count = engine == "sim" ? 30'000 : 100'000;
  base::set_hash_secret(k_process_seed);
  double harmless = 0;
  double attacked = 0;
  const auto stage = Stage::make(engine);
  harmless = cost(*stage, make(count, base::HashSecret::from_seed(k_harmless_seed)), family, count);
  ASSERT_TRUE(stage->stop());
  const auto other = Stage::make(engine);
  attacked = cost(*other, make(count, base::HashSecret::from_seed(k_known_seed)), family, count);
  // What hits takes a hundred times as long.
  EXPECT_LT(attacked, 4 * harmless + 0.2);
}

TEST_P(FloodCost, AttributesChosenToCollideCostAsMuchAsOthers) { expect_bounded(GetParam(), attribute_flood, "\"ipv4 unicast\""); }
TEST_P(FloodCost, PrefixesChosenToCollideCostAsMuchAsOthers) { expect_bounded(GetParam(), prefix_flood, "\"ipv6 unicast\""); }

// Or the two tests above would prove nothing.
TEST(FloodAttack, HitsWhoHasTheSecretItWasMadeFor) {
  const auto secret = base::HashSecret::from_seed(k_known_seed);
  const auto hash_of = [&](base::Bytes block) { return base::hash_bytes(block, 5, secret); };
  EXPECT_EQ(hash_of(attributes_of(1, secret)), hash_of(attributes_of(2, secret)));
  EXPECT_EQ(hash_of(attributes_of(1, secret, false)), hash_of(attributes_of(2, secret, false)));
  const auto key = [&](std::uint64_t number) {
    return bgp::NlriKey(*bgp::family_index(bgp::k_ipv6_unicast), false, host_route(number, secret));
  };
  ASSERT_FALSE(key(1) == key(2));
  EXPECT_EQ(key(1).hash(), key(2).hash());
}

// Everything that comes out of tables: routes sent first, sent again and withdrawn, and those received as they are shown.
std::vector<std::string> seen_with(const std::string& engine, std::uint64_t hash_seed) {
  base::set_hash_secret(hash_seed);
  const auto stage = Stage::make(engine);
  Scene scene(*stage);
  scene.neighbor().routes = many_routes(500, 7);
  scene.at(0).statements = {"adj-rib-in true;"};
  scene.at(0).capabilities = {"route-refresh;"};
  scene.program("p");
  scene.start();
  EXPECT_TRUE(stage->run_until_established());
  for (const auto& octets : attribute_flood(300, base::HashSecret::from_seed(k_harmless_seed))) stage->peer()->send(octets);
  const auto updates = stage->peer()->count(k_update);
  stage->peer()->send(route_refresh(bgp::k_ipv4_unicast));
  EXPECT_TRUE(stage->run_until([&] { return stage->peer()->count(k_update) >= updates + 500; }));
  std::vector<std::string> seen = stage->command("rib show in extensive");
  for (auto& line : stage->command("rib show out extensive")) seen.push_back(std::move(line));
  stage->program_running("p")->say("rib clear out");
  EXPECT_TRUE(stage->run_until([&] { return withdrawn(stage->peer()->transcript()).size() == 500; }));
  for (auto& line : lines(*stage->peer())) seen.push_back(std::move(line));
  EXPECT_TRUE(stage->stop());
  return seen;
}

TEST_P(Flood, NothingThatIsSeenDependsOnTheSecret) {
  const auto once = seen_with(GetParam(), 1);
  EXPECT_GT(once.size(), 1300U);
  EXPECT_EQ(once, seen_with(GetParam(), 2));
}

}  // namespace
}  // namespace tandem::conformance
