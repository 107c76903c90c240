// What an event is about, as values: who, which message, in which form.
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
constexpr EventForm last_of(EventForm) { return EventForm::text; }
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
  bool tells_negotiated = true;  // what is agreed on stands beside UPDATEs and packets
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

}  // namespace tandem::api
