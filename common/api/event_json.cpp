#include "common/api/event_json.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/api/event_update.hpp"
#include "common/bgp/capability/codec.hpp"
#include "common/bgp/message/notification.hpp"

namespace tandem::api {

namespace {

constexpr std::string_view k_version_4 = R"("exabgp": "4.0.1", "time": )";
constexpr std::string_view k_version_6 = R"("exabgp": "6.0.0", "time": )";

// Seconds with six decimals. The general way for a double costs more than the rest of a short line.
void append_time(double time, std::string& out) {
  constexpr double k_limit = 4e12;  // microseconds still fit
  const double sane = time >= 0 && time < k_limit ? time : 0;
  const auto microseconds = static_cast<std::uint64_t>(sane * 1e6 + 0.5);
  const fmt::format_int whole(microseconds / 1'000'000);
  out.append(whole.data(), whole.size());
  out += '.';
  const fmt::format_int fraction(1'000'000 + microseconds % 1'000'000);
  out.append(fraction.data() + 1, fraction.size() - 1);
}

void append_address(const base::IpAddress& address, std::string& out) {
  if (address) address.append_text(out);
  else out += "no-nexthop";
}

void append_number(std::uint64_t value, std::string& out) {
  const fmt::format_int digits(value);
  out.append(digits.data(), digits.size());
}

// "header" and "body" stand between "type" and "neighbor", where somebody asked for them and they are not empty.
void consolidated_json(const MessageEvent& event, base::JsonWriter& json) {
  const base::Bytes header = header_of(event.message);
  const base::Bytes body = body_of(event.message);
  if (event.consolidate_header && !header.empty()) {
    json.key("header");
    json.hex_string(header, base::HexCase::upper);
  }
  if (event.consolidate_body && !body.empty()) {
    json.key("body");
    json.hex_string(body, base::HexCase::upper);
  }
}

void open_json(const bgp::Open& open, bool sent, const Wording& words, base::JsonWriter& json) {
  json.key("open");
  json.begin_object();
  json.member("version", static_cast<unsigned>(open.version));
  json.member("asn", static_cast<unsigned>(open.as_field));
  json.member("hold_time", static_cast<unsigned>(open.hold_time_s));
  json.member("router_id", base::to_string(open.router_id));
  json.key("capabilities");
  json.begin_object();
  bgp::capabilities_json(open.capabilities, sent, words.dialect, json);
  json.end_object();
  json.end_object();
}

void notification_json(base::Bytes body, bool sent, const Wording& words, base::JsonWriter& json) {
  const bgp::Notification notification = bgp::decode_notification(body);
  json.key("notification");
  json.begin_object();
  json.member("code", static_cast<unsigned>(notification.code));
  json.member("subcode", static_cast<unsigned>(notification.subcode));
  json.key("data");
  json.hex_string(notification.data, base::HexCase::upper);
  if (words.notification_message) {
    json.member("message", sent ? std::string(base::as_text(notification.data)) : bgp::received_message(notification));
  }
  json.end_object();
}

void refresh_json(const bgp::RouteRefresh& refresh, base::JsonWriter& json) {
  json.key("route-refresh");
  json.begin_object();
  json.member("afi", bgp::to_string(refresh.family.afi));
  json.member("safi", bgp::to_string(refresh.family.safi));
  json.member("subtype", bgp::to_string(refresh.subtype));
  json.end_object();
}

void operational_json(const bgp::Operational& message, base::JsonWriter& json) {
  using Form = bgp::Operational::Form;
  json.key("operational");
  json.begin_object();
  json.member("name", bgp::operational_name(message));
  if (message.form == Form::unknown) {
    json.member("type", fmt::format("operational-type-{}", message.type));
    json.key("data");
    json.hex_string(message.data, base::HexCase::upper);
  } else {
    json.member("afi", bgp::to_string(message.family.afi));
    json.member("safi", bgp::to_string(message.family.safi));
  }
  if (message.form == Form::advisory) json.member("advisory", message.advisory);
  if (message.form == Form::counter) {
    json.member("router-id", base::to_string(message.router_id));
    json.member("sequence", message.sequence);
    json.member("counter", message.counter);
  }
  json.end_object();
}

}  // namespace

std::string_view to_string(EventDirection direction) {
  switch (direction) {
    case EventDirection::receive: return "receive";
    case EventDirection::send: return "send";
    case EventDirection::decoded: return "in";  // ExaBGP's word
  }
  return "";
}

base::Bytes header_of(const bgp::RawMessage& message) {
  return message.whole.first(std::min(message.whole.size(), bgp::k_header_size));
}

base::Bytes body_of(const bgp::RawMessage& message) { return message.whole.subspan(header_of(message).size()); }

JsonLine::JsonLine(EventForm form, double time, std::string_view daemon_members, std::string& out) : out_(out), json_(out) {
  json_.begin_object();
  json_.raw_members(form == EventForm::json_v4 ? k_version_4 : k_version_6);
  append_time(time, out_);
  json_.raw_members(daemon_members);
}

void JsonLine::counter(std::uint64_t value) { json_.member("counter", value); }

void JsonLine::type(std::string_view name) {
  json_.raw_members(R"("type": ")");
  out_ += name;
  out_ += '"';
}

void JsonLine::begin_neighbor(const NeighborIdentity& neighbor, bool router_id) {
  json_.raw_members(R"("neighbor": { "address": { "local": ")");
  append_address(neighbor.local, out_);
  out_ += R"(", "peer": ")";
  append_address(neighbor.peer, out_);
  out_ += R"(" }, "asn": { "local": )";
  append_number(base::value(neighbor.local_as), out_);
  out_ += R"(, "peer": )";
  append_number(base::value(neighbor.peer_as), out_);
  out_ += " }";
  if (!neighbor.router_id || !router_id) return;
  out_ += R"(, "router-id": ")";
  base::IpAddress::v4(base::value(*neighbor.router_id)).append_text(out_);
  out_ += '"';
}

void JsonLine::direction(EventDirection direction) {
  json_.raw_members(R"("direction": ")");
  out_ += to_string(direction);
  out_ += '"';
}

void JsonLine::close(bool neighbor) {
  if (neighbor) json_.end_object();
  json_.end_object();
  out_ += '\n';
}

void packet_json(const NeighborIdentity& neighbor, EventDirection direction, const bgp::RawMessage& message,
                 std::string_view negotiated, const Wording& words, JsonLine& line) {
  base::JsonWriter& json = line.json();
  line.counter(neighbor.counter);
  line.type(bgp::packet_name(message.type, words.dialect));
  line.begin_neighbor(neighbor, words.router_id);
  line.direction(direction);
  json.key("message");
  json.begin_object();
  json.member("category", static_cast<unsigned>(message.type));
  json.key("header");
  json.hex_string(header_of(message), base::HexCase::upper);
  json.key("body");
  json.hex_string(body_of(message), base::HexCase::upper);
  json.end_object();
  json.raw_members(negotiated);
  line.close(true);
}

bool message_json(const NeighborIdentity& neighbor, const MessageEvent& event, std::string_view negotiated,
                  const UpdateForm& form, JsonLine& line) {
  const auto type = static_cast<bgp::MessageType>(event.message.type);
  const bool sent = event.direction == EventDirection::send;
  const auto begin = [&](std::string_view name) {
    line.counter(neighbor.counter);
    line.type(name);
    consolidated_json(event, line.json());
    line.begin_neighbor(neighbor, form.words.router_id);
    line.direction(event.direction);
  };
  switch (type) {
    case bgp::MessageType::open:
      if (event.open == nullptr) return false;
      begin("open");
      open_json(*event.open, sent, form.words, line.json());
      break;
    case bgp::MessageType::update:
      if (event.update == nullptr) return false;
      begin("update");
      update_json(*event.update, event.attributes, event.mp_attributes, form, line.json());
      line.json().raw_members(negotiated);
      break;
    case bgp::MessageType::notification:
      begin("notification");
      notification_json(body_of(event.message), sent, form.words, line.json());
      break;
    case bgp::MessageType::keepalive: begin("keepalive"); break;
    case bgp::MessageType::route_refresh:
      if (event.refresh == nullptr) return false;
      begin("refresh");
      refresh_json(*event.refresh, line.json());
      break;
    case bgp::MessageType::operational:
      if (event.operational == nullptr) return false;
      begin("operational");
      operational_json(*event.operational, line.json());
      break;
    default: return false;
  }
  line.close(true);
  return true;
}

}  // namespace tandem::api
