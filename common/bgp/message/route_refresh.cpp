#include "common/bgp/message/route_refresh.hpp"

#include "common/bgp/message/header.hpp"

namespace tandem::bgp {

std::string_view to_string(RefreshSubtype subtype) {
  switch (subtype) {
    case RefreshSubtype::query: return "query";
    case RefreshSubtype::begin: return "begin";
    case RefreshSubtype::end: return "end";
  }
  return "invalid";
}

RouteRefresh decode_route_refresh(base::Bytes body) {
  base::ByteReader reader(body);
  RouteRefresh refresh;
  refresh.family.afi = Afi{reader.u16()};
  refresh.subtype = RefreshSubtype{reader.u8()};
  refresh.family.safi = Safi{reader.u8()};
  return refresh;
}

void encode_route_refresh(const RouteRefresh& refresh, base::Buffer& out) {
  const std::size_t start = begin_message(out, MessageType::route_refresh);
  base::ByteWriter writer(out);
  writer.u16(static_cast<std::uint16_t>(refresh.family.afi));
  writer.u8(static_cast<std::uint8_t>(refresh.subtype));
  writer.u8(static_cast<std::uint8_t>(refresh.family.safi));
  finish_message(out, start);
}

}  // namespace tandem::bgp
