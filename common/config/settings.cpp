#include "common/config/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/asn.hpp"
#include "common/config/diagnostics.hpp"
#include "common/config/ini.hpp"
#include "common/config/setting_row.hpp"
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

constexpr std::string_view k_prefixes[] = {"tandem", "exabgp"};  // strongest first

// A value and where it came from, for errors.
struct Found {
  std::string text;
  std::string origin;
};

std::string underscored(std::string name) {
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

std::optional<Found> find_variable(const Environment& environment, std::string_view name) {
  for (const std::string_view prefix : k_prefixes) {
    const std::string dotted = fmt::format("{}.{}", prefix, name);
    for (const std::string& variable : {dotted, underscored(dotted)}) {
      if (auto text = environment(variable)) return Found{std::string(unquote(*text)), fmt::format("environment variable {}", variable)};
    }
  }
  return std::nullopt;
}

std::optional<Found> find_value(const Environment& environment, const IniValues& file, std::string_view file_name, std::string_view name) {
  if (auto found = find_variable(environment, name)) return found;
  for (const std::string_view prefix : k_prefixes) {
    const auto entry = file.find(fmt::format("{}.{}", prefix, name));
    if (entry != file.end()) return Found{entry->second.text, fmt::format("{} line {}", file_name, entry->second.line)};
  }
  return std::nullopt;
}

base::Error bad_value(std::string_view name, const Found& found, std::string_view right) {
  return base::Error(fmt::format("setting {}: '{}' is not a valid value, expected {} ({})", name, printable_word(found.text), right, found.origin));
}

// tcp.connections (variables only) is tcp.attempts under its test suite's name and wins over it; tcp.once counts only when no variable
// gives a number.
base::Result<void> apply_attempt_aliases(const Environment& environment, Settings& settings) {
  if (const auto connections = find_variable(environment, "tcp.connections")) {
    const auto number = base::parse_decimal(connections->text, 0xFFFFFFFF);
    if (!number) return bad_value("tcp.connections", *connections, "0 to 4294967295");
    settings.tcp_attempts = static_cast<std::uint32_t>(*number);
    return {};
  }
  const auto once = settings.ignored.find("tcp.once");
  if (once != settings.ignored.end() && read_setting_bool(once->second) && !find_variable(environment, "tcp.attempts")) {
    settings.tcp_attempts = 1;
  }
  return {};
}

// Programs of 4.2 say nothing about versions: there is only one.
constexpr std::string_view k_api_version = "api.version";
unsigned default_api_version(bgp::Dialect dialect) { return dialect == bgp::Dialect::release_4_2 ? 4 : Settings{}.api_version; }
constexpr std::string_view k_engines[] = {"reactor.engine", "reactor.shadow"};  // settings that name one

void choose_engine(Settings& settings) {
  if (!settings.reactor_engine.empty()) return;
  const auto asyncio = settings.ignored.find("reactor.asyncio");
  const bool async = asyncio != settings.ignored.end() && read_setting_bool(asyncio->second);
  settings.reactor_engine = async ? "async" : "sync";
}

std::string print_ignored(const SettingRow& row, const Settings& settings) {
  const auto given = settings.ignored.find(row.name);
  if (given == settings.ignored.end()) return std::string(row.fallback);
  if (row.type == "bool") return read_setting_bool(given->second) ? "true" : "false";
  return row.type == "string" ? fmt::format("'{}'", given->second) : lower_case(given->second);
}

// A `%` stands for itself only when doubled in a file of settings.
std::string with_doubled_percent(std::string_view value) {
  std::string out;
  for (const char c : value) out.append(c == '%' ? 2 : 1, c);
  return out;
}

std::string print_value(const SettingRow& row, const Settings& settings) {
  return row.print == nullptr ? print_ignored(row, settings) : row.print(settings);
}

Settings default_settings(bgp::Dialect dialect = bgp::Dialect::main) {
  Settings settings;
  settings.api_version = default_api_version(dialect);
  choose_engine(settings);
  return settings;
}

std::string_view section_of(std::string_view name) { return name.substr(0, name.find('.')); }

}  // namespace

const std::vector<SettingInfo>& setting_table() {
  static const std::vector<SettingInfo> k_table = [] {
    std::vector<SettingInfo> table;
    const Settings defaults = default_settings();
    for (const SettingRow& row : setting_rows()) {
      table.push_back({std::string(row.name), std::string(row.type), print_value(row, defaults), std::string(row.meaning)});
    }
    return table;
  }();
  return k_table;
}

base::Result<Settings> load_settings(const Environment& environment, std::string_view ini, std::string_view ini_name,
                                     const std::vector<std::string>& engines) {
  const auto file = parse_ini(ini, ini_name);
  if (!file) return file.error();
  Settings settings;
  bool version_given = false;
  for (const SettingRow& row : setting_rows()) {
    auto found = find_value(environment, *file, ini_name, row.name);
    if (!found) continue;
    if (!row.read(settings, found->text)) return bad_value(row.name, *found, row.right());
    if (row.name == k_api_version) version_given = true;
    const bool is_engine = std::find(std::begin(k_engines), std::end(k_engines), row.name) != std::end(k_engines);
    if (is_engine && !engines.empty() && std::find(engines.begin(), engines.end(), found->text) == engines.end()) {
      return bad_value(row.name, *found, fmt::format("one of {}", fmt::join(engines, ", ")));
    }
    if (row.print == nullptr) settings.ignored.emplace(row.name, std::move(found->text));
  }
  if (!version_given) settings.api_version = default_api_version(settings.compat_dialect);
  if (auto done = apply_attempt_aliases(environment, settings); !done) return done.error();
  choose_engine(settings);
  return settings;
}

std::string print_settings(const Settings& settings, SettingsForm form, bool only_changed) {
  std::string out;
  const Settings defaults = default_settings(settings.compat_dialect);
  for (const bool own : {false, true}) {  // each prefix by itself: a section must not be written twice
    const std::string_view prefix = k_prefixes[own ? 0 : 1];
    std::string_view section;
    for (const SettingRow& row : setting_rows()) {
      if (row.hidden || row.own != own) continue;
      const std::string value = print_value(row, settings);
      if (only_changed && value == print_value(row, defaults)) continue;
      if (form == SettingsForm::variables) {
        out += fmt::format("{}={}\n", underscored(fmt::format("{}.{}", prefix, row.name)), value);
        continue;
      }
      const std::string_view here = section_of(row.name);
      if (here != section) out += fmt::format("{}[{}.{}]\n", out.empty() ? "" : "\n", prefix, here);
      section = here;
      out += fmt::format("{} = {}\n", row.name.substr(here.size() + 1), with_doubled_percent(value));
    }
  }
  return out;
}

}  // namespace tandem::config
