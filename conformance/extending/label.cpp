// A kind of NLRI that only this test knows, in the place of route target constraints: its length, and as many letters.
#include <algorithm>

#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

base::Result<NlriStep> decode(const NlriContext& context, base::Bytes in, NlriKey& out) {
  base::ByteReader reader(in);
  const std::size_t size = reader.u8();
  const base::Bytes letters = reader.take(size);
  if (!reader.ok()) return bad_nlri("the label is cut short");
  const bool good = std::all_of(letters.begin(), letters.end(), [](std::uint8_t c) { return c >= 'a' && c <= 'z'; });
  if (good) out = NlriKey(context.family, false, in.first(reader.position()));
  return NlriStep{reader.position(), !good};
}

std::string_view letters_of(const NlriKey& key) { return base::as_text(key.identity().subspan(1)); }

void text(const NlriKey& key, std::string& out) {
  out += "rtc ";
  out += letters_of(key);
}

void json(const NlriKey& key, const NlriJson&, base::JsonWriter& out) {
  out.begin_object();
  out.member("label", letters_of(key));
  out.end_object();
}

base::Result<void> head(ValueReader& reader, NlriDraft& draft) {
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing("letters");
  base::ByteWriter writer(draft.octets);
  writer.u8(static_cast<std::uint8_t>(word->text.size()));
  writer.bytes(base::as_bytes(word->text));
  return {};
}

base::Result<NlriKey> make(const NlriDraft& draft) { return make_raw(draft, decode); }

constexpr NlriGrammar k_grammar{"LETTERS next-hop ADDRESS", {}, head, make, nullptr};

}  // namespace

extern const NlriCodec k_label_codec{decode, check_each<decode>, encode_identity, identity_size, text, json, "{ label: string }", &k_grammar};

}  // namespace tandem::bgp
