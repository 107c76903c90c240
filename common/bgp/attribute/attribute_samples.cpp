#include "common/bgp/attribute/attribute_samples.hpp"

#include "common/bgp/sample_octets.hpp"

namespace tandem::bgp::testing {

namespace {

const AddAttributeSamples k_samples{
    {"40010100"}, {"40010102"},
    {"400214 0202 00000001 00000002 0102 00000003 00000004"},
    {"400210 0301 00000001 0402 00000003 00000004"},
    {"800404 00000064"}, {"400504 00000064"}, {"400600"},
    {"c00708 0000fde8 01020304"}, {"c00708 00011170 01020304"},
    {"c00804 fde80064"}, {"c0081c 00010002 00010002 ffff029a ffffff01 ffffff02 ffffff03 ffffff04"},
    {"800904 0a000005"}, {"800a04 0a000006"}, {"800a08 0a000006 0a000007"},
    {"c01008 0002fde800000064"}, {"c01010 0002fde900000001 0103010203040005"}, {"c01008 8006000046 1c4000"},
    {"c01605 00 00 0003e1"}, {"c01609 01 06 0003e0 0a000001"}, {"c01607 00 02 000010 abcd"}, {"c01606 00 63 000010 ab"},
    {"c01705 0008 0001 0c"},
    {"c01716 000f 0012 0c06 0000 00000064 0d06 0000 05dc0000 0000"},
    {"c01914 000c20010db80000000000000000000000010000"},
    {"801a0b 01 000b 0000000000000064"},
    {"801d08 0404 0004 01020304"},
    {"c0200c 000000010000000200000003"}, {"c02018 000000010000000200000003 0000000a0000000b0000000c"},
    {"c02304 0000fde8"},
    {"e09904 00000064"}, {"e09900"},
};

}  // namespace

std::uint8_t AttributeSample::code() const { return sample_octets(octets)[1]; }

std::string attribute_hex(std::uint8_t flags, AttributeCode code, std::string_view value) {
  base::Buffer out;
  append_attribute(out, flags, static_cast<std::uint8_t>(code), sample_octets(value));
  return base::to_hex(out);
}

base::Buffer update_body(const AttributeSample& sample) {
  base::Buffer attributes;
  const base::Buffer attribute = sample_octets(sample.octets);
  bool placed = false;
  for (const std::string_view other : {"40010100", "400200", "4003040a000001", "40050400000064"}) {
    const base::Buffer octets = sample_octets(other);
    if (!placed && attribute[1] <= octets[1]) {
      attributes.insert(attributes.end(), attribute.begin(), attribute.end());
      placed = true;
    }
    if (attribute[1] != octets[1]) attributes.insert(attributes.end(), octets.begin(), octets.end());
  }
  if (!placed) attributes.insert(attributes.end(), attribute.begin(), attribute.end());
  base::Buffer body;
  base::ByteWriter out(body);
  out.u16(0);
  out.u16(static_cast<std::uint16_t>(attributes.size()));
  out.bytes(attributes);
  out.bytes(sample_octets("180a0000"));
  return body;
}

}  // namespace tandem::bgp::testing
