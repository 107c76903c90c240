// Four-octet AS numbers (RFC 6793). Two octets are accepted too: some senders put them there.
#include "common/bgp/capability/registry.hpp"

namespace tandem::bgp {

namespace {

base::Result<void> decode(base::Bytes value, Capabilities& capabilities) {
  base::ByteReader reader(value);
  if (value.size() == 4) capabilities.asn4 = base::Asn{reader.u32()};
  else if (value.size() == 2) capabilities.asn4 = base::Asn{reader.u16()};
  else return bad_capability_length("asn4", value.size());
  return {};
}

void encode(const Capabilities& capabilities, std::vector<base::Buffer>& values) {
  base::Buffer value;
  base::ByteWriter(value).u32(base::value(capabilities.asn4.value_or(base::Asn{})));
  values.push_back(std::move(value));
}

void json(const Capabilities& capabilities, base::JsonWriter& out) {
  out.member("name", "asn4");
  out.member("asn4", base::value(capabilities.asn4.value_or(base::Asn{})));
}

void text(const Capabilities& capabilities, std::string& out) {
  out += "asn4(";
  out += base::to_string(capabilities.asn4.value_or(base::Asn{}));
  out += ')';
}

}  // namespace

const CapabilityRow k_asn4_row{CapabilityCode::asn4, "asn4", decode, encode, json, "{ name: \"asn4\", asn4: u32 }", text};

}  // namespace tandem::bgp
