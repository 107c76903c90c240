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
#include <limits>
#include <sstream>

#include "bench/table/subjects.hpp"
#include "tandem/engines/engines.hpp"

namespace tandem::bench {

std::uint32_t session_address(std::size_t number) {
  return 0x7F010000 + static_cast<std::uint32_t>(number / 250 * 256 + number % 250 + 1);
}

std::string dotted(std::uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

const std::vector<SubjectRow>& all_subjects() {
  using enum Work;
  constexpr std::size_t k_any = std::numeric_limits<std::size_t>::max();
  static const std::vector<SubjectRow> others{
      {"sync-recorded", "tandem, sync, --record", "", "", {listen, announce, reload, reflect, programs}, k_any, k_any, k_any, make_tandem},
      {"async-recorded", "tandem, async, --record", "", "", {listen, announce, reload, reflect, programs}, k_any, k_any, k_any, make_tandem},
      {"bird", "BIRD 2", "/usr/sbin/bird", "bird2", {listen, announce, reload, reflect}, k_any, k_any, k_any, make_bird},
      {"frr", "FRR", "/usr/lib/frr/bgpd", "frr", {listen, announce, reflect}, 100'000, 300'000, 1'000, make_frr},
      {"openbgpd", "OpenBGPD", "/usr/sbin/bgpd", "openbgpd", {listen, announce, reload, reflect}, 10'000, 300'000, 1'000, make_openbgpd},
      {"gobgp", "GoBGP", "/usr/bin/gobgpd", "gobgpd", {listen, reflect}, 0, 300'000, 300, make_gobgp},
      {"exabgp", "ExaBGP 4.2", "/usr/sbin/exabgp", "exabgp", {listen, announce, reload, reflect, programs}, 10'000, 10'000, 100, make_exabgp},
  };
  static const std::vector<SubjectRow> rows = [] {
    std::vector<SubjectRow> all;
    for (const program::EngineRow& row : program::engines()) {
      all.push_back({row.name, fmt::format("tandem, {}", row.name), "", "", {listen, announce, reload, reflect, programs}, k_any, k_any, k_any, make_tandem});
    }
    all.insert(all.end(), others.begin(), others.end());
    return all;
  }();
  return rows;
}

const SubjectRow* find_subject(std::string_view name) {
  const auto& rows = all_subjects();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const SubjectRow& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

std::unique_ptr<Subject> Subject::make(const std::string& name, const std::string& program) { return find_subject(name)->make(name, program); }

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

namespace {

void add_usage_of(pid_t pid, Usage& usage) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) == 0 && ::clock_gettime(clock, &used) == 0) {
    usage.cpu_s += static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
  }
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string name; status >> name;) {
    double value = 0;
    double* sum = name == "VmHWM:"                     ? &usage.peak_kib
                  : name == "RssAnon:"                 ? &usage.memory_kib
                  : name == "voluntary_ctxt_switches:" ? &usage.switches
                                                       : nullptr;
    const bool file = name == "RssFile:" || name == "RssShmem:";
    if ((sum != nullptr || file) && status >> value) {
      if (file) usage.peak_kib -= value;
      else *sum += value;
    }
    status.ignore(4096, '\n');
  }
}

}  // namespace

Usage Subject::usage() const {
  Usage usage;
  add_usage_of(pid_, usage);
  if (has_children()) {
    std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", pid_));
    for (pid_t child = 0; children >> child;) add_usage_of(child, usage);
  }
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
