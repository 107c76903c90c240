// Multiprotocol (RFC 4760 section 8): one TLV a family.
#include <algorithm>

#include "common/bgp/capability/registry.hpp"

namespace tandem::bgp {

namespace {

base::Result<void> decode(base::Bytes value, Capabilities& capabilities) {
  if (value.size() < 4) return bad_capability_length("multiprotocol", value.size());
  base::ByteReader reader(value);
  const Family family = read_family(reader, true);
  auto& families = capabilities.multiprotocol;
  if (std::find(families.begin(), families.end(), family) == families.end()) families.push_back(family);
  return {};
}

void encode(const Capabilities& capabilities, std::vector<base::Buffer>& values) {
  for (const Family family : capabilities.multiprotocol) {
    base::Buffer value;
    base::ByteWriter writer(value);
    write_family(writer, family, true);
    values.push_back(std::move(value));
  }
}

void json(const Capabilities& capabilities, base::JsonWriter& out) {
  out.member("name", "multiprotocol");
  out.key("families");
  out.begin_array();
  for (const Family family : capabilities.multiprotocol) out.string(to_string(family, '/'));
  out.end_array();
}

void text(const Capabilities& capabilities, std::string& out) {
  out += "multiprotocol(";
  const char* separator = "";
  for (const Family family : capabilities.multiprotocol) {
    out += separator;
    out += to_string(family);
    separator = ",";
  }
  out += ')';
}

}  // namespace

const CapabilityRow k_multiprotocol_row{CapabilityCode::multiprotocol, "multiprotocol", decode, encode, json,
                                        "{ name: \"multiprotocol\", families: [slashed-family] }", text};

}  // namespace tandem::bgp
