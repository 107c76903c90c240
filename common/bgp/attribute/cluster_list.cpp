// CLUSTER_LIST (RFC 4456 section 8). Its order means something and is kept.
#include "common/base/ip.hpp"
#include "common/bgp/attribute/rows.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_id_size = 4;

bool well_formed(base::Bytes value, const AttributeContext&) { return value.size() % k_id_size == 0; }

void json(base::Bytes value, const AttributeContext&, base::JsonWriter& out) {
  out.begin_array();
  for (; !value.empty(); value = value.subspan(k_id_size)) out.string(base::IpAddress::from_bytes(value.first(k_id_size)).text());
  out.end_array();
}

void append_list(base::Bytes value, bool brackets, std::string& out) {
  if (brackets) out += "[ ";
  for (; !value.empty(); value = value.subspan(k_id_size)) {
    base::IpAddress::from_bytes(value.first(k_id_size)).append_text(out);
    if (brackets) out += ' ';
  }
  if (brackets) out += ']';
}

void text(base::Bytes value, const AttributeContext&, std::string& out) { append_list(value, value.size() != k_id_size, out); }
void text_4_2(base::Bytes value, const AttributeContext&, std::string& out) { append_list(value, true, out); }

base::Result<std::size_t> parse(base::Tokens tokens, AttributeBuilder& builder) {
  constexpr std::string_view k_expected = "an IPv4 address";
  ValueReader reader("cluster-list", tokens);
  base::Buffer value;
  auto error = reader.list(k_expected, [&](const base::Token& token) -> std::optional<base::Error> {
    const auto address = base::IpAddress::parse(token.text);
    if (!address || !address->is_v4()) return reader.refuse(token, k_expected);
    base::ByteWriter(value).bytes(address->bytes());
    return std::nullopt;
  });
  if (error) return std::move(*error);
  if (value.empty()) return reader.refuse(tokens[reader.taken() - 1], "at least one IPv4 address");
  set_attribute(builder, AttributeCode::cluster_list, value);
  return reader.taken();
}

constexpr AttributeForms k_forms_4_2{.text = text_4_2};
constexpr AttributeKeyword k_keywords[] = {{"cluster-list", "IPV4|[ IPV4... ]", parse}};

}  // namespace

extern const AttributeTraits k_cluster_list_row{.code = AttributeCode::cluster_list, .name = "cluster-list", .flags = k_optional,
                                                .when_malformed = ErrorAction::treat_as_withdraw, .accepted = Accepted::internal,
                                                .well_formed = well_formed, .json = json, .shape = "[ipv4]", .text = text, .keywords = k_keywords, .release_4_2 = &k_forms_4_2};

}  // namespace tandem::bgp
