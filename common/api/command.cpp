#include "common/api/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "common/base/json_writer.hpp"
#include "common/base/log.hpp"

namespace tandem::api {

std::span<const PeerId> Call::filter(std::span<const PeerId> peers) {
  if (!selector.written()) return peers;
  selected.clear();
  std::copy_if(peers.begin(), peers.end(), std::back_inserter(selected),
               [this](PeerId peer) { return selector.matches(executor.peer_key(peer)); });
  return selected;
}

std::span<const PeerId> Call::targets() { return filter(executor.peers_of(client.id)); }

std::span<const PeerId> Call::shown() { return filter(executor.peers()); }

void terminate(const ClientState& client, std::string_view word, std::string& out) {
  out += word;
  if (!client.tag.empty()) {
    out += " #";
    out += client.tag;
  }
  out += '\n';
}

Outcome fail(std::string& out, bool acknowledge, std::string_view detail) {
  if (acknowledge) {
    out += "error: ";
    base::append_printable(out, detail);
    out += '\n';
  }
  return Outcome::error;
}

Outcome refuse(const ClientState& client, std::string_view line, std::string_view detail, std::string_view reason, std::string& out) {
  constexpr std::size_t k_shown = 200;  // of the line
  if (base::log_enabled(base::LogCategory::processes, base::LogLevel::warning)) {
    std::string text = "'";
    base::append_printable(text, line.substr(0, k_shown));
    text += line.size() > k_shown ? "...' refused: " : "' refused: ";
    base::append_printable(text, reason);
    base::log(base::LogCategory::processes, base::LogLevel::warning, "api {}: {}", client.service, text);
  }
  const std::string_view told = client.reasons ? reason : client.details ? detail : std::string_view();
  return told.empty() ? Outcome::error : fail(out, client.acknowledge, told);
}

Outcome Call::fail(std::string_view detail, std::string_view reason) {
  return api::refuse(client, typed, detail, reason.empty() ? detail : reason, out);
}

Outcome Call::refuse(std::string_view reason) { return api::refuse(client, typed, {}, reason, out); }

Outcome Call::deny(std::string_view reason) { return deny(reason, reason); }

Outcome Call::deny(std::string_view json_reason, std::string_view text_reason) {
  if (!json) return fail(text_reason);
  base::JsonWriter writer(out);
  writer.begin_object();
  writer.member("error", json_reason);
  writer.end_object();
  answer("");
  return Outcome::error;
}

Outcome Call::refuse_targets() {
  if (!selector.written()) return refuse("this client may act on no neighbor");
  return refuse(shown().empty() ? "no neighbor matches the selector" : "this client may not act on the neighbors of the selector");
}

Outcome Call::refuse_word(const base::Token& word) {
  if (command.options.empty()) return refuse(fmt::format("'{}' means nothing behind '{}'", word.text, name()));
  return refuse(fmt::format("'{}' means nothing behind '{}' (expected: {})", word.text, name(), command.options));
}

void Call::answer(std::string_view text_line) {
  out += text_line;
  out += '\n';
}

std::string_view Call::name() const { return client.version == 4 && command.v4.count > 0 ? command.v4.text : command.v6.text; }

}  // namespace tandem::api
