// Routing daemons of Debian. Each listens to nobody, dials the far ends itself, and installs no route.
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>

#include <set>

#include "bench/table/subjects.hpp"
#include "common/base/format.hpp"

namespace tandem::bench {

namespace {

class Bird final : public Subject {
 public:
  void configure(const Plan& plan, std::uint16_t port) override {
    std::string text = "router id 1.2.3.4;\nlog stderr { error, fatal };\nprotocol device { }\n";
    if (plan.routes != 0) {
      text += "protocol static announced {\n ipv4;\n";
      for_each_route(plan, [&](const std::string& prefix, std::size_t med) {
        base::append(text, " route {} blackhole {{ bgp_med = {}; }};\n", prefix, med);
      });
      text += "}\n";
    }
    const std::string_view common = "template bgp {} {{\n local 127.0.0.1 port {} as {};\n strict bind yes;\n multihop 2;\n hold time {};\n connect delay time 1;\n"
                                    " error wait time 1, 2;\n{} ipv4 {{ import {}; export {}; next hop self; }};\n}}\n";
    const std::string reflect = plan.reflect ? " rr client;\n" : "";
    text += fmt::format(fmt::runtime(common), "told", listen_port_, k_as, plan.hold_time_s, reflect, "all", plan.reflect ? "all" : "where source = RTS_STATIC");
    text += fmt::format(fmt::runtime(common), "quiet", listen_port_, k_as, plan.hold_time_s, reflect, "none", "none");
    for_each_neighbor(plan, [&](std::size_t i, const std::string& address, std::string_view kind) {
      text += fmt::format("protocol bgp s{} from {} {{ neighbor {} port {} as {}; }}\n", i, kind, address, port, k_as);
    });
    if (plan.broken) text += "protocol nothing {\n";
    write("bird.conf", text);
  }
  void reload() override { signal(SIGHUP); }
  std::string show_routes() const override { return "show route\n"; }
  std::string send_again() const override { return "reload out s0\n"; }
  // The last line of an answer has a code of four digits and no dash behind it.
  bool is_end(std::string_view answer) const override {
    const std::size_t line = answer.size() < 2 ? answer.size() : answer.rfind('\n', answer.size() - 2) + 1;
    return answer.ends_with('\n') && answer.size() > line + 4 && std::isdigit(answer[line]) != 0 && answer[line + 4] == ' ';
  }

 private:
  std::vector<std::string> command() const override { return {"/usr/sbin/bird", "-f", "-c", at("bird.conf"), "-s", control_socket(), "-P", at("bird.pid")}; }
  std::uint16_t listen_port_ = 1790;
};

// Its bgpd alone: without zebra (-Z) every next hop is valid. A reload of its own file resets every session, so it takes part in none.
class Frr final : public Subject {
 public:
  void configure(const Plan& plan, std::uint16_t port) override {
    std::string text = "route-map NOTHING deny 10\n";
    std::set<std::size_t> sets;
    std::string networks;
    for_each_route(plan, [&](const std::string& prefix, std::size_t med) {
      sets.insert(med);
      base::append(networks, "  network {} route-map M{}\n", prefix, med);
    });
    for (const std::size_t med : sets) base::append(text, "route-map M{0} permit 10\n set metric {0}\n", med);
    base::append(text, 
                   "router bgp {}\n bgp router-id 1.2.3.4\n no bgp ebgp-requires-policy\n no bgp default ipv4-unicast\n no bgp network import-check\n"
                   " timers bgp {} {}\n",
                   k_as, plan.hold_time_s / 3, plan.hold_time_s);
    for (const std::string_view kind : {"told", "quiet"}) {
      base::append(text, " neighbor {0} peer-group\n neighbor {0} remote-as {1}\n neighbor {0} update-source 127.0.0.1\n neighbor {0} timers connect 1\n", kind, k_as);
    }
    for_each_neighbor(plan, [&](std::size_t, const std::string& address, std::string_view kind) {
      base::append(text, " neighbor {0} peer-group {1}\n neighbor {0} port {2}\n", address, kind, port);
    });
    text += " address-family ipv4 unicast\n" + networks;
    for (const std::string_view kind : {"told", "quiet"}) base::append(text, "  neighbor {0} activate\n  neighbor {0} next-hop-self force\n", kind);
    if (plan.reflect) text += "  neighbor told route-reflector-client\n";
    text += "  neighbor quiet route-map NOTHING out\n exit-address-family\n";
    write("frr.conf", text);
    ::mkdir(at("vty").c_str(), 0755);
  }
  void reload() override {}

 private:
  std::vector<std::string> command() const override {
    return {"/usr/lib/frr/bgpd", "-f", at("frr.conf"), "-Z", "-S", "-l", "127.0.0.1", "-p", "0", "-P", "0", "-i", at("frr.pid"), "--vty_socket", at("vty"), "--log", "stdout"};
  }
};

// Three processes. They go into a folder below /run, which is made for them in a mount namespace of their own; that takes root.
class OpenBgpd final : public Subject {
 public:
  void configure(const Plan& plan, std::uint16_t port) override {
    std::string text = fmt::format("AS {}\nrouter-id 1.2.3.4\nfib-update no\nlisten on 127.0.0.1 port 1792\nsocket \"{}\"\nconnect-retry 1\nholdtime {}\n"
                                   "nexthop qualify via default\n",
                                   k_as, at("ctl"), plan.hold_time_s);
    for_each_route(plan, [&](const std::string& prefix, std::size_t med) {
      base::append(text, "network {} set {{ nexthop 192.0.2.1 metric {} }}\n", prefix, med);
    });
    std::string filters = "allow from any\n";
    for (const std::string_view kind : {"told", "quiet"}) {
      std::string members;
      for_each_neighbor(plan, [&](std::size_t, const std::string& address, std::string_view of) {
        if (of == kind) base::append(members, " neighbor {} {{ port {} }}\n", address, port);
      });
      if (members.empty()) continue;
      base::append(text, "group \"{}\" {{\n remote-as {}\n local-address 127.0.0.1\n announce IPv4 unicast\n{}{}}}\n", kind, k_as,
                     plan.reflect && kind == "told" ? " route-reflector\n" : "", members);
      base::append(filters, "{} to group \"{}\"\n", kind == "told" ? "allow" : "deny", kind);
    }
    text += filters;
    if (plan.broken) text += "neighbour 127.0.0.9\n";
    write("bgpd.conf", text);
    ::chmod(at("bgpd.conf").c_str(), 0600);  // or it does not read it
    std::filesystem::create_directories(at("run/openbgpd"));
  }
  void reload() override { signal(SIGHUP); }

 private:
  std::vector<std::string> command() const override {
    const std::string script = fmt::format("mount --bind {} /run && exec /usr/sbin/bgpd -d -f {}", at("run"), at("bgpd.conf"));
    return {"/usr/bin/unshare", "--mount", "/bin/sh", "-c", script};
  }
  bool has_children() const override { return true; }
};

// Routes cannot stand in its file.
class Gobgp final : public Subject {
 public:
  void configure(const Plan& plan, std::uint16_t port) override {
    std::string text = fmt::format("[global.config]\n as = {}\n router-id = \"1.2.3.4\"\n port = -1\n", k_as);
    for_each_neighbor(plan, [&](std::size_t, const std::string& address, std::string_view kind) {
      base::append(text, 
                     "[[neighbors]]\n [neighbors.config]\n  neighbor-address = \"{0}\"\n  peer-as = {1}\n"
                     " [neighbors.timers.config]\n  hold-time = {2}\n  keepalive-interval = {3}\n  connect-retry = 1\n  idle-hold-time-after-reset = 1\n"
                     " [neighbors.transport.config]\n  local-address = \"127.0.0.1\"\n  remote-port = {4}\n"
                     "{5} [[neighbors.afi-safis]]\n  [neighbors.afi-safis.config]\n   afi-safi-name = \"ipv4-unicast\"\n",
                     address, k_as, plan.hold_time_s, plan.hold_time_s / 3, port,
                     plan.reflect && kind == "told" ? " [neighbors.route-reflector.config]\n  route-reflector-client = true\n  route-reflector-cluster-id = \"1.2.3.4\"\n" : "");
    });
    write("gobgp.toml", text);
  }
  void reload() override {}

 private:
  std::vector<std::string> command() const override {
    return {"/usr/bin/gobgpd", "-f", at("gobgp.toml"), "--api-hosts", "unix://" + at("api"), "--pprof-disable"};
  }
};

}  // namespace

std::unique_ptr<Subject> make_bird(const std::string&, const std::string&) { return std::make_unique<Bird>(); }
std::unique_ptr<Subject> make_frr(const std::string&, const std::string&) { return std::make_unique<Frr>(); }
std::unique_ptr<Subject> make_openbgpd(const std::string&, const std::string&) { return std::make_unique<OpenBgpd>(); }
std::unique_ptr<Subject> make_gobgp(const std::string&, const std::string&) { return std::make_unique<Gobgp>(); }

}  // namespace tandem::bench
