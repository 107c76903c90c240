// Attributes that are one 32-bit number: MED and LOCAL_PREF. Private to the room.
#pragma once

#include "common/base/json_writer.hpp"
#include "common/bgp/value_reader.hpp"
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

inline void number_json(base::Bytes value, base::JsonWriter& out) { out.number(base::ByteReader(value).u32()); }

inline void number_text(base::Bytes value, std::string& out) {
  const fmt::format_int digits(base::ByteReader(value).u32());
  out.append(digits.data(), digits.size());
}

inline base::Result<std::size_t> parse_number(std::string_view keyword, AttributeCode code, base::Tokens tokens,
                                              AttributeBuilder& builder) {
  constexpr std::string_view k_expected = "a number from 0 to 4294967295";
  ValueReader reader(keyword, tokens);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  const auto number = base::parse_decimal(word->text, 0xFFFFFFFF);
  if (!number) return reader.refuse(*word, k_expected);
  base::Buffer value;
  base::ByteWriter(value).u32(static_cast<std::uint32_t>(*number));
  set_attribute(builder, code, value);
  return reader.taken();
}

}  // namespace tandem::bgp
