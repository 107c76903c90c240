// The text of every attribute can be fed back as words of a route: it makes the octets it was made of. So does the text of whatever a
// peer may make of a sample by changing an octet of it, as long as that is an attribute.
#include <gtest/gtest.h>

#include <set>

#include "common/bgp/testing.hpp"

namespace tandem::bgp {
namespace {

using testing::hex;
using testing::octets;
using testing::parse_attributes;
using testing::text_of;

constexpr AttributeContext k_canonical{.asn4 = true, .internal = true, .as_zero = true};

constexpr const char* k_samples[] = {
    "40010100", "40010102",
    "400214 0202 00000001 00000002 0102 00000003 00000004",
    "400210 0301 00000001 0402 00000003 00000004",
    "800404 00000064", "400504 00000064", "400600",
    "c00708 0000fde8 01020304", "c00708 00011170 01020304",
    "c00804 fde80064", "c0081c 00010002 00010002 ffff029a ffffff01 ffffff02 ffffff03 ffffff04",
    "800904 0a000005", "800a04 0a000006", "800a08 0a000006 0a000007",
    "c01008 0002fde800000064", "c01010 0002fde900000001 0103010203040005", "c01008 8006000046 1c4000",
    "c01605 00 00 0003e1", "c01609 01 06 0003e0 0a000001", "c01607 00 02 000010 abcd", "c01606 00 63 000010 ab",
    "c01705 0008 0001 0c",
    "c01716 000f 0012 0c06 0000 00000064 0d06 0000 05dc0000 0000",
    "c01914 000c20010db80000000000000000000000010000",
    "801a0b 01 000b 0000000000000064",
    "801d08 0404 0004 01020304",
    "c0200c 000000010000000200000003", "c02018 000000010000000200000003 0000000a0000000b0000000c",
    "c02304 0000fde8",
    "c0280a 010007 00 0000 00000309", "c0281b 010007 00 0000 0000012c 03000e 0000 0c3500001000 0f4240001388",
    "c0281c 050019 00 010015 00 20010db8000100010000000000000000 00 ffff 00",
    "e09904 00000064", "e09900",
};

// What `text` makes, in hexadecimal, or why it makes nothing.
std::string read_back(std::string_view text) {
  AttributeBuilder builder;
  const auto parsed = parse_attributes(text, builder);
  return parsed ? hex(builder.canonical()) : parsed.error().reason();
}

// Text has these in the order of their values, whatever order they came in.
bool is_sorted_list(std::uint8_t code) {
  return code == static_cast<std::uint8_t>(AttributeCode::community) || code == static_cast<std::uint8_t>(AttributeCode::large_community);
}

// A value that may be kept; the octets, else nothing.
std::optional<base::Buffer> canonical(const base::Buffer& attribute) {
  const auto view = next_attribute(attribute);
  if (!view || view->whole.size() != attribute.size()) return std::nullopt;
  const AttributeTraits* row = attribute_traits(view->code);
  if (row != nullptr && row->well_formed != nullptr && !row->well_formed(view->value, k_canonical)) return std::nullopt;
  if (row != nullptr && row->gather != nullptr) {  // values that gather stand in order
    AttributeBuilder sorted;
    sorted.set(view->flags, view->code, view->value);
    return base::Buffer(sorted.canonical().begin(), sorted.canonical().end());
  }
  return attribute;
}

TEST(ReadBack, TheTextOfEverySampleMakesItsOctets) {
  std::set<unsigned> codes;
  for (const char* sample : k_samples) {
    const base::Buffer attribute = octets(sample);
    ASSERT_TRUE(canonical(attribute).has_value()) << sample;
    codes.insert(attribute[1]);
    EXPECT_EQ(read_back(text_of(attribute)), hex(attribute)) << text_of(attribute);
    EXPECT_NE(testing::json_of(attribute), "");
  }
  for (const AttributeTraits* row : attribute_table()) {
    const auto code = row->code;
    const bool made_from_the_route = code == AttributeCode::next_hop || code == AttributeCode::mp_reach || code == AttributeCode::mp_unreach ||
                                     code == AttributeCode::as4_path || code == AttributeCode::as4_aggregator;
    EXPECT_EQ(codes.contains(static_cast<unsigned>(code)), !made_from_the_route) << row->name;
  }
}

TEST(ReadBack, SoDoesThatOfASampleWithAnyOctetOfItsValueChanged) {
  for (const char* sample : k_samples) {
    const base::Buffer attribute = octets(sample);
    for (std::size_t at = 3; at < attribute.size(); ++at) {
      for (unsigned value = 0; value < 256; ++value) {
        base::Buffer changed = attribute;
        changed[at] = static_cast<std::uint8_t>(value);
        const auto kept = canonical(changed);
        if (!kept) continue;
        if (value == 0 || value == 0xFF) {
          EXPECT_NE(testing::json_of(*kept), "");
        }
        const std::string text = text_of(*kept);
        const std::string read = read_back(text);
        if (is_sorted_list(changed[1]) && read != hex(*kept)) ASSERT_EQ(text_of(octets(read)), text);  // in another order
        else ASSERT_EQ(read, hex(*kept)) << text;
      }
    }
  }
}

}  // namespace
}  // namespace tandem::bgp
