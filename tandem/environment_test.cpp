#include "tandem/environment.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace tandem::program {
namespace {

TEST(Root, IsTheFolderAboveBin) {
  EXPECT_EQ(without_bin("/usr/bin"), "/usr");
  EXPECT_EQ(without_bin("/usr/sbin"), "/usr");
  EXPECT_EQ(without_bin("/bin"), "/");
  EXPECT_EQ(without_bin("/opt/tandem"), "/opt/tandem");
}

TEST(Root, TheEnvironmentWins) {
  ::setenv("EXABGP_ROOT", "/opt/somewhere/", 1);
  EXPECT_EQ(root_directory(), "/opt/somewhere");
  ::unsetenv("EXABGP_ROOT");
}

TEST(ControlSocketPath, TheSettingsDecide) {
  config::Settings settings;
  settings.api_socket_path = "/tmp/here.sock";
  EXPECT_EQ(control_socket_for_daemon(settings), "/tmp/here.sock");
  EXPECT_EQ(*control_socket_for_client(settings, "tandem"), "/tmp/here.sock");
  settings.api_cli = false;
  EXPECT_EQ(control_socket_for_daemon(settings), "");
}

TEST(ControlSocketPath, AnEmptyVariableTurnsItOff) {
  ::setenv("exabgp_cli_socket", "", 1);
  EXPECT_EQ(control_socket_for_daemon({}), "");
  ::unsetenv("exabgp_cli_socket");
}

TEST(ControlSocketPath, AClientThatFindsNoneIsToldWhereItLooked) {
  config::Settings settings;
  settings.api_socket_name = "tandem-no-such-daemon";
  const auto path = control_socket_for_client(settings, "tandem");
  ASSERT_FALSE(path.has_value());
  EXPECT_NE(path.error().reason().find("tandem-no-such-daemon.sock"), std::string::npos);
  EXPECT_NE(path.error().reason().find("\n - /run/exabgp/"), std::string::npos);
}

TEST(ConfigurationPath, NamesBelowEtcExabgpBelongToTheRoot) {
  EXPECT_EQ(configuration_path("etc/exabgp/a.conf", "/opt/t"), "/opt/t/etc/exabgp/a.conf");
  EXPECT_EQ(configuration_path("etc/a.conf", "/opt/t"), "etc/a.conf");
  EXPECT_EQ(configuration_path("/etc/exabgp/a.conf", "/opt/t"), "/etc/exabgp/a.conf");
}

}  // namespace
}  // namespace tandem::program
