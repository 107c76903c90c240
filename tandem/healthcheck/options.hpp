// The options of `tandem healthcheck`: those of ExaBGP's health checker, on the command line and, without their dashes, one a line, in the
// file of --config. What a person can get wrong is an error that names the option and says what would be right.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/ip.hpp"
#include "common/base/time.hpp"

namespace tandem::healthcheck {

// An address that is set up elsewhere than on the loopback interface.
struct OnInterface {
  base::Prefix network;
  std::string interface;
};

struct Options {
  bool help = false;
  // --- itself
  bool silent = false;
  bool use_syslog = true;
  std::string syslog_facility = "daemon";
  bool acknowledged = true;  // --no-ack: false
  bool sudo = false;
  bool debug = false;
  std::string name;
  std::string config;
  std::string pid_file;
  std::string user;
  std::string group;
  // --- checking
  base::Duration interval = std::chrono::seconds(5);  // 0: ends behind the first announcement
  base::Duration fast_interval = std::chrono::seconds(1);
  base::Duration timeout = std::chrono::seconds(5);   // 0: none
  std::int64_t rise = 3;
  std::int64_t fall = 3;
  std::string disable;  // a file
  std::string command;  // empty: always healthy
  // --- announcing
  base::IpAddress next_hop;  // none: self
  std::vector<base::Prefix> networks;
  std::vector<OnInterface> on_interface;
  bool deaggregate = false;
  std::int64_t start_ip = 0;
  std::vector<std::string> neighbors;  // addresses; "*", or none: all
  bool setup = true;
  bool dynamic_setup = false;
  std::string label;
  bool label_exact_match = false;
  std::int64_t local_preference = -1;  // negative: none
  std::int64_t up_metric = 100;
  std::int64_t down_metric = 1000;
  std::int64_t disabled_metric = 500;
  std::int64_t increase = 1;
  std::string community;
  std::string disabled_community;
  std::string extended_community;
  std::string large_community;
  std::string as_path;
  std::optional<std::string> up_as_path;
  std::optional<std::string> down_as_path;
  std::optional<std::string> disabled_as_path;
  std::int64_t path_id = 0;  // 0: none
  bool withdraw_on_down = false;
  bool debounce = false;
  // --- reporting
  std::vector<std::string> execute;
  std::vector<std::string> up_execute;
  std::vector<std::string> down_execute;
  std::vector<std::string> disabled_execute;
};

using ReadFile = std::function<base::Result<std::string>(const std::string& path)>;
// The words behind the subcommand; what the file says counts first, what the words say overrules it.
[[nodiscard]] base::Result<Options> parse_options(std::span<const std::string> words, const ReadFile& read_file);

[[nodiscard]] std::string help(std::string_view program);

// What the options are, for what else is generated from them.
struct OptionInfo {
  std::string_view name;     // without its dashes
  std::string_view letters;  // the short form, without its dash; empty: none
  std::string_view value;    // what it takes; empty: nothing
  std::string_view help;
};
[[nodiscard]] std::vector<OptionInfo> option_table();

// The number of a facility of syslog (RFC 5424 section 6.2.1).
[[nodiscard]] std::optional<int> syslog_facility(std::string_view name);

}  // namespace tandem::healthcheck
