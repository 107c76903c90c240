// The daemon as a whole: life, status, versions, help.
#include <fmt/format.h>

#include <algorithm>

#include "common/api/commands.hpp"
#include "common/api/dispatcher.hpp"
#include "common/base/asn.hpp"
#include "common/base/format.hpp"
#include "common/base/json_writer.hpp"
#include "common/base/log.hpp"

namespace tandem::api {

namespace {

// The name that programs look for in answers: it says which interface this is.
constexpr std::string_view k_application = "exabgp";

Outcome ask(Call& call, DaemonRequest request, std::string_view what) {
  if (call.json) {
    base::JsonWriter json(call.out);
    json.begin_object();
    json.member("status", what);
    json.end_object();
    call.answer("");
  } else {
    call.answer(what);
  }
  call.executor.request(request, call.client.service);
  return Outcome::done;
}

void status_json(Call& call, const DaemonStatus& status) {
  base::JsonWriter json(call.out);
  json.begin_object();
  json.member("version", status.version);
  json.member("uuid", status.uuid);
  json.member("pid", status.pid);
  json.member("uptime", status.uptime_s);
  json.key("start_time");
  json.number(status.start_time, 2);
  json.key("peers");
  json.begin_object();
  for (const PeerId peer : call.executor.peers()) json.member(call.executor.peer_key(peer), call.executor.snapshot(peer).state);
  json.end_object();
  json.end_object();
  call.answer("");
}

void status_text(Call& call, const DaemonStatus& status) {
  const auto peers = call.executor.peers();
  const std::uint64_t s = status.uptime_s;
  base::append(call.out, 
                 "ExaBGP Daemon Status\n====================\nVersion: {}\nUUID: {}\nPID: {}\nUptime: {}h {}m {}s\nPeers: {}\n",
                 status.version, status.uuid, status.pid, s / 3600, s / 60 % 60, s % 60, peers.size());
  for (const PeerId peer : peers) {
    base::append(call.out, "  - {}: {}\n", call.executor.peer_key(peer), call.executor.snapshot(peer).state);
  }
}

void help_json(Call& call, const std::vector<Dispatcher::CommandHelp>& commands) {
  base::JsonWriter json(call.out);
  json.begin_object();
  json.member("description", std::string_view("available API commands"));
  json.key("peer_filters");
  json.begin_array();
  for (const std::string_view filter : {"local-ip", "local-as", "peer-as", "router-id"}) json.string(filter);
  json.end_array();
  json.key("commands");
  json.begin_array();
  for (const auto& command : commands) {
    json.begin_object();
    json.member("command", command.words);
    json.member("neighbor_support", command.selector);
    json.member("json_support", true);
    if (!command.options.empty()) json.member("options", command.options);
    json.member("meaning", command.meaning);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  call.answer("");
}

void help_text(Call& call, const std::vector<Dispatcher::CommandHelp>& commands) {
  call.out +=
      "\navailable API commands (v6 format):\n====================================\n\n"
      "filter can be: [local-ip <ip>][local-as <asn>][peer-as <asn>][router-id <router-id>]\n\ncommands:\n---------\n\n";
  std::vector<std::string> lines;
  for (const auto& command : commands) {
    std::string line = command.selector ? "[peer <ip> [filters]] " + command.words : command.words + ' ';
    if (!command.options.empty()) {
      if (line.back() != ' ') line += ' ';
      line += command.options + ' ';
    }
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  for (const std::string& line : lines) call.answer(line);
  call.answer("");
}

[[nodiscard]] std::string_view describe_version(unsigned version) { return version == 4 ? "legacy (text/json)" : "json-only"; }

void show_api_version(Call& call) {
  const std::string_view description = describe_version(call.api_version);
  if (!call.json) {
    base::append(call.out, "API version: {} ({})\n", call.api_version, description);
    return;
  }
  base::JsonWriter json(call.out);
  json.begin_object();
  json.member("api_version", call.api_version);
  json.member("description", description);
  json.end_object();
  call.answer("");
}

}  // namespace

Outcome shutdown(Call& call) { return ask(call, DaemonRequest::shutdown, "shutdown in progress"); }
Outcome reload(Call& call) { return ask(call, DaemonRequest::reload, "reload in progress"); }
Outcome restart(Call& call) { return ask(call, DaemonRequest::restart, "restart in progress"); }

Outcome rotate_log(Call& call) {
  const auto opened = base::open_log_again();
  return opened ? Outcome::done : call.fail(opened.error().reason());
}

Outcome status(Call& call) {
  const DaemonStatus status = call.executor.status();
  if (call.json) status_json(call, status);
  else status_text(call, status);
  return Outcome::done;
}

Outcome version(Call& call) {
  const std::string version = call.executor.status().version;
  if (!call.json) {
    call.answer(std::string(k_application) + ' ' + version);
    return Outcome::done;
  }
  base::JsonWriter json(call.out);
  json.begin_object();
  json.member("version", version);
  json.member("application", k_application);
  json.end_object();
  call.answer("");
  return Outcome::done;
}

Outcome queue_status(Call& call) {
  std::vector<QueueStatus> queues = call.executor.queue_status();
  std::sort(queues.begin(), queues.end(), [](const QueueStatus& a, const QueueStatus& b) { return a.service < b.service; });
  if (call.json) {
    base::JsonWriter json(call.out);
    json.begin_object();
    for (const QueueStatus& queue : queues) {
      json.key(queue.service);
      json.begin_object();
      json.member("items", queue.items);
      json.member("bytes", queue.bytes);
      json.end_object();
    }
    json.end_object();
    call.answer("");
    return Outcome::done;
  }
  for (const QueueStatus& queue : queues) {
    base::append(call.out, "{}: {} items ({} bytes)\n", queue.service, queue.items, queue.bytes);
  }
  if (queues.empty()) call.answer("no queued messages");
  return Outcome::done;
}

Outcome api_version(Call& call) {
  if (call.args.empty()) {
    show_api_version(call);
    return Outcome::done;
  }
  const std::string_view wanted = call.args[0].text;
  const auto number = base::parse_decimal(wanted, ~std::uint32_t{0});
  if (!number) return call.deny("Invalid version: " + std::string(wanted), "invalid version: " + std::string(wanted));
  if (*number != 4 && *number != 6) return call.deny("API version must be 4 or 6");
  call.api_version = static_cast<unsigned>(*number);
  if (!call.json) {
    base::append(call.out, "API version set to {} (effective on next process restart)\n", *number);
    return Outcome::done;
  }
  base::JsonWriter json(call.out);
  json.begin_object();
  json.member("status", std::string_view("API version set"));
  json.member("version", *number);
  json.member("note", std::string_view("effective on next process restart"));
  json.end_object();
  call.answer("");
  return Outcome::done;
}

Outcome help(Call& call) {
  if (call.json) help_json(call, Dispatcher::commands());
  else if (call.words.help != nullptr) call.words.help(call.out);
  else help_text(call, Dispatcher::commands());
  return Outcome::done;
}

Outcome comment(Call&) { return Outcome::done; }

}  // namespace tandem::api
