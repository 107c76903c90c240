#include <string>

#include "common/base/assert.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/sample_octets.hpp"
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
  std::vector<base::Buffer> out;
  for (const auto& sample : bgp::testing::nlri_samples()) {
    const auto flags = (sample.use == bgp::NlriUse::withdraw ? k_withdraw : 0) | (sample.add_path ? k_add_path : 0);
    base::Buffer seed{static_cast<std::uint8_t>(sample.context().family), static_cast<std::uint8_t>(flags)};
    const base::Buffer octets = bgp::testing::sample_octets(sample.octets);
    seed.insert(seed.end(), octets.begin(), octets.end());
    out.push_back(std::move(seed));
  }
  return out;
}

}  // namespace

Entry nlri() { return {take, seeds()}; }

}  // namespace tandem::conformance::fuzz
