#include "common/config/settings.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "common/config/ini.hpp"

namespace tandem::config {
namespace {

using Variables = std::map<std::string, std::string>;

base::Result<Settings> load(const Variables& variables, std::string_view ini = "") {
  return load_settings(
      [&](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(std::string(name));
        if (found == variables.end()) return std::nullopt;
        return found->second;
      },
      ini, "test.env");
}

Settings good(const Variables& variables, std::string_view ini = "") {
  auto loaded = load(variables, ini);
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().reason());
  return loaded ? std::move(*loaded) : Settings{};
}

std::string reason(const Variables& variables, std::string_view ini = "") {
  const auto loaded = load(variables, ini);
  return loaded ? "" : loaded.error().reason();
}

TEST(Settings, DefaultsOfTheTableAreThoseOfTheStruct) {
  EXPECT_EQ(print_settings(good({}), SettingsForm::ini, true), "");
}

TEST(Settings, TheTableHasEachNameOnceWithAMeaning) {
  std::set<std::string> names;
  for (const SettingInfo& info : setting_table()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.meaning.empty() || info.type.empty()) << info.name;
  }
  EXPECT_TRUE(names.count("tcp.port") == 1 && names.count("reactor.engine") == 1);
}

TEST(Settings, NamesAreLookedUpInOrderOfStrength) {
  Variables variables = {{"exabgp_tcp_port", "4"}};
  const std::string_view ini = "[exabgp.tcp]\nport = 6\n[tandem.tcp]\nport = 5\n";
  EXPECT_EQ(good({}, "[exabgp.tcp]\nport = 6\n").tcp_port, 6);
  EXPECT_EQ(good({}, ini).tcp_port, 5);
  EXPECT_EQ(good(variables, ini).tcp_port, 4);
  variables["exabgp.tcp.port"] = "3";
  EXPECT_EQ(good(variables, ini).tcp_port, 3);
  variables["tandem_tcp_port"] = "2";
  EXPECT_EQ(good(variables, ini).tcp_port, 2);
  variables["tandem.tcp.port"] = "1";
  EXPECT_EQ(good(variables, ini).tcp_port, 1);
}

TEST(Settings, BooleansAreTrueForFiveWordsAndFalseOtherwise) {
  for (const char* word : {"1", "yes", "ON", "Enable", "true"}) EXPECT_TRUE(good({{"exabgp_log_all", word}}).log_all) << word;
  for (const char* word : {"0", "no", "off", "enabled", "", "nonsense"}) EXPECT_FALSE(good({{"exabgp_log_all", word}}).log_all) << word;
}

TEST(Settings, EveryKindOfValueIsRead) {
  const Settings s = good({{"exabgp_daemon_umask", "0o022"}, {"exabgp_log_level", "warning"}, {"exabgp_tcp_bind", "127.0.0.1  ::1"},
                           {"exabgp_api_version", "4"}, {"exabgp_log_packets", "true"}, {"exabgp_log_reactor", "no"},
                           {"exabgp_daemon_pid", "/run/x"}, {"tandem_compat_dialect", "2025-11"}, {"exabgp_version", "5.0.0-0+test"},
                           {"exabgp_api_socketpath", "/run/s"}, {"exabgp_debug_rotate", "true"}, {"exabgp_tcp_attempts", "3"}});
  EXPECT_EQ(s.umask, 022U);
  EXPECT_EQ(s.log_level, base::LogLevel::warning);
  EXPECT_EQ(s.tcp_bind, (std::vector<std::string>{"127.0.0.1", "::1"}));
  EXPECT_EQ(s.api_version, 4U);
  EXPECT_TRUE(s.log_category[static_cast<std::size_t>(base::LogCategory::packets)]);
  EXPECT_FALSE(s.log_category[static_cast<std::size_t>(base::LogCategory::reactor)]);
  EXPECT_EQ(s.pid_file, "/run/x");
  EXPECT_EQ(s.compat_dialect, bgp::Dialect::release_2025_11);
  EXPECT_EQ(s.version, "5.0.0-0+test");
  EXPECT_EQ(s.api_socket_path, "/run/s");
  EXPECT_TRUE(s.debug_rotate);
  EXPECT_EQ(s.tcp_attempts, 3U);
}

TEST(Settings, Dialect42SpeaksVersion4UnlessToldOtherwise) {
  EXPECT_EQ(good({}).api_version, 6U);
  EXPECT_EQ(good({{"tandem_compat_dialect", "2025-11"}}).api_version, 6U);
  const Settings s = good({{"tandem_compat_dialect", "4.2"}});
  EXPECT_EQ(s.compat_dialect, bgp::Dialect::release_4_2);
  EXPECT_EQ(s.api_version, 4U);
  EXPECT_EQ(good({{"tandem_compat_dialect", "4.2"}, {"exabgp_api_version", "6"}}).api_version, 6U);
  EXPECT_EQ(good({}, "[tandem.compat]\ndialect = 4.2\n").api_version, 4U);
  EXPECT_EQ(print_settings(s, SettingsForm::ini, true), "[tandem.compat]\ndialect = '4.2'\n") << "nobody has set the version";
}

TEST(Settings, BadValuesAreNamedWithWhatWouldBeRight) {
  EXPECT_EQ(reason({{"exabgp_tcp_port", "70000"}}),
            "setting tcp.port: '70000' is not a valid value, expected 1 to 65535 (environment variable exabgp_tcp_port)");
  EXPECT_EQ(reason({}, "\n[exabgp.api]\nversion = 5\n"), "setting api.version: '5' is not a valid value, expected 4 or 6 (test.env line 3)");
  for (const auto& [name, value] : Variables{{"daemon_umask", "8"}, {"log_level", "loud"}, {"tcp_bind", "1.2.3.4 x"}, {"tcp_attempts", "-1"},
                                            {"tcp_connections", "x"}, {"compat_dialect", "old"},
                                            {"reactor_speed", "fast"}, {"api_encoder", "xml"}}) {
    EXPECT_NE(reason({{"tandem_" + name, value}}), "") << name;
  }
}

TEST(Settings, EngineIsChosenByItsOwnSettingThenByExabgps) {
  EXPECT_EQ(good({}).reactor_engine, "sync");
  EXPECT_EQ(good({{"exabgp_reactor_asyncio", "true"}}).reactor_engine, "async");
  EXPECT_EQ(good({{"exabgp_reactor_asyncio", "true"}, {"tandem_reactor_engine", "sync"}}).reactor_engine, "sync");
  EXPECT_EQ(good({{"tandem.reactor.engine", "async"}}).reactor_engine, "async");
}

TEST(Settings, TheEngineIsOneThatTheProgramHas) {
  const auto with = [](const std::vector<std::string>& engines) {
    const auto two = [](std::string_view name) { return name == "tandem_reactor_engine" ? std::optional<std::string>("two") : std::nullopt; };
    const auto loaded = load_settings(two, "", "", engines);
    return loaded ? loaded->reactor_engine : std::string(loaded.error().reason());
  };
  EXPECT_EQ(with({"one", "two"}), "two");
  EXPECT_EQ(with({"one", "three"}), "setting reactor.engine: 'two' is not a valid value, expected one of one, three (environment variable tandem_reactor_engine)");
  EXPECT_EQ(with({}), "two") << "whoever does not say which there are takes any";
}

TEST(Settings, TheShadowIsAnEngineThatTheProgramHas) {
  const auto with = [](const std::string& engine) {
    const auto given = [&](std::string_view name) { return name == "tandem_reactor_shadow" ? std::optional<std::string>(engine) : std::nullopt; };
    const auto loaded = load_settings(given, "", "", {"one", "two"});
    return loaded ? loaded->reactor_shadow : std::string(loaded.error().reason());
  };
  EXPECT_EQ(good({}).reactor_shadow, "");
  EXPECT_EQ(with("two"), "two");
  EXPECT_EQ(with("three"), "setting reactor.shadow: 'three' is not a valid value, expected one of one, two (environment variable tandem_reactor_shadow)");
}

TEST(Settings, ConnectionsWinsOverAttemptsAndOnceIsTheWeakest) {
  EXPECT_EQ(good({{"exabgp_tcp_connections", "4"}, {"exabgp_tcp_attempts", "3"}}).tcp_attempts, 4U);
  EXPECT_EQ(good({{"exabgp_tcp_once", "true"}}).tcp_attempts, 1U);
  EXPECT_EQ(good({{"exabgp_tcp_once", "true"}, {"exabgp_tcp_attempts", "3"}}).tcp_attempts, 3U);
  EXPECT_EQ(good({{"exabgp_tcp_once", "true"}, {"exabgp_tcp_connections", "0"}}).tcp_attempts, 0U);
}

TEST(Settings, UnknownNamesAreIgnored) {
  EXPECT_TRUE(load({{"exabgp_nonsense", "x"}}, "[exabgp.nothing]\nx = 1\n[other]\ny: 2\n"));
}

TEST(Settings, PrintedIniReadsBackToTheSameValues) {
  const Settings first = good({{"exabgp_tcp_port", "1790"}, {"exabgp_log_level", "DEBUG"}, {"exabgp_daemon_umask", "022"},
                               {"exabgp_tcp_bind", "::1"}, {"exabgp_profile_file", "x"}, {"tandem_reactor_engine", "async"}});
  const std::string text = print_settings(first, SettingsForm::ini, false);
  EXPECT_EQ(print_settings(good({}, text), SettingsForm::ini, false), text);
  EXPECT_EQ(print_settings(first, SettingsForm::ini, true),
            "[exabgp.daemon]\numask = '0o22'\n\n[exabgp.log]\nlevel = DEBUG\n\n[exabgp.profile]\nfile = 'x'\n\n"
            "[exabgp.tcp]\nbind = '::1'\nport = 1790\n\n[tandem.reactor]\nengine = 'async'\n");
  EXPECT_NE(print_settings(first, SettingsForm::variables, true).find("exabgp_tcp_port=1790\n"), std::string::npos);
}

TEST(Settings, APrintedPercentSignReadsBack) {
  const Settings first = good({{"exabgp_log_destination", "/tmp/100%"}, {"exabgp_profile_file", "a%b"}});
  const std::string text = print_settings(first, SettingsForm::ini, true);
  EXPECT_EQ(text, "[exabgp.log]\ndestination = '/tmp/100%%'\n\n[exabgp.profile]\nfile = 'a%%b'\n");
  EXPECT_EQ(good({}, text).log_destination, "/tmp/100%");
  EXPECT_EQ(print_settings(first, SettingsForm::variables, true), "exabgp_log_destination='/tmp/100%'\nexabgp_profile_file='a%b'\n");
}

TEST(Settings, WordsArePrintedAsExabgpPrintsThem) {
  const std::string text = print_settings(good({{"exabgp_api_encoder", "TEXT"}, {"exabgp_log_level", "debug"}}), SettingsForm::ini, true);
  EXPECT_EQ(text, "[exabgp.api]\nencoder = text\n\n[exabgp.log]\nlevel = DEBUG\n");
}

TEST(Ini, LinesAreNameAndValueInSections) {
  const auto values = parse_ini("# c\n; c\n\n[exabgp.tcp]\nPort : 1\r\nbind='a b'\nx = \"50%%\"\ny=\n", "f");
  ASSERT_TRUE(values);
  EXPECT_EQ(values->at("exabgp.tcp.port").text, "1");
  EXPECT_EQ(values->at("exabgp.tcp.bind").text, "a b");
  EXPECT_EQ(values->at("exabgp.tcp.x").text, "50%");
  EXPECT_EQ(values->at("exabgp.tcp.y").text, "");
  EXPECT_EQ(values->at("exabgp.tcp.x").line, 7);
}

TEST(Ini, WrongLinesAreErrorsWithTheirPlace) {
  for (const char* text : {"\nx = 1\n", "\n[a\n", "\n[]\n", "[a]\nnothing\n", "[a]\nx = 50%\n", "[a]\nx = %(y)s\n"}) {
    const auto values = parse_ini(text, "f");
    ASSERT_FALSE(values) << text;
    EXPECT_EQ(values.error().context()->location.file, "f");
    EXPECT_EQ(values.error().context()->location.line, 2) << text;
  }
}

}  // namespace
}  // namespace tandem::config
