// What is measured: a daemon in a process of its own, started from a configuration that says the same to each of them.
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/table/far_ends.hpp"

namespace tandem::bench {

// How the neighbors of a measurement are configured. All of them are dialled at 127.1.x.y, the port of the far ends.
struct Plan {
  std::size_t sessions = 1;        // that are announced the routes
  std::size_t quiet = 0;           // further ones that are announced nothing: whose KEEPALIVEs show whether anybody waits
  std::size_t routes = 0;          // configured, the same for each of the sessions
  std::size_t per_set = 100;       // routes that share their attributes
  std::size_t changed = 0;         // of the routes, from the first: they have other attributes than before
  std::uint16_t hold_time_s = 180;
  bool keep = false;               // what is received is kept
  bool reflect = false;            // what one session says is told to the others (a daemon that selects routes)
  std::vector<std::string> program;// an API program and its arguments
  bool tell = false;               // it is told of received UPDATEs, in JSON
  bool broken = false;             // the last line of the file is wrong
  bool control = false;            // clients may ask and command it
};

// What was seen of the subject that ended last, beside the figures of its work.
struct Observation {
  double user_s = 0;
  double system_s = 0;
  std::uint64_t switches = 0;
  std::uint64_t preempted = 0;
  std::uint64_t octets = 0;                  // that went both ways between it and its sessions
  // of its timeline
  std::uint64_t waits = 0;
  std::uint64_t wake_ups = 0;
  std::uint64_t empty_wake_ups = 0;
  double longest_turn_s = 0;
  // of perf(1) or strace(1), where they are installed
  std::optional<std::uint64_t> calls;
  std::optional<std::uint64_t> wait_calls;
};

// Who is measured, and the words that start this very program as an API program of the subject.
struct Stand {
  std::string subject;                   // one of all_subjects()
  std::string program;                   // tandem
  std::string self;                      // this program
  bool quick = false;                    // does it run? Pauses are a fifth of what a measurement takes
  Observation* observation = nullptr;    // the subject is observed while it works, which slows it down: its other figures are not used
  bool counted = false;                  // observed by strace, which counts its system calls and makes everything else worthless
  std::string timeline = {};             // where a copy of its timeline goes; empty: nowhere
};

[[nodiscard]] std::uint32_t session_address(std::size_t number);  // the sessions first, then the quiet ones

struct Usage {
  double cpu_s = 0;
  double user_s = 0;           // of it, in steps of the kernel's clock
  double system_s = 0;
  double memory_kib = 0;       // resident, anonymous
  double peak_kib = 0;         // the most that it ever was, without what is mapped from files
  double addresses_kib = 0;    // that it has mapped: with its stacks, of which a page is touched
  double switches = 0;         // context switches of its own will: it waited
  double preempted = 0;        // and those against it
};

class Subject {
 public:
  virtual ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  [[nodiscard]] static std::unique_ptr<Subject> make(const Stand& stand);

  virtual void configure(const Plan& plan, std::uint16_t port) = 0;  // writes the file
  void start();
  virtual void reload() = 0;       // asks for it and goes on
  // Of a subject that can be asked (Work::control): the socket, what is asked, and whether an answer that ends so is over.
  [[nodiscard]] std::string control_socket() const { return at("control"); }
  [[nodiscard]] virtual std::string greeting() const { return {}; }
  [[nodiscard]] virtual std::string show_routes() const { return {}; }
  [[nodiscard]] virtual std::string send_again() const { return {}; }
  [[nodiscard]] virtual std::string begin_recording(int) const { return {}; }  // each with a number of its own
  [[nodiscard]] virtual std::string end_recording() const { return {}; }
  [[nodiscard]] virtual bool is_end(std::string_view) const { return true; }
  [[nodiscard]] Usage usage() const;  // of all its processes, but not of the API programs it has started
  [[nodiscard]] bool running() const;
  [[nodiscard]] Seconds pause(double seconds) const { return Seconds(quick_ ? seconds / 5 : seconds); }
  [[nodiscard]] std::string log() const;

 protected:
  Subject();
  void write(const std::string& name, const std::string& text) const;
  [[nodiscard]] std::string at(const std::string& name) const { return (folder_ / name).string(); }
  virtual std::vector<std::string> command() const = 0;
  virtual std::vector<std::string> environment() const { return {}; }
  virtual bool has_children() const { return false; }  // it is several processes
  void signal(int number) const;
  [[nodiscard]] bool observed() const { return observation_ != nullptr; }
  [[nodiscard]] std::string timeline() const { return at("timeline"); }

 private:
  void end();
  std::filesystem::path folder_;
  pid_t pid_ = 0;
  pid_t counter_ = 0;
  bool quick_ = false;
  bool counted_ = false;
  Observation* observation_ = nullptr;
  std::string timeline_copy_;
};

// What a scenario asks of a subject.
enum class Work {
  listen,     // to come up, and to take what it is sent
  announce,   // routes of its configuration
  reload,     // another configuration while sessions are up
  reflect,    // to tell a session what another one said, or an API program did
  programs,   // to start an API program and do as it says
  control,    // to answer a client on a socket
  change,     // to change its engine, and other things that only tandem does
};

// The end of an engine's name that says that it records: what that costs is what it takes beside the engine alone.
inline constexpr std::string_view k_recorded = "-recorded";
// And one that it writes a timeline.
inline constexpr std::string_view k_traced = "-traced";

// A daemon, or an engine of ours.
struct SubjectRow {
  std::string name;
  std::string title;
  std::string_view file;          // what has to be installed; empty: nothing
  std::string_view package;       // of Debian, that has it
  std::vector<Work> work;
  std::size_t configured_max;     // routes in its file; larger sizes take it too long
  std::size_t routes_max;         // and that it is told
  std::size_t sessions_max;
  std::unique_ptr<Subject> (*make)(const std::string& name, const std::string& program);

  [[nodiscard]] bool ours() const { return file.empty(); }
  [[nodiscard]] bool watched() const { return name.ends_with(k_recorded) || name.ends_with(k_traced); }
  [[nodiscard]] std::size_t routes_up_to(Work wanted) const { return wanted == Work::announce || wanted == Work::reload ? configured_max : routes_max; }
  [[nodiscard]] bool can(Work wanted) const { return std::find(work.begin(), work.end(), wanted) != work.end(); }
};

[[nodiscard]] const std::vector<SubjectRow>& all_subjects();
[[nodiscard]] const SubjectRow* find_subject(std::string_view name);

// Address, in dotted form.
[[nodiscard]] std::string dotted(std::uint32_t address);

// Until the daemon has not used the processor for five such moments, and has taken all that was sent.
bool settle(FarEnds& far_ends, const Subject& subject, Seconds limit, Seconds moment = Seconds(0.05));

}  // namespace tandem::bench
