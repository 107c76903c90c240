// Events as lines for API programs: JSON in versions 4 and 6, and text. Pure functions of values; the speaker
// says who gets them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/ip.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/message/open.hpp"
#include "common/bgp/message/operational.hpp"
#include "common/bgp/message/route_refresh.hpp"
#include "common/bgp/message/update.hpp"
#include "common/bgp/negotiated.hpp"
#include "common/rib/attribute_pool.hpp"

namespace tandem::api {

enum class EventForm : std::uint8_t { json_v4, json_v6, text };
// `decoded`: of octets that somebody showed to tandem, in no session.
enum class EventDirection : std::uint8_t { receive, send, decoded };

// What every line says about the daemon.
struct DaemonIdentity {
  std::string host;
  std::int64_t pid = 0;
  std::int64_t ppid = 0;
};

// What every line says about its neighbor.
struct NeighborIdentity {
  base::IpAddress local;  // none: not known yet
  base::IpAddress peer;
  base::Asn local_as{};
  base::Asn peer_as{};
  std::optional<base::RouterId> router_id;
  std::uint64_t counter = 0;  // the speaker counts one up for each line and receiver
};

// One decoded message, or the raw one. Exactly the parts that belong to `type` are looked at.
struct MessageEvent {
  EventDirection direction = EventDirection::receive;
  bgp::RawMessage message;                  // header and body as on the wire
  const bgp::Open* open = nullptr;
  const bgp::Update* update = nullptr;
  // Interned attributes of the classic and of the MP part of `update`, where there are announces.
  rib::AttributeSetRef attributes;
  rib::AttributeSetRef mp_attributes;
  const bgp::RouteRefresh* refresh = nullptr;
  const bgp::Operational* operational = nullptr;
  bool consolidate_header = false;          // somebody asked for `consolidate`
  bool consolidate_body = false;
};

class EventEncoder {
 public:
  explicit EventEncoder(DaemonIdentity daemon);
  bool compact = false;  // setting api.compact

  // Each appends one complete event, newline included (text: followed by an empty line). Nothing is appended where the form has no
  // such event (text has no negotiated, fsm, signal). `time` is wall-clock seconds since 1970.
  void state(EventForm form, const NeighborIdentity& neighbor, double time, std::string_view state, std::string_view reason, std::string& out) const;
  void fsm(EventForm form, const NeighborIdentity& neighbor, double time, std::string_view state, std::string& out) const;
  void negotiated(EventForm form, const NeighborIdentity& neighbor, double time, const bgp::Negotiated& negotiated, std::string& out) const;
  void signal(EventForm form, const NeighborIdentity& neighbor, double time, int code, std::string_view name, std::string& out) const;
  void shutdown(EventForm form, double time, std::string& out) const;
  void packet(EventForm form, const NeighborIdentity& neighbor, double time, EventDirection direction, const bgp::RawMessage& message,
              const bgp::Negotiated* negotiated, std::string& out) const;
  void message(EventForm form, const NeighborIdentity& neighbor, double time, const MessageEvent& event,
               const bgp::Negotiated* negotiated, std::string& out) const;

 private:
  DaemonIdentity daemon_;
  std::string daemon_members_;  // the same as members of a JSON object: every line has them
};

}  // namespace tandem::api
