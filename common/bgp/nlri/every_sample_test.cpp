// What must be true of every NLRI of every family, asked of the samples that each family brings (nlri_samples.hpp).
#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/changed_octets.hpp"
#include "common/bgp/message/update.hpp"
#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp::testing {

namespace {

std::string name_of(const NlriSample& sample) { return to_string(sample.family) + " " + std::string(sample.octets); }

NlriKey decode(const NlriSample& sample) {
  const base::Buffer in = octets(sample.octets);
  const NlriContext context = sample.context();
  NlriKey key;
  const auto step = nlri_codec(context.family)->decode(context, in, key);
  EXPECT_TRUE(step.has_value()) << name_of(sample) << ": " << (step ? "" : step.error().reason());
  EXPECT_EQ(step ? step->octets : 0, in.size()) << name_of(sample);
  EXPECT_FALSE(step && step->skipped) << name_of(sample);
  return key;
}

std::string text_of(const NlriKey& key) {
  std::string out;
  nlri_codec(key.family())->text(key, out);
  return out;
}

std::string json_of(const NlriKey& key, const NlriJson& form) {
  std::string out;
  base::JsonWriter writer(out);
  nlri_codec(key.family())->json(key, form, writer);
  return squeeze(out);
}

base::Buffer encode(const NlriKey& key, bool add_path) {
  base::Buffer out;
  nlri_codec(key.family())->encode(key, add_path, out);
  EXPECT_EQ(nlri_codec(key.family())->encoded_size(key, add_path), out.size());
  return out;
}

TEST(EverySample, OfEveryFamilyWithACodecIsThere) {
  for (FamilyIndex family = 0; family < k_family_count; ++family) {
    const auto& all = nlri_samples();
    const bool has_one = std::any_of(all.begin(), all.end(), [family](const NlriSample& sample) { return sample.context().family == family; });
    EXPECT_EQ(has_one, nlri_codec(family) != nullptr) << to_string(family_at(family));
  }
}

TEST(EverySample, ComesOutAsItWentIn) {
  for (const NlriSample& sample : nlri_samples()) {
    const NlriKey key = decode(sample);
    EXPECT_EQ(hex(encode(key, sample.add_path)), hex(octets(sample.written.empty() ? sample.octets : sample.written))) << name_of(sample);
    EXPECT_EQ(bgp::family_at(key.family()), sample.family) << name_of(sample);
    const auto count = nlri_codec(key.family())->check(sample.context(), octets(sample.octets));
    ASSERT_TRUE(count.has_value()) << name_of(sample);
    EXPECT_EQ(count->taken, 1U) << name_of(sample);
  }
}

// The report of this test (--gtest_output=xml) is what conformance/interop gives to another dissector. Whether octets in front of an NLRI
// are a path identifier stands in the OPENs, which it does not see.
TEST(EverySample, IsAcceptedInAnUpdate) {
  Negotiated negotiated = plain_session();
  for (const FamilyTraits& traits : family_table()) negotiated.family_set.insert(*family_index(traits.family));
  std::size_t number = 0;
  for (const NlriSample& sample : nlri_samples()) {
    if (sample.add_path) continue;
    const base::Buffer body = update_body(sample);
    const auto update = decode_update(body, negotiated);
    ASSERT_TRUE(update.has_value()) << name_of(sample) << ": " << update.error().reason();
    EXPECT_EQ(update->mp_announced.octets.size() + update->mp_withdrawn.octets.size(), octets(sample.octets).size()) << name_of(sample);
    RecordProperty("update-" + std::to_string(number++), to_string(sample.family) + ": " + hex(body));
  }
}

TEST(EverySample, IsPrintedAsItShouldBe) {
  const NextHop next_hop{*base::IpAddress::parse("10.0.0.1"), {}, false};
  for (const NlriSample& sample : nlri_samples()) {
    const NlriKey key = decode(sample);
    EXPECT_EQ(text_of(key), sample.text) << name_of(sample);
    EXPECT_EQ(json_of(key, {}), squeeze(sample.json)) << name_of(sample);
    const bool announced = sample.use == NlriUse::announce;
    EXPECT_EQ(json_of(key, {false, true, Dialect::main, announced ? &next_hop : nullptr}), squeeze(sample.json_v4.empty() ? sample.json : sample.json_v4))
        << name_of(sample);
  }
}

TEST(EverySample, IsReadBackFromItsText) {
  for (const NlriSample& sample : nlri_samples()) {
    const NlriContext context = sample.context();
    if (nlri_grammar(context.family) == nullptr) continue;
    const NlriKey key = decode(sample);
    const auto read = read_nlri_text(context.family, context.use, text_of(key));
    ASSERT_TRUE(read.has_value()) << name_of(sample) << ": " << read.error().reason();
    EXPECT_EQ(*read, key) << name_of(sample);
    EXPECT_EQ(hex(encode(*read, context.add_path)), hex(encode(key, context.add_path))) << name_of(sample);
  }
}

// The text of an NLRI is read back as the same octets; that of a flow rule says what it means, in whatever order and widths it came.
void expect_read_back(const NlriContext& context, const NlriKey& key) {
  const std::string text = text_of(key);
  const Safi safi = family_at(context.family).safi;
  if ((safi == Safi::nlri_mpls || safi == Safi::mpls_vpn) && text.find(" label ") == std::string::npos) return;  // nobody may announce it (RFC 8277)
  const auto read = read_nlri_text(context.family, context.use, text);
  ASSERT_TRUE(read.has_value()) << text << ": " << read.error().reason();
  if (*read == key && encode(*read, context.add_path) == encode(key, context.add_path)) return;
  EXPECT_TRUE(text.starts_with("flow")) << text;
  EXPECT_EQ(text_of(*read), text);
}

// Whatever the octets are: an error, or an NLRI that can be printed and written.
void exercise(const NlriContext& context, const base::Buffer& in) {
  const NlriCodec& codec = *nlri_codec(context.family);
  NlriKey key;
  const auto step = codec.decode(context, in, key);
  const auto count = codec.check(context, in);
  if (!step) {
    EXPECT_TRUE(in.empty() || !count.has_value());
    ASSERT_NE(step.error().notification(), nullptr) << hex(in);
    EXPECT_EQ(step.error().notification()->code, 3) << hex(in);
    return;
  }
  ASSERT_GT(step->octets, 0U) << hex(in);
  ASSERT_LE(step->octets, in.size()) << hex(in);
  if (step->skipped) return;
  static_cast<void>(text_of(key));
  static_cast<void>(json_of(key, {}));
  static_cast<void>(encode(key, context.add_path));
}

TEST(EverySample, CutShortAnywhereIsSafe) {
  for (const NlriSample& sample : nlri_samples()) {
    const base::Buffer whole = octets(sample.octets);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // A copy of the exact size, so that a sanitizer sees a read one octet too far.
      exercise(sample.context(), base::Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    }
  }
}

TEST(EverySample, WithAnyOctetChangedIsSafe) {
  for (const NlriSample& sample : nlri_samples()) {
    const base::Buffer whole = octets(sample.octets);
    for (const NlriUse use : {NlriUse::announce, NlriUse::withdraw}) {
      for (const bool add_path : {false, true}) {
        base::testing::change_each_octet(whole, 0, base::testing::k_every_affordable, [&](const base::Buffer& changed) {
          exercise({sample.context().family, use, add_path}, changed);
        });
      }
    }
  }
}

// Whatever a peer may make of a sample, as long as that is an NLRI.
TEST(EverySample, WithAnyOctetChangedIsReadBackFromItsText) {
  for (const NlriSample& sample : nlri_samples()) {
    const NlriContext context = sample.context();
    base::testing::change_each_octet(octets(sample.octets), 0, base::testing::k_every_affordable, [&context](const base::Buffer& changed) {
      NlriKey key;
      const auto step = nlri_codec(context.family)->decode(context, changed, key);
      if (step && !step->skipped) expect_read_back(context, key);
    });
  }
}

}  // namespace
}  // namespace tandem::bgp::testing
