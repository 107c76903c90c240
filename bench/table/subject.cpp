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

#include "bench/table/loop.hpp"
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
  static const std::vector<Work> k_ours{listen, announce, reload, reflect, programs, control, change};
  static const std::vector<Work> k_watched{listen, announce, reload, reflect, programs, control};
  static const std::vector<SubjectRow> others{
      {"bird", "BIRD 2", "/usr/sbin/bird", "bird2", {listen, announce, reload, reflect, control}, k_any, k_any, k_any, make_bird},
      {"frr", "FRR", "/usr/lib/frr/bgpd", "frr", {listen, announce, reflect}, 100'000, 300'000, 1'000, make_frr},
      {"openbgpd", "OpenBGPD", "/usr/sbin/bgpd", "openbgpd", {listen, announce, reload, reflect}, 10'000, 300'000, 1'000, make_openbgpd},
      {"gobgp", "GoBGP", "/usr/bin/gobgpd", "gobgpd", {listen, reflect}, 0, 300'000, 300, make_gobgp},
      {"exabgp", "ExaBGP 4.2", "/usr/sbin/exabgp", "exabgp", {listen, announce, reload, reflect, programs}, 10'000, 10'000, 100, make_exabgp},
  };
  static const std::vector<SubjectRow> rows = [] {
    std::vector<SubjectRow> all;
    for (const program::EngineRow& row : program::engines()) {
      all.push_back({std::string(row.name), fmt::format("tandem, {}", row.name), "", "", k_ours, k_any, k_any, k_any, make_tandem});
    }
    for (const auto& [end, option] : {std::pair(k_recorded, "--record"), std::pair(k_traced, "--trace")}) {
      for (const program::EngineRow& row : program::engines()) {
        all.push_back({fmt::format("{}{}", row.name, end), fmt::format("tandem, {}, {}", row.name, option), "", "", k_watched, k_any, k_any, k_any, make_tandem});
      }
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

std::unique_ptr<Subject> Subject::make(const Stand& stand) {
  auto subject = find_subject(stand.subject)->make(stand.subject, stand.program);
  subject->observation_ = stand.observation;
  subject->timeline_copy_ = stand.timeline;
  subject->quick_ = stand.quick;
  subject->counted_ = stand.counted;
  return subject;
}

Subject::Subject() {
  std::string pattern = (std::filesystem::temp_directory_path() / "tandem-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  folder_ = pattern;
}

Subject::~Subject() {
  if (pid_ > 0) end();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

// Who is observed ends by itself, so that its timeline is whole; what it was seen to do until then is kept.
void Subject::end() {
  if (observation_ != nullptr) {
    *observation_ = {};
    const Usage last = usage();
    observation_->switches = static_cast<std::uint64_t>(last.switches);
    observation_->preempted = static_cast<std::uint64_t>(last.preempted);
    observation_->user_s = last.user_s;
    observation_->system_s = last.system_s;
    observation_->octets = FarEnds::moved();
    end_counting(counter_);
    ::kill(pid_, SIGTERM);
    const auto limit = Clock::now() + Seconds(20);
    while (running() && Clock::now() < limit) ::usleep(10'000);
    // strace writes when the process has ended, and is nobody's child.
    while (!read_counts(at("counts"), *observation_) && counted_ && Clock::now() < limit) ::usleep(10'000);
    static_cast<void>(read_timeline(timeline(), *observation_));
    std::error_code ignored;
    if (!timeline_copy_.empty()) std::filesystem::copy_file(timeline(), timeline_copy_, std::filesystem::copy_options::overwrite_existing, ignored);
  }
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Subject::write(const std::string& name, const std::string& text) const { std::ofstream(at(name)) << text; }

void Subject::start() {
  auto words = command();
  if (counted_) {
    const auto before = counted_command(at("counts"));
    words.insert(words.begin(), before.begin(), before.end());
  }
  const auto variables = environment();
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int log = ::open(at("log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  int gate[2] = {-1, -1};  // who is observed begins when everything is ready to count
  if (observation_ != nullptr && ::pipe2(gate, O_CLOEXEC) != 0) std::abort();
  pid_ = ::fork();
  if (pid_ == 0) {
    char opened = 0;
    ::close(gate[1]);
    if (observation_ != nullptr && ::read(gate[0], &opened, 1) != 0) ::_exit(127);
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(log, 1);
    ::dup2(log, 2);
    for (const auto& variable : variables) ::putenv(const_cast<char*>(variable.c_str()));
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(log);
  FarEnds::forget_moved();
  if (observation_ == nullptr) return;
  if (!counted_) counter_ = start_counting(pid_, at("counts"));
  ::close(gate[1]);
  ::close(gate[0]);
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

// In ticks of the kernel, behind the name, which may have anything in it.
void add_times_of(pid_t pid, Usage& usage) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line);
  const std::size_t name = line.rfind(')');
  if (name == std::string::npos) return;
  std::istringstream rest(line.substr(name + 1));
  std::string skipped;
  constexpr int k_user = 11;  // fields between the name and the time in user mode
  for (int i = 0; i < k_user; ++i) rest >> skipped;
  double user = 0;
  double system = 0;
  rest >> user >> system;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  usage.user_s += user / ticks;
  usage.system_s += system / ticks;
}

void add_usage_of(pid_t pid, Usage& usage) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) == 0 && ::clock_gettime(clock, &used) == 0) {
    usage.cpu_s += static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
  }
  add_times_of(pid, usage);
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string name; status >> name;) {
    double value = 0;
    double* sum = name == "VmHWM:"                     ? &usage.peak_kib
                  : name == "RssAnon:"                 ? &usage.memory_kib
                  : name == "VmSize:"                  ? &usage.addresses_kib
                  : name == "nonvoluntary_ctxt_switches:" ? &usage.preempted
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

bool settle(FarEnds& far_ends, const Subject& subject, Seconds limit, Seconds moment) {
  const auto end = Clock::now() + limit;
  double before = -1;
  for (int quiet = 0; quiet < 5;) {
    if (Clock::now() > end || !subject.running()) return false;
    far_ends.run_for(subject.pause(moment.count()));
    const double now = subject.usage().cpu_s;
    quiet = far_ends.all_sent() && now - before < moment.count() / 100 ? quiet + 1 : 0;
    before = now;
  }
  return true;
}

}  // namespace tandem::bench
