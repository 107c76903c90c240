#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "conformance/interop/daemons.hpp"
#include "conformance/interop/fixture.hpp"

namespace tandem::conformance {

namespace {

// What ExaBGP knows it tells its programs: this one keeps a line a route, and writes all of them when nothing more is to be read.
constexpr const char* k_table = R"(#!/usr/bin/python3
import json, os, select, sys

target, table = sys.argv[1], {}

def key(family, nlri):
    return family, json.dumps({k: v for k, v in nlri.items() if k not in ('label', 'raw', 'nexthop')}, sort_keys=True)

def write():
    with open(target + '.new', 'w') as out:
        out.write('running\n')
        out.writelines(f'{family} {line}\n' for (family, _), line in table.items())
    os.rename(target + '.new', target)

def take(event):
    if event.get('type') == 'state' and event['neighbor']['state'] == 'down':
        table.clear()
    message = event.get('neighbor', {}).get('message', {})
    update = message.get('update', {})
    attributes = json.dumps(update.get('attribute', {}))
    for family, next_hops in update.get('announce', {}).items():
        for next_hop, nlris in next_hops.items():
            for nlri in nlris:
                table[key(family, nlri)] = f'{next_hop} {json.dumps(nlri)} {attributes}'
    for family, nlris in update.get('withdraw', {}).items():
        for nlri in nlris:
            table.pop(key(family, nlri), None)

write()
pending = b''
while True:
    octets = os.read(0, 65536)
    if not octets:
        break
    *lines, pending = (pending + octets).split(b'\n')
    for line in lines:
        if line.startswith(b'{'):
            take(json.loads(line))
    if not select.select([0], [], [], 0)[0]:
        write()
)";

class ExaBgp : public UnicastDaemon {
 public:
  using UnicastDaemon::UnicastDaemon;

  [[nodiscard]] std::vector<std::string> programs() const override { return {k_exabgp, "/usr/bin/python3"}; }
  [[nodiscard]] std::string package() const override { return "exabgp"; }

  void write() const override {
    std::string routes;
    for (std::size_t i = 0; i < k_their_routes; ++i) {
      const std::string communities = i == 1 ? " community 65002:1 large-community 4200000002:5:1 extended-community target:65002:77" : "";
      routes += fmt::format("route {} next-hop 192.0.2.2{};\n", v4_prefix(k_their_block, i), communities);
      routes += fmt::format("route {} next-hop 2001:db8::2{};\n", v6_prefix(k_their_block, i), communities);
    }
    write_with({"ipv4 unicast", "ipv6 unicast"}, {{"static", routes}});
  }
  void write_families() const override {
    std::vector<std::string_view> families;
    std::map<std::string, std::string> sections;  // the first word of what it announces is the section that holds it
    for (const Exchange& exchange : exchanges()) {
      if (std::find(families.begin(), families.end(), exchange.family) == families.end()) families.push_back(exchange.family);
      const std::size_t end = exchange.theirs.find(' ');
      if (end != std::string_view::npos) sections[std::string(exchange.theirs.substr(0, end))] += fmt::format("{}\n", exchange.theirs.substr(end + 1));
    }
    write_with(families, sections);
  }
  [[nodiscard]] std::span<const Exchange> exchanges() const override { return exabgp_exchanges(); }
  [[nodiscard]] ChildProcess start() const override {
    ::unlink(at("table").c_str());
    return ChildProcess({k_exabgp, at("exabgp.conf")},
                 {{"exabgp_daemon_user", ::geteuid() == 0 ? "root" : ""}, {"exabgp_daemon_drop", "false"}, {"exabgp_api_cli", "false"},
                  {"exabgp_tcp_bind", ""}, {"exabgp_log_destination", "stdout"}},
                 at("daemon.log"));
  }
  [[nodiscard]] bool answers() const override { return ask("").starts_with("running"); }
  // All it has been told and not been told to forget.
  [[nodiscard]] std::string ask(std::string_view) const override { return read_text(at("table")); }
  [[nodiscard]] std::size_t received(int version) const override {
    std::istringstream lines(ask(""));
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line);) count += line.starts_with(fmt::format("ipv{} unicast ", version)) ? 1 : 0;
    return count;
  }
  [[nodiscard]] std::string show(const std::string& prefix) const override {
    std::istringstream lines(ask(""));
    for (std::string line; std::getline(lines, line);) {
      if (line.find('"' + prefix + '"') != std::string::npos) return line;
    }
    return {};
  }
  [[nodiscard]] std::vector<std::string> expected_attributes() const override {
    return {R"("as-path": [65001, 4200000009, 65011])", R"("origin": "egp")", R"("med": 5)", R"("atomic-aggregate": true)", R"("aggregator": "4200000009:10.9.8.7")",
            R"("community": [[65001, 1]])", R"("string": "target:65001:3")", R"("large-community": [[4200000001, 2, 3]])"};
  }
  [[nodiscard]] std::string state() const override { return ask(""); }

 private:
  void write_with(const std::vector<std::string_view>& families, const std::map<std::string, std::string>& sections) const {
    write_file("table.py", k_table);
    ::chmod(at("table.py").c_str(), 0755);
    std::string text = fmt::format("process table {{ run {} {}; encoder json; }}\nneighbor 127.0.0.1 {{\n  router-id 192.0.2.2; local-address 127.0.0.2; "
                                   "local-as 65002; peer-as 65001; passive; listen {};\n  api {{ processes [ table ]; neighbor-changes; receive {{ parsed; update; }} }}\n"
                                   "  family {{",
                                   at("table.py"), at("table"), port_);
    for (const std::string_view family : families) text += fmt::format(" {};", family);
    text += " }\n";
    for (const auto& [section, statements] : sections) text += fmt::format("  {} {{\n{}  }}\n", section, statements);
    write_file("exabgp.conf", text + "}\n");
  }

  static constexpr const char* k_exabgp = "/usr/sbin/exabgp";
};

}  // namespace

std::unique_ptr<UnicastDaemon> make_exabgp(const std::string& directory, std::uint16_t port) { return std::make_unique<ExaBgp>(directory, port); }

}  // namespace tandem::conformance
