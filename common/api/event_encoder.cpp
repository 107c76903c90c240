#include "common/api/event_encoder.hpp"

#include <fmt/format.h>

#include "common/api/event_json.hpp"
#include "common/api/event_text.hpp"
#include "common/base/format.hpp"

namespace tandem::api {

namespace {

std::string with_parentheses(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '[' || c == '{') c = '(';
    else if (c == ']' || c == '}') c = ')';
  }
  return out;
}

}  // namespace

EventEncoder::EventEncoder(DaemonIdentity daemon, bgp::Dialect dialect) : words_(&wording(dialect)), daemon_(std::move(daemon)) {
  base::JsonWriter json(daemon_members_);
  json.member("host", daemon_.host);
  json.member("pid", daemon_.pid);
  json.member("ppid", daemon_.ppid);
}

void EventEncoder::state(EventForm form, const NeighborIdentity& neighbor, double time, std::string_view state,
                         std::string_view given_reason, std::string& out) const {
  const std::string reason = words_->reason != nullptr ? words_->reason(given_reason) : std::string(given_reason);
  if (form == EventForm::text) {
    state_text(neighbor, state, reason, out);
    out += '\n';
    return;
  }
  JsonLine line(form, time, daemon_members_, out);
  line.counter(neighbor.counter);
  line.type("state");
  line.begin_neighbor(neighbor, words_->router_id);
  line.json().member("state", state);
  if (state == "down") line.json().member("reason", words_->brackets_in_reason ? reason : with_parentheses(reason));
  line.close(true);
}

void EventEncoder::fsm(EventForm form, const NeighborIdentity& neighbor, double time, std::string_view state,
                       std::string& out) const {
  if (form == EventForm::text) return;
  JsonLine line(form, time, daemon_members_, out);
  line.counter(neighbor.counter);
  line.type("fsm");
  line.begin_neighbor(neighbor, words_->router_id);
  line.json().member("state", state);
  line.close(true);
}

void EventEncoder::negotiated(EventForm form, const NeighborIdentity& neighbor, double time, const bgp::Negotiated& negotiated,
                              std::string& out) const {
  if (form == EventForm::text) return;
  JsonLine line(form, time, daemon_members_, out);
  line.counter(neighbor.counter);
  line.type("negotiated");
  line.begin_neighbor(neighbor, words_->router_id);
  line.json().raw_members(negotiated_.of(&negotiated));
  line.close(true);
}

void EventEncoder::signal(EventForm form, const NeighborIdentity& neighbor, double time, int code, std::string_view name,
                          std::string& out) const {
  if (form == EventForm::text) return;
  JsonLine line(form, time, daemon_members_, out);
  line.counter(neighbor.counter);
  line.type("signal");
  line.begin_neighbor(neighbor, words_->router_id);
  line.json().member("code", fmt::format("{}", code));
  line.json().member("name", name.empty() ? words_->command_signal : name);
  line.close(true);
}

void EventEncoder::snapshot(EventForm form, double time, std::string_view mark, std::string& out) const {
  if (form == EventForm::text) {
    base::append(out, "snapshot {}\n\n", mark);
    return;
  }
  JsonLine line(form, time, daemon_members_, out);
  line.type("snapshot");
  line.json().member("snapshot", mark);
  line.close(false);
}

void EventEncoder::shutdown(EventForm form, double time, std::string& out) const {
  if (form == EventForm::text) {
    base::append(out, "shutdown {} {}\n\n", daemon_.pid, daemon_.ppid);
    return;
  }
  JsonLine line(form, time, daemon_members_, out);
  line.type("notification");
  line.json().member("notification", std::string_view("shutdown"));
  line.close(false);
}

void EventEncoder::engine(EventForm form, double time, std::string_view name, std::string_view before, std::string_view reason,
                          std::string_view detail, std::string& out) const {
  if (form == EventForm::text) {
    base::append(out, "engine {} before {} reason {}{}{}\n\n", name, before, reason, detail.empty() ? "" : ": ", detail);
    return;
  }
  JsonLine line(form, time, daemon_members_, out);
  line.type("engine");
  line.json().key("engine");
  line.json().begin_object();
  line.json().member("name", name);
  line.json().member("before", before);
  line.json().member("reason", reason);
  line.json().member("detail", detail);
  line.json().end_object();
  line.close(false);
}

std::string_view EventEncoder::beside(const NeighborIdentity& neighbor, EventDirection direction, const bgp::Negotiated* negotiated) const {
  if (direction == EventDirection::decoded || !neighbor.tells_negotiated) return {};
  return negotiated_.of(negotiated);
}

void EventEncoder::packet(EventForm form, const NeighborIdentity& neighbor, double time, EventDirection direction,
                          const bgp::RawMessage& message, const bgp::Negotiated* negotiated, std::string& out) const {
  if (form == EventForm::text) {
    packet_text(neighbor, direction, message, out);
    out += '\n';
    return;
  }
  JsonLine line(form, time, daemon_members_, out);
  const bool agreed = words_->open_is_agreed || message.type != static_cast<std::uint8_t>(bgp::MessageType::open);
  packet_json(neighbor, direction, message, beside(neighbor, direction, agreed ? negotiated : nullptr), *words_, line);
}

void EventEncoder::message(EventForm form, const NeighborIdentity& neighbor, double time, const MessageEvent& event,
                           const bgp::Negotiated* negotiated, std::string& out) const {
  if (form == EventForm::text) {
    // An empty line follows every event but these.
    const bool operational = event.message.type == static_cast<std::uint8_t>(bgp::MessageType::operational);
    if (message_text(neighbor, event, *words_, out) && !operational) out += '\n';
    return;
  }
  const std::size_t start = out.size();
  JsonLine line(form, time, daemon_members_, out);
  const bgp::NlriJson nlri{compact, form == EventForm::json_v4, words_->dialect, nullptr};
  if (!message_json(neighbor, event, beside(neighbor, event.direction, negotiated), {nlri, *words_}, line)) out.resize(start);
}

}  // namespace tandem::api
