#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "conformance/interop/daemons.hpp"
#include "conformance/interop/fixture.hpp"

namespace tandem::conformance {

namespace {

// Its processes go into a folder below /run, which is made for them in a mount namespace of their own; that takes root. The control socket
// stands where the configuration says.
class OpenBgpd : public UnicastDaemon {
 public:
  using UnicastDaemon::UnicastDaemon;

  [[nodiscard]] std::vector<std::string> programs() const override { return {k_bgpd, k_bgpctl, k_unshare}; }
  [[nodiscard]] std::string package() const override { return "openbgpd"; }
  [[nodiscard]] bool needs_root() const override { return true; }

  void write() const override {
    std::string networks;
    for (std::size_t i = 0; i < k_their_routes; ++i) {
      const std::string communities = i == 1 ? " community 65002:1 large-community 4200000002:5:1 ext-community rt 65002:77" : "";
      networks += fmt::format("network {} set {{ nexthop 192.0.2.2{} }}\n", v4_prefix(k_their_block, i), communities);
      networks += fmt::format("network {} set {{ nexthop 2001:db8::2{} }}\n", v6_prefix(k_their_block, i), communities);
    }
    write_with(networks, {"IPv4 unicast", "IPv6 unicast"});
  }
  void write_families() const override { write_with("", {"IPv4 unicast", "IPv6 unicast", "IPv4 vpn", "IPv6 vpn"}); }
  [[nodiscard]] std::span<const Exchange> exchanges() const override { return openbgpd_exchanges(); }
  [[nodiscard]] ChildProcess start() const override {
    const std::string script = fmt::format("mount --bind {} /run && exec {} -d -f {}", at("run"), k_bgpd, at("bgpd.conf"));
    return ChildProcess({k_unshare, "--mount", "/bin/sh", "-c", script}, {}, at("daemon.log"));
  }
  [[nodiscard]] bool answers() const override { return ask("show summary").find("127.0.0.1") != std::string::npos; }
  [[nodiscard]] std::size_t received(int version) const override {
    const std::string lines = ask(fmt::format("show rib {} neighbor 127.0.0.1", version == 4 ? "inet" : "inet6"));
    return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '/'));
  }
  [[nodiscard]] std::string show(const std::string& prefix) const override { return ask("show rib detail " + prefix); }
  [[nodiscard]] std::vector<std::string> expected_attributes() const override {
    return {"65001 4200000009 65011", "Origin EGP", "metric 5", "Aggregator: 4200000009 [10.9.8.7]", "Communities: 65001:1",
            "Ext. Communities: rt 65001:3", "Large Communities: 4200000001:2:3"};
  }
  [[nodiscard]] std::string state() const override { return ask("show neighbor 127.0.0.1"); }
  [[nodiscard]] std::string ask(std::string_view command) const override {
    std::vector<std::string> words{k_bgpctl, "-s", at("ctl")};
    const std::vector<std::string> asked = words_of(command);
    words.insert(words.end(), asked.begin(), asked.end());
    return output_of(words);
  }

 private:
  void write_with(const std::string& networks, const std::vector<std::string_view>& families) const {
    std::string announce;
    for (const std::string_view family : families) announce += fmt::format("  announce {}\n", family);
    write_file("bgpd.conf", fmt::format("AS 65002\nrouter-id 192.0.2.2\nfib-update no\nlisten on 127.0.0.2 port {}\nsocket \"{}\"\n"
                                        "nexthop qualify via default\n{}neighbor 127.0.0.1 {{\n  remote-as 65001\n  passive\n  multihop 2\n"
                                        "  local-address 127.0.0.2\n{}}}\nallow from any\nallow to any\n",
                                        port_, at("ctl"), networks, announce));
    ::chmod(at("bgpd.conf").c_str(), 0600);  // or it does not read it
    std::filesystem::create_directories(at("run/openbgpd"));
  }

  static constexpr const char* k_bgpd = "/usr/sbin/bgpd";
  static constexpr const char* k_bgpctl = "/usr/sbin/bgpctl";
  static constexpr const char* k_unshare = "/usr/bin/unshare";
};

}  // namespace

std::unique_ptr<UnicastDaemon> make_openbgpd(const std::string& directory, std::uint16_t port) { return std::make_unique<OpenBgpd>(directory, port); }

}  // namespace tandem::conformance
