// Debian's ExaBGP 4.2.21 and tandem in dialect 4.2 beside each other: the same configurations, peers and programs; octets, JSON, text and
// answers are compared line by line. What stays different is a row of dialect_differences, and of the table in docs/compatibility.md.
#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "conformance/interop/beside.hpp"
#include "conformance/stage/drivers.hpp"

namespace tandem::conformance {
namespace {

constexpr const char* k_exabgp = "/usr/sbin/exabgp";

const Difference* row_for(std::string_view scene, const std::string* theirs, const std::string* ours) {
  const auto stands_for = [](std::string_view part, const std::string* line) {
    return part.empty() == (line == nullptr) && (line == nullptr || line->find(part) != std::string::npos);
  };
  for (const Difference& row : dialect_differences()) {
    if ((row.everywhere || row.scene == scene) && stands_for(row.theirs, theirs) && stands_for(row.ours, ours)) return &row;
  }
  return nullptr;
}

using Rows = std::set<const Difference*>;

// What differs and is explained by no row; those that explain something are `needed`.
std::string unexplained(const Scene& scene, const std::vector<std::string>& theirs, const std::vector<std::string>& ours, Rows& needed) {
  std::string out;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < theirs.size() || j < ours.size()) {
    const std::string* a = i < theirs.size() ? &theirs[i] : nullptr;
    const std::string* b = j < ours.size() ? &ours[j] : nullptr;
    if (a != nullptr && b != nullptr && *a == *b) {
      ++i, ++j;
      continue;
    }
    const Difference* both = a != nullptr && b != nullptr ? row_for(scene.name, a, b) : nullptr;
    const Difference* only_theirs = a != nullptr && both == nullptr ? row_for(scene.name, a, nullptr) : nullptr;
    const Difference* only_ours = b != nullptr && both == nullptr && only_theirs == nullptr ? row_for(scene.name, nullptr, b) : nullptr;
    for (const Difference* row : {both, only_theirs, only_ours}) {
      if (row != nullptr) needed.insert(row);
    }
    if (both == nullptr && only_theirs == nullptr && only_ours == nullptr) {
      out += "  ExaBGP " + (a != nullptr ? *a : "-") + "\n  tandem " + (b != nullptr ? *b : "-") + "\n";
    }
    if (only_ours == nullptr && a != nullptr) ++i;
    if (only_theirs == nullptr && b != nullptr) ++j;
  }
  return out;
}

std::vector<Scene> dialect_scenes() {
  std::vector<Scene> scenes;
  for (auto part : {route_scenes(), answer_scenes(), session_scenes()}) std::move(part.begin(), part.end(), std::back_inserter(scenes));
  return scenes;
}

class Dialect42 : public ::testing::TestWithParam<Scene> {};

TEST_P(Dialect42, LooksAsExabgp4221) {
  ASSERT_EQ(::access(k_exabgp, X_OK), 0) << k_exabgp << " is missing: this test needs the Debian package exabgp (scripts/install-dependencies)";
  const Scene& scene = GetParam();
  const Seen theirs = play(scene, "exabgp");
  ASSERT_EQ(theirs.trouble, "");
  EXPECT_GT(theirs.json.size(), 5U);
  EXPECT_EQ(theirs.in_order, theirs.counted);
  Rows needed;
  for (const std::string& engine : engines_to_play()) {
    SCOPED_TRACE(engine);
    const Seen ours = play(scene, engine);
    ASSERT_EQ(ours.trouble, "");
    EXPECT_EQ(ours.in_order, ours.counted);
    EXPECT_EQ(unexplained(scene, theirs.wire, ours.wire, needed), "") << "octets";
    EXPECT_EQ(unexplained(scene, theirs.json, ours.json, needed), "") << "JSON";
    EXPECT_EQ(unexplained(scene, theirs.text, ours.text, needed), "") << "text";
    EXPECT_EQ(unexplained(scene, theirs.answers, ours.answers, needed), "") << "answers";
  }
  for (const Difference& row : dialect_differences()) {
    EXPECT_TRUE(row.scene != scene.name || needed.contains(&row)) << "stale: " << row.theirs << " / " << row.ours;
  }
}

INSTANTIATE_TEST_SUITE_P(Scene, Dialect42, ::testing::ValuesIn(dialect_scenes()), [](const auto& test) {
  std::string name(test.param.name);
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

TEST(Dialect42Differences, AreOfScenesThatThereAre) {
  const std::vector<Scene> scenes = dialect_scenes();
  for (const Difference& row : dialect_differences()) {
    EXPECT_TRUE(std::any_of(scenes.begin(), scenes.end(), [&](const Scene& scene) { return scene.name == row.scene; })) << row.scene;
  }
}

TEST(Dialect42Differences, AreDocumented) {
  const std::string page = harness::read_text(std::string(TANDEM_SOURCES) + "/docs/compatibility.md");
  for (const Difference& row : dialect_differences()) {
    EXPECT_NE(page.find(row.why), std::string::npos) << "docs/compatibility.md does not say: " << row.why;
  }
}

}  // namespace
}  // namespace tandem::conformance
