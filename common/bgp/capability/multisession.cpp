// Multisession (draft-ietf-idr-bgp-multisession, and Cisco's older code). Sent as two TLVs, one with the flags and one with
// the session identifier, which is what the speakers that have it expect. A peer's value is ignored.
#include "common/bgp/capability/registry.hpp"

namespace tandem::bgp {

namespace {

constexpr std::uint8_t k_multiprotocol_session = 1;

base::Result<void> ignore_value(base::Bytes, Capabilities&) { return {}; }

void encode(const Capabilities& capabilities, std::vector<base::Buffer>& values) {
  values.push_back({0});
  if (capabilities.multisession_ids.empty()) values.push_back({k_multiprotocol_session});
  for (const std::uint8_t id : capabilities.multisession_ids) values.push_back({id});
}

void write_json(const Capabilities& capabilities, std::string_view variant, base::JsonWriter& out) {
  out.member("name", "multisession");
  out.member("variant", variant);
  out.key("capabilities");
  out.begin_array();
  for (const std::uint8_t id : capabilities.multisession_ids) {
    const CapabilityRow* row = capability_row(id);
    out.string(row != nullptr ? row->key : "unknown");
  }
  out.end_array();
}

void write_text(const Capabilities& capabilities, std::string_view variant, std::string& out) {
  out += variant;
  const char* separator = "";
  for (const std::uint8_t id : capabilities.multisession_ids) {
    const CapabilityRow* row = capability_row(id);
    out += separator;
    out += row != nullptr ? row->key : "unknown";
    separator = " ";
  }
}

void json(const Capabilities& capabilities, base::JsonWriter& out) { write_json(capabilities, "RFC", out); }
void text(const Capabilities& capabilities, std::string& out) { write_text(capabilities, "multisession (rfc) ", out); }
void json_cisco(const Capabilities& capabilities, base::JsonWriter& out) { write_json(capabilities, "Cisco", out); }
void text_cisco(const Capabilities& capabilities, std::string& out) { write_text(capabilities, "multisession (cisco) ", out); }

}  // namespace

const CapabilityRow k_multisession_row{CapabilityCode::multisession, "multi-session", ignore_value, encode, json,
                                       "{ name: \"multisession\", variant: \"RFC\", capabilities: [string] }", text};
const CapabilityRow k_multisession_cisco_row{
    CapabilityCode::multisession_cisco, "cisco-multi-session", ignore_value, encode, json_cisco,
    "{ name: \"multisession\", variant: \"Cisco\", capabilities: [string] }", text_cisco};

}  // namespace tandem::bgp
