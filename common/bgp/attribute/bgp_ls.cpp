// The BGP-LS attribute (29, RFC 9552 section 5.3): TLVs about the object of the NLRI. Those not known are kept and shown as octets;
// one that is malformed makes the attribute worthless, not the route (RFC 9552 section 8.2.2).
#include "common/bgp/attribute/bgp_ls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>
#include <set>
#include <vector>

#include "common/base/assert.hpp"
#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_rows_max = 128;

// All rows, by type.
const std::vector<LinkStateAttributeRow>& rows() {
  static const std::vector<LinkStateAttributeRow> k_all = [] {
    std::vector<LinkStateAttributeRow> all;
    for (const auto part : {link_state_node_rows(), link_state_link_rows(), link_state_prefix_rows(), link_state_srv6_rows()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.type < b.type; });
    TANDEM_ASSERT(all.size() <= k_rows_max);
    return all;
  }();
  return k_all;
}

[[nodiscard]] const LinkStateAttributeRow* find_row(std::uint16_t type) {
  const auto found = std::lower_bound(rows().begin(), rows().end(), type, [](const auto& row, std::uint16_t wanted) { return row.type < wanted; });
  return found == rows().end() || found->type != type ? nullptr : &*found;
}

bool well_formed(base::Bytes value, const AttributeContext&) {
  std::bitset<k_rows_max> seen;
  base::ByteReader reader(value);
  while (const auto tlv = next_link_state_tlv(reader)) {
    const LinkStateAttributeRow* row = find_row(tlv->type);
    if (row == nullptr) continue;
    if (!row->good(tlv->value)) return false;
    const auto place = static_cast<std::size_t>(row - rows().data());
    if (row->times == Times::once && seen.test(place)) return false;
    seen.set(place);
  }
  return reader.ok();
}

// --- out: what may come several times first, one array a name; then the others as they came

// The type that stands for all of one name.
std::uint16_t group_of(std::uint16_t type) {
  const LinkStateAttributeRow* row = find_row(type);
  if (row == nullptr) return type;
  return std::find_if(rows().begin(), rows().end(), [row](const auto& other) { return other.name == row->name; })->type;
}

void gathered_members(const std::vector<LinkStateTlv>& tlvs, base::JsonWriter& out) {
  std::optional<std::uint16_t> open;
  for (const LinkStateTlv& tlv : tlvs) {
    const LinkStateAttributeRow* row = find_row(tlv.type);
    if (row != nullptr && row->times == Times::once) continue;
    const std::uint16_t group = group_of(tlv.type);
    if (open != group) {
      if (open) out.end_array();
      if (row != nullptr) out.key(row->name);
      else out.key(fmt::format("generic-lsid-{}", tlv.type));
      out.begin_array();
      open = group;
    }
    if (row != nullptr) row->json(tlv.value, out);
    else raw_link_state_json(tlv.value, out);
  }
  if (open) out.end_array();
}

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) {
  out.begin_object();
  gathered_members(gather_link_state_tlvs(value, group_of), out);
  base::ByteReader reader(value);
  while (const auto tlv = next_link_state_tlv(reader)) {
    const LinkStateAttributeRow* row = find_row(tlv->type);
    if (row == nullptr || row->times != Times::once) continue;
    out.key(row->name);
    row->json(tlv->value, out);
  }
  out.end_object();
}

// Dialect 4.2 has another name or another value for these, of which the first one is shown.
void alone_json(base::Bytes value, base::JsonWriter& out) {
  out.begin_array();
  link_state::address_json(value, out);
  out.end_array();
}
constexpr LinkStateAttributeRow k_rows_4_2[] = {
    {1027, "area-id", Times::once, link_state::any, link_state::octets_json, "octets"},
    {1028, "local-te-router-ids", Times::once, link_state::any, alone_json, "[ip]"},
    {1029, "local-te-router-ids", Times::once, link_state::any, alone_json, "[ip]"},
    {1030, "remote-te-router-id", Times::once, link_state::any, link_state::address_json, "ip"},
    {1031, "remote-te-router-id", Times::once, link_state::any, link_state::address_json, "ip"},
    {1088, "admin-group-mask", Times::once, link_state::any, link_state::list_json<4, link_state::number_json>, "[u32]"},
};
const LinkStateAttributeRow* find_row_4_2(std::uint16_t type) {
  const auto* found = std::find_if(std::begin(k_rows_4_2), std::end(k_rows_4_2), [type](const LinkStateAttributeRow& row) { return row.type == type; });
  return found == std::end(k_rows_4_2) ? nullptr : found;
}

void members_4_2(base::Bytes value, const AttributeContext&, base::JsonWriter& out) {
  out.key("bgp-ls");
  out.begin_object();
  std::vector<LinkStateTlv> many = gather_link_state_tlvs(value, group_of);
  std::erase_if(many, [](const LinkStateTlv& tlv) { return find_row_4_2(tlv.type) != nullptr; });
  gathered_members(many, out);
  std::set<std::string_view> said;
  base::ByteReader reader(value);
  while (const auto tlv = next_link_state_tlv(reader)) {
    const LinkStateAttributeRow* row = find_row_4_2(tlv->type);
    if (row == nullptr) row = find_row(tlv->type);
    if (row == nullptr || row->times != Times::once || !said.insert(row->name).second) continue;
    out.key(row->name);
    row->json(tlv->value, out);
  }
  out.end_object();
}

// Several types may have one name.
std::string shape_of(bool release_4_2) {
  std::string out = "{ `generic-lsid-[0-9]+`: [hex]";
  std::set<std::string_view> named;
  for (const LinkStateAttributeRow& usual : rows()) {
    const LinkStateAttributeRow* other = release_4_2 ? find_row_4_2(usual.type) : nullptr;
    const LinkStateAttributeRow& row = other != nullptr ? *other : usual;
    if (!named.insert(row.name).second) continue;
    const bool many = row.times == Times::many;
    out += fmt::format(", {}?: {}{}{}", row.name, many ? "[" : "", row.shape.text(), many ? "]" : "");
  }
  return out + " }";
}
std::string shape() { return shape_of(false); }
std::string member_4_2() { return "bgp-ls?: " + shape_of(true); }

// As it is written: what it says is in the JSON.
void text(base::Bytes value, const AttributeContext&, std::string& out) {
  out += "0x";
  base::append_hex(out, value, base::HexCase::upper);
}

// --- in

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  constexpr std::string_view k_expected = "0x and the octets of TLVs that are well-formed";
  ValueReader reader("bgp-ls", tokens);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  const auto octets = word->text.starts_with("0x") ? base::from_hex(word->text.substr(2)) : std::nullopt;
  if (!octets || octets->size() > k_attribute_value_size_max || !well_formed(*octets, {})) return reader.refuse(*word, k_expected);
  set_attribute(builder, AttributeCode::bgp_ls, *octets);
  return reader.taken();
}

constexpr AttributeForms k_forms_4_2{.members = members_4_2, .shape = member_4_2};

constexpr AttributeKeyword k_keywords[] = {{"bgp-ls", "0xOCTETS", parse}};

}  // namespace

extern const AttributeTraits k_bgp_ls_row{.code = AttributeCode::bgp_ls, .name = "bgp-ls", .flags = k_optional,
                                          .when_malformed = ErrorAction::discard, .well_formed = well_formed,
                                          .json = json, .shape = shape, .text = text, .keywords = k_keywords, .release_4_2 = &k_forms_4_2};

}  // namespace tandem::bgp
