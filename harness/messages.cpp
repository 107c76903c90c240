#include "harness/messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/assert.hpp"
#include "common/base/ip.hpp"

namespace tandem::harness {

namespace {

constexpr std::size_t k_header = 19;
constexpr std::uint8_t k_reach = 14;
constexpr std::uint8_t k_unreach = 15;

void append_prefix(base::Buffer& out, const std::string& text) {
  const auto prefix = base::Prefix::parse(text);
  TANDEM_ASSERT(prefix.has_value());
  const auto octets = prefix->address.bytes().first((prefix->length + 7U) / 8U);
  out.push_back(prefix->length);
  out.insert(out.end(), octets.begin(), octets.end());
}

bool is_v6(const std::string& prefix) { return prefix.find(':') != std::string::npos; }

void append_prefixes(base::Buffer& out, std::span<const std::string> prefixes) {
  for (const auto& prefix : prefixes) append_prefix(out, prefix);
}

void append_attribute(base::Buffer& out, std::uint8_t flags, std::uint8_t code, base::Bytes value) {
  base::ByteWriter writer(out);
  const bool extended = value.size() > 255;
  writer.u8(static_cast<std::uint8_t>(flags | (extended ? 0x10 : 0)));
  writer.u8(code);
  if (extended) {
    writer.u16(static_cast<std::uint16_t>(value.size()));
  } else {
    writer.u8(static_cast<std::uint8_t>(value.size()));
  }
  writer.bytes(value);
}

base::Buffer basic_attributes(const Announcement& announcement) {
  base::Buffer out;
  append_attribute(out, 0x40, 1, std::array<std::uint8_t, 1>{0});
  base::Buffer path;
  if (announcement.as) {
    base::ByteWriter writer(path);
    writer.u8(2);
    writer.u8(1);
    writer.u32(base::value(*announcement.as));
  }
  append_attribute(out, 0x40, 2, path);
  if (!is_v6(announcement.prefixes.front())) append_attribute(out, 0x40, 3, std::array<std::uint8_t, 4>{192, 0, 2, 1});
  if (announcement.med != 0) {
    base::Buffer med;
    base::ByteWriter(med).u32(announcement.med);
    append_attribute(out, 0x80, 4, med);
  }
  if (!announcement.as) append_attribute(out, 0x40, 5, std::array<std::uint8_t, 4>{0, 0, 0, 100});
  return out;
}

std::vector<std::string> read_prefixes(base::Bytes octets, bool v6) {
  std::vector<std::string> out;
  base::ByteReader reader(octets);
  while (!reader.empty() && reader.ok()) {
    const std::uint8_t length = reader.u8();
    const auto taken = reader.take((length + 7U) / 8U);
    if (!reader.ok() || taken.size() > (v6 ? 16U : 4U)) break;
    std::array<std::uint8_t, 16> padded{};
    std::copy(taken.begin(), taken.end(), padded.begin());
    out.push_back(fmt::format("{}/{}", base::IpAddress::from_bytes(base::Bytes(padded).first(v6 ? 16 : 4)).text(), length));
  }
  return out;
}

void read_mp(std::uint8_t code, base::Bytes value, Changes& out) {
  base::ByteReader reader(value);
  const bool v6 = reader.u16() == 2;
  reader.skip(1);
  if (code == k_unreach) {
    out.withdrawn = read_prefixes(reader.rest(), v6);
    return;
  }
  out.next_hop = base::to_hex(reader.take(reader.u8()));
  reader.skip(1);
  if (reader.ok()) out.announced = read_prefixes(reader.rest(), v6);
}

// Walks the optional parameters of an OPEN body, capability by capability.
template <typename Visitor>
void for_each_capability(base::Bytes parameters, Visitor&& visit) {
  base::ByteReader reader(parameters);
  while (!reader.empty() && reader.ok()) {
    const std::uint8_t kind = reader.u8();
    const auto value = reader.take(reader.u8());
    if (kind != 2) continue;
    base::ByteReader inner(value);
    while (!inner.empty() && inner.ok()) {
      const std::uint8_t code = inner.u8();
      const auto body = inner.take(inner.u8());
      if (inner.ok()) visit(code, body);
    }
  }
}

void append_capability(base::Buffer& out, std::uint8_t code, base::Bytes value) {
  base::ByteWriter writer(out);
  writer.u8(2);
  writer.u8(static_cast<std::uint8_t>(value.size() + 2));
  writer.u8(code);
  writer.u8(static_cast<std::uint8_t>(value.size()));
  writer.bytes(value);
}

base::Buffer open_of(std::uint32_t as, std::uint16_t hold, std::uint32_t id, base::Bytes parameters) {
  base::Buffer body;
  base::ByteWriter writer(body);
  writer.u8(4);
  writer.u16(as > 0xFFFF ? std::uint16_t{23456} : static_cast<std::uint16_t>(as));
  writer.u16(hold);
  writer.u32(id);
  writer.u8(static_cast<std::uint8_t>(parameters.size()));
  writer.bytes(parameters);
  return wrap(k_open, body);
}

}  // namespace

std::string describe(base::Bytes message) {
  if (message.size() < k_header) return base::to_hex(message, base::HexCase::upper);
  std::string out = base::to_hex(message.subspan(16, 2), base::HexCase::upper);
  out += ' ';
  out += base::to_hex(message.subspan(18, 1), base::HexCase::upper);
  if (message.size() > k_header) {
    out += ' ';
    out += base::to_hex(message.subspan(k_header), base::HexCase::upper);
  }
  return out;
}

std::vector<std::string> without_keepalives(const Transcript& transcript) {
  std::vector<std::string> out;
  for (const auto& entry : transcript) {
    if (entry.type() != k_keepalive) out.push_back(describe(entry.bytes));
  }
  return out;
}

base::Buffer message(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != ' '; });
  const auto octets = base::from_hex(digits);
  TANDEM_ASSERT(octets.has_value());
  base::Buffer out(16, 0xFF);
  out.insert(out.end(), octets->begin(), octets->end());
  return out;
}

base::Buffer wrap(std::uint8_t type, base::Bytes body) {
  base::Buffer out(16, 0xFF);
  base::ByteWriter writer(out);
  writer.u16(static_cast<std::uint16_t>(k_header + body.size()));
  writer.u8(type);
  writer.bytes(body);
  return out;
}

base::Buffer keepalive() { return wrap(k_keepalive, {}); }

base::Buffer notification(std::uint8_t code, std::uint8_t subcode, std::string_view data) {
  base::Buffer body{code, subcode};
  body.insert(body.end(), data.begin(), data.end());
  return wrap(k_notification, body);
}

base::Buffer route_refresh(bgp::Family family, std::uint8_t subtype) {
  base::Buffer body;
  base::ByteWriter writer(body);
  writer.u16(static_cast<std::uint16_t>(family.afi));
  writer.u8(subtype);
  writer.u8(static_cast<std::uint8_t>(family.safi));
  return wrap(k_route_refresh, body);
}

base::Buffer end_of_rib(bgp::Family family) {
  if (family == bgp::k_ipv4_unicast) return wrap(k_update, std::array<std::uint8_t, 4>{});
  base::Buffer body;
  base::ByteWriter writer(body);
  writer.u16(0);
  writer.u16(6);
  writer.u8(0x80);
  writer.u8(k_unreach);
  writer.u8(3);
  writer.u16(static_cast<std::uint16_t>(family.afi));
  writer.u8(static_cast<std::uint8_t>(family.safi));
  return wrap(k_update, body);
}

base::Buffer update(const Announcement& announcement) {
  base::Buffer attributes = basic_attributes(announcement);
  base::Buffer nlri;
  append_prefixes(nlri, announcement.prefixes);
  if (is_v6(announcement.prefixes.front())) {
    base::Buffer reach;
    base::ByteWriter writer(reach);
    writer.u16(2);
    writer.u8(1);
    writer.u8(16);
    writer.bytes(base::IpAddress::parse("2001:db8::1")->bytes());
    writer.u8(0);
    writer.bytes(nlri);
    append_attribute(attributes, 0x80, k_reach, reach);
    nlri.clear();
  }
  base::Buffer body;
  base::ByteWriter writer(body);
  writer.u16(0);
  writer.u16(static_cast<std::uint16_t>(attributes.size()));
  writer.bytes(attributes);
  writer.bytes(nlri);
  return wrap(k_update, body);
}

base::Buffer withdrawal(std::span<const std::string> prefixes) {
  base::Buffer nlri;
  append_prefixes(nlri, prefixes);
  base::Buffer body;
  base::ByteWriter writer(body);
  if (is_v6(prefixes.front())) {
    base::Buffer unreach;
    base::ByteWriter inner(unreach);
    inner.u16(2);
    inner.u8(1);
    inner.bytes(nlri);
    base::Buffer attributes;
    append_attribute(attributes, 0x80, k_unreach, unreach);
    writer.u16(0);
    writer.u16(static_cast<std::uint16_t>(attributes.size()));
    writer.bytes(attributes);
  } else {
    writer.u16(static_cast<std::uint16_t>(nlri.size()));
    writer.bytes(nlri);
    writer.u16(0);
  }
  return wrap(k_update, body);
}

base::Buffer open(const OpenValues& values) {
  base::Buffer parameters;
  for (const auto family : values.families) {
    base::Buffer value;
    base::ByteWriter writer(value);
    writer.u16(static_cast<std::uint16_t>(family.afi));
    writer.u8(0);
    writer.u8(static_cast<std::uint8_t>(family.safi));
    append_capability(parameters, 1, value);
  }
  base::Buffer as;
  base::ByteWriter(as).u32(values.as);
  append_capability(parameters, 65, as);
  for (const auto& [code, value] : values.capabilities) append_capability(parameters, code, base::from_hex(value).value());
  return open_of(values.as, values.hold_time_s, values.router_id, parameters);
}

base::Buffer mirror_open(base::Bytes message, const MirrorRules& rules) {
  base::ByteReader reader(message.subspan(k_header));
  reader.skip(1);
  std::uint32_t as = reader.u16();
  std::uint16_t hold = reader.u16();
  std::uint32_t id = reader.u32();
  const auto parameters = reader.take(reader.u8());
  TANDEM_ASSERT(reader.ok());
  if (rules.as) as = base::value(*rules.as);
  if (rules.hold_time_s) hold = *rules.hold_time_s;
  if (rules.router_id) {
    id = *rules.router_id;
  } else {
    id = (id & 0xFFFFFF00U) | ((id + rules.identifier_step) & 0xFFU);
  }
  base::Buffer capabilities;
  for_each_capability(parameters, [&](std::uint8_t code, base::Bytes value) {
    const auto& left_out = rules.without_capabilities;
    if (std::find(left_out.begin(), left_out.end(), code) != left_out.end()) return;
    base::Buffer changed(value.begin(), value.end());
    if (code == 65 && rules.as) {
      changed.clear();
      base::ByteWriter(changed).u32(as);
    }
    append_capability(capabilities, code, changed);
  });
  return open_of(as, hold, id, capabilities);
}

Changes changes_of(base::Bytes message) {
  Changes out;
  if (message.size() < k_header || message[18] != k_update) return out;
  base::ByteReader reader(message.subspan(k_header));
  const auto withdrawn = reader.take(reader.u16());
  base::ByteReader attributes(reader.take(reader.u16()));
  if (!reader.ok()) return out;
  while (!attributes.empty() && attributes.ok()) {
    const std::size_t start = attributes.position();
    const auto left = attributes.rest();
    const std::uint8_t flags = attributes.u8();
    const std::uint8_t code = attributes.u8();
    const auto value = attributes.take((flags & 0x10) != 0 ? attributes.u16() : attributes.u8());
    if (!attributes.ok()) break;
    if (code == k_reach || code == k_unreach) {
      read_mp(code, value, out);
    } else {
      base::append_hex(out.attributes, left.first(attributes.position() - start), base::HexCase::lower);
    }
  }
  for (auto& prefix : read_prefixes(withdrawn, false)) out.withdrawn.push_back(std::move(prefix));
  for (auto& prefix : read_prefixes(reader.rest(), false)) out.announced.push_back(std::move(prefix));
  return out;
}

bool is_end_of_rib(base::Bytes message) {
  if (message.size() < k_header + 4 || message[18] != k_update) return false;
  const auto body = message.subspan(k_header);
  if (body.size() == 4) return std::all_of(body.begin(), body.end(), [](std::uint8_t octet) { return octet == 0; });
  if (body[0] != 0 || body[1] != 0) return false;
  base::ByteReader reader(body.subspan(2));
  if (reader.u16() != body.size() - 4) return false;
  const std::uint8_t flags = reader.u8();
  const std::uint8_t code = reader.u8();
  const std::size_t length = (flags & 0x10) != 0 ? reader.u16() : reader.u8();
  return reader.ok() && code == k_unreach && length == 3 && reader.left() == 3;
}

void RouteTable::apply(base::Bytes message) {
  const Changes changes = changes_of(message);
  for (const auto& prefix : changes.withdrawn) routes_.erase(prefix);
  for (const auto& prefix : changes.announced) routes_[prefix] = changes.attributes + changes.next_hop;
}

}  // namespace tandem::harness
