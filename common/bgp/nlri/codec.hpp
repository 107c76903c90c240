// What the rest of tandem may do with an NLRI of any family: one row of functions a family, wire, text and JSON side by
// side in one file a kind (unicast.cpp). No row: the family is negotiated but its NLRI are not decoded yet.
#pragma once

#include <string>

#include "common/base/error.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/nlri/nlri_key.hpp"

namespace tandem::bgp {

struct NlriCodec {
  // Reads the first NLRI of `in` (never past it). Gives the octets taken (at least 1). Errors carry NOTIFICATION 3/10.
  base::Result<std::size_t> (*decode)(FamilyIndex family, base::Bytes in, bool add_path, NlriKey& out);
  // Walks all of `in` as decode would, without making keys: once it succeeds, decoding `in` cannot fail. Gives the count.
  base::Result<std::size_t> (*check)(FamilyIndex family, base::Bytes in, bool add_path);
  // With add_path a key without identifier is written with identifier 0; without it the identifier is left out (RFC 7911).
  void (*encode)(const NlriKey& key, bool add_path, base::Buffer& out);
  std::size_t (*encoded_size)(const NlriKey& key, bool add_path);
  void (*text)(const NlriKey& key, std::string& out);  // "10.0.0.0/24 path-information 0.0.0.1"
  // One element of an update event; `compact` is the setting api.compact (spec api.md 1).
  void (*json)(const NlriKey& key, base::JsonWriter& out, bool compact);
};

// Null when NLRI of this family cannot be decoded yet.
[[nodiscard]] const NlriCodec* nlri_codec(FamilyIndex family);
// A family whose routes can be written, but not by tandem so far: told apart from words that mean nothing.
[[nodiscard]] inline bool is_not_supported_yet(FamilyIndex family) {
  return family_traits(family).has(FamilyRule::originated) && nlri_codec(family) == nullptr;
}

// Makes the key of an IPv4/IPv6 unicast or multicast prefix.
[[nodiscard]] NlriKey make_prefix_key(FamilyIndex family, base::Bytes address, std::uint8_t length,
                                      std::optional<std::uint32_t> path_id);

}  // namespace tandem::bgp
