// tandem and ExaBGP: they read the same file.
#include <fmt/format.h>
#include <signal.h>

#include "bench/table/subjects.hpp"
#include "common/base/format.hpp"

namespace tandem::bench {

namespace {

class Tandem : public Subject {
 public:
  Tandem(std::string engine, std::string program) : engine_(std::move(engine)), program_(std::move(program)) {
    recorded_ = take_end(k_recorded);
    traced_ = take_end(k_traced);
  }

  void configure(const Plan& plan, std::uint16_t port) override {
    const std::string common = fmt::format(
        " router-id 1.2.3.4;\n local-address 127.0.0.1;\n local-as {0};\n peer-as {0};\n hold-time {1};\n connect {2};\n"
        " adj-rib-in {3};\n group-updates true;\n family {{ ipv4 unicast; }}\n capability {{ route-refresh enable; }}\n", k_as, plan.hold_time_s, port, plan.keep);
    control_ = plan.control;
    std::string api;
    std::string text;
    if (!plan.program.empty()) {
      text = "process p {\n run";
      for (const auto& word : plan.program) text += " " + word;
      text += ";\n encoder json;\n}\n";
      api = fmt::format(" api {{ processes [ p ];{} }}\n", plan.tell ? " receive { parsed; update; }" : "");
    }
    text += "template {\n neighbor quiet {\n" + common + " }\n neighbor told {\n" + common + api + " static {\n";
    for_each_route(plan, [&](const std::string& prefix, std::size_t med) {
      base::append(text, "  route {} next-hop 192.0.2.1 med {};\n", prefix, med);
    });
    text += " }\n }\n}\n";
    for_each_neighbor(plan, [&](std::size_t, const std::string& address, std::string_view kind) {
      base::append(text, "neighbor {} {{\n inherit {};\n}}\n", address, kind);
    });
    if (plan.broken) text += "neighbour 127.0.0.9 {\n}\n";
    write("exabgp.conf", text);
  }
  void reload() override { signal(SIGUSR1); }

 protected:
  std::vector<std::string> command() const override {
    std::vector<std::string> words{program_, "server", "--engine", engine_};
    if (recorded_) words.insert(words.end(), {"--record", at("recording")});
    if (observed() || traced_) words.insert(words.end(), {"--trace", timeline()});
    words.push_back(at("exabgp.conf"));
    return words;
  }
  std::vector<std::string> environment() const override {
    std::vector<std::string> variables{"exabgp_daemon_user=root", "exabgp_api_ack=false", "exabgp_bgp_openwait=600"};
    if (control_) variables.push_back("tandem_api_socketpath=" + control_socket());
    else variables.emplace_back("exabgp_api_cli=false");
    return variables;
  }

 public:
  std::string greeting() const override { return "session ack enable\n"; }
  std::string show_routes() const override { return "show adj-rib out\n"; }
  std::string begin_recording(int number) const override { return fmt::format("record start {}\n", at(fmt::format("later.{}", number))); }
  std::string end_recording() const override { return "record stop\n"; }
  std::string send_again() const override { return "flush adj-rib out\n"; }
  bool is_end(std::string_view answer) const override { return answer.ends_with("done\n") || answer.ends_with("error\n"); }

 private:
  // Whether its name ended so.
  bool take_end(std::string_view end) {
    const bool found = engine_.ends_with(end);
    if (found) engine_.resize(engine_.size() - end.size());
    return found;
  }

  bool control_ = false;
  std::string engine_;
  std::string program_;
  bool recorded_ = false;
  bool traced_ = false;
};

class ExaBgp final : public Tandem {
 public:
  using Tandem::Tandem;

 private:
  std::vector<std::string> command() const override { return {"/usr/sbin/exabgp", at("exabgp.conf")}; }
};

}  // namespace

std::unique_ptr<Subject> make_tandem(const std::string& name, const std::string& program) { return std::make_unique<Tandem>(name, program); }
std::unique_ptr<Subject> make_exabgp(const std::string& name, const std::string& program) { return std::make_unique<ExaBgp>(name, program); }

}  // namespace tandem::bench
