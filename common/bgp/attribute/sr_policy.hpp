// The candidate path of an SR policy (RFC 9830 section 2.4): the sub-TLVs of the tunnel of type 15, each a word of the grammar.
// Private to the room.
#pragma once

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

inline constexpr std::uint16_t k_sr_policy_tunnel = 15;

// A sub-TLV that is understood.
struct SrPolicyTlv {
  std::uint8_t type;
  std::string_view keyword;
  std::string_view value;                                                   // what follows the keyword, for help
  std::string_view name;                                                    // in JSON; empty: it is one of "segment-lists"
  bool (*is_good)(base::Bytes value);
  void (*json)(base::Bytes value, base::JsonWriter& out);                   // the value of the member
  base::JsonShape shape;                                                    // of that value
  void (*text)(base::Bytes value, std::string& out);                        // what follows the keyword
  base::Result<void> (*read)(ValueReader& reader, base::ByteWriter& writer);
};
[[nodiscard]] std::span<const SrPolicyTlv> sr_policy_tlvs();

[[nodiscard]] bool is_good_sr_policy(base::Bytes tlvs);
void sr_policy_json(base::Bytes tlvs, base::JsonWriter& out);
[[nodiscard]] std::string sr_policy_shape();
void sr_policy_text(base::Bytes tlvs, std::string& out);  // " preference 100 binding-sid mpls 24000"
// The value of a row, its keyword read: appends the sub-TLV.
base::Result<void> read_sr_policy_tlv(const SrPolicyTlv& row, ValueReader& reader, base::Buffer& out);
// Keywords and values as long as there are some.
base::Result<void> read_sr_policy(ValueReader& reader, base::Buffer& out);

// Puts sub-TLVs of an SR policy behind those that are there.
void add_to_sr_policy(AttributeBuilder& builder, base::Bytes tlvs);

}  // namespace tandem::bgp
