// Path attributes (RFC 4271 section 4.3, 5): one row a kind (flags, errors, wire, text in and out, JSON), each in the file
// of its name (origin.cpp, as_path.cpp, ...), the walk over a block of them, and the block in canonical form.
//
// Canonical form, which RIBs keep and compare: attributes ascending by code, each once, four-octet AS numbers (RFC 6793), no
// NEXT_HOP (3), no MP_REACH/MP_UNREACH (14, 15), no AS4_PATH/AS4_AGGREGATOR (17, 18); flags as on the wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/asn.hpp"
#include "common/base/bytes.hpp"
#include "common/base/error.hpp"
#include "common/base/json_shape.hpp"
#include "common/base/json_writer.hpp"
#include "common/base/token.hpp"
#include "common/bgp/dialect.hpp"
#include "common/bgp/negotiated.hpp"
#include "common/bgp/next_hop.hpp"

namespace tandem::bgp {

enum class AttributeCode : std::uint8_t {
  origin = 1, as_path = 2, next_hop = 3, med = 4, local_preference = 5, atomic_aggregate = 6, aggregator = 7, community = 8,
  originator_id = 9, cluster_list = 10, mp_reach = 14, mp_unreach = 15, extended_community = 16, as4_path = 17,
  as4_aggregator = 18, pmsi_tunnel = 22, tunnel_encapsulation = 23, ipv6_extended_community = 25, aigp = 26, bgp_ls = 29,
  large_community = 32, only_to_customer = 35, prefix_sid = 40
};

inline constexpr std::uint8_t k_flag_optional = 0x80;
inline constexpr std::uint8_t k_flag_transitive = 0x40;
inline constexpr std::uint8_t k_flag_partial = 0x20;
inline constexpr std::uint8_t k_flag_extended_length = 0x10;

inline constexpr std::size_t k_attribute_value_size_max = 65535;  // what the extended length can say

// RFC 7606 section 2, weakest first: the strongest one of an UPDATE decides.
enum class ErrorAction : std::uint8_t { none, discard, treat_as_withdraw, session_reset };

// What a row needs to know about the session to judge and print a value.
struct AttributeContext {
  bool asn4 = true;       // AS numbers in AS_PATH and AGGREGATOR have four octets
  bool internal = true;   // iBGP
  bool as_zero = false;   // AS 0 is no error (RFC 7607): what we send is the user's business
};

class AttributeBuilder;

// A word of the route grammar that makes an attribute. `parse` takes the value from the front of `tokens` and gives the number
// taken; it puts what it read with set_attribute.
struct AttributeKeyword {
  std::string_view name;
  std::string_view value;  // what follows it, for help; empty: nothing
  base::Result<std::size_t> (*parse)(base::Tokens tokens, AttributeBuilder& builder);
};

// From whom an attribute is taken; from others it is discarded whatever it looks like.
enum class Accepted : std::uint8_t {
  everybody,
  internal,  // of the own AS (RFC 7606 section 7.5, 7.9, 7.10)
  aigp,      // where AIGP is enabled (RFC 7311 section 3.3)
};

using AttributeJson = void(base::Bytes value, const AttributeContext& context, base::JsonWriter& out);
using AttributeText = void(base::Bytes value, const AttributeContext& context, std::string& out);

// How a dialect writes an attribute where it differs.
struct AttributeForms {
  AttributeJson* members = nullptr;  // null: the value under its name, as ever
  base::JsonShape shape{};           // of what that writes: members
  AttributeText* text = nullptr;     // what follows the name; null: as ever
  bool unknown = false;              // it does not know the attribute and shows its octets
};

// One row an attribute; it stands at the end of the file of its name.
struct AttributeTraits {
  AttributeCode code{};
  std::string_view name{};    // JSON and text key, and nearly always the keyword: "local-preference"
  std::uint8_t flags = 0;     // the only optional/transitive bits that are right
  bool may_be_empty = false;
  ErrorAction when_malformed = ErrorAction::treat_as_withdraw;  // RFC 7606
  ErrorAction (*malformed_action)(base::Bytes value) = nullptr;  // where that depends on the value
  Accepted accepted = Accepted::everybody;
  // Where values gather over repeated keywords: puts `more` to what `value` holds, which is empty at first. Null: the first one wins.
  void (*gather)(base::Buffer& value, base::Bytes more) = nullptr;
  // Null functions: the value is opaque (kept, forwarded, printed as attribute-0xCC-0xFF).
  bool (*well_formed)(base::Bytes value, const AttributeContext& context) = nullptr;
  AttributeJson* json = nullptr;  // the value of the member
  base::JsonShape shape{};        // of that value
  AttributeText* text = nullptr;  // what follows the name
  std::span<const AttributeKeyword> keywords{};  // none: it is not written but as `attribute [ ... ]`
  const AttributeForms* release_4_2 = nullptr;   // of dialect 4.2, where it differs
};
[[nodiscard]] const AttributeTraits* attribute_traits(std::uint8_t code);
[[nodiscard]] std::span<const AttributeTraits* const> attribute_table();

struct AttributeView {
  std::uint8_t flags = 0;
  std::uint8_t code = 0;
  base::Bytes value;
  base::Bytes whole;  // header included
};

// Takes the first attribute of `block`; nullopt when the header or the value does not fit (RFC 7606 section 4).
[[nodiscard]] std::optional<AttributeView> next_attribute(base::Bytes block);
// Flags go out as given; the extended-length bit is added over 255 octets. REQUIRES at most 65535 octets of value.
void append_attribute(base::Buffer& out, std::uint8_t flags, std::uint8_t code, base::Bytes value);

// The attributes of one received UPDATE after the walk of RFC 7606: duplicates, discarded and MP attributes are out.
struct AttributeBlock {
  base::Bytes received;         // what is left of the section, when that is one piece of it
  base::Buffer kept;            // what is left of it, when something had to be taken out of the middle
  bool rewritten = false;       // kept counts, not received
  bool asn4 = true;
  bool has_origin = false;
  bool has_as_path = false;

  [[nodiscard]] base::Bytes wire() const { return rewritten ? base::Bytes(kept) : received; }
};

// Rewrites received attributes in canonical form: merges AS4_PATH and AS4_AGGREGATOR (RFC 6793 section 4.2.3), widens AS
// numbers, sorts, drops NEXT_HOP and unknown non-transitive attributes, sets the partial bit of unknown transitive ones
// (RFC 4271 section 5). `wire` has passed decode_update. Appends to `out`.
void canonical_attributes(base::Bytes wire, bool asn4, base::Buffer& out);

// "origin": "igp", "med": 5 -- members without braces; and " origin igp med 5". Canonical form in.
void attributes_json(base::Bytes canonical, base::JsonWriter& out, Dialect dialect = Dialect::main);
void attributes_text(base::Bytes canonical, std::string& out, Dialect dialect = Dialect::main);

// Builds a canonical block from text or values. The first value of a code wins, except where the row gathers them.
class AttributeBuilder {
 public:
  // `dialect`: whose octets words get that have not meant the same in all of them.
  AttributeBuilder() = default;
  explicit AttributeBuilder(Dialect dialect) : dialect_(dialect) {}
  [[nodiscard]] Dialect dialect() const { return dialect_; }
  // The keyword has been read; takes the value from the front of `tokens` and gives the number taken. Punctuation ("[", "]",
  // "(", ")", ",") is tokens of its own. Errors name the token and what would be right.
  [[nodiscard]] base::Result<std::size_t> parse(std::string_view keyword, base::Tokens tokens);
  // True for keywords parse() knows.
  [[nodiscard]] static bool knows(std::string_view keyword);
  [[nodiscard]] static std::vector<std::string_view> keywords();

  // Flags are kept as given, with the extended-length bit where the size asks for it.
  void set(std::uint8_t flags, std::uint8_t code, base::Bytes value);
  [[nodiscard]] base::Bytes canonical() const { return block_; }
  [[nodiscard]] bool empty() const { return block_.empty(); }
  // A value did not fit in 65535 octets and was refused. parse() says so itself.
  [[nodiscard]] bool too_long() const { return too_long_; }
  void clear() {
    block_.clear();
    too_long_ = false;
  }

 private:
  base::Buffer block_;  // canonical at all times
  bool too_long_ = false;
  Dialect dialect_ = Dialect::main;
};

// What the receiver of an UPDATE dictates about its attributes.
struct EncodeContext {
  base::Asn local_as{};
  bool internal = true;
  bool asn4 = true;
  bool aigp = false;  // send AIGP on an external session
  bool add_only_to_customer = false;  // RFC 9234 section 5: with our AS, where the route does not have it
  friend bool operator==(const EncodeContext&, const EncodeContext&) = default;
};

// Appends the attributes as they go on the wire, ascending by code: defaults added, LOCAL_PREF dropped on eBGP, AS numbers
// narrowed with AS4_PATH right after AS_PATH and AS4_AGGREGATOR right after AGGREGATOR, NEXT_HOP when `next_hop` is an IPv4
// address and `with_next_hop`.
void encode_attributes(base::Bytes canonical, const NextHop& next_hop, bool with_next_hop, const EncodeContext& context,
                       base::Buffer& out);

}  // namespace tandem::bgp
