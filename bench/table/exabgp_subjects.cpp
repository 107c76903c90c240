// tandem and ExaBGP: they read the same file.
#include <fmt/format.h>
#include <signal.h>

#include "bench/table/subjects.hpp"

namespace tandem::bench {

namespace {

class Tandem : public Subject {
 public:
  Tandem(std::string engine, std::string program) : engine_(std::move(engine)), program_(std::move(program)) {
    recorded_ = engine_.ends_with(k_recorded);
    if (recorded_) engine_.resize(engine_.size() - k_recorded.size());
  }

  void configure(const Plan& plan, std::uint16_t port) override {
    const std::string common = fmt::format(
        " router-id 1.2.3.4;\n local-address 127.0.0.1;\n local-as {0};\n peer-as {0};\n hold-time {1};\n connect {2};\n"
        " adj-rib-in {3};\n group-updates true;\n family {{ ipv4 unicast; }}\n capability {{ route-refresh enable; }}\n", k_as, plan.hold_time_s, port, plan.keep);
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
      fmt::format_to(std::back_inserter(text), "  route {} next-hop 192.0.2.1 med {};\n", prefix, med);
    });
    text += " }\n }\n}\n";
    for_each_neighbor(plan, [&](std::size_t, const std::string& address, std::string_view kind) {
      fmt::format_to(std::back_inserter(text), "neighbor {} {{\n inherit {};\n}}\n", address, kind);
    });
    if (plan.broken) text += "neighbour 127.0.0.9 {\n}\n";
    write("exabgp.conf", text);
  }
  void reload() override { signal(SIGUSR1); }

 protected:
  std::vector<std::string> command() const override {
    std::vector<std::string> words{program_, "server", "--engine", engine_};
    if (recorded_) words.insert(words.end(), {"--record", at("recording")});
    words.push_back(at("exabgp.conf"));
    return words;
  }
  std::vector<std::string> environment() const override {
    return {"exabgp_daemon_user=root", "exabgp_api_cli=false", "exabgp_api_ack=false", "exabgp_bgp_openwait=600"};
  }

 private:
  std::string engine_;
  std::string program_;
  bool recorded_ = false;
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
