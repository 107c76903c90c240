#include "common/capture/mrt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/bgp/message/header.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::capture {

namespace {

constexpr std::size_t k_header_size = 12;
constexpr std::size_t k_record_size_max = 16 * 1024 * 1024;  // an entry of a thousand peers has some hundred KiB

// RFC 6396 section 4.
enum Type : std::uint16_t {
  k_ospf_2 = 11, k_table_dump = 12, k_table_dump_2 = 13, k_bgp4mp = 16, k_bgp4mp_et = 17, k_isis = 32, k_isis_et = 33, k_ospf_3 = 48,
  k_ospf_3_et = 49
};
constexpr std::array k_types = {k_ospf_2, k_table_dump, k_table_dump_2, k_bgp4mp, k_bgp4mp_et, k_isis, k_isis_et, k_ospf_3, k_ospf_3_et};

[[nodiscard]] std::size_t address_size(unsigned afi) { return static_cast<bgp::Afi>(afi) == bgp::Afi::ipv6 ? 16 : 4; }

// RFC 6396 section 4.3, RFC 8050 section 4: the tables of one family each.
struct TableRow {
  std::uint16_t subtype;
  bgp::Family family;
  bool add_path;
};
constexpr TableRow k_tables[] = {
    {2, {bgp::Afi::ipv4, bgp::Safi::unicast}, false}, {3, {bgp::Afi::ipv4, bgp::Safi::multicast}, false},
    {4, {bgp::Afi::ipv6, bgp::Safi::unicast}, false}, {5, {bgp::Afi::ipv6, bgp::Safi::multicast}, false},
    {8, {bgp::Afi::ipv4, bgp::Safi::unicast}, true},  {9, {bgp::Afi::ipv4, bgp::Safi::multicast}, true},
    {10, {bgp::Afi::ipv6, bgp::Safi::unicast}, true}, {11, {bgp::Afi::ipv6, bgp::Safi::multicast}, true},
};
constexpr std::uint16_t k_peer_index_table = 1;
constexpr std::uint16_t k_rib_generic = 6;
constexpr std::uint16_t k_rib_generic_add_path = 12;

// RFC 6396 section 4.4, RFC 8050 section 3.
struct MessageRow {
  std::uint16_t subtype;
  bool is_state;
  bool asn4;
  bool add_path;
};
constexpr MessageRow k_messages[] = {
    {0, true, false, false}, {1, false, false, false}, {4, false, true, false},  {5, true, true, false},  {6, false, false, false},
    {7, false, true, false}, {8, false, false, true},  {9, false, true, true},   {10, false, false, true}, {11, false, true, true},
};
[[nodiscard]] const MessageRow* find_message(std::uint16_t subtype) {
  const auto* found = std::find_if(std::begin(k_messages), std::end(k_messages), [subtype](const MessageRow& row) { return row.subtype == subtype; });
  return found == std::end(k_messages) ? nullptr : found;
}

[[nodiscard]] bgp::FamilySet families_with_path_identifiers() {
  bgp::FamilySet set;
  for (bgp::FamilyIndex index = 0; index < bgp::k_family_count; ++index) {
    if (bgp::family_traits(index).has(bgp::FamilyRule::add_path)) set.insert(index);
  }
  return set;
}

// RFC 6396 section 4.3.4: in tables MP_REACH_NLRI is the length and octets of the next hop alone; some collectors write all of it.
[[nodiscard]] base::Bytes next_hop_of(base::Bytes mp_reach) {
  if (!mp_reach.empty() && mp_reach[0] == mp_reach.size() - 1) return mp_reach.subspan(1);
  base::ByteReader reader(mp_reach);
  reader.skip(3);
  return reader.take(reader.u8());
}

}  // namespace

struct MrtReader::Record {
  double time = 0;
  std::uint16_t subtype = 0;
  base::Bytes body;
};

// One path of a table.
struct MrtReader::Entry {
  bgp::Family family;
  base::Bytes nlri;
  std::optional<std::uint32_t> path_id;
  base::Bytes attributes;
  const api::MessageSource* source = nullptr;
};

bool is_mrt(base::Bytes start) {
  base::ByteReader reader(start);
  reader.skip(4);
  const std::uint16_t type = reader.u16();
  reader.skip(2);
  const std::size_t size = reader.u32();
  return reader.ok() && size <= k_record_size_max && std::find(k_types.begin(), k_types.end(), type) != k_types.end();
}

base::Result<void> MrtReader::read(Reader& reader) {
  while (true) {
    const auto head = reader.peek(k_header_size);
    if (!head) return head.error();
    if (head->empty()) return {};
    if (head->size() < k_header_size) return base::Error(fmt::format("record {} is cut short", records_ + 1));
    base::ByteReader fields(*head);
    Record record;
    record.time = fields.u32();
    const std::uint16_t type = fields.u16();
    record.subtype = fields.u16();
    const std::size_t size = fields.u32();
    ++records_;
    if (size > k_record_size_max) return base::Error(fmt::format("record {} has {} octets, which cannot be", records_, size));
    const auto whole = reader.peek(k_header_size + size);
    if (!whole) return whole.error();
    if (whole->size() < k_header_size + size) return base::Error(fmt::format("record {} is cut short", records_));
    record.body = whole->subspan(k_header_size, size);
    switch (type) {
      case k_table_dump: old_table(record); break;
      case k_table_dump_2: table(record); break;
      case k_bgp4mp_et: {  // RFC 6396 section 3: microseconds in front
        constexpr double k_microsecond = 1e-6;
        base::ByteReader micro(record.body);
        record.time += micro.u32() * k_microsecond;
        record.body = micro.rest();
        message(record);
        break;
      }
      case k_bgp4mp: message(record); break;
      default: ++passed_over_;
    }
    reader.take(k_header_size + size);
  }
}

void MrtReader::peer_index(const Record& record) {
  constexpr std::uint8_t k_is_ipv6 = 0x01;
  constexpr std::uint8_t k_is_asn4 = 0x02;
  base::ByteReader reader(record.body);
  const auto collector = base::IpAddress::from_bytes(reader.take(4));
  reader.skip(reader.u16());  // the name of the view
  const std::size_t count = reader.u16();
  peers_.clear();
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    const unsigned flags = reader.u8();
    api::MessageSource& peer = peers_.emplace_back();
    peer.neighbor.local = collector;
    peer.neighbor.router_id = base::RouterId{reader.u32()};
    peer.neighbor.peer = base::IpAddress::from_bytes(reader.take((flags & k_is_ipv6) != 0 ? 16 : 4));
    peer.neighbor.peer_as = base::Asn{(flags & k_is_asn4) != 0 ? reader.u32() : reader.u16()};
    peer.asn4 = true;
  }
  if (!reader.ok()) refuse("the table of peers is cut short");
}

void MrtReader::table(const Record& record) {
  if (record.subtype == k_peer_index_table) return peer_index(record);
  base::ByteReader reader(record.body);
  reader.skip(4);  // sequence number
  const auto* row = std::find_if(std::begin(k_tables), std::end(k_tables), [&](const TableRow& known) { return known.subtype == record.subtype; });
  if (row != std::end(k_tables)) {
    const base::Bytes start = reader.rest();
    const std::size_t bits = reader.u8();
    reader.skip((bits + 7) / 8);
    if (!reader.ok()) return refuse("the prefix is cut short");
    return table_entries(record, row->family, start.first(start.size() - reader.left()), row->add_path, reader);
  }
  if (record.subtype != k_rib_generic && record.subtype != k_rib_generic_add_path) {
    ++passed_over_;
    return;
  }
  bgp::Family family;
  family.afi = bgp::Afi{reader.u16()};
  family.safi = bgp::Safi{reader.u8()};
  const auto index = reader.ok() ? bgp::family_index(family) : std::nullopt;
  const bgp::NlriCodec* codec = index ? bgp::nlri_codec(*index) : nullptr;
  if (codec == nullptr) return refuse(fmt::format("NLRI of {} cannot be decoded", bgp::to_string(family)));
  bgp::NlriKey key;
  const base::Bytes rest = reader.rest();
  const auto step = rest.empty() ? bgp::bad_nlri("there is no NLRI") : codec->decode({*index, bgp::NlriUse::announce, false}, rest, key);
  if (!step) return refuse(step.error().reason());
  reader.skip(step->octets);
  table_entries(record, family, rest.first(step->octets), record.subtype == k_rib_generic_add_path, reader);
}

void MrtReader::table_entries(const Record& record, bgp::Family family, base::Bytes nlri, bool add_path, base::ByteReader& reader) {
  const std::size_t count = reader.u16();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t peer = reader.u16();
    reader.skip(4);  // when the path came
    Entry entry;
    entry.family = family;
    entry.nlri = nlri;
    if (add_path) entry.path_id = reader.u32();
    entry.attributes = reader.take(reader.u16());
    if (!reader.ok()) return refuse(fmt::format("entry {} is cut short", i + 1));
    if (peer >= peers_.size()) return refuse(fmt::format("entry {} is of peer {}, which is in no table of peers", i + 1, peer));
    entry.source = &peers_[peer];
    announce(record, entry);
  }
}

void MrtReader::old_table(const Record& record) {
  const std::size_t size = address_size(record.subtype);
  base::ByteReader reader(record.body);
  reader.skip(4);  // view and sequence number
  const base::Bytes prefix = reader.take(size);
  const std::size_t bits = reader.u8();
  reader.skip(5);  // status, and when the path came
  source_ = {};
  source_.neighbor.peer = base::IpAddress::from_bytes(reader.take(size));
  source_.neighbor.peer_as = base::Asn{reader.u16()};
  source_.asn4 = false;
  Entry entry;
  entry.attributes = reader.take(reader.u16());
  if (!reader.ok() || bits > 8 * size) return refuse("the entry is cut short, or its prefix longer than an address");
  entry.family = size == 16 ? bgp::k_ipv6_unicast : bgp::k_ipv4_unicast;
  entry.source = &source_;
  base::Buffer nlri{static_cast<std::uint8_t>(bits)};
  nlri.insert(nlri.end(), prefix.begin(), prefix.begin() + static_cast<std::ptrdiff_t>((bits + 7) / 8));
  entry.nlri = nlri;
  announce(record, entry);
}

// The UPDATE that would announce an entry: its attributes, and MP_REACH_NLRI where the classic form cannot say it (RFC 4760).
void MrtReader::announce(const Record& record, const Entry& entry) {
  base::Bytes next_hop;
  bool multiprotocol = entry.family != bgp::k_ipv4_unicast;
  built_.clear();
  const std::size_t start = bgp::begin_message(built_, bgp::MessageType::update);
  base::ByteWriter writer(built_);
  writer.u16(0);  // nothing is withdrawn
  const std::size_t length_at = writer.size();
  writer.u16(0);
  for (base::Bytes left = entry.attributes; !left.empty();) {
    const auto attribute = bgp::next_attribute(left);
    if (!attribute) return refuse("the attributes of an entry do not fit");
    left = left.subspan(attribute->whole.size());
    if (bgp::AttributeCode{attribute->code} == bgp::AttributeCode::mp_reach) {
      next_hop = next_hop_of(attribute->value);
      multiprotocol = true;
    } else {
      writer.bytes(attribute->whole);
    }
  }
  base::Buffer nlri;
  if (entry.path_id) base::ByteWriter(nlri).u32(*entry.path_id);
  nlri.insert(nlri.end(), entry.nlri.begin(), entry.nlri.end());
  if (multiprotocol) {
    base::Buffer reach;
    base::ByteWriter value(reach);
    value.u16(static_cast<std::uint16_t>(entry.family.afi));
    value.u8(static_cast<std::uint8_t>(entry.family.safi));
    value.u8(static_cast<std::uint8_t>(next_hop.size()));
    value.bytes(next_hop);
    value.u8(0);
    value.bytes(nlri);
    bgp::append_attribute(built_, bgp::k_flag_optional, static_cast<std::uint8_t>(bgp::AttributeCode::mp_reach), reach);
    nlri.clear();
  }
  const std::size_t attributes_size = writer.size() - length_at - 2;
  if (writer.size() + nlri.size() > bgp::k_extended_message_size) return refuse("the attributes of an entry do not fit into a message");
  writer.patch_u16(length_at, static_cast<std::uint16_t>(attributes_size));
  writer.bytes(nlri);
  bgp::finish_message(built_, start);
  if (!entry.path_id) return visitor_.message({built_, record.time, entry.source});
  api::MessageSource source = *entry.source;
  source.add_path = families_with_path_identifiers();
  visitor_.message({built_, record.time, &source});
}

void MrtReader::message(const Record& record) {
  const MessageRow* row = find_message(record.subtype);
  if (row == nullptr) {
    ++passed_over_;
    return;
  }
  base::ByteReader reader(record.body);
  source_ = {};
  source_.neighbor.peer_as = base::Asn{row->asn4 ? reader.u32() : reader.u16()};
  source_.neighbor.local_as = base::Asn{row->asn4 ? reader.u32() : reader.u16()};
  reader.skip(2);  // the interface
  const std::size_t size = address_size(reader.u16());
  source_.neighbor.peer = base::IpAddress::from_bytes(reader.take(size));
  source_.neighbor.local = base::IpAddress::from_bytes(reader.take(size));
  source_.asn4 = row->asn4;
  if (row->add_path) source_.add_path = families_with_path_identifiers();
  if (!reader.ok()) return refuse("its head is cut short");
  if (row->is_state) {
    constexpr std::uint16_t k_established = 6;
    const std::uint16_t before = reader.u16();
    const std::uint16_t after = reader.u16();
    if (!reader.ok()) return refuse("the change of state is cut short");
    if ((before == k_established) != (after == k_established)) visitor_.state({record.time, &source_, after == k_established});
    return;
  }
  const auto whole = bgp::next_message(reader.rest(), bgp::k_rules_of_others);
  if (!whole) return refuse(whole.error().reason());
  if (!*whole || (*whole)->whole.size() != reader.left()) return refuse("it holds something else than one whole message");
  visitor_.message({(*whole)->whole, record.time, &source_});
}

}  // namespace tandem::capture
