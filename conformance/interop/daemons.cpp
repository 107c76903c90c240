#include "conformance/interop/daemons.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

#include "conformance/interop/fixture.hpp"

namespace tandem::conformance {

namespace {

std::size_t number_after(const std::string& text, const std::string& pattern) {
  std::smatch found;
  return std::regex_search(text, found, std::regex(pattern)) ? std::stoul(found[1]) : 0;
}

// FRR's bgpd alone: without zebra (-Z) every next hop is valid; -S keeps the user it was started by.
class Frr : public UnicastDaemon {
 public:
  using UnicastDaemon::UnicastDaemon;

  [[nodiscard]] std::vector<std::string> programs() const override { return {k_bgpd, k_vtysh}; }
  [[nodiscard]] std::string package() const override { return "frr"; }

  void write() const override {
    std::string text = k_head;
    for (const char* version : {"4", "6"}) {
      text += fmt::format(" address-family ipv{0} unicast\n  neighbor 127.0.0.1 activate\n  neighbor 127.0.0.1 route-map V{0} out\n", version);
      for (std::size_t i = 0; i < k_their_routes; ++i) {
        const auto prefix = version[0] == '4' ? v4_prefix(k_their_block, i) : v6_prefix(k_their_block, i);
        text += fmt::format("  network {}{}\n", prefix, i == 1 ? " route-map COMMUNITIES" : "");
      }
      text += " exit-address-family\n";
    }
    write_file("frr.conf", text);
    ::mkdir(at("vty").c_str(), 0755);
  }
  void write_families() const override {
    std::string text = k_head;
    for (const Exchange& exchange : exchanges()) {
      const Block& block = *std::find_if(std::begin(k_blocks), std::end(k_blocks), [&](const Block& b) { return b.family == exchange.family; });
      text += fmt::format(" address-family {}\n  neighbor 127.0.0.1 activate\n  neighbor 127.0.0.1 route-map V4 out\n exit-address-family\n", block.name);
      if (!exchange.theirs.empty()) text += fmt::format(" address-family {}\n  {}\n exit-address-family\n", block.networks, exchange.theirs);
    }
    write_file("frr.conf", text);
    ::mkdir(at("vty").c_str(), 0755);
  }
  [[nodiscard]] std::span<const Exchange> exchanges() const override { return frr_exchanges(); }
  [[nodiscard]] ChildProcess start() const override {
    return ChildProcess({k_bgpd, "-f", at("frr.conf"), "-Z", "-S", "-l", "127.0.0.2", "-p", std::to_string(port_), "-P", "0", "-i", at("frr.pid"),
                  "--vty_socket", at("vty"), "--log", "stdout"},
                 {}, at("daemon.log"));
  }
  [[nodiscard]] bool answers() const override { return ask("show bgp summary").find("192.0.2.2") != std::string::npos; }
  [[nodiscard]] std::size_t received(int version) const override {
    return number_after(ask(fmt::format("show bgp ipv{} unicast neighbors 127.0.0.1 prefix-counts", version)), "PfxCt: (\\d+)");
  }
  [[nodiscard]] std::string show(const std::string& prefix) const override {
    return ask(fmt::format("show bgp ipv{} unicast {}", prefix.find(':') == std::string::npos ? 4 : 6, prefix));
  }
  [[nodiscard]] std::vector<std::string> expected_attributes() const override {
    return {"65001 4200000009 65011", "aggregated by 4200000009 10.9.8.7", "Origin EGP", "metric 5", "atomic-aggregate", "Community: 65001:1",
            "Extended Community: RT:65001:3", "Large Community: 4200000001:2:3"};
  }
  [[nodiscard]] std::string state() const override { return ask("show bgp neighbors 127.0.0.1"); }
  [[nodiscard]] std::string ask(std::string_view command) const override {
    return output_of({k_vtysh, "--vty_socket", at("vty"), "-d", "bgpd", "-c", std::string(command)});
  }

 private:
  static constexpr const char* k_head = R"(route-map COMMUNITIES permit 10
 set community 65002:1
 set large-community 4200000002:5:1
 set extcommunity rt 65002:77
bgp as-path access-list OURS seq 5 permit ^$
route-map V4 permit 10
 match as-path OURS
route-map TARGET permit 10
 set extcommunity rt 65001:100
route-map V6 permit 10
 match as-path OURS
 set ipv6 next-hop global 2001:db8::2
router bgp 65002
 bgp router-id 192.0.2.2
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 no bgp network import-check
 neighbor 127.0.0.1 remote-as 65001
 neighbor 127.0.0.1 passive
 neighbor 127.0.0.1 disable-connected-check
 neighbor 127.0.0.1 ebgp-multihop 255
 neighbor 127.0.0.1 update-source 127.0.0.2
)";
  // What it calls a family, and where the networks of it stand.
  struct Block {
    std::string_view family;
    std::string_view name;
    std::string_view networks;
  };
  static constexpr Block k_blocks[] = {
      {"ipv4 nlri-mpls", "ipv4 labeled-unicast", "ipv4 unicast"}, {"ipv6 nlri-mpls", "ipv6 labeled-unicast", "ipv6 unicast"},
      {"ipv4 mpls-vpn", "ipv4 vpn", "ipv4 vpn"},                  {"ipv6 mpls-vpn", "ipv6 vpn", "ipv6 vpn"},
      {"ipv4 flow", "ipv4 flowspec", "ipv4 flowspec"},            {"ipv6 flow", "ipv6 flowspec", "ipv6 flowspec"},
      {"l2vpn evpn", "l2vpn evpn", "l2vpn evpn"},
  };

  static constexpr const char* k_bgpd = "/usr/lib/frr/bgpd";
  static constexpr const char* k_vtysh = "/usr/bin/vtysh";
};

class Gobgp : public UnicastDaemon {
 public:
  Gobgp(std::string directory, std::uint16_t port, bool targets) : UnicastDaemon(std::move(directory), port), targets_(targets) {}

  [[nodiscard]] std::vector<std::string> programs() const override { return {k_gobgpd, k_gobgp}; }
  [[nodiscard]] std::string package() const override { return "gobgpd"; }

  void write() const override { write_with({"ipv4-unicast", "ipv6-unicast"}); }
  void write_families() const override {
    std::vector<std::string_view> names;
    for (const Name& name : k_names) {
      const auto all = exchanges();
      if (std::any_of(all.begin(), all.end(), [&](const Exchange& e) { return e.family == name.family; })) names.push_back(name.name);
    }
    write_with(names);
  }
  void announce_families() const override {
    for (const Exchange& exchange : exchanges()) {
      if (!exchange.theirs.empty()) static_cast<void>(ask(exchange.theirs));
    }
    if (targets_) static_cast<void>(ask("global rib add -a vpnv4 60.0.9.0/24 label 209 rd 65002:1 rt 65001:999 nexthop 192.0.2.2"));
  }
  [[nodiscard]] std::span<const Exchange> exchanges() const override { return targets_ ? gobgp_target_exchanges() : gobgp_exchanges(); }
  [[nodiscard]] std::string ask(std::string_view command) const override {
    return run(words_of(command));
  }
  [[nodiscard]] ChildProcess start() const override {
    return ChildProcess({k_gobgpd, "-f", at("gobgp.toml"), "--api-hosts", "127.0.0.2:" + std::to_string(api_port_), "--pprof-disable"}, {},
                 at("daemon.log"));
  }
  [[nodiscard]] bool answers() const override { return run({"global"}).find("192.0.2.2") != std::string::npos; }
  void announce() const override {
    for (std::size_t i = 0; i < k_their_routes; ++i) {
      const std::vector<std::string> attributes =
          i == 1 ? std::vector<std::string>{"community", "65002:1", "large-community", "4200000002:5:1", "rt", "65002:77"}
                 : std::vector<std::string>{};
      add(v4_prefix(k_their_block, i), "127.0.0.2", attributes, "ipv4");
      add(v6_prefix(k_their_block, i), "2001:db8::2", attributes, "ipv6");
    }
  }
  [[nodiscard]] std::size_t received(int version) const override {
    return number_after(run({"neighbor", "127.0.0.1", "adj-in", "summary", "-a", fmt::format("ipv{}", version)}), "Path: (\\d+)");
  }
  [[nodiscard]] std::string show(const std::string& prefix) const override {
    return run({"global", "rib", prefix, "-a", prefix.find(':') == std::string::npos ? "ipv4" : "ipv6"});
  }
  [[nodiscard]] std::vector<std::string> expected_attributes() const override {
    return {"65001 4200000009 65011", "{Origin: e}", "{Med: 5}", "{AtomicAggregate}", "{Aggregate: {AS: 4200000009, Address: 10.9.8.7}}",
            "{Communities: 65001:1}", "{Extcomms: [65001:3]}", "{LargeCommunity: [ 4200000001:2:3]}"};
  }
  [[nodiscard]] std::string state() const override { return run({"neighbor", "127.0.0.1"}); }

 private:
  void write_with(const std::vector<std::string_view>& families) const {
    std::string text = fmt::format(R"([global.config]
 as = 65002
 router-id = "192.0.2.2"
 port = {}
 local-address-list = ["127.0.0.2"]
[[neighbors]]
 [neighbors.config]
  neighbor-address = "127.0.0.1"
  peer-as = 65001
 [neighbors.timers.config]
  idle-hold-time-after-reset = 1
 [neighbors.transport.config]
  passive-mode = true
  local-address = "127.0.0.2"
 [neighbors.ebgp-multihop.config]
  enabled = true
  multihop-ttl = 255
)",
                                   port_);
    for (const std::string_view family : families) {
      text += fmt::format(" [[neighbors.afi-safis]]\n  [neighbors.afi-safis.config]\n   afi-safi-name = \"{}\"\n", family);
    }
    write_file("gobgp.toml", text);
  }
  [[nodiscard]] std::string run(const std::vector<std::string>& words) const {
    std::vector<std::string> arguments{k_gobgp, "-u", "127.0.0.2", "-p", std::to_string(api_port_)};
    arguments.insert(arguments.end(), words.begin(), words.end());
    return output_of(arguments);
  }
  void add(const std::string& prefix, const std::string& next_hop, const std::vector<std::string>& attributes, const std::string& family) const {
    std::vector<std::string> words{"global", "rib", "add", prefix, "nexthop", next_hop};
    words.insert(words.end(), attributes.begin(), attributes.end());
    words.insert(words.end(), {"-a", family});
    static_cast<void>(run(words));
  }

  struct Name {
    std::string_view family;
    std::string_view name;  // what it calls it
  };
  static constexpr Name k_names[] = {
      {"ipv4 rtc", "rtc"},
      {"ipv4 nlri-mpls", "ipv4-labelled-unicast"},
      {"ipv6 nlri-mpls", "ipv6-labelled-unicast"},
      {"ipv4 mpls-vpn", "l3vpn-ipv4-unicast"},
      {"ipv6 mpls-vpn", "l3vpn-ipv6-unicast"},
      {"l2vpn evpn", "l2vpn-evpn"},
      {"ipv4 mup", "ipv4-mup"},
      {"ipv6 mup", "ipv6-mup"},
      {"ipv4 flow", "ipv4-flowspec"},
      {"ipv6 flow", "ipv6-flowspec"},
      {"ipv4 flow-vpn", "l3vpn-ipv4-flowspec"},
      {"ipv6 flow-vpn", "l3vpn-ipv6-flowspec"},
      {"bgp-ls bgp-ls", "ls"},
  };
  static constexpr const char* k_gobgpd = "/usr/bin/gobgpd";
  static constexpr const char* k_gobgp = "/usr/bin/gobgp";
  std::uint16_t api_port_ = free_port("127.0.0.2");
  bool targets_;  // RTC is among the families, and decides what it sends
};

class Bird : public OtherDaemon {
 public:
  using OtherDaemon::OtherDaemon;

  [[nodiscard]] std::vector<std::string> programs() const override { return {k_bird, k_birdc}; }
  [[nodiscard]] std::string package() const override { return "bird2"; }
  [[nodiscard]] std::span<const Exchange> exchanges() const override { return bird_exchanges(); }

  void write_families() const override {
    std::string tables = "router id 192.0.2.2;\nlog stderr all;\nprotocol device { }\n";
    std::string channels;
    for (const Block& block : k_blocks) {
      tables += fmt::format("{0} table {1};\nprotocol static {1}_routes {{ {0} {{ table {1}; }};\n", block.kind, block.table);
      for (const Exchange& exchange : exchanges()) {
        if (exchange.family == block.family) tables += fmt::format("  {}\n", exchange.theirs);
      }
      tables += "}\n";
      channels += fmt::format("  {} {{ table {}; import all; export where source = RTS_STATIC; {} }};\n", block.channel, block.table, block.options);
    }
    write_file("bird.conf", fmt::format("{}protocol bgp tandem {{\n  local 127.0.0.2 port {} as 65002;\n  neighbor 127.0.0.1 as 65001;\n"
                                        "  multihop 2;\n  passive yes;\n  strict bind yes;\n{}}}\n",
                                        tables, port_, channels));
  }
  [[nodiscard]] ChildProcess start() const override {
    return ChildProcess({k_bird, "-f", "-c", at("bird.conf"), "-s", at("bird.ctl"), "-P", at("bird.pid")}, {}, at("daemon.log"));
  }
  [[nodiscard]] bool answers() const override { return ask("show status").find("192.0.2.2") != std::string::npos; }
  [[nodiscard]] std::string ask(std::string_view command) const override {
    return output_of({k_birdc, "-s", at("bird.ctl"), std::string(command)});
  }
  [[nodiscard]] std::string state() const override { return ask("show protocols all tandem"); }

 private:
  // How it keeps a family and speaks it.
  struct Block {
    std::string_view family;
    std::string_view kind;
    std::string_view table;
    std::string_view channel;
    std::string_view options;
  };
  static constexpr Block k_blocks[] = {
      {"ipv4 nlri-mpls", "ipv4", "label4", "ipv4 mpls", "next hop address 192.0.2.2;"},
      {"ipv6 nlri-mpls", "ipv6", "label6", "ipv6 mpls", "next hop address 2001:db8::2;"},
      {"ipv4 mpls-vpn", "vpn4", "vpn4routes", "vpn4 mpls", "next hop address 192.0.2.2;"},
      {"ipv6 mpls-vpn", "vpn6", "vpn6routes", "vpn6 mpls", "next hop address 2001:db8::2;"},
      {"ipv4 flow", "flow4", "flow4rules", "flow4", ""},
      {"ipv6 flow", "flow6", "flow6rules", "flow6", ""},
  };
  static constexpr const char* k_bird = "/usr/sbin/bird";
  static constexpr const char* k_birdc = "/usr/sbin/birdc";
};

}  // namespace

void OtherDaemon::write_file(const std::string& name, const std::string& text) const { std::ofstream(at(name)) << text; }

std::vector<std::string> OtherDaemon::words_of(std::string_view command) {
  std::vector<std::string> words;
  std::istringstream in{std::string(command)};
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::unique_ptr<UnicastDaemon> make_unicast_daemon(const std::string& name, const std::string& directory) {
  const std::uint16_t port = free_port("127.0.0.2");
  if (name == "frr") return std::make_unique<Frr>(directory, port);
  if (name == "openbgpd") return make_openbgpd(directory, port);
  if (name == "exabgp") return make_exabgp(directory, port);
  return std::make_unique<Gobgp>(directory, port, false);
}

std::unique_ptr<OtherDaemon> make_daemon(const std::string& name, const std::string& directory) {
  if (name == "bird") return std::make_unique<Bird>(directory, free_port("127.0.0.2"));
  if (name == "gobgp_rtc") return std::make_unique<Gobgp>(directory, free_port("127.0.0.2"), true);
  return make_unicast_daemon(name, directory);
}

}  // namespace tandem::conformance
