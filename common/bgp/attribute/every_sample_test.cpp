// What must be true of every attribute, asked of the samples that each brings (attribute_samples.hpp): it is printed as it should be, and
// its text can be fed back as words of a route, which make the octets it was made of. So does the text of whatever a peer may make of a
// sample by changing an octet of it, as long as that is an attribute.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "common/base/changed_octets.hpp"
#include "common/bgp/attribute/attribute_samples.hpp"
#include "common/bgp/message/update.hpp"
#include "common/bgp/testing.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp::testing {
namespace {

constexpr AttributeContext k_canonical{.asn4 = true, .internal = true, .as_zero = true};

// What `text` makes, in hexadecimal, or why it makes nothing.
std::string read_back(std::string_view text) {
  const auto words = split_words(text);
  AttributeBuilder builder;
  for (base::Tokens rest = words; !rest.empty();) {
    const auto taken = builder.parse(rest[0].text, rest.subspan(1));
    if (!taken) return taken.error().reason();
    rest = rest.subspan(1 + *taken);
  }
  return hex(builder.canonical());
}

// Text has these in the order of their values, whatever order they came in.
bool is_sorted_list(std::uint8_t code) {
  return code == static_cast<std::uint8_t>(AttributeCode::community) || code == static_cast<std::uint8_t>(AttributeCode::large_community);
}

// A value that may be kept; the octets, else nothing.
std::optional<base::Buffer> kept(const base::Buffer& attribute) {
  const auto view = next_attribute(attribute);
  if (!view || view->whole.size() != attribute.size()) return std::nullopt;
  const AttributeTraits* row = attribute_traits(view->code);
  if (row != nullptr && view->value.empty() && !row->may_be_empty) return std::nullopt;
  if (row != nullptr && row->well_formed != nullptr && !row->well_formed(view->value, k_canonical)) return std::nullopt;
  if (row != nullptr && row->gather != nullptr) {  // values that gather stand in order
    AttributeBuilder sorted;
    sorted.set(view->flags, view->code, view->value);
    return base::Buffer(sorted.canonical().begin(), sorted.canonical().end());
  }
  return attribute;
}

std::size_t header_size(const base::Buffer& attribute) { return (attribute[0] & k_flag_extended_length) != 0 ? 4 : 3; }

// Whatever the octets are: malformed, or an attribute that is printed and read back.
void exercise(const base::Buffer& attribute) {
  const auto taken = kept(attribute);
  if (!taken) return;
  std::string json;
  base::JsonWriter writer(json);
  attributes_json(*taken, writer);
  const std::string text = text_of(*taken);
  EXPECT_EQ(json.empty(), text.empty());
  if (text.empty()) return;  // an empty AS_PATH: a route has one without words
  const std::string read = read_back(text);
  if (is_sorted_list(attribute[1]) && read != hex(*taken)) ASSERT_EQ(text_of(octets(read)), text);  // in another order
  else ASSERT_EQ(read, hex(*taken)) << text;
}

TEST(EveryAttributeSample, OfEachAttributeThatIsWrittenIsThere) {
  std::set<unsigned> codes;
  for (const AttributeSample& sample : attribute_samples()) codes.insert(sample.code());
  for (const AttributeTraits* row : attribute_table()) {
    const auto code = row->code;
    const bool made_from_the_route = code == AttributeCode::next_hop || code == AttributeCode::mp_reach || code == AttributeCode::mp_unreach ||
                                     code == AttributeCode::as4_path || code == AttributeCode::as4_aggregator;
    EXPECT_EQ(codes.contains(static_cast<unsigned>(code)), !made_from_the_route) << row->name;
  }
}

TEST(EveryAttributeSample, IsWrittenAndPrintedAsItShouldBe) {
  for (const AttributeSample& sample : attribute_samples()) {
    const base::Buffer attribute = octets(sample.octets);
    ASSERT_EQ(kept(attribute), attribute) << sample.octets;
    const std::string json = json_of(attribute);
    EXPECT_EQ(json, sample.json.empty() ? json : squeeze(sample.json)) << sample.octets;
    const std::string text = text_of(attribute);
    EXPECT_EQ(text, sample.text.empty() ? text : sample.text);
    const std::string_view written = sample.written.empty() ? std::string_view(text) : sample.written;
    EXPECT_EQ(read_back(written), hex(attribute)) << written;
    EXPECT_EQ(read_back(text), hex(attribute)) << text;
  }
}

// The report of this test is what conformance/interop gives to another dissector.
TEST(EveryAttributeSample, IsAcceptedInAnUpdate) {
  Negotiated session = plain_session();
  session.aigp = true;
  std::size_t number = 0;
  for (const AttributeSample& sample : attribute_samples()) {
    const base::Buffer body = update_body(sample);
    const auto update = decode_update(body, session);
    ASSERT_TRUE(update.has_value()) << sample.octets << ": " << update.error().reason();
    EXPECT_EQ(update->treat_as_withdraw, "") << sample.octets;
    EXPECT_THAT(hex(update->attributes.wire()), ::testing::HasSubstr(hex(octets(sample.octets))));
    const AttributeTraits* row = attribute_traits(sample.code());
    RecordProperty("update-" + std::to_string(number++), std::string(row == nullptr ? "unknown" : row->name) + ": " + hex(body));
  }
}

TEST(EveryAttributeSample, CutShortAnywhereIsSafe) {
  for (const AttributeSample& sample : attribute_samples()) {
    const base::Buffer whole = octets(sample.octets);
    const base::Bytes value = base::Bytes(whole).subspan(header_size(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) exercise(base::Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    // The same attribute with a shorter value.
    for (std::size_t size = 0; size < value.size(); ++size) {
      base::Buffer shorter;
      append_attribute(shorter, whole[0], whole[1], value.first(size));
      exercise(shorter);
    }
  }
}

TEST(EveryAttributeSample, WithAnyOctetChangedIsSafe) {
  for (const AttributeSample& sample : attribute_samples()) {
    const base::Buffer whole = octets(sample.octets);
    base::testing::change_each_octet(whole, header_size(whole), base::testing::k_every_affordable, exercise);
  }
}

}  // namespace
}  // namespace tandem::bgp::testing
