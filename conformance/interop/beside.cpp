#include "conformance/interop/beside.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <memory>
#include <regex>

#include "harness/scripted_peer.hpp"
#include "harness/scripted_program.hpp"

namespace tandem::conformance {

namespace {

using namespace harness;
using namespace std::chrono_literals;

constexpr auto k_patience = 60s;

// Keys in order, so that equal values are equal texts.
void append_sorted(const boost::json::value& value, std::string& out) {
  if (const auto* object = value.if_object()) {
    std::map<std::string, const boost::json::value*> members;
    for (const auto& member : *object) members.emplace(member.key(), &member.value());
    out += '{';
    for (const auto& [name, member] : members) {
      out += fmt::format("{}\"{}\": ", out.back() == '{' ? "" : ", ", name);
      append_sorted(*member, out);
    }
    out += '}';
  } else if (const auto* array = value.if_array()) {
    out += '[';
    for (const auto& element : *array) {
      if (out.back() != '[') out += ", ";
      append_sorted(element, out);
    }
    out += ']';
  } else {
    out += boost::json::serialize(value);
  }
}

// Without what tells one run from another. What is no JSON stays as it is.
std::string comparable_json(const std::string& line) {
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse(line, failed);
  if (failed || !value.is_object()) return line;
  for (const char* member : {"time", "host", "pid", "ppid", "counter"}) value.as_object().erase(member);
  std::string out;
  append_sorted(value, out);
  return out;
}

std::string comparable_text(std::string line) {
  static const std::regex k_processes("^shutdown [0-9]+ [0-9]+$");
  static const std::regex k_up_for("(up|down) for( +)[0-9]+:[0-9]{2}:[0-9]{2}");
  static const std::regex k_up("( +[0-9]+:[0-9]{2}:[0-9]{2}| +down) established");
  static const std::regex k_port("connect [0-9]+;");
  line = std::regex_replace(line, k_processes, "shutdown");
  line = std::regex_replace(line, k_up_for, "for TIME");
  line = std::regex_replace(line, k_up, " TIME established");
  line = std::regex_replace(line, k_port, "connect PORT;");
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

class Play {
 public:
  Play(const Scene& scene, const std::string& daemon) : scene_(scene), statements_(scene.statements), is_exabgp_(daemon == "exabgp") {
    options_.mirror.as = base::Asn{scene.peer_as};
    if (scene.peer != nullptr) scene.peer(options_);
    port_ = loopback_.listen("127.0.0.2", [this](const base::Endpoint&, const base::Endpoint&) {
      auto peer = std::make_shared<ScriptedPeer>(options_);
      peers_.push_back(peer);
      return peer;
    });
    relayed_ = loopback_.listen_relay(at("relay"), [this](const std::string& name) {
      auto program = std::make_shared<ScriptedProgram>();
      programs_[name] = program;
      ++starts_;
      return program;
    });
    directory_.write("scene.conf", configuration());
    start(daemon);
  }

  Seen see() {
    written_ = scene_.written;
    const bool begun = relayed_ && wait("the programs and the first UPDATEs", [this] { return programs_.size() == 3 && caught_up(); });
    for (const Act& act : scene_.acts) {
      if (!begun || !seen_.trouble.empty()) break;
      play(act);
    }
    collect_answers("");
    process_.stop();
    loopback_.run_until([this] { return std::all_of(programs_.begin(), programs_.end(), [](const auto& p) { return p.second->has_closed(); }); }, 2s);
    collect();
    if (ends_) {
      cut_behind(seen_.json, "\"state\": \"down\"");
      cut_behind(seen_.text, " down - ");
    }
    if (!seen_.trouble.empty()) seen_.trouble += "\n" + read_text(at("log"));
    return std::move(seen_);
  }

 private:
  [[nodiscard]] std::string at(const std::string& name) const { return directory_.path() + "/" + name; }

  // Of ExaBGP 3.4, as each of them wants it today.
  [[nodiscard]] std::string migrated() const {
    std::string text = "group all {\n  router-id 1.2.3.4;\n  local-as 65001;\n";
    for (const auto& [name, encoder] : {std::pair{"text", "text"}, std::pair{"json", "json"}}) {
      text += fmt::format("  process {} {{ run {} {} {}; encoder {}; {} receive {{ {} }} send {{ {} }} }}\n", name, TANDEM_RELAY, at("relay"), name, encoder,
                          scene_.states, scene_.topics, scene_.topics);
    }
    text += fmt::format("  process commands {{ run {} {} commands; }}\n  neighbor 127.0.0.2 {{\n    local-address 127.0.0.1;\n    peer-as {};\n    connect {};\n"
                        "    family {{ {} }}\n    {}\n  }}\n}}\n",
                        TANDEM_RELAY, at("relay"), scene_.peer_as, port_, scene_.families, statements_);
    directory_.write("old.conf", text);
    return output_of({TANDEM_PROGRAM, "migrate", "conf", "-f", "3.4", "-t", is_exabgp_ ? "4" : "main", at("old.conf")});
  }

  [[nodiscard]] std::string configuration() const {
    if (scene_.is_of_3_4) return migrated();
    std::string text;
    for (const auto& [name, encoder] : {std::pair{"text", "text"}, std::pair{"json", "json"}, std::pair{"commands", "text"}}) {
      text += fmt::format("process {} {{ run {} {} {}; encoder {}; }}\n", name, TANDEM_RELAY, at("relay"), name, encoder);
    }
    return text + fmt::format(
                      "neighbor {} {{\n  router-id 1.2.3.4;\n  local-address 127.0.0.1;\n  local-as 65001;\n  peer-as {};\n  connect {};\n"
                      "  family {{ {} }}\n  {}\n  api {{ processes [ commands ]; }}\n"
                      "  api told {{ processes [ text json ]; {} receive {{ {} }} send {{ {} }} }}\n}}\n",
                      neighbor_, scene_.peer_as, port_, scene_.families, statements_, scene_.states, scene_.topics, scene_.topics);
  }

  void start(const std::string& daemon) {
    std::vector<std::pair<std::string, std::string>> environment{
        {"exabgp_tcp_bind", ""}, {"exabgp_api_cli", "false"}, {"exabgp_log_level", "DEBUG"}, {"tandem_compat_dialect", "4.2"}};
    if (::geteuid() == 0) environment.emplace_back("exabgp_daemon_user", "root");
    const std::size_t blank = scene_.setting.find(' ');
    if (blank != std::string_view::npos) environment.emplace_back(scene_.setting.substr(0, blank), scene_.setting.substr(blank + 1));
    std::vector<std::string> arguments{"/usr/sbin/exabgp", at("scene.conf")};
    if (!is_exabgp_) arguments = {TANDEM_PROGRAM, "server", "--engine", daemon, at("scene.conf")};
    process_ = ChildProcess(arguments, environment, at("log"));
  }

  // Messages of all connections but OPENs and KEEPALIVEs.
  [[nodiscard]] std::size_t written() const {
    std::size_t count = 0;
    for (const auto& peer : peers_) {
      for (const Message& message : peer->transcript()) count += message.type() != k_open && message.type() != k_keepalive ? 1 : 0;
    }
    return count;
  }
  [[nodiscard]] std::size_t told(std::string_view part) const {
    return programs_.contains("json") ? programs_.at("json")->containing(part) : 0;
  }
  // Whether what was to be written is, and programs were told of each message both ways, OPEN and KEEPALIVE included.
  [[nodiscard]] bool caught_up() const {
    const bool twice = scene_.topics.find("packets") != std::string_view::npos && scene_.topics.find("parsed") != std::string_view::npos;
    const std::size_t lines = twice ? 2 : 1;
    return written() >= written_ && told("\"direction\": \"send\"") >= lines * (scene_.handshake + written_) &&
           told("\"direction\": \"receive\"") >= lines * (scene_.handshake + received_);
  }

  bool wait(const std::string& what, const std::function<bool()>& condition) {
    if (loopback_.run_until(condition, k_patience)) return true;
    seen_.trouble = fmt::format("{} did not come: {} messages written, {} lines told", what, written(), told(""));
    return false;
  }

  void play(const Act& act) {
    const std::shared_ptr<ScriptedPeer> peer = peers_.back();  // there may be another one at the end
    const Effect effect = is_exabgp_ && act.theirs ? *act.theirs : Effect{act.written, act.ends, act.answered};
    const std::size_t logged = logged_lines(act.logged);
    written_ += effect.written;
    ends_ = ends_ || effect.ends;
    if (!act.send.empty()) {
      peer->send(message(act.send));
      ++received_;
    }
    if (act.closes) peer->end(Remote::Ending::close);
    if (act.restarts) restart();
    if (!act.statements.empty() || act.removes) {
      if (act.removes) neighbor_ = "127.0.0.3";
      else statements_ = act.statements;
      directory_.write("scene.conf", configuration());
    }
    if (act.signal != 0) process_.signal(act.signal);
    if (!act.command.empty() && effect.answered) answer(std::string(act.command));
    else if (!act.command.empty()) programs_.at("commands")->say(act.command);
    wait(fmt::format("what follows from '{}{}{}'", act.send, act.command, act.logged), [&] {
      return caught_up() && printed(act.prints) && logged_lines(act.logged) >= logged + (act.logged.empty() ? 0 : 1) &&
             (!effect.ends || (peer->has_closed() && told("\"state\": \"down\"") > 0));
    });
  }

  [[nodiscard]] bool printed(std::string_view part) const { return part.empty() || programs_.at("commands")->containing(part) > 0; }

  [[nodiscard]] std::size_t logged_lines(std::string_view part) const {
    if (part.empty()) return 0;
    const std::string log = read_text(at("log"));
    std::size_t count = 0;
    for (std::size_t found = log.find(part); found != std::string::npos; found = log.find(part, found + 1)) ++count;
    return count;
  }

  void restart() {
    collect_answers("");
    const std::size_t starts = starts_;
    programs_.at("commands")->exit();
    if (wait("another start of the program", [&] { return starts_ > starts; })) collected_ = 0;
  }

  void answer(const std::string& command) {
    const auto program = programs_.at("commands");
    collect_answers("");
    const std::size_t before = collected_;
    const auto ended = [&] {
      const auto lines = program->texts();
      return std::any_of(lines.begin() + static_cast<std::ptrdiff_t>(before), lines.end(),
                         [](const std::string& line) { return line == "done" || line == "error"; });
    };
    program->say(command);
    if (wait("the answer to '" + command + "'", ended)) collect_answers(command);
  }

  void collect_answers(std::string_view command) {
    if (!programs_.contains("commands")) return;
    const auto lines = programs_["commands"]->texts();
    for (; collected_ < lines.size(); ++collected_) {
      if (!lines[collected_].empty() || !command.empty()) seen_.answers.push_back(fmt::format("{}: {}", command, comparable_text(lines[collected_])));
    }
  }

  void collect() {
    for (const auto& peer : peers_) {
      for (const std::string& line : without_keepalives(peer->transcript())) seen_.wire.push_back(line);
      if (ends_) break;
    }
    if (programs_.contains("json")) {
      for (const std::string& line : programs_["json"]->texts()) {
        const bool counts = line.find("\"counter\": ") != std::string::npos && line.find("\"peer\": \"127.0.0.2\"") != std::string::npos;
        if (counts) ++seen_.counted;
        if (counts && line.find(fmt::format("\"counter\": {},", seen_.counted)) != std::string::npos) ++seen_.in_order;
        seen_.json.push_back(comparable_json(line));
      }
    }
    if (!programs_.contains("text")) return;
    for (const std::string& line : programs_["text"]->texts()) {
      if (!line.empty()) seen_.text.push_back(comparable_text(line));  // that an empty line follows each event is a test of the encoder
    }
  }

  // When the peer ends the session, what comes behind that depends on when the daemon tries again.
  static void cut_behind(std::vector<std::string>& lines, std::string_view part) {
    const auto found = std::find_if(lines.begin(), lines.end(), [part](const std::string& line) { return line.find(part) != std::string::npos; });
    if (found != lines.end()) lines.erase(found + 1, lines.end());
  }

  const Scene& scene_;
  std::string_view statements_;  // by now
  std::string_view neighbor_ = "127.0.0.2";
  bool is_exabgp_;
  TemporaryDirectory directory_;
  Loopback loopback_;
  PeerOptions options_;
  std::vector<std::shared_ptr<ScriptedPeer>> peers_;
  std::map<std::string, std::shared_ptr<ScriptedProgram>> programs_;
  std::uint16_t port_ = 0;
  bool relayed_ = false;
  ChildProcess process_;
  std::size_t written_ = 0;
  std::size_t received_ = 0;
  std::size_t starts_ = 0;
  std::size_t collected_ = 0;  // lines of the program that commands
  bool ends_ = false;
  Seen seen_;
};

}  // namespace

Seen play(const Scene& scene, const std::string& daemon) { return Play(scene, daemon).see(); }

}  // namespace tandem::conformance
