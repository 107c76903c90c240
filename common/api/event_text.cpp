#include "common/api/event_text.hpp"

#include <fmt/format.h>


#include "common/api/event_json.hpp"
#include "common/api/event_update.hpp"
#include "common/base/format.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/capability/codec.hpp"
#include "common/bgp/message/notification.hpp"

namespace tandem::api {

namespace {

void append_part(std::string_view name, base::Bytes octets, std::string& out) {
  if (octets.empty()) return;
  out += name;
  base::append_hex(out, octets, base::HexCase::upper);
}

// " header 0x... body 0x...", the parts that were asked for and are not empty.
void append_octets(const bgp::RawMessage& message, bool header, bool body, std::string& out) {
  if (header) append_part(" header 0x", header_of(message), out);
  if (body) append_part(" body 0x", body_of(message), out);
}

void open_text(const bgp::Open& open, std::string& out) {
  base::append(out, "open version {} asn {} hold_time {} router_id {} capabilities ", open.version,
                 open.as_field, open.hold_time_s, base::to_string(open.router_id));
  base::append_printable(out, bgp::capabilities_text(open.capabilities));
}

void notification_text(base::Bytes body, std::string& out) {
  const bgp::Notification notification = bgp::decode_notification(body);
  base::append(out, "notification code {} subcode {} data 0x", notification.code, notification.subcode);
  base::append_hex(out, notification.data, base::HexCase::upper);
}

void update_lines(const MessageEvent& event, const std::string& prefix, const Wording& words, std::string& out) {
  const std::string line = prefix + "update ";
  out += line;
  out += "start\n";
  update_text(*event.update, event.attributes, event.mp_attributes, words, line, out);
  std::string octets;
  append_octets(event.message, event.consolidate_header, event.consolidate_body, octets);
  if (!octets.empty()) out += octets + '\n';
  out += line;
  out += "end\n";
}

}  // namespace

void state_text(const NeighborIdentity& neighbor, std::string_view state, std::string_view reason, std::string& out) {
  out += "neighbor ";
  neighbor.peer.append_text(out);
  out += ' ';
  out += state;
  if (state == "down") {
    out += " - ";
    base::append_printable(out, reason);
  }
  out += '\n';
}

void packet_text(const NeighborIdentity& neighbor, EventDirection direction, const bgp::RawMessage& message, std::string& out) {
  base::append(out, "neighbor {} {} {}", neighbor.peer.text(), to_string(direction), message.type);
  append_octets(message, true, true, out);
  out += '\n';
}

namespace {

// A query tells neither router-id nor sequence number, as ever.
void append_operational(const bgp::Operational& message, std::string& out) {
  using Form = bgp::Operational::Form;
  out += fmt::format("operational {}", bgp::operational_name(message));
  if (message.form == Form::unknown) {
    out += fmt::format(" type operational-type-{} data 0x{}", message.type, base::to_hex(message.data, base::HexCase::upper));
    return;
  }
  out += fmt::format(" afi {} safi {}", bgp::to_string(message.family.afi), bgp::to_string(message.family.safi));
  if (message.form == Form::advisory) {
    out += " advisory \"";
    base::append_printable(out, message.advisory);
    out += '"';
  } else if (message.form == Form::counter) {
    out += fmt::format(" router-id {} sequence {} counter {}", base::to_string(message.router_id), message.sequence, message.counter);
  }
}

}  // namespace

bool message_text(const NeighborIdentity& neighbor, const MessageEvent& event, const Wording& words, std::string& out) {
  std::string prefix = "neighbor ";
  neighbor.peer.append_text(prefix);
  prefix += ' ';
  prefix += to_string(event.direction);
  prefix += ' ';
  switch (static_cast<bgp::MessageType>(event.message.type)) {
    case bgp::MessageType::open:
      if (event.open == nullptr) return false;
      out += prefix;
      open_text(*event.open, out);
      break;
    case bgp::MessageType::update:
      if (event.update == nullptr) return false;
      update_lines(event, prefix, words, out);
      return true;
    case bgp::MessageType::notification:
      out += prefix;
      notification_text(body_of(event.message), out);
      break;
    case bgp::MessageType::keepalive: out += prefix + "keepalive"; break;
    case bgp::MessageType::route_refresh:
      if (event.refresh == nullptr) return false;
      base::append(out, "{}route-refresh afi {} safi {} {}", prefix, bgp::to_string(event.refresh->family.afi),
                     bgp::to_string(event.refresh->family.safi), bgp::to_string(event.refresh->subtype));
      break;
    case bgp::MessageType::operational:
      if (event.operational == nullptr) return false;
      out += prefix;
      append_operational(*event.operational, out);
      break;
    default: return false;
  }
  append_octets(event.message, event.consolidate_header, event.consolidate_body, out);
  out += '\n';
  return true;
}

}  // namespace tandem::api
