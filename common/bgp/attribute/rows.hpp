// What the files of attributes share: flags of their rows, and how a value that was read from text is put into a block. Each file
// (origin.cpp, as_path.cpp, ...) ends with its row; registry.cpp lists them. Private to the room.
#pragma once

#include "common/bgp/attribute/attributes.hpp"

namespace tandem::bgp {

inline constexpr std::uint8_t k_well_known = k_flag_transitive;
inline constexpr std::uint8_t k_optional = k_flag_optional;
inline constexpr std::uint8_t k_optional_transitive = k_flag_optional | k_flag_transitive;

// Puts a value of a known kind with the flags of its row.
void set_attribute(AttributeBuilder& builder, AttributeCode code, base::Bytes value);

// Gathers values of a fixed size, in the order of their octets. Values of another size do not gather: the first one wins.
void gather_sorted(base::Buffer& value, base::Bytes more, std::size_t size);
template <std::size_t Size>
void gather_sorted(base::Buffer& value, base::Bytes more) {
  gather_sorted(value, more, Size);
}

// `attribute [ 0xCODE 0xFLAGS 0xDATA ]` and the two forms of an attribute without a printer (generic.cpp).
extern const AttributeKeyword k_generic_keyword;
// `unknown`: to whom it is shown, though there is a row for it.
void generic_json(const AttributeView& attribute, bool unknown, base::JsonWriter& out);  // the whole member
void generic_text(const AttributeView& attribute, bool unknown, std::string& out);      // " attribute [ 0x99 0xE0 0x00 ]"

// Of attributes that ExaBGP 4.2 does not know.
inline constexpr AttributeForms k_unknown_to_4_2{.unknown = true};

}  // namespace tandem::bgp
