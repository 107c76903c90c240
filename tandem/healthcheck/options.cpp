#include "tandem/healthcheck/options.hpp"

#include <fmt/format.h>
#include <net/if.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "common/base/format.hpp"

namespace tandem::healthcheck {

namespace {

// What was wrong with a value; none: it was taken.
using Mistake = std::optional<std::string>;

enum class Takes : std::uint8_t { nothing, value, maybe };  // maybe: a value behind it is its own, without one it has a default

struct Row {
  std::string_view heading;  // of the help, on the first row below it
  std::string_view name;     // without its dashes
  std::string_view letters;  // the short form, without its dash
  std::string_view value;    // in the help
  Takes takes;
  Mistake (*take)(Options& options, std::string_view value);
  std::string_view help;
};

template <auto member>
Mistake on(Options& options, std::string_view) {
  options.*member = true;
  return std::nullopt;
}

template <auto member>
Mistake off(Options& options, std::string_view) {
  options.*member = false;
  return std::nullopt;
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

// A line of a command is made of it: an end of line inside would make another command.
template <auto member>
Mistake text(Options& options, std::string_view value) {
  if (has_control_characters(value)) return "has control characters in it";
  options.*member = std::string(value);
  return std::nullopt;
}

template <auto member>
Mistake anything(Options& options, std::string_view value) {
  options.*member = std::string(value);
  return std::nullopt;
}

template <auto member>
Mistake another(Options& options, std::string_view value) {
  (options.*member).emplace_back(value);
  return std::nullopt;
}

constexpr std::int64_t k_any = INT32_MAX;
constexpr std::int64_t k_u32 = UINT32_MAX;

template <auto member, std::int64_t minimum, std::int64_t maximum>
Mistake whole(Options& options, std::string_view value) {
  if (value.starts_with('+')) value.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < minimum || number > maximum) {
    return fmt::format("is not a whole number from {} to {}", minimum, maximum);
  }
  options.*member = number;
  return std::nullopt;
}

constexpr double k_seconds_max = 1e8;  // three years

template <auto member>
Mistake seconds(Options& options, std::string_view value) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || !(number >= 0 && number <= k_seconds_max)) {
    return "is not a number of seconds, 0 or more";
  }
  options.*member = std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(number));
  return std::nullopt;
}

Mistake next_hop(Options& options, std::string_view value) {
  const auto address = base::IpAddress::parse(value);
  if (!address) return "is not an IP address";
  options.next_hop = *address;
  return std::nullopt;
}

Mistake network(Options& options, std::string_view value) {
  auto prefix = base::Prefix::parse(value);
  if (!prefix) return fmt::format("is not an IP address or a network: {}", prefix.error().reason());
  options.networks.push_back(*prefix);
  return std::nullopt;
}

// On another interface. It is announced, too, unless --ip says so already.
Mistake network_on_interface(Options& options, std::string_view value) {
  const std::size_t sign = value.find('%');
  const std::string_view interface = sign == std::string_view::npos ? std::string_view() : value.substr(sign + 1);
  if (interface.empty() || interface.size() >= IFNAMSIZ) return "is not ADDRESS%INTERFACE";
  auto prefix = base::Prefix::parse(value.substr(0, sign));
  if (!prefix) return fmt::format("is not ADDRESS%INTERFACE: {}", prefix.error().reason());
  options.on_interface.push_back({*prefix, std::string(interface)});
  return std::nullopt;
}

Mistake neighbor(Options& options, std::string_view value) {
  if (value == "*") {
    options.neighbors.emplace_back(value);
    return std::nullopt;
  }
  const auto address = base::IpAddress::parse(value);
  if (!address) return "is neither an IP address nor *";
  options.neighbors.push_back(address->text());
  return std::nullopt;
}

constexpr std::string_view k_loopback = "lo:";

Mistake label(Options& options, std::string_view value) {
  if (has_control_characters(value) || value.find(' ') != std::string_view::npos) return "has blanks or control characters in it";
  if (k_loopback.size() + value.size() >= IFNAMSIZ) return fmt::format("is longer than {} octets", IFNAMSIZ - 1 - k_loopback.size());
  options.label = std::string(value);
  return std::nullopt;
}

Mistake facility(Options& options, std::string_view value) {
  if (value.empty()) return std::nullopt;  // daemon, as without the option
  if (!syslog_facility(value)) return "is not a facility of syslog (daemon, local0, ...)";
  options.syslog_facility = std::string(value);
  return std::nullopt;
}

constexpr auto k_metric = "M";

constexpr Row k_rows[] = {
    {"General", "help", "h", "", Takes::nothing, on<&Options::help>, "print this"},
    {"", "silent", "s", "", Takes::nothing, on<&Options::silent>, "do not log to the terminal"},
    {"", "syslog-facility", "sF", "FACILITY", Takes::maybe, facility, "log to syslog with this facility (daemon)"},
    {"", "no-syslog", "", "", Takes::nothing, off<&Options::use_syslog>, "do not log to syslog"},
    {"", "no-ack", "a", "", Takes::nothing, off<&Options::acknowledged>, "commands are not answered (api.ack is false)"},
    {"", "sudo", "", "", Takes::nothing, on<&Options::sudo>, "set addresses up through 'sudo ip address'"},
    {"", "debug", "d", "", Takes::nothing, on<&Options::debug>, "log more, to the terminal alone"},
    {"", "name", "n", "NAME", Takes::value, text<&Options::name>, "name of this health checker in the log"},
    {"", "config", "F", "FILE", Takes::value, anything<&Options::config>, "read options from a file: 'NAME = VALUE' or 'NAME' a line, # begins a comment"},
    {"", "pid", "p", "FILE", Takes::value, anything<&Options::pid_file>, "write the number of the process into this file"},
    {"", "user", "", "USER", Takes::value, anything<&Options::user>, "become this user when the addresses are set up"},
    {"", "group", "", "GROUP", Takes::value, anything<&Options::group>, "become this group when the addresses are set up"},
    {"Checking", "interval", "i", "N", Takes::value, seconds<&Options::interval>, "seconds between two checks (5); 0: end behind the first announcement"},
    {"", "fast-interval", "f", "N", Takes::value, seconds<&Options::fast_interval>, "seconds between two checks while the state is about to change (1)"},
    {"", "timeout", "t", "N", Takes::value, seconds<&Options::timeout>, "seconds that a check may take (5); 0: as many as it likes"},
    {"", "rise", "", "N", Takes::value, whole<&Options::rise, -k_any, k_any>, "checks that must succeed before the service is up (3)"},
    {"", "fall", "", "N", Takes::value, whole<&Options::fall, -k_any, k_any>, "checks that must fail before the service is down (3)"},
    {"", "disable", "", "FILE", Takes::value, anything<&Options::disable>, "the service is disabled while this file exists"},
    {"", "command", "c", "CMD", Takes::value, anything<&Options::command>, "the check, for the shell; without one the service is healthy"},
    {"", "cmd", "", "CMD", Takes::value, anything<&Options::command>, "the same"},
    {"Announcing", "next-hop", "N", "IP", Takes::value, next_hop, "next hop of the routes (self)"},
    {"", "ip", "", "IP", Takes::value, network, "announce this address or network; may be repeated. Without one: the addresses of lo"},
    {"", "ip-ifname", "", "IP%IF", Takes::value, network_on_interface, "the same, set up on the interface IF; may be repeated"},
    {"", "deaggregate-networks", "", "", Takes::nothing, on<&Options::deaggregate>, "announce each address of the networks by itself"},
    {"", "start-ip", "", "N", Takes::value, whole<&Options::start_ip, -k_any, k_any>, "index of the first address (0)"},
    {"", "neighbor", "", "IP", Takes::value, neighbor, "announce to this neighbor; may be repeated. Without one, or *: to all"},
    {"", "no-ip-setup", "", "", Takes::nothing, off<&Options::setup>, "do not set addresses up that are missing"},
    {"", "dynamic-ip-setup", "", "", Takes::nothing, on<&Options::dynamic_setup>, "remove the addresses while the service is down or disabled"},
    {"", "label", "", "LABEL", Takes::value, label, "addresses of lo whose label is lo:LABEL, or begins so"},
    {"", "label-exact-match", "", "", Takes::nothing, on<&Options::label_exact_match>, "the whole label must match"},
    {"", "local-preference", "", "P", Takes::value, whole<&Options::local_preference, -1, k_u32>, "LOCAL_PREF of the routes"},
    {"", "up-metric", "", k_metric, Takes::value, whole<&Options::up_metric, 0, k_u32>, "MED of the first route when the service is up (100)"},
    {"", "down-metric", "", k_metric, Takes::value, whole<&Options::down_metric, 0, k_u32>, "... when it is down (1000)"},
    {"", "disabled-metric", "", k_metric, Takes::value, whole<&Options::disabled_metric, 0, k_u32>, "... when it is disabled (500)"},
    {"", "increase", "", k_metric, Takes::value, whole<&Options::increase, -k_u32, k_u32>, "how much larger the MED of each following route is (1)"},
    {"", "community", "", "COMMUNITY", Takes::value, text<&Options::community>, "communities of the routes"},
    {"", "disabled-community", "", "COMMUNITY", Takes::value, text<&Options::disabled_community>, "... when the service is disabled or down"},
    {"", "extended-community", "", "COMMUNITY", Takes::value, text<&Options::extended_community>, "extended communities of the routes"},
    {"", "large-community", "", "COMMUNITY", Takes::value, text<&Options::large_community>, "large communities of the routes"},
    {"", "as-path", "", "ASPATH", Takes::value, text<&Options::as_path>, "AS path of the routes"},
    {"", "up-as-path", "", "ASPATH", Takes::value, text<&Options::up_as_path>, "... when the service is up"},
    {"", "down-as-path", "", "ASPATH", Takes::value, text<&Options::down_as_path>, "... when it is down"},
    {"", "disabled-as-path", "", "ASPATH", Takes::value, text<&Options::disabled_as_path>, "... when it is disabled"},
    {"", "path-id", "", "PATHID", Takes::value, whole<&Options::path_id, 0, k_u32>, "path identifier of the routes"},
    {"", "withdraw-on-down", "", "", Takes::nothing, on<&Options::withdraw_on_down>, "withdraw the routes instead of announcing them with another MED"},
    {"", "debounce", "", "", Takes::nothing, on<&Options::debounce>, "announce when the state changes, not behind every check"},
    {"Reporting", "execute", "", "CMD", Takes::value, another<&Options::execute>, "run CMD when the state changes, with STATE in its environment; may be repeated"},
    {"", "up-execute", "", "CMD", Takes::value, another<&Options::up_execute>, "... when the service is up"},
    {"", "down-execute", "", "CMD", Takes::value, another<&Options::down_execute>, "... when it is down"},
    {"", "disabled-execute", "", "CMD", Takes::value, another<&Options::disabled_execute>, "... when it is disabled"},
};

base::Result<const Row*> find(std::string_view name) {
  std::vector<std::string_view> beginnings;
  const Row* found = nullptr;
  for (const Row& row : k_rows) {
    if (row.name == name) return &row;
    if (!row.name.starts_with(name)) continue;
    if (found == nullptr || found->take != row.take) beginnings.push_back(row.name);
    found = &row;
  }
  if (beginnings.empty()) return base::Error(fmt::format("there is no option --{}", name));
  if (beginnings.size() > 1) return base::Error(fmt::format("--{} could be --{}", name, fmt::join(beginnings, " or --")));
  return found;
}

// Reads words, or lines of the file, into options. One of --silent, --syslog-facility and --no-syslog may be there.
class Reader {
 public:
  explicit Reader(Options& options) : options_(options) {}

  base::Result<void> file(std::string_view text, const std::string& path) {
    for (std::size_t number = 1; !text.empty(); ++number) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      auto done = line(trimmed(text.substr(0, end)));
      if (!done) return base::Error(fmt::format("{}:{}: {}", path, number, done.error().reason()));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return boost::system::in_place_value;
  }

  base::Result<void> words(std::span<const std::string> all) {
    for (rest_ = all; !rest_.empty();) {
      const std::string& word = rest_.front();
      rest_ = rest_.subspan(1);
      const bool is_option = word.size() > 1 && word.front() == '-';
      if (!is_option) return base::Error(fmt::format("'{}' belongs to no option", word));
      auto done = word.starts_with("--") ? long_option(std::string_view(word).substr(2)) : letters(std::string_view(word).substr(1));
      if (!done) return done.error();
    }
    return boost::system::in_place_value;
  }

 private:
  static std::string_view trimmed(std::string_view text) {
    constexpr std::string_view k_blank = " \t\r\f\v";
    const std::size_t first = text.find_first_not_of(k_blank);
    return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(k_blank) + 1 - first);
  }

  base::Result<void> line(std::string_view text) {
    if (text.empty() || text.front() == '#') return boost::system::in_place_value;
    const std::size_t sign = text.find('=');
    auto row = find(trimmed(text.substr(0, sign)));
    if (!row) return row.error();
    if (sign == std::string_view::npos) return take(**row, std::nullopt);
    return take(**row, trimmed(text.substr(sign + 1)));
  }

  base::Result<void> long_option(std::string_view text) {
    const std::size_t sign = text.find('=');
    auto row = find(text.substr(0, sign));
    if (!row) return row.error();
    if (sign != std::string_view::npos) return take(**row, text.substr(sign + 1));
    return take(**row, next_value(**row));
  }

  // -sFuser, -sF user, -i5, -i 5, and several that take nothing in one word.
  base::Result<void> letters(std::string_view text) {
    while (!text.empty()) {
      const Row* row = nullptr;
      for (const Row& one : k_rows) {
        if (!one.letters.empty() && text.starts_with(one.letters) && (row == nullptr || one.letters.size() > row->letters.size())) row = &one;
      }
      if (row == nullptr) return base::Error(fmt::format("there is no option -{}", text));
      text.remove_prefix(row->letters.size());
      if (row->takes != Takes::nothing) {
        if (text.starts_with('=')) text.remove_prefix(1);
        return take(*row, text.empty() ? next_value(*row) : std::optional(text));
      }
      auto done = take(*row, std::nullopt);
      if (!done) return done.error();
    }
    return boost::system::in_place_value;
  }

  // The next word, unless it is an option. Negative numbers, and words with a blank in them, are none.
  std::optional<std::string_view> next_value(const Row& row) {
    if (row.takes == Takes::nothing || rest_.empty()) return std::nullopt;
    const std::string_view word = rest_.front();
    const bool number = word.size() > 1 && word[0] == '-' && (word[1] == '.' || (word[1] >= '0' && word[1] <= '9'));
    if (word.size() > 1 && word.front() == '-' && !number && word.find(' ') == std::string_view::npos) return std::nullopt;
    rest_ = rest_.subspan(1);
    return word;
  }

  base::Result<void> take(const Row& row, std::optional<std::string_view> value) {
    if (value && row.takes == Takes::nothing) return base::Error(fmt::format("--{} takes no value ('{}')", row.name, *value));
    if (!value && row.takes == Takes::value) return base::Error(fmt::format("--{} needs a value: --{} {}", row.name, row.name, row.value));
    if (const Mistake mistake = row.take(options_, value.value_or(std::string_view()))) {
      return base::Error(fmt::format("--{}: '{}' {}", row.name, value.value_or(std::string_view()), *mistake));
    }
    if (row.name == "silent" || row.name == "no-syslog" || row.name == "syslog-facility") {
      if (!log_option_.empty() && log_option_ != row.name) return base::Error(fmt::format("--{} and --{} exclude each other", log_option_, row.name));
      log_option_ = row.name;
    }
    return boost::system::in_place_value;
  }

  Options& options_;
  std::span<const std::string> rest_;
  std::string_view log_option_;
};

}  // namespace

base::Result<Options> parse_options(std::span<const std::string> words, const ReadFile& read_file) {
  Options first;
  auto read = Reader(first).words(words);
  if (!read) return read.error();
  if (first.help || first.config.empty()) return base::Result<Options>(boost::system::in_place_value, std::move(first));
  auto text = read_file(first.config);
  if (!text) return text.error();
  Options options;
  Reader reader(options);
  auto done = reader.file(*text, first.config);
  if (done) done = reader.words(words);
  if (!done) return done.error();
  return base::Result<Options>(boost::system::in_place_value, std::move(options));
}

std::vector<OptionInfo> option_table() {
  std::vector<OptionInfo> table;
  for (const Row& row : k_rows) table.push_back({row.name, row.letters, row.value, row.help});
  return table;
}

std::string help(std::string_view program) {
  std::string text = fmt::format(
      "Checks a service, and announces the routes to it while it is healthy: a program to be run by the speaker.\n\n"
      "  process watch-web {{\n    run {} --command \"curl -sf http://127.0.0.1/health\" --ip 192.0.2.10;\n    encoder text;\n  }}\n\n"
      "Usage: {} [OPTIONS]\n",
      program, program);
  for (const Row& row : k_rows) {
    if (!row.heading.empty()) base::append(text, "\n{}:\n", row.heading);
    std::string option = row.letters.empty() ? "    " : fmt::format("-{}, ", row.letters);
    base::append(option, "--{}", row.name);
    if (row.takes == Takes::maybe) base::append(option, " [{}]", row.value);
    else if (row.takes == Takes::value) base::append(option, " {}", row.value);
    base::append(text, "  {:<36} {}\n", option, row.help);
  }
  text +=
      "\nThe commands are those of api.version 6, or of 4 where the settings say so (exabgp_api_version=4). Its end by SIGTERM or SIGINT withdraws\n"
      "the routes; exit status 0, 1 when it cannot work, 2 on wrong options.\n";
  return text;
}

std::optional<int> syslog_facility(std::string_view name) {
  constexpr std::string_view k_facilities[] = {"kern", "user",   "mail",   "daemon", "auth",   "syslog", "lpr",    "news",
                                               "uucp", "cron",   "authpriv", "ftp",  "ntp",    "security", "console", "solaris-cron",
                                               "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"};
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  const auto* const found = std::find(std::begin(k_facilities), std::end(k_facilities), lower);
  if (found == std::end(k_facilities)) return std::nullopt;
  return static_cast<int>(found - std::begin(k_facilities));
}

}  // namespace tandem::healthcheck
