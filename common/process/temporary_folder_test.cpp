#include "common/process/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <optional>

namespace tandem::process {
namespace {

namespace fs = std::filesystem;

TEST(TemporaryFolder, IsForThisUserAloneAndGoesWithAllThatIsInIt) {
  std::string path;
  {
    const mode_t before = ::umask(0137);  // daemon.umask
    const auto folder = TemporaryFolder::make("tandem-test");
    ::umask(before);
    ASSERT_TRUE(folder);
    path = folder->path();
    struct stat facts {};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0700U);
    std::ofstream(path + "/one") << "more\n";
    ASSERT_TRUE(fs::exists(path + "/one"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, ThatCannotBeMadeIsAnError) { EXPECT_FALSE(TemporaryFolder::make("none/tandem")); }

TEST(TemporaryFolder, ThatIsSharedGoesWithWhoeverLetsGoFirst) {
  auto mine = TemporaryFolder::make("tandem-test");
  ASSERT_TRUE(mine);
  { const TemporaryFolder theirs = TemporaryFolder::share(mine->path()); }
  EXPECT_FALSE(fs::exists(mine->path()));
  mine->remove();
  EXPECT_EQ(mine->path(), "");
}

TEST(TemporaryFolder, BelongsToWhomItWasGiven) {
  auto made = TemporaryFolder::make("tandem-test");
  ASSERT_TRUE(made);
  const std::string path = made->path();
  std::optional<TemporaryFolder> taken(std::move(*made));
  EXPECT_TRUE(fs::exists(path));
  taken.reset();
  EXPECT_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace tandem::process
