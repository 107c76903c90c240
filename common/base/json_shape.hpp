// The shape of a piece of JSON, written in a line beside the code that writes the piece, and made into a JSON Schema (2020-12).
//
//   { nlri: prefix, label?: [label], `x-[0-9]+`: hex }   an object of these members and no others; `?` may be missing; a pattern in
//                                                        backquotes is any member of such a name, <NAME> of the name a definition has
//   { next-hop?4: ip, ...named, ... }   a member of version 4 of the API only; the members of a definition; `...` alone: others too
//   [ip]  [u16, u16, u8?]               an array of any length; of these items, the last ones may be missing
//   "igp" | "egp"  true  0..255  1..    words, a truth value, whole numbers of a range
//   `[0-9]+`                            a string of which all matches the pattern
//   string number boolean null NAME     any value of that kind; what a definition says
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/base/error.hpp"

namespace tandem::base {

// Of a row: a text that stands there, or one that is made from other rows.
class JsonShape {
 public:
  constexpr JsonShape() = default;
  constexpr JsonShape(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor): it stands in tables
  constexpr JsonShape(std::string (*make)()) : make_(make) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool empty() const { return text_.empty() && make_ == nullptr; }
  [[nodiscard]] std::string text() const { return make_ != nullptr ? make_() : std::string(text_); }

 private:
  std::string_view text_;
  std::string (*make_)() = nullptr;
};

struct ShapeDefinition {
  std::string name;
  std::string shape;
};

struct SchemaHead {
  std::string id;
  std::string title;
  bool version_4 = false;
};

// One line. Of the definitions those are in it that the shape needs. An error is a mistake in a shape.
[[nodiscard]] Result<std::string> json_schema(const SchemaHead& head, std::string_view shape, std::span<const ShapeDefinition> definitions);

}  // namespace tandem::base
