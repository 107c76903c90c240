#include "common/bgp/nlri/unicast.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/ip.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_path_id_size = 4;

[[nodiscard]] unsigned address_bits(FamilyIndex family) { return family_at(family).afi == Afi::ipv4 ? 32 : 128; }

// RFC 7606 section 3 (j): NLRI that cannot be located end the session.
[[nodiscard]] base::Error bad_nlri(std::string reason) { return base::Error::notification(3, 10, std::move(reason)); }

[[nodiscard]] base::Error explain(FamilyIndex family, base::Bytes in, bool add_path) {
  const std::string name = to_string(family_at(family));
  if (add_path && in.size() <= k_path_id_size) {
    return bad_nlri(fmt::format("not enough data to extract the path-information of the NLRI for {}", name));
  }
  const base::Bytes prefix = in.subspan(add_path ? k_path_id_size : 0);
  if (prefix.empty()) return bad_nlri(fmt::format("missing prefix length in NLRI for {}", name));
  if (prefix[0] > address_bits(family)) {
    return bad_nlri(fmt::format("invalid mask {} in NLRI prefix for {}", prefix[0], to_string(family_at(family).afi)));
  }
  return bad_nlri(fmt::format("NLRI prefix for {} with mask {} is cut short ({} octets left)", name, prefix[0], prefix.size() - 1));
}

// Octets of the first NLRI of `in`; 0 when it is wrong or does not fit.
[[nodiscard]] inline std::size_t measure(base::Bytes in, unsigned bits, std::size_t path_octets) {
  if (in.size() <= path_octets) return 0;
  const unsigned mask = in[path_octets];
  const std::size_t size = path_octets + 1 + (mask + 7) / 8;
  return mask > bits || size > in.size() ? 0 : size;
}

// Bits of the last octet that are beyond the length of the prefix. They mean nothing (RFC 4271 section 4.3).
[[nodiscard]] constexpr std::uint8_t spare_bits(unsigned length) { return static_cast<std::uint8_t>((1U << ((8 - length % 8) % 8)) - 1); }

base::Result<std::size_t> decode(FamilyIndex family, base::Bytes in, bool add_path, NlriKey& out) {
  const std::size_t path_octets = add_path ? k_path_id_size : 0;
  const std::size_t size = measure(in, address_bits(family), path_octets);
  if (size == 0) return explain(family, in, add_path);
  const std::uint8_t length = in[path_octets];
  if ((in[size - 1] & spare_bits(length)) == 0 || length == 0) {
    out = NlriKey(family, add_path, in.first(size));
    return size;
  }
  std::optional<std::uint32_t> path_id;
  if (add_path) path_id = base::ByteReader(in).u32();
  out = make_prefix_key(family, in.first(size).subspan(path_octets + 1), length, path_id);
  return size;
}

base::Result<std::size_t> check(FamilyIndex family, base::Bytes in, bool add_path) {
  const unsigned bits = address_bits(family);
  const std::size_t path_octets = add_path ? k_path_id_size : 0;
  std::size_t count = 0;
  while (!in.empty()) {
    const std::size_t size = measure(in, bits, path_octets);
    if (size == 0) return explain(family, in, add_path);
    in = in.subspan(size);
    ++count;
  }
  return count;
}

void encode(const NlriKey& key, bool add_path, base::Buffer& out) {
  base::ByteWriter writer(out);
  if (add_path) writer.u32(key.path_id());
  writer.bytes(key.nlri());
}

std::size_t encoded_size(const NlriKey& key, bool add_path) { return key.nlri().size() + (add_path ? k_path_id_size : 0); }

void append_prefix(const NlriKey& key, std::string& out) {
  const base::Bytes nlri = key.nlri();
  if (nlri.empty()) return;
  std::array<std::uint8_t, 16> octets{};
  std::copy_n(nlri.begin() + 1, std::min(nlri.size() - 1, octets.size()), octets.begin());
  base::IpAddress::from_bytes(base::Bytes(octets).first(address_bits(key.family()) / 8)).append_text(out);
  out += '/';
  const fmt::format_int length(nlri[0]);
  out.append(length.data(), length.size());
}

void append_path_id(const NlriKey& key, std::string& out) { base::IpAddress::v4(key.path_id()).append_text(out); }

void text(const NlriKey& key, std::string& out) {
  append_prefix(key, out);
  if (!key.has_path_id()) return;
  out += " path-information ";
  append_path_id(key, out);
}

void json(const NlriKey& key, base::JsonWriter& out, bool compact) {
  std::string prefix;
  append_prefix(key, prefix);
  if (compact && !key.has_path_id()) {
    out.string(prefix);
    return;
  }
  out.begin_object();
  out.member("nlri", prefix);
  if (key.has_path_id()) {
    std::string path_id;
    append_path_id(key, path_id);
    out.member("path-information", path_id);
  }
  out.end_object();
}

}  // namespace

const NlriCodec k_unicast_codec{decode, check, encode, encoded_size, text, json};

NlriKey make_prefix_key(FamilyIndex family, base::Bytes address, std::uint8_t length, std::optional<std::uint32_t> path_id) {
  std::array<std::uint8_t, k_path_id_size + 1 + 16> identity{};
  std::size_t size = 0;
  if (path_id) {
    for (int shift = 24; shift >= 0; shift -= 8) identity[size++] = static_cast<std::uint8_t>(*path_id >> shift);
  }
  identity[size++] = length;
  const std::size_t octets = std::min<std::size_t>({(length + 7U) / 8U, address.size(), 16});
  std::copy_n(address.begin(), octets, identity.begin() + static_cast<std::ptrdiff_t>(size));
  if (octets != 0) identity[size + octets - 1] &= static_cast<std::uint8_t>(~spare_bits(length));
  return NlriKey(family, path_id.has_value(), base::Bytes(identity).first(size + octets));
}

}  // namespace tandem::bgp
