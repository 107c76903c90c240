// What a stored state looks like, for who writes and who reads it (docs/recording.md): a head, sections with a name, a version and a
// length, and a sum of all that stands in front of it.
//
// Inside a section stand values. An object says the names of its type and its fields the first time one of its type is written, so that a
// reader of another version knows which fields are there; the objects behind it are values only.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/base/bytes.hpp"

namespace tandem::state {

inline constexpr std::string_view k_magic = "tandem\x1aS";
inline constexpr std::uint16_t k_format = 1;
inline constexpr std::uint16_t k_with_secrets = 1;  // a flag of the head: keys of TCP MD5 and TCP-AO are in it
inline constexpr std::string_view k_end = "end";    // the last section: the sum
inline constexpr std::string_view k_ahead = "ahead";  // the first one, if pieces follow that were written ahead of the rest
inline constexpr std::size_t k_head_size = 12;      // magic, format, flags
inline constexpr std::size_t k_longest_name = 64;   // of a section, a type, a field

// Whether keys of sessions are written. They are in no file that leaves the machine: then the configuration has them.
enum class Secrets : std::uint8_t { left_out, included };

// A value of an enumeration, and its last one: what is beyond it is refused.
template <typename Enum>
struct UpTo {
  Enum& value;
  std::remove_const_t<Enum> last;
};
template <typename Enum>
[[nodiscard]] UpTo<Enum> up_to(Enum& value, std::remove_const_t<Enum> last) {
  return {value, last};
}

// The same of all values of an enumeration: `constexpr Colour last_of(Colour)` beside it, or a friend where it is a member.

// A key of a session: an empty text is read where it was left out.
template <typename Text>
struct Secret {
  Text& value;
};
template <typename Text>
[[nodiscard]] Secret<Text> secret(Text& value) {
  return {value};
}

// Eight octets at a time: it finds what was cut or changed on the way, and is no protection against those who change it on purpose.
class Sum {
 public:
  void add(base::Bytes octets);
  [[nodiscard]] std::uint64_t value() const;

 private:
  std::uint64_t sum_ = 0xCBF29CE484222325ULL;
  base::Buffer rest_;  // fewer than eight, that wait for the others
};
[[nodiscard]] std::uint64_t sum(base::Bytes octets);

// Which piece written ahead some values are, for one writer; 0: none of any, or they have changed since. It goes with the values.
using Stamp = std::uint64_t;

// The values of such a piece.
template <typename T>
struct Piece {
  std::vector<T> values;
};

// Something to tell types by: &tag<T>.
template <typename T>
inline constexpr char tag{};

}  // namespace tandem::state
