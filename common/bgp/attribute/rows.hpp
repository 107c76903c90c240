// The kinds of attribute tandem understands, one struct of functions a kind, each implemented in the file of its name
// (origin.cpp, as_path.cpp, ...). registry.cpp makes the table of them, builder.cpp the table of configuration keywords.
// Private to the room. well_formed() is asked before json() and text(), which may rely on it.
#pragma once

#include "common/bgp/attribute/attributes.hpp"

namespace tandem::bgp {

struct OriginRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
};

struct AsPathRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
};

struct As4PathRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
};

struct NextHopRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
};

struct MedRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
};

struct LocalPreferenceRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
};

struct AtomicAggregateRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
};

struct AggregatorRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
};

struct As4AggregatorRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
};

struct CommunityRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
};

struct OriginatorIdRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
};

struct ClusterListRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
};

struct ExtendedCommunityRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
};

struct Ipv6ExtendedCommunityRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
};

struct LargeCommunityRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
};

struct AigpRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
};

struct PmsiTunnelRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
  static void json(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
  static void text(base::Bytes value, const AttributeContext& context, std::string& out);
};

// Codes whose values are kept as octets but whose TLVs must at least fit (opaque.cpp).
struct TunnelEncapsulationRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
};
struct BgpLsRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
};
struct PrefixSidRow {
  static bool well_formed(base::Bytes value, const AttributeContext& context);
};

// `attribute [ 0xCODE 0xFLAGS 0xDATA ]` and the two forms of an attribute without a printer (generic.cpp).
struct GenericRow {
  static base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder);
  static void json(const AttributeView& attribute, base::JsonWriter& out);  // the whole member
  static void text(const AttributeView& attribute, std::string& out);      // " attribute [ 0x99 0xE0 0x00 ]"
};

// Puts a value of a known kind with the flags of its row.
void set_attribute(AttributeBuilder& builder, AttributeCode code, base::Bytes value);

}  // namespace tandem::bgp
