#include "common/bgp/fields.hpp"

#include "common/bgp/nlri/codec.hpp"

namespace tandem::bgp {

namespace {

// How the octets of an NLRI are read again.
enum class Form : std::uint8_t {
  announced,
  withdrawn,
  parts  // as neither: what the key holds
};
constexpr Form last_of(Form) { return Form::parts; }

// The key that decoding `octets` gives, whole; nullopt: none.
std::optional<NlriKey> decoded(FamilyIndex family, bool path_id, NlriUse use, base::Bytes octets) {
  const NlriCodec* codec = nlri_codec(family);
  NlriKey key;
  const auto step = codec == nullptr ? base::Result<NlriStep>(base::Error("")) : codec->decode({family, use, path_id}, octets, key);
  if (!step || step->skipped || step->octets != octets.size() || key.has_path_id() != path_id) return std::nullopt;
  return key;
}

bool same(const std::optional<NlriKey>& decoded, const NlriKey& key) {
  if (!decoded || !(*decoded == key)) return false;
  const base::Bytes a = decoded->extra();
  const base::Bytes b = key.extra();
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

void store(state::Writer& writer, const NlriKey& key) {
  const NlriCodec* codec = nlri_codec(key.family());
  writer.value(key.family());
  writer.value(key.has_path_id());
  base::Buffer& octets = writer.scratch();
  Form form = Form::parts;
  if (codec != nullptr) {
    codec->encode(key, key.has_path_id(), octets);
    if (same(decoded(key.family(), key.has_path_id(), NlriUse::announce, octets), key)) form = Form::announced;
    else if (same(decoded(key.family(), key.has_path_id(), NlriUse::withdraw, octets), key)) form = Form::withdrawn;
  }
  writer.value(form);
  if (form != Form::parts) return writer.bytes(octets);
  writer.bytes(key.identity());
  writer.bytes(key.extra());
}

void load(state::Reader& reader, NlriKey& key) {
  FamilyIndex family = 0;
  bool path_id = false;
  Form form = Form::announced;
  reader.value(family);
  reader.value(path_id);
  reader.value(form);
  if (reader.ok() && family >= k_family_count) reader.fail("a route is of no family");
  const base::Bytes octets = reader.bytes();
  if (!reader.ok()) return;
  if (form != Form::parts) {
    auto read = decoded(family, path_id, form == Form::announced ? NlriUse::announce : NlriUse::withdraw, octets);
    if (!read) return reader.fail("an NLRI cannot be decoded");
    key = std::move(*read);
    return;
  }
  const base::Bytes extra = reader.bytes();
  if (path_id && octets.size() < 4) return reader.fail("a path identifier is cut");
  key = NlriKey(family, path_id, octets, extra);
}

void store(state::Writer& writer, const FamilySet& families) { writer.count(families.bits()); }

void load(state::Reader& reader, FamilySet& families) {
  const std::uint64_t bits = reader.count((std::uint64_t{1} << k_family_count) - 1);
  families = {};
  for (FamilyIndex family = 0; family < k_family_count; ++family) {
    if ((bits >> family & 1U) != 0) families.insert(family);
  }
}

}  // namespace tandem::bgp
