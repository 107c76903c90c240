// An NLRI that is being read from text: what has been said of it so far, and the keywords that say it (the grammars of codec.hpp).
#pragma once

#include <any>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/ip.hpp"
#include "common/bgp/family.hpp"
#include "common/bgp/next_hop.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

class AttributeBuilder;

enum class NlriUse : std::uint8_t { announce, withdraw };  // a withdraw needs neither next hop nor label

using RouteDistinguisher = std::array<std::uint8_t, 8>;  // as on the wire (RFC 4364 section 4.2)

// Labels as on the wire (RFC 8277 section 2.2): three octets each, bottom of stack on the last.
struct LabelStack {
  static constexpr std::size_t k_label_size = 3;
  static constexpr std::size_t k_labels_max = 10;  // more do not fit: the length of an NLRI is one octet of bits
  std::array<std::uint8_t, k_label_size * k_labels_max> octets{};
  std::uint8_t size = 0;

  [[nodiscard]] bool empty() const { return size == 0; }
  [[nodiscard]] base::Bytes bytes() const { return base::Bytes(octets).first(size); }
};

struct NlriDraft {
  Family family;  // as said in front ("ipv4 mup"); parts of it are undefined where the rest of the statement decides
  NlriUse use = NlriUse::announce;

  // What the head of the statement said.
  std::optional<base::Prefix> prefix;
  base::Buffer octets;  // the NLRI as far as the head has made it, of families whose fields stand in a fixed order

  // What keywords said.
  std::optional<std::uint32_t> path_id;
  std::optional<RouteDistinguisher> rd;
  LabelStack labels;
  std::any own;  // of a family that needs more than the above, a type of its own file

  // Takes over what keywords said in another draft.
  void take_keywords(const NlriDraft& other) {
    path_id = other.path_id;
    rd = other.rd;
    labels = other.labels;
    if (other.own.has_value()) own = other.own;
  }
};

// What keywords of an NLRI may set besides: the action of a flow rule is an attribute, or the next hop.
struct RouteParts {
  AttributeBuilder& attributes;
  NextHop& next_hop;
  std::vector<std::string>* warnings = nullptr;  // what was taken and is probably a mistake; null: nobody wants to know
};

using NlriHead = base::Result<void>(ValueReader& reader, NlriDraft& draft);

struct NlriKeyword {
  std::string_view name;
  std::string_view value;  // what follows it, for help
  // Takes the value; the keyword has been read.
  base::Result<void> (*take)(ValueReader& reader, NlriDraft& draft, RouteParts& parts);
  // The block this keyword stands in where statements are nested ("match", "then"); empty: beside them.
  std::string_view block = {};
  bool gathers = false;  // may be repeated: the values are put together
};

}  // namespace tandem::bgp
