// What the text and JSON forms of several families have in common: prefixes, path identifiers, route distinguishers, labels.
#pragma once

#include <string>

#include "common/base/asn.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::bgp {

// --- out
// "10.0.0.0/24" of as many octets as the wire has; the rest of the `bits` of an address are zero.
void append_prefix(base::Bytes octets, std::uint8_t length, unsigned bits, std::string& out);
void append_path_information(const NlriKey& key, std::string& out);  // " path-information 0.0.0.1" when there is an identifier
void path_information_json(const NlriKey& key, base::JsonWriter& out);
// "65000:1", "1.2.3.4:5", "65000L:1" where a small AS number has four octets; other types in hexadecimal. It is read back.
void append_route_distinguisher(base::Bytes octets, std::string& out);
[[nodiscard]] std::string route_distinguisher_text(base::Bytes octets);
[[nodiscard]] std::string route_distinguisher_json(base::Bytes octets);  // without that letter, as programs know it
// " label 100 (1601)", " label [ 100 (1600) 200 (3201) ]": the label, and the three octets it stands in.
void append_labels(base::Bytes octets, std::string& out);
void append_bare_labels(base::Bytes octets, std::string& out);  // " label 100", " label [ 100 200 ]"
void labels_json(base::Bytes octets, bool with_octets, base::JsonWriter& out);  // [ [100, 1601] ], [ [100] ]

void append_raw(base::Bytes octets, std::string& out);  // " 0x0A0B": what is kept and has no words
// Whether bits behind the length are set, of as many octets as the length needs. Words have no room for them.
[[nodiscard]] bool has_host_bits(base::Bytes octets, unsigned length);

// --- in: heads and keywords
base::Result<void> read_prefix_head(ValueReader& reader, NlriDraft& draft);
// "0x0A0B", the octets of a whole NLRI, where the next word is that; else nothing is taken, and keywords follow.
base::Result<void> read_octets_head(ValueReader& reader, NlriDraft& draft);
base::Result<void> take_path_information(ValueReader& reader, NlriDraft& draft, RouteParts& parts);
base::Result<void> take_route_distinguisher(ValueReader& reader, NlriDraft& draft, RouteParts& parts);
base::Result<void> take_labels(ValueReader& reader, NlriDraft& draft, RouteParts& parts);

// Values of fields, for heads and keywords of other kinds.
// "100" or "100 (1601)", added to the stack without touching its bottom; gives whether the octets were said as well.
base::Result<bool> read_label(ValueReader& reader, LabelStack& stack);
// "(1601)": the octets of the label just read, as text of events says them; in one word, or between parentheses of their own.
base::Result<std::optional<std::uint32_t>> read_raw_label(ValueReader& reader);
[[nodiscard]] std::optional<RouteDistinguisher> parse_route_distinguisher(std::string_view text);
base::Result<RouteDistinguisher> read_route_distinguisher(ValueReader& reader);
// An address of this AFI; of any when it is undefined.
base::Result<base::IpAddress> read_address(ValueReader& reader, Afi afi);
// A prefix of this AFI whose bits beyond the length need not be zero; they are cleared.
base::Result<base::Prefix> read_loose_prefix(ValueReader& reader, Afi afi);
base::Result<std::uint64_t> read_number(ValueReader& reader, std::uint64_t maximum);
[[nodiscard]] std::optional<base::Buffer> parse_raw(std::string_view text);  // 0x0A0B

// The key of the octets in a draft, which the head made or was given: one whole NLRI of its family, and nothing behind it.
using NlriDecode = base::Result<NlriStep>(const NlriContext& context, base::Bytes in, NlriKey& out);
base::Result<NlriKey> make_raw(const NlriDraft& draft, NlriDecode& decode);

}  // namespace tandem::bgp
