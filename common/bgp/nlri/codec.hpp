// One row a family: everything that is known about its NLRI. Wire, text in and out, JSON and identity stand side by side in one
// file a kind (unicast.cpp); the family table (family.cpp) names the row of each family, and nothing else does. A family without
// a row is negotiated, but its NLRI are not decoded. How a row is written: docs/extending.md.
#pragma once

#include <string>
#include <string_view>

#include "common/base/error.hpp"
#include "common/base/json_shape.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/dialect.hpp"
#include "common/bgp/next_hop.hpp"
#include "common/bgp/nlri/nlri_draft.hpp"
#include "common/bgp/nlri/nlri_key.hpp"

namespace tandem::bgp {

// How the NLRI of one place of a message are to be read.
struct NlriContext {
  FamilyIndex family = 0;
  NlriUse use = NlriUse::announce;  // labels are read differently (RFC 8277 section 2.4)
  bool add_path = false;            // RFC 7911: a path identifier stands in front
};

// The first NLRI of some octets. What is wrong is an error instead, and ends the session.
struct NlriStep {
  std::size_t octets = 0;  // at least 1
  bool skipped = false;    // its end is known and its content is not understood: it is left out, the session stays
};

struct NlriCount {
  std::size_t taken = 0;
  std::size_t skipped = 0;
};

// What the JSON of an NLRI depends on beyond itself.
struct NlriJson {
  bool compact = false;               // setting api.compact
  bool version_4 = false;             // of the API
  Dialect dialect = Dialect::main;
  const NextHop* next_hop = nullptr;  // of an announce
};

// How an NLRI is written in configuration and commands.
struct NlriGrammar {
  std::string_view usage;                   // what follows the word of the family, for help and errors
  std::span<const NlriKeyword> keywords;    // in any order, between the attributes
  NlriHead* head;                           // what stands first, in a fixed order; null: nothing does
  // Everything has been read; makes the key. A family that turns out to be another (a flow rule with a route distinguisher) says
  // so in it. Errors are reasons without a place.
  base::Result<NlriKey> (*make)(const NlriDraft& draft);
  // How strongly this family asks for what `route PREFIX ...` says; 0: not at all. Null: its routes are not written like that.
  unsigned (*claim)(const NlriDraft& draft);
};

// How a dialect writes an NLRI where it differs.
struct NlriForms {
  void (*text)(const NlriKey& key, std::string_view next_hop, std::string& out);  // with " next-hop ..." (none: "") where it stands
  void (*json)(const NlriKey& key, const NlriJson& form, base::JsonWriter& out);
  base::JsonShape shape;  // what `json` writes
};

struct NlriCodec {
  // Reads the first NLRI of `in` (never past it). Errors carry NOTIFICATION 3/10, or what the RFC of the family says.
  base::Result<NlriStep> (*decode)(const NlriContext& context, base::Bytes in, NlriKey& out);
  // Walks all of `in` as decode would: once it succeeds, decoding `in` cannot fail. check_each<decode> unless that is too slow.
  base::Result<NlriCount> (*check)(const NlriContext& context, base::Bytes in);
  // With add_path a key without identifier is written with identifier 0; without it the identifier is left out (RFC 7911).
  void (*encode)(const NlriKey& key, bool add_path, base::Buffer& out);
  std::size_t (*encoded_size)(const NlriKey& key, bool add_path);
  // "10.0.0.0/24 path-information 0.0.0.1": what the grammar reads, behind `route` for prefixes and behind the AFI for the others.
  void (*text)(const NlriKey& key, std::string& out);
  void (*json)(const NlriKey& key, const NlriJson& form, base::JsonWriter& out);  // one element of an update event
  base::JsonShape shape;                                                          // what `json` writes
  const NlriGrammar* grammar;                                                     // null: only received
  // What a withdraw writes where it is not the announced NLRI. Null: it is.
  NlriKey (*withdrawn)(const NlriKey& key) = nullptr;
  const NlriForms* release_4_2 = nullptr;  // of dialect 4.2, where it differs
};

// Null when NLRI of this family cannot be decoded yet.
[[nodiscard]] inline const NlriCodec* nlri_codec(FamilyIndex family) { return family_traits(family).codec; }
// Null when routes of this family cannot be written.
[[nodiscard]] inline const NlriGrammar* nlri_grammar(FamilyIndex family) {
  const NlriCodec* codec = nlri_codec(family);
  return codec == nullptr ? nullptr : codec->grammar;
}

// As a dialect writes them: an NLRI with the next hop of its announce (none: ""), and one element of an update event.
inline void append_nlri(const NlriKey& key, std::string_view next_hop, Dialect dialect, std::string& out) {
  const NlriCodec& codec = *nlri_codec(key.family());
  if (dialect == Dialect::release_4_2 && codec.release_4_2 != nullptr) {
    codec.release_4_2->text(key, next_hop, out);
    return;
  }
  codec.text(key, out);
  out += next_hop;
}
inline void nlri_json(const NlriKey& key, const NlriJson& form, base::JsonWriter& out) {
  const NlriCodec& codec = *nlri_codec(key.family());
  const NlriForms* forms = form.dialect == Dialect::release_4_2 ? codec.release_4_2 : nullptr;
  (forms != nullptr ? forms->json : codec.json)(key, form, out);
}

// RFC 7606 section 3 (j): NLRI that cannot be located end the session.
[[nodiscard]] inline base::Error bad_nlri(std::string reason) { return base::Error::notification(3, 10, std::move(reason)); }

template <auto Decode>
base::Result<NlriCount> check_each(const NlriContext& context, base::Bytes in) {
  NlriCount count;
  NlriKey key;
  while (!in.empty()) {
    const auto step = Decode(context, in, key);
    if (!step) return step.error();
    ++(step->skipped ? count.skipped : count.taken);
    in = in.subspan(step->octets);
  }
  return count;
}

// The rows of a family without ADD-PATH whose identity is the NLRI as it stands on the wire.
inline void encode_identity(const NlriKey& key, bool, base::Buffer& out) { base::ByteWriter(out).bytes(key.identity()); }
[[nodiscard]] inline std::size_t identity_size(const NlriKey& key, bool) { return key.identity().size(); }

// Makes the key of an IPv4/IPv6 unicast or multicast prefix.
[[nodiscard]] NlriKey make_prefix_key(FamilyIndex family, base::Bytes address, std::uint8_t length,
                                      std::optional<std::uint32_t> path_id);

}  // namespace tandem::bgp
