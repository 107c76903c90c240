#include <string>

#include "common/base/assert.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "conformance/fuzz/entries.hpp"

namespace tandem::conformance::fuzz {

namespace {

constexpr std::uint8_t k_withdraw = 1;
constexpr std::uint8_t k_add_path = 2;

void take(base::Bytes input) {
  if (input.size() < 2) return;
  const auto family = static_cast<bgp::FamilyIndex>(input[0] % bgp::k_family_count);
  const auto use = (input[1] & k_withdraw) != 0 ? bgp::NlriUse::withdraw : bgp::NlriUse::announce;
  const bgp::NlriContext context{family, use, (input[1] & k_add_path) != 0};
  const bgp::NlriCodec* codec = bgp::nlri_codec(family);
  if (codec == nullptr) return;
  const base::Bytes field = input.subspan(2);
  const auto count = codec->check(context, field);
  base::Bytes rest = field;
  while (!rest.empty()) {
    bgp::NlriKey key;
    const auto step = codec->decode(context, rest, key);
    TANDEM_ASSERT(step.has_value() || !count.has_value());  // what was checked can be decoded
    if (!step) return;
    TANDEM_ASSERT(step->octets > 0 && step->octets <= rest.size());
    rest = rest.subspan(step->octets);
    if (step->skipped) continue;
    std::string text;
    codec->text(key, text);
    base::JsonWriter json(text);
    codec->json(key, {}, json);
    base::Buffer again;
    codec->encode(key, context.add_path, again);
    TANDEM_ASSERT(codec->encoded_size(key, context.add_path) == again.size());
    bgp::NlriKey same;
    const auto reread = codec->decode(context, again, same);
    TANDEM_ASSERT(reread.has_value() && !reread->skipped && same == key);
  }
}

std::vector<base::Buffer> seeds() {
  // Lengths and types that lead into each decoder; what stands behind them is for the mutations to find.
  std::vector<base::Buffer> out;
  for (std::size_t family = 0; family < bgp::k_family_count; ++family) {
    for (const std::uint8_t flags : {std::uint8_t{0}, k_withdraw, static_cast<std::uint8_t>(k_withdraw | k_add_path)}) {
      for (std::uint8_t type = 0; type < 12; ++type) {
        base::Buffer seed{static_cast<std::uint8_t>(family), flags, type, 34};
        for (std::uint8_t i = 0; i < 34; ++i) seed.push_back(i);
        out.push_back(std::move(seed));
      }
    }
  }
  return out;
}

}  // namespace

Entry nlri() { return {take, seeds()}; }

}  // namespace tandem::conformance::fuzz
