#include "common/bgp/capability/codec.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/bgp/capability/registry.hpp"

namespace tandem::bgp {

namespace {

[[nodiscard]] const UnknownCapability* find_unknown(const Capabilities& capabilities, std::uint8_t code) {
  for (const auto& unknown : capabilities.unknown) {
    if (unknown.code == code) return &unknown;
  }
  return nullptr;
}

// The row that shows a capability; null for one that is kept as octets.
[[nodiscard]] const CapabilityRow* row_for(const Capabilities& capabilities, std::uint8_t code) {
  return find_unknown(capabilities, code) == nullptr ? capability_row(code) : nullptr;
}

// IANA's ranges, as events have always named them.
[[nodiscard]] std::string_view iana_range(std::uint8_t code) {
  if (code >= 128) return "reserved";
  return code >= 70 ? "unassigned" : "unknown";
}

[[nodiscard]] std::string unknown_text(std::uint8_t code) {
  std::string name;
  switch (code) {
    case 0: name = "reserved"; break;
    case 3: name = "outbound-route-filtering"; break;
    case 4: name = "multiple-routes"; break;
    case 67: name = "dynamic-capability"; break;
    default: name = fmt::format("unknown capability 0x{:x}", code); break;
  }
  return fmt::format("{} {}", iana_range(code), name);
}

void unknown_json(const Capabilities& capabilities, std::uint8_t code, base::JsonWriter& out) {
  const UnknownCapability* unknown = find_unknown(capabilities, code);
  out.member("name", "unknown");
  out.member("iana", iana_range(code));
  out.member("value", code);
  out.member("raw", base::to_hex(unknown != nullptr ? base::Bytes(unknown->value) : base::Bytes(), base::HexCase::upper));
}

void append_tlvs(std::uint8_t code, const std::vector<base::Buffer>& values, std::vector<base::Buffer>& out) {
  for (const auto& value : values) {
    const std::size_t size = std::min(value.size(), k_capability_value_size);
    base::Buffer tlv{code, static_cast<std::uint8_t>(size)};
    tlv.insert(tlv.end(), value.begin(), value.begin() + static_cast<std::ptrdiff_t>(size));
    out.push_back(std::move(tlv));
  }
}

}  // namespace

base::Result<void> decode_capability(std::uint8_t code, base::Bytes value, Capabilities& capabilities) {
  capabilities.announce(CapabilityCode{code});
  if (const CapabilityRow* row = capability_row(code)) return row->decode(value, capabilities);
  return keep_unknown(CapabilityCode{code}, value, capabilities);
}

void encode_capabilities(const Capabilities& capabilities, std::vector<base::Buffer>& out) {
  std::vector<base::Buffer> values;
  for (const auto& row : capability_rows()) {
    if (!capabilities.has(row.code)) continue;
    values.clear();
    row.encode(capabilities, values);
    append_tlvs(static_cast<std::uint8_t>(row.code), values, out);
  }
  for (const auto& unknown : capabilities.unknown) append_tlvs(unknown.code, {unknown.value}, out);
}

void capabilities_json(const Capabilities& capabilities, bool sent, Dialect dialect, base::JsonWriter& out) {
  for (const std::uint8_t code : capabilities.order) {
    const CapabilityRow* row = row_for(capabilities, code);
    out.key(sent && row != nullptr ? std::string(row->key_in(dialect)) : fmt::to_string(code));
    out.begin_object();
    if (row != nullptr) row->json(capabilities, out);
    else unknown_json(capabilities, code, out);
    out.end_object();
  }
}

std::string capabilities_shape(Dialect dialect) {
  constexpr std::string_view k_unknown =
      "{ name: \"unknown\", iana: \"unknown\" | \"unassigned\" | \"reserved\", value: u8, raw: octets }";
  std::string out = "{ ";
  std::vector<std::string> known;
  for (const CapabilityRow& row : capability_rows()) {
    known.push_back(fmt::to_string(static_cast<unsigned>(row.code)));
    out += fmt::format("{}?: {}, \"{}\"?: {} | {}, ", row.key_in(dialect), row.shape.text(), known.back(), row.shape.text(), k_unknown);
  }
  return out + fmt::format("`(?!({})$)[0-9]+`: {} }}", fmt::join(known, "|"), k_unknown);
}

std::string capabilities_text(const Capabilities& capabilities) {
  std::vector<std::uint8_t> codes = capabilities.order;
  std::sort(codes.begin(), codes.end());
  std::string out = "[";
  const char* separator = "";
  for (const std::uint8_t code : codes) {
    out += separator;
    separator = ", ";
    if (const CapabilityRow* row = row_for(capabilities, code)) row->text(capabilities, out);
    else out += unknown_text(code);
  }
  out += ']';
  return out;
}

}  // namespace tandem::bgp
