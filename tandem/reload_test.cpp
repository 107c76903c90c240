// tandem reload, and the page about reloading.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/config/reload_diff.hpp"
#include "tandem/test_support.hpp"

namespace tandem::program {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using test::quietly;

TEST(ReloadPage, HasTheTableThatTheReloadGoesBy) {
  std::ifstream file(TANDEM_SOURCE "/docs/reload.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::string table = config::reload_table();
  EXPECT_GT(std::count(table.begin(), table.end(), '\n'), 50);
  EXPECT_TRUE(page.ends_with("\n\n" + table)) << "docs/reload.md must end with this table:\n" << table;
}

class ReloadDryRun : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tandem-reload-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(directory_); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name) << text;
    return (directory_ / name).string();
  }
  fs::path directory_;
};

std::string neighbor(const std::string& address, const std::string& more = "") {
  return "neighbor " + address + " { router-id 1.2.3.4; local-as 1; peer-as 2; " + more + " }\n";
}

TEST_F(ReloadDryRun, ComparesTwoFilesWithoutASpeaker) {
  const std::string before = write("before.conf", neighbor("10.0.0.1") + neighbor("10.0.0.2"));
  const std::string after = write("after.conf", neighbor("10.0.0.1", "hold-time 30;") + neighbor("10.0.0.3"));
  ::testing::internal::CaptureStdout();
  const int status = dispatch({"reload", "--dry-run", after, "--from", before});
  const std::string text = ::testing::internal::GetCapturedStdout();
  EXPECT_EQ(status, k_exit_ok);
  EXPECT_THAT(text, HasSubstr("neighbor 10.0.0.1 local-ip auto local-as 1 peer-as 2 router-id 1.2.3.4 family-allowed in-open: session restart (hold-time)\n"));
  EXPECT_THAT(text, HasSubstr("neighbor 10.0.0.3 local-ip auto local-as 1 peer-as 2 router-id 1.2.3.4 family-allowed in-open: added\n"));
  EXPECT_THAT(text, HasSubstr("neighbor 10.0.0.2 local-ip auto local-as 1 peer-as 2 router-id 1.2.3.4 family-allowed in-open: removed\n"));
}

TEST_F(ReloadDryRun, OfAWrongFileSaysWhere) {
  const std::string before = write("before.conf", neighbor("10.0.0.1"));
  const std::string after = write("after.conf", neighbor("10.0.0.1", "hold-time 2;"));
  std::string errors;
  EXPECT_EQ(quietly({"reload", "-n", after, "--from", before}, &errors), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr(after + ":1:"));
  EXPECT_EQ(quietly({"reload", after}, &errors), k_exit_usage) << "a file is only looked at";
  EXPECT_THAT(errors, HasSubstr("--dry-run"));
  EXPECT_EQ(quietly({"reload", "-n", "--socketpath", (directory_ / "none.sock").string(), after}, &errors), k_exit_failure);
  EXPECT_THAT(errors, HasSubstr("tandem is not running"));
}

}  // namespace
}  // namespace tandem::program
