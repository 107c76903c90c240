// Mobile user plane (draft-ietf-bess-mup-safi): the four route types of the 3gpp-5g architecture, others are kept as octets.
//
// Identity is the NLRI as it stands on the wire. Only of a type 1 session transformed route it is architecture, type, route
// distinguisher and prefix, padded to the size of an address: the tunnel may change, and what says so follows as octets that do not count.
#include <fmt/format.h>

#include <algorithm>

#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

constexpr std::uint8_t k_3gpp_5g = 1;
constexpr std::size_t k_type_size = 3;    // architecture and route type
constexpr std::size_t k_header_size = 4;  // and the length
constexpr std::size_t k_rd_size = 8;
constexpr std::size_t k_teid_bits_max = 32;
constexpr unsigned k_qfi_max = 63;  // six bits (3GPP TS 38.415)
constexpr std::string_view k_word = "mup";
constexpr std::string_view k_no_source = "none";  // the length of the source is there, and is 0

enum class Kind : std::uint16_t { interwork = 1, direct = 2, session_1 = 3, session_2 = 4, other };

struct KindName {
  Kind kind;
  std::string_view name;  // in JSON
  std::string_view keyword;
};
constexpr KindName k_kinds[] = {
    {Kind::interwork, "InterworkSegmentDiscoveryRoute", "mup-isd"},
    {Kind::direct, "DirectSegmentDiscoveryRoute", "mup-dsd"},
    {Kind::session_1, "Type1SessionTransformedRoute", "mup-t1st"},
    {Kind::session_2, "Type2SessionTransformedRoute", "mup-t2st"},
};

[[nodiscard]] std::size_t octets_of(std::size_t bits) { return (bits + 7) / 8; }
[[nodiscard]] std::size_t address_size(FamilyIndex family) { return family_at(family).afi == Afi::ipv4 ? 4 : 16; }
[[nodiscard]] bool is_address_length(unsigned bits) { return bits == 32 || bits == 128; }

[[nodiscard]] Kind kind_of(base::Bytes nlri) {
  const unsigned type = nlri[1] * 256U + nlri[2];
  return nlri[0] == k_3gpp_5g && type >= 1 && type < static_cast<unsigned>(Kind::other) ? Kind{static_cast<std::uint16_t>(type)} : Kind::other;
}
[[nodiscard]] const KindName& name_of(Kind kind) { return k_kinds[static_cast<std::size_t>(kind) - 1]; }

// What a session of type 1 says beside its prefix.
struct Tunnel {
  std::uint32_t teid = 0;
  std::uint8_t qfi = 0;
  std::uint8_t endpoint_bits = 0;
  base::IpAddress endpoint;
  base::IpAddress source;  // none: not said, or of length 0
  bool empty_source = false;  // said to be of length 0
};
[[nodiscard]] std::optional<Tunnel> read_tunnel(base::Bytes octets) {
  base::ByteReader reader(octets);
  Tunnel tunnel;
  tunnel.teid = reader.u32();
  tunnel.qfi = reader.u8();
  tunnel.endpoint_bits = reader.u8();
  if (!is_address_length(tunnel.endpoint_bits)) return std::nullopt;
  tunnel.endpoint = base::IpAddress::from_bytes(reader.take(tunnel.endpoint_bits / 8U));
  if (!reader.ok()) return std::nullopt;
  if (reader.empty()) return tunnel;
  const unsigned source_bits = reader.u8();
  if (source_bits != 0 && !is_address_length(source_bits)) return std::nullopt;
  tunnel.empty_source = source_bits == 0;
  tunnel.source = base::IpAddress::from_bytes(reader.take(source_bits / 8U));
  return reader.ok() && reader.empty() ? std::optional(tunnel) : std::nullopt;
}

// --- wire

[[nodiscard]] base::Error bad_length(Kind kind, std::size_t size) {
  return bad_nlri(fmt::format("a {} of {} octets is not one", name_of(kind).name, size));
}

base::Result<NlriKey> read_session_1(const NlriContext& context, base::Bytes nlri) {
  base::ByteReader reader(nlri.subspan(k_header_size));
  const base::Bytes rd = reader.take(k_rd_size);
  const unsigned length = reader.u8();
  const std::size_t size = address_size(context.family);
  if (length > 8 * size) return bad_nlri(fmt::format("invalid mask {} in a {}", length, name_of(Kind::session_1).name));
  const base::Bytes prefix = reader.take(octets_of(length));
  if (!reader.ok() || !read_tunnel(reader.rest())) return bad_length(Kind::session_1, nlri.size());
  base::Buffer identity(nlri.begin(), nlri.begin() + k_type_size);
  base::ByteWriter writer(identity);
  writer.bytes(rd);
  writer.u8(static_cast<std::uint8_t>(length));
  writer.bytes(prefix);
  writer.fill(size - prefix.size(), 0);
  return NlriKey(context.family, false, identity, reader.rest());
}

// The form of the kinds whose identity is all of it.
[[nodiscard]] std::optional<base::Error> check_body(const NlriContext& context, Kind kind, base::Bytes body) {
  const std::size_t size = address_size(context.family);
  base::ByteReader reader(body);
  reader.skip(k_rd_size);
  if (kind == Kind::direct) {
    if (!reader.ok()) return bad_length(kind, body.size());
    if (reader.left() == 4 || reader.left() == 16) return std::nullopt;
    return base::Error::notification(3, 5, fmt::format("an address of {} octets in a {}", reader.left(), name_of(kind).name));
  }
  const std::size_t bits = reader.u8();
  if (!reader.ok()) return bad_length(kind, body.size());
  const std::size_t shortest = kind == Kind::session_2 ? 8 * size : 0;
  const std::size_t longest = 8 * size + (kind == Kind::session_2 ? k_teid_bits_max : 0);
  if (bits < shortest || bits > longest) return bad_nlri(fmt::format("invalid length {} in a {}", bits, name_of(kind).name));
  if (reader.left() != octets_of(bits)) return bad_length(kind, body.size());
  return std::nullopt;
}

base::Result<NlriStep> decode(const NlriContext& context, base::Bytes in, NlriKey& out) {
  base::ByteReader reader(in);
  reader.skip(k_type_size);
  const base::Bytes body = reader.take(reader.u8());
  if (!reader.ok()) return bad_nlri("the mobile user plane NLRI is cut short");
  const base::Bytes nlri = in.first(reader.position());
  const Kind kind = kind_of(nlri);
  if (kind == Kind::session_1) {
    auto key = read_session_1(context, nlri);
    if (!key) return key.error();
    out = std::move(*key);
    return NlriStep{nlri.size()};
  }
  if (kind != Kind::other) {
    if (auto error = check_body(context, kind, body)) return std::move(*error);
  }
  out = NlriKey(context.family, false, nlri);
  return NlriStep{nlri.size()};
}

// The parts of the identity of a session of type 1.
struct SessionKey {
  base::Bytes rd;
  std::uint8_t length;
  base::Bytes prefix;  // as many octets as its length needs
};
[[nodiscard]] SessionKey session_key(base::Bytes identity) {
  const base::Bytes rest = identity.subspan(k_type_size + k_rd_size);
  return {identity.subspan(k_type_size, k_rd_size), rest[0], rest.subspan(1, octets_of(rest[0]))};
}

void encode(const NlriKey& key, bool, base::Buffer& out) {
  const base::Bytes identity = key.identity();
  base::ByteWriter writer(out);
  if (kind_of(identity) != Kind::session_1) {
    writer.bytes(identity);
    return;
  }
  const SessionKey session = session_key(identity);
  writer.bytes(identity.first(k_type_size));
  writer.u8(static_cast<std::uint8_t>(k_rd_size + 1 + session.prefix.size() + key.extra().size()));
  writer.bytes(session.rd);
  writer.u8(session.length);
  writer.bytes(session.prefix);
  writer.bytes(key.extra());
}

std::size_t encoded_size(const NlriKey& key, bool) {
  const base::Bytes identity = key.identity();
  if (kind_of(identity) != Kind::session_1) return identity.size();
  return k_header_size + k_rd_size + 1 + session_key(identity).prefix.size() + key.extra().size();
}

// --- text and JSON out

[[nodiscard]] std::string prefix_text(base::Bytes octets, std::uint8_t length, FamilyIndex family) {
  std::string out;
  append_prefix(octets, length, static_cast<unsigned>(8 * address_size(family)), out);
  return out;
}

// Endpoint and tunnel identifier of a session of type 2, which stands behind the distinguisher.
struct Endpoint {
  std::uint8_t bits = 0;
  base::IpAddress address;
  std::uint8_t teid_bits = 0;
  std::uint32_t teid = 0;
};
[[nodiscard]] Endpoint read_endpoint(base::Bytes octets, FamilyIndex family) {
  base::ByteReader reader(octets);
  Endpoint endpoint;
  endpoint.bits = reader.u8();
  endpoint.address = base::IpAddress::from_bytes(reader.take(address_size(family)));
  endpoint.teid_bits = static_cast<std::uint8_t>(endpoint.bits - endpoint.address.bits());
  while (!reader.empty()) endpoint.teid = endpoint.teid << 8 | reader.u8();
  return endpoint;
}

// Host bits, an address of the other IP version and numbers that do not fit their fields have no words: the octets are shown.
[[nodiscard]] bool has_words(const NlriKey& key, Kind kind) {
  if (kind == Kind::other) return false;
  if (kind == Kind::session_1) {
    const SessionKey session = session_key(key.identity());
    return !has_host_bits(session.prefix, session.length) && read_tunnel(key.extra())->qfi <= k_qfi_max;
  }
  const base::Bytes rest = key.identity().subspan(k_header_size + k_rd_size);
  if (kind == Kind::interwork) return !has_host_bits(rest.subspan(1), rest[0]);
  if (kind == Kind::direct) return rest.size() == address_size(key.family());
  const Endpoint endpoint = read_endpoint(rest, key.family());
  return std::uint64_t{endpoint.teid} >> endpoint.teid_bits == 0;
}

void text(const NlriKey& key, std::string& out) {
  const base::Bytes identity = key.identity();
  const Kind kind = kind_of(identity);
  out += k_word;
  if (!has_words(key, kind)) {
    base::Buffer nlri;
    encode(key, false, nlri);
    append_raw(nlri, out);
    return;
  }
  out += ' ';
  out += name_of(kind).keyword;
  if (kind == Kind::session_1) {
    const SessionKey session = session_key(identity);
    const Tunnel tunnel = *read_tunnel(key.extra());
    out += fmt::format(" {} rd {} teid {} qfi {} endpoint {}", prefix_text(session.prefix, session.length, key.family()),
                       route_distinguisher_text(session.rd), tunnel.teid, tunnel.qfi, tunnel.endpoint.text());
    if (tunnel.source) out += " source " + tunnel.source.text();
    else if (tunnel.empty_source) out += fmt::format(" source {}", k_no_source);
    return;
  }
  const std::string rd = route_distinguisher_text(identity.subspan(k_header_size, k_rd_size));
  const base::Bytes rest = identity.subspan(k_header_size + k_rd_size);
  if (kind == Kind::interwork) {
    out += fmt::format(" {} rd {}", prefix_text(rest.subspan(1), rest[0], key.family()), rd);
  } else if (kind == Kind::direct) {
    out += fmt::format(" {} rd {}", base::IpAddress::from_bytes(rest).text(), rd);
  } else {
    const Endpoint endpoint = read_endpoint(rest, key.family());
    out += fmt::format(" {} rd {} teid {}/{}", endpoint.address.text(), rd, endpoint.teid, endpoint.teid_bits);
  }
}

void session_1_json(const NlriKey& key, base::JsonWriter& out) {
  const SessionKey session = session_key(key.identity());
  const Tunnel tunnel = *read_tunnel(key.extra());
  const std::string prefix = prefix_text(session.prefix, session.length, key.family());
  out.member("prefix_ip_len", session.length);
  out.member("prefix_ip", std::string_view(prefix).substr(0, prefix.find('/')));
  out.member("teid", fmt::to_string(tunnel.teid));
  out.member("qfi", fmt::to_string(tunnel.qfi));
  out.member("rd", route_distinguisher_json(session.rd));
  out.member("endpoint_ip_len", tunnel.endpoint_bits);
  out.member("endpoint_ip", tunnel.endpoint.text());
  out.member("source_ip_len", tunnel.source.bits());
  // What programs have always been told where there is none.
  out.member("source_ip", tunnel.source ? tunnel.source.text() : std::string("b''"));
}

void fields_json(const NlriKey& key, Kind kind, base::JsonWriter& out) {
  const base::Bytes identity = key.identity();
  const std::string rd = route_distinguisher_json(identity.subspan(k_header_size, k_rd_size));
  const base::Bytes rest = identity.subspan(k_header_size + k_rd_size);
  if (kind == Kind::interwork) {
    const std::string prefix = prefix_text(rest.subspan(1), rest[0], key.family());
    out.member("prefix_ip_len", rest[0]);
    out.member("prefix_ip", std::string_view(prefix).substr(0, prefix.find('/')));
    out.member("rd", rd);
  } else if (kind == Kind::direct) {
    out.member("ip", base::IpAddress::from_bytes(rest).text());
    out.member("rd", rd);
  } else {
    const Endpoint endpoint = read_endpoint(rest, key.family());
    out.member("endpoint_len", endpoint.bits);
    out.member("endpoint_ip", endpoint.address.text());
    out.member("rd", rd);
    out.member("teid", fmt::to_string(endpoint.teid));
  }
}

void json(const NlriKey& key, const NlriJson&, base::JsonWriter& out) {
  const base::Bytes identity = key.identity();
  const Kind kind = kind_of(identity);
  out.begin_object();
  if (kind != Kind::other) out.member("name", name_of(kind).name);
  out.member("arch", identity[0]);
  out.member("code", identity[1] * 256U + identity[2]);
  if (kind == Kind::session_1) session_1_json(key, out);
  else if (kind != Kind::other) fields_json(key, kind, out);
  base::Buffer whole;
  encode(key, false, whole);
  out.member("raw", base::to_hex(whole, base::HexCase::upper));
  out.end_object();
}

constexpr base::JsonShape k_shape =
    "{ arch: u8, code: u16, raw: octets } | "
    "{ name: \"InterworkSegmentDiscoveryRoute\", arch: u8, code: u16, prefix_ip_len: u8, prefix_ip: ip, rd: route-distinguisher, raw: octets } | "
    "{ name: \"DirectSegmentDiscoveryRoute\", arch: u8, code: u16, ip: ip, rd: route-distinguisher, raw: octets } | "
    "{ name: \"Type1SessionTransformedRoute\", arch: u8, code: u16, prefix_ip_len: u8, prefix_ip: ip, teid: digits, qfi: digits, "
    "rd: route-distinguisher, endpoint_ip_len: u8, endpoint_ip: ip, source_ip_len: u8, source_ip: ip | \"b''\", raw: octets } | "
    "{ name: \"Type2SessionTransformedRoute\", arch: u8, code: u16, endpoint_len: u8, endpoint_ip: ip, rd: route-distinguisher, teid: digits, "
    "raw: octets }";

// --- text in

// "rd RD"
base::Result<void> write_rd(ValueReader& reader, base::ByteWriter& writer) {
  if (auto error = reader.expect("rd")) return std::move(*error);
  const auto rd = read_route_distinguisher(reader);
  if (!rd) return rd.error();
  writer.bytes(*rd);
  return {};
}

void write_prefix(const base::Prefix& prefix, base::ByteWriter& writer) {
  writer.u8(prefix.length);
  writer.bytes(prefix.address.bytes().first(octets_of(prefix.length)));
}

void write_address(const base::IpAddress& address, base::ByteWriter& writer) {
  writer.u8(static_cast<std::uint8_t>(address.bits()));
  writer.bytes(address.bytes());
}

base::Result<void> read_interwork(ValueReader& reader, Afi afi, base::ByteWriter& writer) {
  const auto prefix = read_loose_prefix(reader, afi);
  if (!prefix) return prefix.error();
  if (auto done = write_rd(reader, writer); !done) return done;
  write_prefix(*prefix, writer);
  return {};
}

base::Result<void> read_direct(ValueReader& reader, Afi afi, base::ByteWriter& writer) {
  const auto address = read_address(reader, afi);
  if (!address) return address.error();
  if (auto done = write_rd(reader, writer); !done) return done;
  writer.bytes(address->bytes());
  return {};
}

base::Result<void> read_session_1_text(ValueReader& reader, Afi afi, base::ByteWriter& writer) {
  constexpr std::uint64_t k_teid_max = 0xFFFFFFFF;
  const auto prefix = read_loose_prefix(reader, afi);
  if (!prefix) return prefix.error();
  if (auto done = write_rd(reader, writer); !done) return done;
  write_prefix(*prefix, writer);
  if (auto error = reader.expect("teid")) return std::move(*error);
  const auto teid = read_number(reader, k_teid_max);
  if (!teid) return teid.error();
  writer.u32(static_cast<std::uint32_t>(*teid));
  if (auto error = reader.expect("qfi")) return std::move(*error);
  const auto qfi = read_number(reader, k_qfi_max);
  if (!qfi) return qfi.error();
  writer.u8(static_cast<std::uint8_t>(*qfi));
  if (auto error = reader.expect("endpoint")) return std::move(*error);
  const auto endpoint = read_address(reader, Afi::undefined);
  if (!endpoint) return endpoint.error();
  write_address(*endpoint, writer);
  const base::Token* next = reader.peek();
  if (next == nullptr || next->text != "source") return {};
  static_cast<void>(reader.expect("source"));
  if (const base::Token* word = reader.peek(); word != nullptr && word->text == k_no_source) {
    static_cast<void>(reader.word());
    writer.u8(0);
    return {};
  }
  const auto source = read_address(reader, Afi::undefined);
  if (!source) return source.error();
  write_address(*source, writer);
  return {};
}

base::Result<void> read_session_2_text(ValueReader& reader, Afi afi, base::ByteWriter& writer) {
  constexpr std::string_view k_expected = "a tunnel identifier and its length, as in 12345/32,";
  const auto address = read_address(reader, afi);
  if (!address) return address.error();
  if (auto done = write_rd(reader, writer); !done) return done;
  if (auto error = reader.expect("teid")) return std::move(*error);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  const std::size_t slash = word->text.find('/');
  if (slash == std::string_view::npos) return reader.refuse(*word, k_expected);
  const auto teid = base::parse_decimal(word->text.substr(0, slash), 0xFFFFFFFF);
  const auto bits = base::parse_decimal(word->text.substr(slash + 1), k_teid_bits_max);
  if (!teid || !bits) return reader.refuse(*word, k_expected);
  if (*teid >> *bits != 0) return reader.fail(*word, fmt::format("TEID {} cannot be stored in {} bits", *teid, *bits));
  writer.u8(static_cast<std::uint8_t>(address->bits() + *bits));
  writer.bytes(address->bytes());
  for (std::size_t left = octets_of(*bits); left-- > 0;) writer.u8(static_cast<std::uint8_t>(*teid >> 8 * left));
  return {};
}

base::Result<void> read_kind(ValueReader& reader, const KindName& kind, Afi afi, base::ByteWriter& writer) {
  switch (kind.kind) {
    case Kind::interwork: return read_interwork(reader, afi, writer);
    case Kind::direct: return read_direct(reader, afi, writer);
    case Kind::session_1: return read_session_1_text(reader, afi, writer);
    case Kind::session_2: return read_session_2_text(reader, afi, writer);
    case Kind::other: break;
  }
  return {};
}

base::Result<void> head(ValueReader& reader, NlriDraft& draft) {
  constexpr std::string_view k_expected = "mup-isd, mup-dsd, mup-t1st, mup-t2st, or 0x and the octets of the NLRI";
  std::vector<std::string> words;
  for (const KindName& kind : k_kinds) words.emplace_back(kind.keyword);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected, std::move(words));
  for (const KindName& kind : k_kinds) {
    if (word->text != kind.keyword) continue;
    reader.about(kind.keyword);
    base::ByteWriter writer(draft.octets);
    writer.u8(k_3gpp_5g);
    writer.u16(static_cast<std::uint16_t>(kind.kind));
    writer.u8(0);
    if (auto done = read_kind(reader, kind, draft.family.afi, writer); !done) return done;
    writer.patch_u8(k_type_size, static_cast<std::uint8_t>(writer.size() - k_header_size));
    return {};
  }
  auto octets = parse_raw(word->text);
  if (!octets) return reader.refuse(*word, k_expected, std::move(words));
  draft.octets = std::move(*octets);
  return {};
}

base::Result<NlriKey> make(const NlriDraft& draft) { return make_raw(draft, decode); }

constexpr NlriGrammar k_grammar{"mup-isd|mup-dsd|mup-t1st|mup-t2st ... next-hop ADDRESS|self [attributes]", {}, head, make, nullptr};

}  // namespace

extern const NlriCodec k_mup_codec{decode, check_each<decode>, encode, encoded_size, text, json, k_shape, &k_grammar};

}  // namespace tandem::bgp
