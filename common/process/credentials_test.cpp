#include "common/process/credentials.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/unique_fd.hpp"

namespace tandem::process {
namespace {

TEST(Credentials, AreThoseOfWhoeverHasConnectedWithAllHisGroups) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const base::UniqueFd one(ends[0]);
  const base::UniqueFd other(ends[1]);
  const auto told = peer_credentials(one.get());
  ASSERT_TRUE(told) << told.error().reason();
  EXPECT_EQ(told->user, ::geteuid());
  EXPECT_EQ(told->group, ::getegid());
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
  ASSERT_EQ(::getgroups(static_cast<int>(groups.size()), groups.data()), static_cast<int>(groups.size()));
  std::vector<std::uint32_t> expected(groups.begin(), groups.end());
  std::vector<std::uint32_t> got = told->groups;
  std::sort(expected.begin(), expected.end());
  std::sort(got.begin(), got.end());
  EXPECT_EQ(got, expected);
}

TEST(Credentials, OfWhatIsNoConnectionThereAreNone) {
  const base::UniqueFd alone(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_FALSE(peer_credentials(alone.get())) << "nobody is taken for root";
  EXPECT_FALSE(peer_credentials(-1));
}

TEST(Groups, AreFoundByNameAndByNumber) {
  EXPECT_EQ(find_group("root").value(), 0U);
  EXPECT_EQ(find_group("54321").value(), 54321U);
  EXPECT_EQ(find_group("no-group-of-this-name").error().reason(), "there is no group 'no-group-of-this-name' on this system");
}

}  // namespace
}  // namespace tandem::process
