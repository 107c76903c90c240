// Ethernet VPN (RFC 7432 section 7, RFC 9136 section 3): route types 1 to 5 are understood, others are kept as octets.
//
// Identity is what RFC 7432 and RFC 9136 call the key of a route: of types 1, 2 and 5 the labels, and of types 2 and 5 the segment and
// the gateway, too, are attributes of the route that happen to stand in the NLRI. They follow as octets that do not count, so that a
// MAC that has moved replaces the route before, and a withdraw with another label finds it.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_header_size = 2;  // route type and length
constexpr std::size_t k_rd_size = 8;
constexpr std::size_t k_esi_size = 10;
constexpr std::size_t k_tag_size = 4;
constexpr std::size_t k_mac_size = 6;
constexpr std::size_t k_label_size = LabelStack::k_label_size;
constexpr unsigned k_mac_bits = 48;
constexpr std::string_view k_word = "evpn";
constexpr std::string_view k_no_segment = "-";

enum class Kind : std::uint8_t { auto_discovery = 1, mac_ip = 2, multicast = 3, segment = 4, ip_prefix = 5 };

struct Row {
  Kind kind;
  std::string_view name;  // in JSON
  std::string_view keyword;
  bool has_esi;
  bool esi_counts;         // for the identity
  bool has_tag;
  std::size_t shortest;    // body
  std::size_t labels_max;  // 0: it has none
  bool needs_label;
};
constexpr std::size_t k_any_labels = LabelStack::k_labels_max;
constexpr Row k_rows[] = {
    {Kind::auto_discovery, "Ethernet Auto-Discovery", "ethernet-ad", true, true, true, 22, k_any_labels, false},
    {Kind::mac_ip, "MAC/IP advertisement", "mac-ip", true, false, true, 30, 2, true},
    {Kind::multicast, "Inclusive Multicast Ethernet Tag", "inclusive-multicast", false, false, true, 13, 0, false},
    {Kind::segment, "Ethernet Segment", "ethernet-segment", true, true, false, 19, 0, false},
    {Kind::ip_prefix, "IP Prefix Advertisement", "ip-prefix", true, false, true, 34, 1, true},
};

[[nodiscard]] const Row* find_row(std::uint8_t type) {
  const auto* found = std::find_if(std::begin(k_rows), std::end(k_rows), [type](const Row& row) { return static_cast<std::uint8_t>(row.kind) == type; });
  return found == std::end(k_rows) ? nullptr : found;
}

// The pieces of a body, in the order of the wire.
struct Parts {
  base::Bytes rd;
  base::Bytes esi;     // empty where there is none
  base::Bytes middle;  // what counts behind it: Ethernet tag, MAC, address
  base::Bytes tail;    // what does not: gateway and labels
};

// --- wire

[[nodiscard]] base::Error refuse(unsigned subcode, const Row& row, std::string_view what) {
  return base::Error::notification(3, static_cast<std::uint8_t>(subcode), fmt::format("{} in an EVPN route {}", what, row.name));
}
[[nodiscard]] bool is_address_length(unsigned bits) { return bits == 32 || bits == 128; }

// How much of `rest`, which starts behind route distinguisher and segment, is the middle.
[[nodiscard]] base::Result<std::size_t> middle_size(const Row& row, base::Bytes rest) {
  base::ByteReader reader(rest);
  if (row.has_tag) reader.skip(k_tag_size);
  if (row.kind == Kind::auto_discovery) return reader.position();
  if (row.kind == Kind::mac_ip) {
    const unsigned mac_bits = reader.u8();
    if (mac_bits > k_mac_bits) return refuse(5, row, fmt::format("a MAC address of {} bits", mac_bits));
    reader.skip(k_mac_size);
  }
  const unsigned bits = reader.u8();
  if (row.kind == Kind::ip_prefix) {
    // The size says which version it is, not the length: address, gateway and label follow.
    reader.skip((reader.left() - k_label_size) / 2);
    return reader.position();
  }
  if (!is_address_length(bits) && !(row.kind == Kind::mac_ip && bits == 0)) {
    return refuse(row.kind == Kind::multicast ? 10 : 5, row, fmt::format("an address of {} bits", bits));
  }
  reader.skip(bits / 8);
  if (!reader.ok()) return refuse(row.kind == Kind::mac_ip ? 5 : 10, row, "an address that is cut short");
  return reader.position();
}

[[nodiscard]] base::Result<Parts> split(const Row& row, base::Bytes body) {
  constexpr std::size_t k_ipv6_prefix_size = 58;
  const auto length = [&] { return fmt::format("a body of {} octets", body.size()); };
  if (row.kind == Kind::ip_prefix) {
    if (body.size() != row.shortest && body.size() != k_ipv6_prefix_size) return refuse(5, row, length());
  } else if (body.size() < row.shortest) {
    return refuse(10, row, length());
  }
  base::ByteReader reader(body);
  Parts parts;
  parts.rd = reader.take(k_rd_size);
  if (row.has_esi) parts.esi = reader.take(k_esi_size);
  const auto size = middle_size(row, reader.rest());
  if (!size) return size.error();
  parts.middle = reader.take(*size);
  parts.tail = reader.rest();
  if (row.kind == Kind::mac_ip && parts.tail.size() != k_label_size && parts.tail.size() != 2 * k_label_size) return refuse(5, row, length());
  if (row.kind == Kind::auto_discovery && parts.tail.size() % k_label_size != 0) return refuse(10, row, length());
  if (row.labels_max == 0 && !parts.tail.empty()) return refuse(10, row, length());
  return parts;
}

[[nodiscard]] Parts parts_of(const Row& row, const NlriKey& key) {
  base::ByteReader identity(key.identity().subspan(1));
  base::ByteReader extra(key.extra());
  Parts parts;
  parts.rd = identity.take(k_rd_size);
  if (row.has_esi) parts.esi = (row.esi_counts ? identity : extra).take(k_esi_size);
  parts.middle = identity.rest();
  parts.tail = extra.rest();
  return parts;
}

// Octets put together without an allocation.
struct Octets {
  std::array<std::uint8_t, 0x100> octets;
  std::size_t size = 0;

  Octets& operator+=(base::Bytes more) {
    std::copy(more.begin(), more.end(), octets.begin() + static_cast<std::ptrdiff_t>(size));
    size += more.size();
    return *this;
  }
  [[nodiscard]] base::Bytes bytes() const { return base::Bytes(octets).first(size); }
};

// Identity: the route type, then what counts.
base::Result<NlriStep> decode(const NlriContext& context, base::Bytes in, NlriKey& out) {
  base::ByteReader reader(in);
  const base::Bytes type = reader.take(1);
  const base::Bytes body = reader.take(reader.u8());
  if (!reader.ok()) return bad_nlri("the EVPN NLRI is cut short");
  const Row* row = find_row(type[0]);
  Octets identity;
  Octets extra;
  identity += type;
  if (row == nullptr) {
    identity += body;
  } else {
    const auto parts = split(*row, body);
    if (!parts) return parts.error();
    identity += parts->rd;
    (row->esi_counts ? identity : extra) += parts->esi;
    identity += parts->middle;
    extra += parts->tail;
  }
  out = NlriKey(context.family, false, identity.bytes(), extra.bytes());
  return NlriStep{reader.position()};
}

std::size_t encoded_size(const NlriKey& key, bool) { return key.identity().size() + 1 + key.extra().size(); }

void encode(const NlriKey& key, bool add_path, base::Buffer& out) {
  const base::Bytes identity = key.identity();
  base::ByteWriter writer(out);
  writer.u8(identity[0]);
  writer.u8(static_cast<std::uint8_t>(encoded_size(key, add_path) - k_header_size));
  const Row* row = find_row(identity[0]);
  if (row == nullptr) {
    writer.bytes(identity.subspan(1));
    return;
  }
  const Parts parts = parts_of(*row, key);
  for (const base::Bytes part : {parts.rd, parts.esi, parts.middle, parts.tail}) writer.bytes(part);
}

// --- text and JSON out

// What a route says.
struct Fields {
  std::uint32_t tag = 0;
  base::Bytes mac;
  unsigned mac_bits = 0;
  base::IpAddress address;
  unsigned length = 0;  // of a prefix
  base::IpAddress gateway;
  base::Bytes labels;
};
[[nodiscard]] Fields fields_of(const Row& row, const Parts& parts) {
  base::ByteReader middle(parts.middle);
  base::ByteReader tail(parts.tail);
  Fields fields;
  if (row.has_tag) fields.tag = middle.u32();
  if (row.kind == Kind::mac_ip) {
    fields.mac_bits = middle.u8();
    fields.mac = middle.take(k_mac_size);
  }
  if (row.kind != Kind::auto_discovery) {
    fields.length = middle.u8();
    fields.address = base::IpAddress::from_bytes(middle.rest());
  }
  if (row.kind == Kind::ip_prefix) fields.gateway = base::IpAddress::from_bytes(tail.take(fields.address.bytes().size()));
  fields.labels = tail.rest();
  return fields;
}

[[nodiscard]] std::string with_colons(base::Bytes octets, base::HexCase letters) {
  std::string out;
  for (const std::uint8_t octet : octets) {
    if (!out.empty()) out += ':';
    base::append_hex(out, {&octet, 1}, letters);
  }
  return out;
}
[[nodiscard]] std::string esi_text(base::Bytes esi) {
  const bool none = std::all_of(esi.begin(), esi.end(), [](std::uint8_t octet) { return octet == 0; });
  return none ? std::string(k_no_segment) : with_colons(esi, base::HexCase::lower);
}

// Host bits, lengths that cannot be and more labels than can be written have no words: the octets are shown.
[[nodiscard]] bool has_words(const Row& row, const Fields& fields) {
  if (fields.labels.size() > k_label_size * row.labels_max) return false;
  return row.kind != Kind::ip_prefix || base::Prefix::parse(fmt::format("{}/{}", fields.address.text(), fields.length)).has_value();
}

void text(const NlriKey& key, std::string& out) {
  const Row* row = find_row(key.identity()[0]);
  const Parts parts = row == nullptr ? Parts() : parts_of(*row, key);
  const Fields fields = row == nullptr ? Fields() : fields_of(*row, parts);
  out += k_word;
  if (row == nullptr || !has_words(*row, fields)) {
    base::Buffer nlri;
    encode(key, false, nlri);
    append_raw(nlri, out);
    return;
  }
  out += fmt::format(" {} rd {}", row->keyword, route_distinguisher_text(parts.rd));
  if (row->has_esi) out += " esi " + esi_text(parts.esi);
  if (row->has_tag) out += fmt::format(" ethernet-tag {}", fields.tag);
  if (!fields.mac.empty()) out += " mac " + with_colons(fields.mac, base::HexCase::upper);
  if (!fields.mac.empty() && fields.mac_bits != k_mac_bits) out += fmt::format("/{}", fields.mac_bits);
  if (fields.address) out += " ip " + fields.address.text();
  if (row->kind == Kind::ip_prefix) out += fmt::format("/{} gateway {}", fields.length, fields.gateway.text());
  append_labels(fields.labels, out);
}

void json(const NlriKey& key, const NlriJson&, base::JsonWriter& out) {
  base::Buffer nlri;
  encode(key, false, nlri);
  const Row* row = find_row(nlri[0]);
  out.begin_object();
  out.member("code", nlri[0]);
  out.member("parsed", row != nullptr);
  out.member("raw", base::to_hex(nlri, base::HexCase::upper));
  if (row != nullptr) {
    const Parts parts = parts_of(*row, key);
    const Fields fields = fields_of(*row, parts);
    out.member("name", row->name);
    out.member("rd", route_distinguisher_json(parts.rd));
    if (row->has_esi) out.member("esi", esi_text(parts.esi));
    if (row->has_tag) out.member("ethernet-tag", fields.tag);
    if (!fields.mac.empty()) out.member("mac", with_colons(fields.mac, base::HexCase::upper));
    if (!fields.labels.empty()) {
      out.key("label");
      // The second one of a MAC is that of its IP-VRF (RFC 9135 section 5.1): it has no member of its own and stands in `raw`.
      labels_json(row->kind == Kind::mac_ip ? fields.labels.first(k_label_size) : fields.labels, true, out);
    }
    if (fields.address) out.member("ip", fields.address.text());
    if (row->kind == Kind::ip_prefix) {
      out.member("iplen", fields.length);
      out.member("gateway", fields.gateway.text());
    }
  }
  out.end_object();
}

constexpr base::JsonShape k_shape =
    "{ code: u8, parsed: false, raw: octets } | "
    "{ code: u8, parsed: true, raw: octets, name: string, rd: route-distinguisher, esi?: string, ethernet-tag?: u32, mac?: mac, label?: [label], "
    "ip?: ip, iplen?: u8, gateway?: ip }";

// --- text in

// "00:11:22": as many octets.
[[nodiscard]] std::optional<base::Buffer> parse_octets(std::string_view text, std::size_t count) {
  if (text.size() != 3 * count - 1) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 3 != 2) digits += text[i];
    else if (text[i] != ':') return std::nullopt;
  }
  return base::from_hex(digits);
}

[[nodiscard]] bool take_keyword(ValueReader& reader, std::string_view keyword) {
  const base::Token* next = reader.peek();
  if (next == nullptr || next->text != keyword) return false;
  static_cast<void>(reader.expect(keyword));
  return true;
}

// Without one: the segment of a site that has a single link.
base::Result<void> read_esi(ValueReader& reader, base::ByteWriter& out) {
  constexpr std::string_view k_expected = "an Ethernet segment identifier of ten octets such as 00:11:22:33:44:55:66:77:88:99, or '-' for none,";
  base::Buffer esi(k_esi_size, 0);
  if (take_keyword(reader, "esi")) {
    const base::Token* word = reader.word();
    if (word == nullptr) return reader.missing(k_expected);
    const auto octets = word->text == k_no_segment ? std::optional(esi) : parse_octets(word->text, k_esi_size);
    if (!octets) return reader.refuse(*word, k_expected);
    esi = *octets;
  }
  out.bytes(esi);
  return {};
}

base::Result<void> read_tag(ValueReader& reader, base::ByteWriter& out) {
  std::uint64_t tag = 0;
  if (take_keyword(reader, "ethernet-tag")) {
    const auto said = read_number(reader, 0xFFFFFFFF);
    if (!said) return said.error();
    tag = *said;
  }
  out.u32(static_cast<std::uint32_t>(tag));
  return {};
}

base::Result<void> read_mac(ValueReader& reader, base::ByteWriter& out) {
  constexpr std::string_view k_expected = "a MAC address such as AA:BB:CC:DD:EE:FF";
  if (auto error = reader.expect("mac")) return std::move(*error);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  const std::size_t slash = word->text.find('/');
  const auto octets = parse_octets(word->text.substr(0, slash), k_mac_size);
  const auto bits = slash == std::string_view::npos ? std::optional<std::uint64_t>(k_mac_bits) : base::parse_decimal(word->text.substr(slash + 1), k_mac_bits);
  if (!octets || !bits) return reader.refuse(*word, k_expected);
  out.u8(static_cast<std::uint8_t>(*bits));
  out.bytes(*octets);
  return {};
}

base::Result<void> read_ip(ValueReader& reader, const Row& row, base::ByteWriter& out) {
  if (!take_keyword(reader, "ip")) {
    if (row.kind != Kind::mac_ip) return *reader.expect("ip");
    out.u8(0);
    return {};
  }
  const auto address = read_address(reader, Afi::undefined);
  if (!address) return address.error();
  out.u8(static_cast<std::uint8_t>(address->bits()));
  out.bytes(address->bytes());
  return {};
}

// "ip 10.0.0.0/24 [gateway 10.0.0.1]"
base::Result<void> read_prefix(ValueReader& reader, base::ByteWriter& out) {
  if (auto error = reader.expect("ip")) return std::move(*error);
  const auto prefix = read_loose_prefix(reader, Afi::undefined);
  if (!prefix) return prefix.error();
  out.u8(prefix->length);
  out.bytes(prefix->address.bytes());
  if (!take_keyword(reader, "gateway")) {
    out.fill(prefix->address.bytes().size(), 0);
    return {};
  }
  const auto gateway = read_address(reader, prefix->address.is_v4() ? Afi::ipv4 : Afi::ipv6);
  if (!gateway) return gateway.error();
  out.bytes(gateway->bytes());
  return {};
}

// "label 100", "label [ 100 200 ]": each a label of its own; "vni 10100": a network identifier, which takes all of the field
// (RFC 8365 section 5.1.3).
base::Result<void> read_labels(ValueReader& reader, const Row& row, LabelStack& labels) {
  constexpr std::uint64_t k_vni_max = 0xFFFFFF;
  if (row.labels_max == 0) return {};
  if (take_keyword(reader, "vni")) {
    const auto vni = read_number(reader, k_vni_max);
    if (!vni) return vni.error();
    for (int shift = 16; shift >= 0; shift -= 8) labels.octets[labels.size++] = static_cast<std::uint8_t>(*vni >> shift);
    return {};
  }
  if (!take_keyword(reader, "label")) return {};
  const bool list = reader.take("[");
  while (!list || !reader.take("]")) {
    if (list) static_cast<void>(reader.take(","));
    const base::Token* word = reader.peek();
    const auto octets_said = read_label(reader, labels);
    if (!octets_said) return octets_said.error();
    if (labels.size > k_label_size * row.labels_max) {
      return reader.fail(*word, fmt::format("more than {} label{}", row.labels_max, row.labels_max == 1 ? "" : "s"));
    }
    if (!*octets_said) labels.octets[labels.size - 1U] |= 1;
    if (!list) break;
  }
  return {};
}

// Leaves the octets without the labels, and these beside them: whether they are needed depends on the use.
base::Result<void> read_fields(ValueReader& reader, const Row& row, NlriDraft& draft) {
  reader.about(row.keyword);
  base::ByteWriter writer(draft.octets);
  writer.u8(static_cast<std::uint8_t>(row.kind));
  writer.u8(0);
  if (auto error = reader.expect("rd")) return std::move(*error);
  const auto rd = read_route_distinguisher(reader);
  if (!rd) return rd.error();
  writer.bytes(*rd);
  if (row.has_esi) {
    if (auto done = read_esi(reader, writer); !done) return done;
  }
  if (row.has_tag) {
    if (auto done = read_tag(reader, writer); !done) return done;
  }
  if (row.kind == Kind::mac_ip) {
    if (auto done = read_mac(reader, writer); !done) return done;
  }
  if (row.kind != Kind::auto_discovery) {
    auto done = row.kind == Kind::ip_prefix ? read_prefix(reader, writer) : read_ip(reader, row, writer);
    if (!done) return done;
  }
  LabelStack labels;
  if (auto done = read_labels(reader, row, labels); !done) return done;
  draft.own = labels;
  return {};
}

base::Result<void> head(ValueReader& reader, NlriDraft& draft) {
  constexpr std::string_view k_expected =
      "ethernet-ad, mac-ip, inclusive-multicast, ethernet-segment, ip-prefix, or 0x and the octets of the NLRI";
  std::vector<std::string> words;
  for (const Row& row : k_rows) words.emplace_back(row.keyword);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected, std::move(words));
  for (const Row& row : k_rows) {
    if (word->text == row.keyword) return read_fields(reader, row, draft);
  }
  auto octets = parse_raw(word->text);
  if (!octets) return reader.refuse(*word, k_expected, std::move(words));
  draft.octets = std::move(*octets);
  return {};
}

base::Result<NlriKey> make(const NlriDraft& draft) {
  const auto* labels = std::any_cast<LabelStack>(&draft.own);
  if (labels == nullptr) return make_raw(draft, decode);  // written as octets
  const Row& row = *find_row(draft.octets[0]);
  const bool needs_label = row.needs_label && labels->empty();
  if (needs_label && draft.use == NlriUse::announce) return base::Error(fmt::format("{} announce requires a label or a vni", row.keyword));
  NlriDraft whole;
  whole.family = draft.family;
  whole.use = draft.use;
  whole.octets = draft.octets;
  base::ByteWriter writer(whole.octets);
  writer.bytes(labels->bytes());
  if (needs_label) writer.fill(k_label_size, 0);
  whole.octets[1] = static_cast<std::uint8_t>(whole.octets.size() - k_header_size);
  return make_raw(whole, decode);
}

constexpr NlriGrammar k_grammar{"ethernet-ad|mac-ip|inclusive-multicast|ethernet-segment|ip-prefix rd RD ... next-hop ADDRESS|self [attributes]",
                                {}, head, make, nullptr};

}  // namespace

extern const NlriCodec k_evpn_codec{decode, check_each<decode>, encode, encoded_size, text, json, k_shape, &k_grammar};

}  // namespace tandem::bgp
