#include "common/bgp/shapes.hpp"

#include <fmt/format.h>

#include <map>

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/capability/codec.hpp"
#include "common/bgp/family.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::bgp {

namespace {

constexpr const char* k_values[][2] = {
    {"bit", "0..1"},
    {"u8", "0..255"},
    {"u16", "0..65535"},
    {"u20", "0..1048575"},
    {"u24", "0..16777215"},
    {"u32", "0..4294967295"},
    {"u64", "0..18446744073709551615"},
    {"float", "number | null"},  // null: it is no number, or has no end
    {"digits", "`[0-9]+`"},
    {"hex", "`0x([0-9A-Fa-f]{2})*`"},
    {"octets", "`([0-9A-Fa-f]{2})*`"},
    {"mac", "`[0-9A-F]{2}(:[0-9A-F]{2})*(/[0-9]+)?`"},
    {"ipv4", "`[0-9]{1,3}(\\.[0-9]{1,3}){3}`"},
    {"ipv6", "`[0-9a-f]*:[0-9a-f:.]*`"},
    {"ip", "`[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*`"},
    {"next-hop", "`no-nexthop|[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*`"},
    {"prefix", "`[0-9a-f:.]+/[0-9]{1,3}`"},
    {"route-distinguisher", "`[0-9.]+L?:[0-9]+|0x[0-9A-F]{16}`"},
    {"label", "[u20, u24?]"},  // the second one: the octets it stands in
};

// Those that are known, and what others are called.
[[nodiscard]] std::string afi_pattern() {
  std::map<Afi, std::string> names;
  for (FamilyIndex index = 0; index < k_family_count; ++index) names[family_at(index).afi] = to_string(family_at(index).afi);
  std::string out = "undefined|unknown-afi-0x[0-9a-f]+";
  for (const auto& [afi, name] : names) out += '|' + name;
  return out;
}
[[nodiscard]] std::string safi_pattern() {
  std::string out = "undefined|unknown safi [0-9]+";
  for (const SafiWord& word : safi_words()) out += fmt::format("|{}", word.name);
  return out;
}

[[nodiscard]] std::string attributes(Dialect dialect) {
  std::string out = "{ `attribute-0x[0-9A-F]{2}-0x[0-9A-F]{2}`: hex";
  for (const AttributeTraits* row : attribute_table()) {
    const AttributeForms* forms = dialect == Dialect::release_4_2 ? row->release_4_2 : nullptr;
    if (row->shape.empty() || (forms != nullptr && forms->unknown)) continue;
    out += forms != nullptr && forms->members != nullptr ? fmt::format(", {}", forms->shape.text()) : fmt::format(", {}?: {}", row->name, row->shape.text());
  }
  return out + ", ... }";
}

[[nodiscard]] const base::JsonShape& shape_of(const NlriCodec& codec, Dialect dialect) {
  const NlriForms* forms = dialect == Dialect::release_4_2 ? codec.release_4_2 : nullptr;
  return forms != nullptr ? forms->shape : codec.shape;
}

}  // namespace

std::vector<base::ShapeDefinition> shape_definitions(Dialect dialect) {
  std::vector<base::ShapeDefinition> all;
  for (const auto& [name, shape] : k_values) all.push_back({name, shape});
  const std::string afi = afi_pattern();
  const std::string safi = safi_pattern();
  all.push_back({"afi", fmt::format("`{}`", afi)});
  all.push_back({"safi", fmt::format("`{}`", safi)});
  all.push_back({"family", fmt::format("`({}) ({})`", afi, safi)});
  all.push_back({"slashed-family", fmt::format("`({})/({})`", afi, safi)});
  all.push_back({"capabilities", capabilities_shape(dialect)});
  all.push_back({"attributes", attributes(dialect)});
  // Families of one row share its shape, which bears the name of the first one.
  std::map<const NlriCodec*, std::string> names;
  std::string announce;
  std::string withdraw;
  for (FamilyIndex index = 0; index < k_family_count; ++index) {
    const NlriCodec* codec = nlri_codec(index);
    if (codec == nullptr) continue;
    const auto [name, is_new] = names.try_emplace(codec, "nlri-" + to_string(family_at(index), '-'));
    if (is_new) all.push_back({name->second, shape_of(*codec, dialect).text()});
    const std::string family = to_string(family_at(index));
    announce += fmt::format("{}\"{}\"?: {{ <next-hop>: [{}] }}", announce.empty() ? "" : ", ", family, name->second);
    withdraw += fmt::format("{}\"{}\"?: [{}]", withdraw.empty() ? "" : ", ", family, name->second);
  }
  all.push_back({"announce", fmt::format("{{ {} }}", announce)});
  all.push_back({"withdraw", fmt::format("{{ {} }}", withdraw)});
  return all;
}

}  // namespace tandem::bgp
