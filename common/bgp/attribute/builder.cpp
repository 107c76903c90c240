// AttributeBuilder: keywords of routes in configuration and API lines become a canonical block.
#include <algorithm>

#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

// The words of all rows, and the one for octets.
[[nodiscard]] const std::vector<AttributeKeyword>& all_keywords() {
  static const std::vector<AttributeKeyword> keywords = [] {
    std::vector<AttributeKeyword> out;
    for (const AttributeTraits* row : attribute_table()) out.insert(out.end(), row->keywords.begin(), row->keywords.end());
    out.push_back(k_generic_keyword);
    return out;
  }();
  return keywords;
}

[[nodiscard]] const AttributeKeyword* find_keyword(std::string_view name) {
  const auto& keywords = all_keywords();
  const auto found = std::find_if(keywords.begin(), keywords.end(), [&](const AttributeKeyword& row) { return row.name == name; });
  return found == keywords.end() ? nullptr : &*found;
}

}  // namespace

void gather_sorted(base::Buffer& value, base::Bytes more, std::size_t size) {
  if (value.empty()) value.assign(more.begin(), more.end());
  else if (value.size() % size == 0 && more.size() % size == 0) value.insert(value.end(), more.begin(), more.end());
  if (value.size() % size != 0) return;
  std::vector<base::Buffer> values;
  for (std::size_t at = 0; at < value.size(); at += size) {
    values.emplace_back(value.begin() + static_cast<std::ptrdiff_t>(at), value.begin() + static_cast<std::ptrdiff_t>(at + size));
  }
  std::sort(values.begin(), values.end());
  value.clear();
  for (const auto& each : values) value.insert(value.end(), each.begin(), each.end());
}

bool AttributeBuilder::knows(std::string_view keyword) { return find_keyword(keyword) != nullptr; }

std::vector<std::string_view> AttributeBuilder::keywords() {
  std::vector<std::string_view> out;
  for (const AttributeKeyword& row : all_keywords()) out.push_back(row.name);
  return out;
}

base::Result<std::size_t> AttributeBuilder::parse(std::string_view keyword, base::Tokens tokens) {
  const AttributeKeyword* row = find_keyword(keyword);
  if (row == nullptr) return base::Error("unknown attribute '" + std::string(keyword) + "'");
  too_long_ = false;
  auto taken = row->parse(tokens, *this);
  if (taken && too_long_) return base::Error(std::string(keyword) + ": the value is longer than the 65535 octets of an attribute");
  return taken;
}

void AttributeBuilder::set(std::uint8_t flags, std::uint8_t code, base::Bytes value) {
  base::Bytes after = block_;
  std::optional<AttributeView> existing;
  while (const auto attribute = next_attribute(after)) {
    if (attribute->code > code) break;
    after = after.subspan(attribute->whole.size());
    if (attribute->code == code) existing = attribute;
  }
  const AttributeTraits* row = attribute_traits(code);
  const bool gathers = row != nullptr && row->gather != nullptr;
  if (existing && !gathers) return;
  base::Buffer merged;
  if (existing) {
    merged.assign(existing->value.begin(), existing->value.end());
    flags = existing->flags;
  }
  if (gathers) row->gather(merged, value);
  else merged.assign(value.begin(), value.end());
  if (merged.size() > k_attribute_value_size_max) {
    too_long_ = true;
    return;
  }
  const std::size_t end = block_.size() - after.size();
  const std::size_t begin = end - (existing ? existing->whole.size() : 0);
  base::Buffer replacement;
  append_attribute(replacement, flags, code, merged);
  block_.erase(block_.begin() + static_cast<std::ptrdiff_t>(begin), block_.begin() + static_cast<std::ptrdiff_t>(end));
  block_.insert(block_.begin() + static_cast<std::ptrdiff_t>(begin), replacement.begin(), replacement.end());
}

// An optional attribute that says nothing, `community [ ]`, is not sent and hence not part of the route.
void set_attribute(AttributeBuilder& builder, AttributeCode code, base::Bytes value) {
  const AttributeTraits& traits = *attribute_traits(static_cast<std::uint8_t>(code));
  if (value.empty() && (traits.flags & k_flag_optional) != 0) return;
  builder.set(traits.flags, static_cast<std::uint8_t>(code), value);
}

}  // namespace tandem::bgp
