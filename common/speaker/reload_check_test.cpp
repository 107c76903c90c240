#include "common/speaker/reload_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/work.hpp"
#include "common/speaker/reloader.hpp"
#include "common/speaker/test_support.hpp"

namespace tandem::speaker {
namespace {

using namespace test;
using Effect = api::ReloadEffect::Effect;

config::ProgramDefinition definition(std::string name, std::string program, bool respawn = true) {
  config::ProgramDefinition made;
  made.name = std::move(name);
  made.arguments = {std::move(program)};
  made.respawn = respawn;
  return made;
}

TEST(ReloadCheck, ProgramsStartEndGoOnOrWaitForAFullReload) {
  const config::ProgramDefinition same = definition("same", "/bin/a");
  const config::ProgramDefinition changed = definition("changed", "/bin/b");
  const config::ProgramDefinition gone = definition("gone", "/bin/c");
  const config::ProgramDefinition once = definition("once", "/bin/d", false);
  const std::vector<ProgramState> before{{&same, {}}, {&changed, {}}, {&gone, {}}, {&once, {}, false, true}};
  config::Configuration after;
  after.programs = {definition("new", "/bin/e"), same, definition("changed", "/bin/other"), once};
  std::vector<std::pair<std::string, Effect>> effects;
  for (const api::ReloadEffect& effect : effects_on_programs(before, after)) effects.emplace_back(effect.name, effect.effect);
  EXPECT_EQ(effects, (std::vector<std::pair<std::string, Effect>>{
                         {"new", Effect::started}, {"same", Effect::nothing}, {"changed", Effect::outdated}, {"once", Effect::nothing}, {"gone", Effect::stopped}}));
}

TEST(ReloadCheck, NeighborsMadeByCommandGoAndNothingHasHappenedAfterwards) {
  Scene scene{process() + neighbor(api())};
  scene.start();
  Wire& control = scene.control();
  scene.say(control, "session text enable\npeer create 10.0.0.9 local-address 10.0.0.2 local-as 65533 peer-as 65000\n");
  EXPECT_EQ(Scene::lines(control), (Lines{"done", "done"}));
  scene.host.files["conf"] = process() + process("q") + neighbor(api() + api({}, "q") + "hold-time 30;\n");
  scene.say(control, "reload check\n");
  const std::string key = "neighbor 10.0.0.3 local-ip 10.0.0.2 local-as 65533 peer-as 65000 router-id 10.0.0.2 family-allowed in-open";
  const Lines told = Scene::lines(control);
  ASSERT_EQ(told.size(), 5U) << testing::PrintToString(told);
  EXPECT_EQ(told[0], key + ": session restart (hold-time)");
  EXPECT_TRUE(told[1].starts_with("neighbor 10.0.0.9 ") && told[1].ends_with(": removed (peer create)")) << told[1];
  EXPECT_EQ(told[2], "process p: nothing");
  EXPECT_EQ(told[3], "process q: started");
  EXPECT_EQ(told[4], "done");
  EXPECT_EQ(scene.starts("q"), 0U);
  EXPECT_EQ(scene.daemon->peers().all().size(), 2U);
  scene.host.files["conf"] += "}";
  scene.say(control, "reload check\n");
  const Lines refused = Scene::lines(control);
  EXPECT_TRUE(refused.front().starts_with("error: conf:")) << refused.front();
  EXPECT_EQ(refused.back(), "error");
  scene.say(control, "reload check elsewhere\n");
  EXPECT_EQ(Scene::lines(control).front(), "error: no such file");
}

TEST(ReloadCheck, OfALongListIsMadeInSlicesAndCountsItsRoutes) {
  constexpr std::size_t k_routes = 100'000;
  Scene scene(process() + neighbor(api() + numbered_routes(k_routes)));
  scene.start();
  Wire& control = scene.control();
  Wire& other = scene.control();
  scene.settle();
  scene.host.files["conf"] = process() + neighbor(api() + numbered_routes(k_routes + 3));
  for (Wire* wire : {&control, &other}) wire->channel->receive(base::as_bytes("session text enable\nreload check\n"), scene.now);
  std::uint64_t most = 0;
  std::size_t rounds = 0;
  for (bool again = true; again; ++rounds) {
    const std::uint64_t before = base::Work::done();
    again = scene.daemon->round(scene.now);
    most = std::max(most, base::Work::done() - before);
    scene.write();
  }
  EXPECT_LE(most, 4 * Reloader::k_compared) << "a few units a route, and of two checks one at a time";
  EXPECT_GE(rounds, 2 * k_routes / Reloader::k_compared);
  for (Wire* wire : {&control, &other}) {
    const Lines told = Scene::lines(*wire);
    ASSERT_GE(told.size(), 2U);
    EXPECT_TRUE(told[1].ends_with(": routes only, 3 routes announced")) << told[1];
    EXPECT_EQ(told.back(), "done");
  }
  EXPECT_EQ(scene.daemon->peers().all()[0]->rib_out().size(), k_routes);
}

}  // namespace
}  // namespace tandem::speaker
