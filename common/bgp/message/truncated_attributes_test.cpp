// RFC 7606, attribute by attribute: a value of any length but the right ones does to an UPDATE what the RFC says, wherever it is cut, and
// nothing else. What is right and what happens stands here a second time, beside the RFC that says so, and not in the rows that are tested.
#include <gtest/gtest.h>

#include "common/bgp/attribute/attribute_samples.hpp"
#include "common/bgp/message/decoded_update.hpp"
#include "common/bgp/nlri/nlri_samples.hpp"

namespace tandem::bgp {
namespace {

using testing::octets;
using testing::plain_session;
using testing::with_attributes;

enum class Outcome : std::uint8_t { withdraw, discard, either };

struct Rule {
  AttributeCode code;
  Outcome outcome;
  std::size_t multiple;  // the lengths that are right are multiples of it; 0: what is inside decides
  std::size_t only = 0;  // the one length that is right
  const char* value = nullptr;  // good; null: those of the samples
};
constexpr std::size_t k_empty = 1000;
constexpr Rule k_rules[] = {
    {AttributeCode::origin, Outcome::withdraw, 1, 1},                        // RFC 7606 section 7.1
    {AttributeCode::as_path, Outcome::withdraw, 0},                          // 7.2
    {AttributeCode::next_hop, Outcome::withdraw, 1, 4, "01020304"},          // 7.3
    {AttributeCode::med, Outcome::withdraw, 1, 4},                           // 7.4
    {AttributeCode::local_preference, Outcome::withdraw, 1, 4},              // 7.5
    {AttributeCode::atomic_aggregate, Outcome::discard, 1, k_empty},         // 7.6
    {AttributeCode::aggregator, Outcome::discard, 1, 8},                     // 7.7
    {AttributeCode::community, Outcome::withdraw, 4},                        // 7.8
    {AttributeCode::originator_id, Outcome::withdraw, 1, 4},                 // 7.9
    {AttributeCode::cluster_list, Outcome::withdraw, 4},                     // 7.10
    {AttributeCode::extended_community, Outcome::withdraw, 8},               // 7.14
    {AttributeCode::as4_path, Outcome::discard, 0, 0, "0202 00011170 00000001"},         // RFC 6793 section 6
    {AttributeCode::as4_aggregator, Outcome::discard, 1, 8, "00011170 01020304"},        // the same
    {AttributeCode::pmsi_tunnel, Outcome::withdraw, 0},                      // RFC 6514 section 5
    {AttributeCode::tunnel_encapsulation, Outcome::withdraw, 0},             // RFC 9012 section 13
    {AttributeCode::ipv6_extended_community, Outcome::withdraw, 20},         // RFC 7606 section 7.15
    {AttributeCode::aigp, Outcome::discard, 0},                              // RFC 7311 section 3.2
    {AttributeCode::bgp_ls, Outcome::discard, 0},                            // RFC 9552 section 8.2.2
    {AttributeCode::large_community, Outcome::withdraw, 12},                 // RFC 8092 section 5
    {AttributeCode::only_to_customer, Outcome::withdraw, 1, 4},              // RFC 9234 section 5
    {AttributeCode::prefix_sid, Outcome::either, 0},                         // RFC 8669 section 6; of a service RFC 9252 section 7
};

[[nodiscard]] bool is_multiprotocol(AttributeCode code) { return code == AttributeCode::mp_reach || code == AttributeCode::mp_unreach; }

[[nodiscard]] std::vector<base::Buffer> values_of(const Rule& rule) {
  if (rule.value != nullptr) return {octets(rule.value)};
  std::vector<base::Buffer> out;
  for (const testing::AttributeSample& sample : testing::attribute_samples()) {
    if (sample.code() != static_cast<std::uint8_t>(rule.code)) continue;
    const base::Buffer whole = octets(sample.octets);
    out.emplace_back(whole.begin() + ((whole[0] & k_flag_extended_length) != 0 ? 4 : 3), whole.end());
  }
  return out;
}

// The mandatory attributes but the one that is tested, and `attribute` behind them.
[[nodiscard]] base::Buffer section_with(AttributeCode code, const base::Buffer& attribute) {
  base::Buffer section;
  for (const std::string_view other : {"40010100", "400200", "40030401020304"}) {
    const base::Buffer one = octets(other);
    if (one[1] != static_cast<std::uint8_t>(code)) section.insert(section.end(), one.begin(), one.end());
  }
  section.insert(section.end(), attribute.begin(), attribute.end());
  return section;
}

[[nodiscard]] testing::Decoded decode_section(AttributeCode code, const base::Buffer& attribute) {
  Negotiated session = plain_session();
  session.aigp = true;
  if (code == AttributeCode::as4_path || code == AttributeCode::as4_aggregator) session.asn4 = false;
  return with_attributes(base::to_hex(section_with(code, attribute)), "180a0000", session);
}

void expect_outcome(const Rule& rule, const base::Buffer& attribute, bool must_be_malformed) {
  const AttributeTraits& row = *attribute_traits(static_cast<std::uint8_t>(rule.code));
  const auto update = decode_section(rule.code, attribute);
  ASSERT_TRUE(update.result.has_value()) << row.name << " " << base::to_hex(attribute);
  const std::string kept = base::to_hex(update->attributes.wire());
  const bool is_kept = rule.code == AttributeCode::next_hop ? update->next_hop.known() : kept.find(base::to_hex(attribute)) != std::string::npos;
  const std::string_view withdrawn = update->treat_as_withdraw;
  EXPECT_EQ(testing::routes(update->announced), "10.0.0.0/24") << row.name << ": NLRI are found whatever the attributes are";
  EXPECT_TRUE(withdrawn.empty() || withdrawn == row.name) << row.name << ": " << withdrawn;
  EXPECT_FALSE(is_kept && must_be_malformed) << row.name << " " << base::to_hex(attribute);
  EXPECT_FALSE(is_kept && !withdrawn.empty()) << row.name << " " << base::to_hex(attribute);
  EXPECT_TRUE(rule.outcome != Outcome::discard || withdrawn.empty()) << row.name << " " << base::to_hex(attribute);
  EXPECT_TRUE(rule.outcome != Outcome::withdraw || is_kept || withdrawn == row.name) << row.name << " " << base::to_hex(attribute);
}

TEST(TruncatedAttributes, EveryRowHasARule) {
  for (const AttributeTraits* row : attribute_table()) {
    const bool there = std::any_of(std::begin(k_rules), std::end(k_rules), [row](const Rule& rule) { return rule.code == row->code; });
    EXPECT_EQ(there, !is_multiprotocol(row->code)) << row->name;
  }
  for (const Rule& rule : k_rules) EXPECT_FALSE(values_of(rule).empty()) << static_cast<int>(rule.code);
}

TEST(TruncatedAttributes, AValueOfAnotherLengthIsWithdrawnOrDiscardedAsItsRfcSays) {
  for (const Rule& rule : k_rules) {
    const AttributeTraits& row = *attribute_traits(static_cast<std::uint8_t>(rule.code));
    for (base::Buffer value : values_of(rule)) {
      const std::size_t whole = value.size();
      value.resize(whole + 3, 0);  // and up to three octets more
      for (std::size_t size = 0; size <= value.size(); ++size) {
        base::Buffer attribute;
        append_attribute(attribute, row.flags, static_cast<std::uint8_t>(rule.code), base::Bytes(value).first(size));
        const std::size_t right = rule.only == k_empty ? 0 : rule.only;
        const bool wrong = rule.only != 0 ? size != right : rule.multiple != 0 && (size == 0 || size % rule.multiple != 0);
        expect_outcome(rule, attribute, wrong);
      }
    }
  }
}

// RFC 7606 section 4: the attribute that goes beyond the section, wherever it is cut, withdraws the routes, whatever it is.
TEST(TruncatedAttributes, WhatOverrunsTheSectionWithdrawsTheRoutes) {
  for (const Rule& rule : k_rules) {
    const AttributeTraits& row = *attribute_traits(static_cast<std::uint8_t>(rule.code));
    for (const base::Buffer& value : values_of(rule)) {
      base::Buffer attribute;
      append_attribute(attribute, row.flags, static_cast<std::uint8_t>(rule.code), value);
      for (std::size_t size = 1; size < attribute.size(); ++size) {
        const auto update = decode_section(rule.code, {attribute.begin(), attribute.begin() + static_cast<std::ptrdiff_t>(size)});
        ASSERT_TRUE(update.result.has_value()) << row.name << " " << size;
        EXPECT_EQ(update->treat_as_withdraw, size == 1 ? std::string_view("attribute-header") : row.name) << size;
        EXPECT_EQ(testing::routes(update->announced), "10.0.0.0/24") << row.name;
      }
    }
  }
}

// RFC 7606 section 3 (c): flags that cannot be are an attribute that is malformed.
TEST(TruncatedAttributes, WrongFlagsAreAsAMalformedValue) {
  for (const Rule& rule : k_rules) {
    const AttributeTraits& row = *attribute_traits(static_cast<std::uint8_t>(rule.code));
    for (const unsigned wrong : {k_flag_optional, k_flag_transitive}) {
      for (const base::Buffer& value : values_of(rule)) {
        base::Buffer attribute;
        append_attribute(attribute, static_cast<std::uint8_t>(row.flags ^ wrong), static_cast<std::uint8_t>(rule.code), value);
        expect_outcome(rule, attribute, true);
      }
    }
  }
}

// RFC 7606 section 3 (j), 5.3: where the routes of a family cannot be found, nothing can be withdrawn, and the session ends; a flow rule or
// a link-state route that is not understood is left out (RFC 8955 section 10, RFC 9552 section 8.2.2). Never anything else.
TEST(TruncatedAttributes, RoutesOfAFamilyThatAreCutEndTheSessionOrAreLeftOut) {
  Negotiated session = plain_session();
  for (const FamilyTraits& traits : family_table()) session.family_set.insert(*family_index(traits.family));
  for (const testing::NlriSample& sample : testing::nlri_samples()) {
    if (sample.add_path) continue;
    const base::Buffer whole = octets(sample.octets);
    for (std::size_t size = 1; size < whole.size(); ++size) {
      testing::NlriSample cut = sample;
      const std::string hex = base::to_hex(base::Bytes(whole).first(size));
      cut.octets = hex;
      const auto update = testing::decode(base::to_hex(testing::update_body(cut)), session);
      if (update.result) {
        EXPECT_EQ(update->treat_as_withdraw, "") << to_string(sample.family) << " " << hex;
        continue;  // shorter routes, or rules that are left out
      }
      const base::NotificationCause cause = update.cause();
      EXPECT_EQ(cause.code, 3) << to_string(sample.family) << " " << hex;
      EXPECT_TRUE(cause.subcode == 10 || cause.subcode == 5) << to_string(sample.family) << " " << hex << ": " << unsigned{cause.subcode};
    }
  }
}

}  // namespace
}  // namespace tandem::bgp
