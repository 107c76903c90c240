// Values of the configuration as JSON, and what is right for them as JSON Schema: made from the kinds (kinds.hpp).
#pragma once

#include <limits>
#include <type_traits>

#include "common/base/json_writer.hpp"
#include "common/config/kinds.hpp"

namespace tandem::config {

template <typename Kind>
inline constexpr bool k_is_number = std::is_integral_v<typename Kind::Type> && !std::is_same_v<typename Kind::Type, bool> && !std::is_same_v<Kind, AddPathMode>;

// A value that is not written at all has no member.
template <typename Kind>
void json_member(std::string_view name, const typename Kind::Type& value, base::JsonWriter& out) {
  using Type = typename Kind::Type;
  if constexpr (std::is_same_v<Kind, Secret>) {
    if (!value.empty()) out.member(name, "<hidden>");
  } else if constexpr (std::is_same_v<Type, std::string>) {
    if (!value.empty()) out.member(name, value);
  } else if constexpr (std::is_same_v<Kind, AddressOrRange>) {
    out.member(name, value.length == value.address.bits() ? value.address.text() : value.text());
  } else if constexpr (std::is_same_v<Type, bool>) {
    out.member(name, value);
  } else if constexpr (k_is_number<Kind>) {
    if (!Kind::text(value).empty()) out.member(name, static_cast<std::uint64_t>(value));
  } else if constexpr (std::is_same_v<Kind, AsNumber>) {
    if (value) out.member(name, static_cast<std::uint64_t>(base::value(*value)));
    else out.member(name, "auto");
  } else if constexpr (std::is_same_v<Kind, AoKeyId>) {
    if (value) out.member(name, static_cast<std::uint64_t>(*value));
  } else if (const std::string text = Kind::text(value); !text.empty()) {
    out.member(name, text);
  }
}

inline void integer_schema(std::uint64_t maximum, base::JsonWriter& out) {
  out.member("type", "integer");
  out.member("minimum", 0U);
  out.member("maximum", maximum);
}

// The members of the schema that say which values are right.
template <typename Kind>
void json_schema(base::JsonWriter& out) {
  using Type = typename Kind::Type;
  if constexpr (std::is_same_v<Type, bool>) {
    out.member("type", "boolean");
  } else if constexpr (k_is_number<Kind>) {
    integer_schema(std::numeric_limits<Type>::max(), out);
  } else if constexpr (std::is_same_v<Kind, AoKeyId>) {
    integer_schema(std::numeric_limits<std::uint8_t>::max(), out);
  } else if constexpr (std::is_same_v<Kind, AsNumber>) {
    out.key("oneOf");
    out.begin_array();
    out.begin_object();
    integer_schema(std::numeric_limits<std::uint32_t>::max(), out);
    out.end_object();
    out.begin_object();
    out.member("const", "auto");
    out.end_object();
    out.end_array();
  } else {
    out.member("type", "string");
    const std::vector<std::string> words = Kind::alternatives();
    if (words.empty()) return;
    out.key("enum");
    out.begin_array();
    for (const std::string& word : words) out.string(word);
    out.end_array();
  }
}

}  // namespace tandem::config
