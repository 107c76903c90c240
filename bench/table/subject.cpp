#include "bench/table/subject.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>

namespace tandem::bench {

namespace {

std::string dotted(std::uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

// One line for each route: `before` prefix `middle` MED `after`.
std::string routes(const Plan& plan, std::string_view before, std::string_view middle, std::string_view after) {
  std::string text;
  text.reserve(plan.routes * (before.size() + middle.size() + after.size() + 30));
  for (std::size_t i = 0; i < plan.routes; ++i) {
    const std::size_t med = i / plan.per_set + (i < plan.changed ? 1'000'000 : 1);
    fmt::format_to(std::back_inserter(text), "{}{}/32{}{}{}\n", before, dotted(k_first_announced + static_cast<std::uint32_t>(i)), middle, med, after);
  }
  return text;
}

class Tandem final : public Subject {
 public:
  Tandem(std::string engine, std::string program) : engine_(std::move(engine)), program_(std::move(program)) {}

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
    text += "template {\n neighbor quiet {\n" + common + " }\n neighbor told {\n" + common + api + " static {\n" +
            routes(plan, "  route ", " next-hop 192.0.2.1 med ", ";") + " }\n }\n}\n";
    for (std::size_t i = 0; i < plan.sessions + plan.quiet; ++i) {
      text += fmt::format("neighbor {} {{\n inherit {};\n}}\n", dotted(session_address(i)), i < plan.sessions ? "told" : "quiet");
    }
    if (plan.broken) text += "neighbour 127.0.0.9 {\n}\n";
    write("tandem.conf", text);
  }
  void reload() override { signal(SIGUSR1); }

 private:
  std::vector<std::string> command() const override { return {program_, "server", "--engine", engine_, at("tandem.conf")}; }
  std::vector<std::string> environment() const override {
    return {"tandem_daemon_user=root", "tandem_api_cli=false", "tandem_api_ack=false", "tandem_bgp_openwait=600"};
  }
  std::string engine_;
  std::string program_;
};

class Bird final : public Subject {
 public:
  void configure(const Plan& plan, std::uint16_t port) override {
    std::string text = "router id 1.2.3.4;\nlog stderr { error, fatal };\nprotocol device { }\n";
    if (plan.routes != 0) {
      text += "protocol static announced {\n ipv4;\n" + routes(plan, " route ", " blackhole { bgp_med = ", "; };") + "}\n";
    }
    const std::string_view common = "template bgp {} {{\n local 127.0.0.1 port {} as {};\n strict bind yes;\n multihop 2;\n hold time {};\n connect delay time 1;\n"
                                    " error wait time 1, 2;\n{} ipv4 {{ import {}; export {}; next hop self; }};\n}}\n";
    const std::string reflect = plan.reflect ? " rr client;\n" : "";
    text += fmt::format(fmt::runtime(common), "told", listen_port_, k_as, plan.hold_time_s, reflect, "all", plan.reflect ? "all" : "where source = RTS_STATIC");
    text += fmt::format(fmt::runtime(common), "quiet", listen_port_, k_as, plan.hold_time_s, reflect, "none", "none");
    for (std::size_t i = 0; i < plan.sessions + plan.quiet; ++i) {
      text += fmt::format("protocol bgp s{} from {} {{ neighbor {} port {} as {}; }}\n", i, i < plan.sessions ? "told" : "quiet",
                          dotted(session_address(i)), port, k_as);
    }
    if (plan.broken) text += "protocol nothing {\n";
    write("bird.conf", text);
  }
  void reload() override { signal(SIGHUP); }

 private:
  std::vector<std::string> command() const override { return {"/usr/sbin/bird", "-f", "-c", at("bird.conf"), "-s", at("bird.ctl"), "-P", at("bird.pid")}; }
  std::uint16_t listen_port_ = 1790;
};

}  // namespace

std::uint32_t session_address(std::size_t number) {
  return 0x7F010000 + static_cast<std::uint32_t>(number / 250 * 256 + number % 250 + 1);
}

std::unique_ptr<Subject> Subject::make(const std::string& name, const std::string& program) {
  if (name == "bird") return std::make_unique<Bird>();
  return std::make_unique<Tandem>(name, program);
}

Subject::Subject() {
  std::string pattern = (std::filesystem::temp_directory_path() / "tandem-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  folder_ = pattern;
}

Subject::~Subject() {
  if (pid_ > 0) {
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Subject::write(const std::string& name, const std::string& text) const { std::ofstream(at(name)) << text; }

void Subject::start() {
  const auto words = command();
  const auto variables = environment();
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int log = ::open(at("log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(log, 1);
    ::dup2(log, 2);
    for (const auto& variable : variables) ::putenv(const_cast<char*>(variable.c_str()));
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(log);
}

void Subject::signal(int number) const { ::kill(pid_, number); }

bool Subject::running() const { return pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0; }

std::string Subject::log() const {
  std::ifstream file(at("log"));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Usage Subject::usage() const {
  Usage usage;
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) == 0 && ::clock_gettime(clock, &used) == 0) {
    usage.cpu_s = static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
  }
  std::ifstream status(fmt::format("/proc/{}/status", pid_));
  double files = 0;
  for (std::string name; status >> name;) {
    double value = 0;
    if (name == "VmHWM:") status >> usage.peak_kib;
    else if (name == "RssAnon:") status >> usage.memory_kib;
    else if ((name == "RssFile:" || name == "RssShmem:") && status >> value) files += value;
    else if (name == "voluntary_ctxt_switches:") status >> usage.switches;
    status.ignore(4096, '\n');
  }
  usage.peak_kib -= files;
  return usage;
}

bool settle(FarEnds& far_ends, const Subject& subject, Seconds limit) {
  const auto end = Clock::now() + limit;
  double before = -1;
  for (int quiet = 0; quiet < 5;) {
    if (Clock::now() > end || !subject.running()) return false;
    far_ends.run_for(std::chrono::milliseconds(50));
    const double now = subject.usage().cpu_s;
    quiet = far_ends.all_sent() && now - before < 0.0005 ? quiet + 1 : 0;
    before = now;
  }
  return true;
}

}  // namespace tandem::bench
