#include "conformance/interop/daemons.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>
#include <regex>

#include "conformance/interop/fixture.hpp"

namespace tandem::conformance {

namespace {

constexpr std::size_t k_their_block = 60;

std::size_t number_after(const std::string& text, const std::string& pattern) {
  std::smatch found;
  return std::regex_search(text, found, std::regex(pattern)) ? std::stoul(found[1]) : 0;
}

// FRR's bgpd alone: without zebra (-Z) every next hop is valid; -S keeps the user it was started by.
class Frr : public OtherDaemon {
 public:
  using OtherDaemon::OtherDaemon;

  [[nodiscard]] std::vector<std::string> programs() const override { return {k_bgpd, k_vtysh}; }
  [[nodiscard]] std::string package() const override { return "frr"; }

  void write() const override {
    std::string text = R"(route-map COMMUNITIES permit 10
 set community 65002:1
 set large-community 4200000002:5:1
 set extcommunity rt 65002:77
bgp as-path access-list OURS seq 5 permit ^$
route-map V4 permit 10
 match as-path OURS
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

 private:
  [[nodiscard]] std::string ask(const std::string& command) const {
    return output_of({k_vtysh, "--vty_socket", at("vty"), "-d", "bgpd", "-c", command});
  }

  static constexpr const char* k_bgpd = "/usr/lib/frr/bgpd";
  static constexpr const char* k_vtysh = "/usr/bin/vtysh";
};

class Gobgp : public OtherDaemon {
 public:
  using OtherDaemon::OtherDaemon;

  [[nodiscard]] std::vector<std::string> programs() const override { return {k_gobgpd, k_gobgp}; }
  [[nodiscard]] std::string package() const override { return "gobgpd"; }

  void write() const override {
    write_file("gobgp.toml", fmt::format(R"([global.config]
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
 [[neighbors.afi-safis]]
  [neighbors.afi-safis.config]
   afi-safi-name = "ipv4-unicast"
 [[neighbors.afi-safis]]
  [neighbors.afi-safis.config]
   afi-safi-name = "ipv6-unicast"
)",
                                         port_));
  }
  [[nodiscard]] ChildProcess start() const override {
    return ChildProcess({k_gobgpd, "-f", at("gobgp.toml"), "--api-hosts", "127.0.0.2:" + std::to_string(api_port_), "--pprof-disable"}, {},
                 at("daemon.log"));
  }
  [[nodiscard]] bool answers() const override { return ask({"global"}).find("192.0.2.2") != std::string::npos; }
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
    return number_after(ask({"neighbor", "127.0.0.1", "adj-in", "summary", "-a", fmt::format("ipv{}", version)}), "Path: (\\d+)");
  }
  [[nodiscard]] std::string show(const std::string& prefix) const override {
    return ask({"global", "rib", prefix, "-a", prefix.find(':') == std::string::npos ? "ipv4" : "ipv6"});
  }
  [[nodiscard]] std::vector<std::string> expected_attributes() const override {
    return {"65001 4200000009 65011", "{Origin: e}", "{Med: 5}", "{AtomicAggregate}", "{Aggregate: {AS: 4200000009, Address: 10.9.8.7}}",
            "{Communities: 65001:1}", "{Extcomms: [65001:3]}", "{LargeCommunity: [ 4200000001:2:3]}"};
  }
  [[nodiscard]] std::string state() const override { return ask({"neighbor", "127.0.0.1"}); }

 private:
  [[nodiscard]] std::string ask(const std::vector<std::string>& words) const {
    std::vector<std::string> arguments{k_gobgp, "-u", "127.0.0.2", "-p", std::to_string(api_port_)};
    arguments.insert(arguments.end(), words.begin(), words.end());
    return output_of(arguments);
  }
  void add(const std::string& prefix, const std::string& next_hop, const std::vector<std::string>& attributes, const std::string& family) const {
    std::vector<std::string> words{"global", "rib", "add", prefix, "nexthop", next_hop};
    words.insert(words.end(), attributes.begin(), attributes.end());
    words.insert(words.end(), {"-a", family});
    static_cast<void>(ask(words));
  }

  static constexpr const char* k_gobgpd = "/usr/bin/gobgpd";
  static constexpr const char* k_gobgp = "/usr/bin/gobgp";
  std::uint16_t api_port_ = free_port("127.0.0.2");
};

}  // namespace

void OtherDaemon::write_file(const std::string& name, const std::string& text) const { std::ofstream(at(name)) << text; }

std::unique_ptr<OtherDaemon> make_daemon(const std::string& name, const std::string& directory) {
  const std::uint16_t port = free_port("127.0.0.2");
  if (name == "frr") return std::make_unique<Frr>(directory, port);
  return std::make_unique<Gobgp>(directory, port);
}

}  // namespace tandem::conformance
