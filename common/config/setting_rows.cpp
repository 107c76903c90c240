// The table of settings (spec config.md 7). A new setting is a member of Settings and a row here.
#include "common/config/setting_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/base/asn.hpp"
#include "common/base/ip.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

using S = Settings;

std::string quote(std::string_view text) { return fmt::format("'{}'", text); }

template <auto Member>
bool read_bool(S& settings, std::string_view text) {
  settings.*Member = read_setting_bool(text);
  return true;
}
template <auto Member>
std::string print_bool(const S& settings) { return settings.*Member ? "true" : "false"; }

template <auto Member>
bool read_text(S& settings, std::string_view text) {
  settings.*Member = text;
  return true;
}
template <auto Member>
std::string print_text(const S& settings) { return quote(settings.*Member); }

template <auto Member, std::uint64_t minimum, std::uint64_t maximum>
bool read_number(S& settings, std::string_view text) {
  const auto number = base::parse_decimal(text, maximum);
  if (!number || *number < minimum) return false;
  settings.*Member = static_cast<std::remove_reference_t<decltype(settings.*Member)>>(*number);
  return true;
}
template <auto Member>
std::string print_number(const S& settings) { return std::to_string(settings.*Member); }

template <base::LogCategory category>
bool read_category(S& settings, std::string_view text) {
  settings.log_category[static_cast<std::size_t>(category)] = read_setting_bool(text);
  return true;
}
template <base::LogCategory category>
std::string print_category(const S& settings) {
  return settings.log_category[static_cast<std::size_t>(category)] ? "true" : "false";
}

bool read_umask(S& settings, std::string_view text) {
  if (text.starts_with("0o")) text.remove_prefix(2);
  unsigned mask = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), mask, 8);
  if (problem != std::errc() || end != text.data() + text.size() || mask > 0777) return false;
  settings.umask = mask;
  return true;
}
std::string print_umask(const S& settings) { return fmt::format("'0o{:o}'", settings.umask); }

struct LevelName {
  std::string_view name;
  base::LogLevel level;
};
// The first name of a level is the one that is printed.
constexpr LevelName k_levels[] = {
    {"CRITICAL", base::LogLevel::critical}, {"FATAL", base::LogLevel::critical}, {"ERROR", base::LogLevel::error},
    {"WARNING", base::LogLevel::warning},   {"INFO", base::LogLevel::info},      {"DEBUG", base::LogLevel::debug},
    {"NOTSET", base::LogLevel::debug},
};
bool read_level(S& settings, std::string_view text) {
  for (const LevelName& level : k_levels) {
    if (lower_case(level.name) != lower_case(text)) continue;
    settings.log_level = level.level;
    return true;
  }
  return false;
}
std::string print_level(const S& settings) {
  const auto* found = std::find_if(std::begin(k_levels), std::end(k_levels), [&](const LevelName& l) { return l.level == settings.log_level; });
  return found == std::end(k_levels) ? "INFO" : std::string(found->name);
}

bool read_bind(S& settings, std::string_view text) {
  std::vector<std::string> addresses;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!base::IpAddress::parse(word)) return false;
    addresses.emplace_back(word);
  }
  settings.tcp_bind = std::move(addresses);
  return true;
}
std::string print_bind(const S& settings) { return quote(fmt::format("{}", fmt::join(settings.tcp_bind, " "))); }

bool read_api_version(S& settings, std::string_view text) {
  if (text != "4" && text != "6") return false;
  settings.api_version = text == "4" ? 4 : 6;
  return true;
}

bool read_engine(S& settings, std::string_view text) {
  if (text != "sync" && text != "async") return false;
  settings.reactor_engine = text;
  return true;
}

bool read_dialect(S& settings, std::string_view text) {
  if (text != "main" && text != "2025-11") return false;
  settings.compat_dialect = text;
  return true;
}

template <typename... Texts>
bool is_one_of(std::string_view text, Texts... texts) {
  const std::string folded = lower_case(text);
  return ((folded == texts) || ...);
}
bool read_encoder(S&, std::string_view text) { return is_one_of(text, "text", "json"); }

bool read_speed(S&, std::string_view text) {
  double seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return problem == std::errc() && end == text.data() + text.size() && seconds >= 0;
}

constexpr std::string_view k_bool = "bool";
constexpr std::string_view k_int = "int";
constexpr std::string_view k_string = "string";  // printed in quotes
constexpr std::string_view k_word = "word";      // one of a few, printed as it is
constexpr std::string_view k_any_bool = "1, yes, on, enable or true; everything else is false";
constexpr std::string_view k_any = "any text";
constexpr std::string_view k_any_number = "0 to 4294967295";
constexpr std::uint64_t k_u32 = 0xFFFFFFFF;
using C = base::LogCategory;

template <auto Member>
constexpr SettingRow boolean(std::string_view name, std::string_view fallback, std::string_view meaning, bool own = false) {
  return {name, k_bool, fallback, k_any_bool, meaning, read_bool<Member>, print_bool<Member>, own};
}
template <auto Member>
constexpr SettingRow text(std::string_view name, std::string_view fallback, std::string_view meaning) {
  return {name, k_string, fallback, k_any, meaning, read_text<Member>, print_text<Member>};
}
template <auto Member>
constexpr SettingRow number(std::string_view name, std::string_view fallback, std::string_view meaning) {
  return {name, k_int, fallback, k_any_number, meaning, read_number<Member, 0, k_u32>, print_number<Member>};
}
template <C category>
constexpr SettingRow log_row(std::string_view name, std::string_view fallback, std::string_view meaning) {
  return {name, k_bool, fallback, k_any_bool, meaning, read_category<category>, print_category<category>};
}
constexpr SettingRow ignored(std::string_view name, std::string_view type, std::string_view fallback, std::string_view meaning,
                             bool hidden = false) {
  return {name, type, fallback, type == k_bool ? k_any_bool : k_any, meaning, nullptr, nullptr, false, hidden};
}

constexpr SettingRow k_rows[] = {
    boolean<&S::api_ack>("api.ack", "true", "answer commands with done or error"),
    {"api.chunk", k_int, "1", "1 to 4294967295", "accepted, no effect: answers are given in pieces of 64 KiB", read_number<&S::api_chunk, 1, k_u32>,
     print_number<&S::api_chunk>},
    boolean<&S::api_cli>("api.cli", "true", "create the control socket"),
    boolean<&S::api_compact>("api.compact", "false", "shorter JSON for unicast routes"),
    {"api.encoder", k_word, "json", "text or json", "accepted, no effect: each process says its encoder", read_encoder, nullptr},
    text<&S::api_pipe_name>("api.pipename", "'exabgp'", "base name of the FIFOs; accepted, no effect yet"),
    boolean<&S::api_respawn>("api.respawn", "true", "start API programs again when they exit"),
    text<&S::api_socket_name>("api.socketname", "'exabgp'", "base name of the control socket"),
    text<&S::api_socket_path>("api.socketpath", "''", "path of the control socket, instead of its name"),
    boolean<&S::api_terminate>("api.terminate", "false", "stop when an API program is lost"),
    {"api.version", k_int, "6", "4 or 6", "dialect of commands and events", read_api_version, print_number<&S::api_version>},
    {"bgp.openwait", k_int, "60", "1 to 4294967295", "seconds to wait for an OPEN", read_number<&S::bgp_open_wait_s, 1, k_u32>,
     print_number<&S::bgp_open_wait_s>},
    boolean<&S::bgp_passive>("bgp.passive", "false", "never open a connection"),
    ignored("bgp.paths_limit_audit", k_bool, "true", "accepted, no effect yet"),
    ignored("cache.attributes", k_bool, "true", "accepted, no effect: attributes are always shared"),
    ignored("cache.nexthops", k_bool, "true", "accepted, no effect: next hops are always shared"),
    {"compat.dialect", k_string, "'main'", "main or 2025-11", "whose bytes are reproduced where ExaBGP's trees differ", read_dialect,
     print_text<&S::compat_dialect>, true},
    boolean<&S::compat_strict>("compat.strict", "false", "answer as RFCs ask where ExaBGP does not", true),
    boolean<&S::daemonize>("daemon.daemonize", "false", "run in the background"),
    boolean<&S::drop_privileges>("daemon.drop", "true", "change the user before programs are started"),
    text<&S::pid_file>("daemon.pid", "''", "file for the process number"),
    {"daemon.umask", "octal", "'0o137'", "an octal number up to 0777", "mask for files made", read_umask, print_umask},
    text<&S::user>("daemon.user", "'nobody'", "user to become when started as root"),
    ignored("debug.configuration", k_bool, "false", "accepted, no effect", true),
    ignored("debug.defensive", k_bool, "false", "accepted, no effect", true),
    ignored("debug.memory", k_bool, "false", "accepted, no effect", true),
    ignored("debug.pdb", k_bool, "false", "accepted, no effect", true),
    {"debug.rotate", k_bool, "false", k_any_bool, "several files: take the next one at each reload", read_bool<&S::debug_rotate>,
     print_bool<&S::debug_rotate>, false, true},
    ignored("debug.route", k_string, "''", "accepted, no effect", true),
    ignored("debug.selfcheck", k_bool, "false", "accepted, no effect", true),
    ignored("debug.timing", k_bool, "false", "accepted, no effect", true),
    boolean<&S::log_all>("log.all", "false", "log every subsystem"),
    log_row<C::configuration>("log.configuration", "true", "log the configuration"),
    log_row<C::daemon>("log.daemon", "true", "log starts, stops and users"),
    text<&S::log_destination>("log.destination", "'stdout'", "stdout and stderr (both standard error), syslog, host:ADDRESS, file:PATH, /PATH or ~/PATH"),
    boolean<&S::log_enable>("log.enable", "true", "write a log"),
    {"log.level", k_word, "INFO", "FATAL, CRITICAL, ERROR, WARNING, INFO, DEBUG or NOTSET", "least level that is written", read_level,
     print_level},
    log_row<C::message>("log.message", "false", "log messages other than routes"),
    log_row<C::network>("log.network", "true", "log connections"),
    log_row<C::packets>("log.packets", "false", "log octets"),
    log_row<C::parser>("log.parser", "false", "log decoding"),
    log_row<C::processes>("log.processes", "true", "log API programs"),
    log_row<C::reactor>("log.reactor", "true", "log signals and reloads"),
    log_row<C::rib>("log.rib", "false", "log changes of routes to announce"),
    log_row<C::routes>("log.routes", "false", "log received routes"),
    boolean<&S::log_short>("log.short", "true", "lines without time and process number"),
    log_row<C::statistics>("log.statistics", "true", "log statistics"),
    log_row<C::timers>("log.timers", "false", "log timers"),
    ignored("pdb.enable", k_bool, "false", "accepted, no effect"),
    ignored("profile.enable", k_bool, "false", "accepted, no effect"),
    ignored("profile.file", k_string, "''", "accepted, no effect"),
    ignored("reactor.asyncio", k_bool, "false", "true: the asynchronous engine, unless reactor.engine says otherwise"),
    {"reactor.engine", k_string, "'sync'", "sync or async", "the engine to start with", read_engine, print_text<&S::reactor_engine>, true},
    {"reactor.speed", "float", "1.0", "a number of seconds", "accepted, no effect: the engines wait for what happens", read_speed, nullptr},
    ignored("tcp.acl", k_bool, "false", "accepted, no effect"),
    number<&S::tcp_attempts>("tcp.attempts", "0", "connections to a peer before it is given up; 0: no limit"),
    {"tcp.bind", k_string, "''", "IP addresses with spaces between", "addresses to listen on; none: no listener", read_bind, print_bind},
    number<&S::tcp_delay_min>("tcp.delay", "0", "start when the minute of the clock is a multiple of this"),
    ignored("tcp.once", k_bool, "false", "deprecated: true is tcp.attempts 1"),
    {"tcp.port", k_int, "179", "1 to 65535", "port of tcp.bind, and of peers unless the neighbor says otherwise",
     read_number<&S::tcp_port, 1, 65535>, print_number<&S::tcp_port>},
    {"version", k_string, "''", k_any, "the version this speaker tells; empty: its own", read_text<&S::version>, print_text<&S::version>,
     true, true},
};

}  // namespace

bool read_setting_bool(std::string_view text) { return is_one_of(text, "1", "yes", "on", "enable", "true"); }

std::span<const SettingRow> setting_rows() { return k_rows; }

}  // namespace tandem::config
