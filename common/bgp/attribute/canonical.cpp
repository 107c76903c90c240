// Canonical form of received attributes: what RIBs keep. Runs once for every attribute section that is not interned yet.
#include <algorithm>
#include <array>

#include "common/bgp/attribute/as_path.hpp"
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_narrow_aggregator = 6;
constexpr std::size_t k_wide_aggregator = 8;

[[nodiscard]] constexpr std::uint8_t number(AttributeCode code) { return static_cast<std::uint8_t>(code); }

[[nodiscard]] bool is_dropped(std::uint8_t code) {
  switch (AttributeCode{code}) {
    case AttributeCode::next_hop:
    case AttributeCode::mp_reach:
    case AttributeCode::mp_unreach:
    case AttributeCode::as4_path:
    case AttributeCode::as4_aggregator: return true;
    default: return false;
  }
}

// The flags an attribute has in canonical form: one encoding for one value. 0: it is not passed on.
[[nodiscard]] std::uint8_t canonical_flags(const AttributeView& attribute) {
  const AttributeTraits* traits = attribute_traits(attribute.code);
  if (traits == nullptr) {
    if ((attribute.flags & k_flag_transitive) == 0) return 0;
    return attribute.flags | k_flag_partial;
  }
  const unsigned partial = (traits->flags & k_flag_optional) != 0 ? attribute.flags & k_flag_partial : 0U;
  return static_cast<std::uint8_t>(traits->flags | partial | (attribute.value.size() > 0xFF ? k_flag_extended_length : 0U));
}

[[nodiscard]] base::Asn two_octet_as(base::Bytes aggregator) { return base::Asn{base::ByteReader(aggregator).u16()}; }

// The attributes of a section by code: where each starts.
class Index {
 public:
  explicit Index(base::Bytes wire) : wire_(wire) {
    base::Bytes left = wire;
    while (const auto attribute = next_attribute(left)) {
      add(attribute->code, static_cast<std::uint64_t>(wire.size() - left.size()));
      left = left.subspan(attribute->whole.size());
    }
    if (!ascending_) std::sort(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(count_));
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] AttributeView at(std::size_t i) const { return *next_attribute(wire_.subspan(slots_[i] & 0xFFFFFFFF)); }
  [[nodiscard]] std::optional<AttributeView> find(AttributeCode code) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (slots_[i] >> 32 == number(code)) return at(i);
    }
    return std::nullopt;
  }

 private:
  void add(std::uint8_t code, std::uint64_t offset) {
    if (count_ > 0 && code <= highest_) {
      // Only now can a code be there twice: the first one counts (RFC 7606 section 3 (g)).
      for (std::size_t i = 0; i < count_; ++i) {
        if (slots_[i] >> 32 == code) return;
      }
      ascending_ = false;
    }
    highest_ = std::max(highest_, code);
    slots_[count_++] = static_cast<std::uint64_t>(code) << 32 | offset;
  }

  base::Bytes wire_;
  std::size_t count_ = 0;
  bool ascending_ = true;
  std::uint8_t highest_ = 0;
  std::array<std::uint64_t, 256> slots_;  // code and offset; not initialised beyond count_
};

// RFC 6793 section 4.2.3, for a peer that does not know four-octet AS numbers.
class Widening {
 public:
  explicit Widening(const Index& index) {
    as4_path_ = value(index, AttributeCode::as4_path);
    as4_aggregator_ = value(index, AttributeCode::as4_aggregator);
    if (as4_path_ && !well_formed_path(*as4_path_, 4)) as4_path_.reset();
    if (as4_aggregator_ && as4_aggregator_->size() != k_wide_aggregator) as4_aggregator_.reset();
    const auto aggregator = value(index, AttributeCode::aggregator);
    if (!as4_aggregator_ || !aggregator || aggregator->size() != k_narrow_aggregator) return;
    if (two_octet_as(*aggregator) == base::k_as_trans) return;
    // A speaker that does not know these attributes has aggregated since they were written.
    as4_path_.reset();
    as4_aggregator_.reset();
  }

  void append_path(const AttributeView& path, base::Buffer& out) const {
    if (!well_formed_as_path(path.value, {.asn4 = false, .internal = true, .as_zero = true})) return;
    base::Buffer wide;
    widen_path(path.value, as4_path_, wide);
    if (wide.size() > k_attribute_value_size_max) {
      // Sets in AS4_PATH count one each however long they are. AS_PATH alone fits, or it would be malformed.
      wide.clear();
      widen_path(path.value, std::nullopt, wide);
    }
    append_attribute(out, k_flag_transitive, path.code, wide);
  }
  void append_aggregator(const AttributeView& aggregator, base::Buffer& out) const {
    if (aggregator.value.size() != k_narrow_aggregator) return;
    const auto flags = static_cast<std::uint8_t>(aggregator.flags & ~k_flag_extended_length & 0xF0);
    if (as4_aggregator_) {
      append_attribute(out, flags, aggregator.code, *as4_aggregator_);
      return;
    }
    base::Buffer wide;
    base::ByteWriter writer(wide);
    writer.u32(base::value(two_octet_as(aggregator.value)));
    writer.bytes(aggregator.value.subspan(2));
    append_attribute(out, flags, aggregator.code, wide);
  }

 private:
  static std::optional<base::Bytes> value(const Index& index, AttributeCode code) {
    const auto attribute = index.find(code);
    return attribute ? std::optional(attribute->value) : std::nullopt;
  }

  std::optional<base::Bytes> as4_path_;
  std::optional<base::Bytes> as4_aggregator_;
};

void append_as_is(const AttributeView& attribute, base::Buffer& out) {
  const std::uint8_t flags = canonical_flags(attribute);
  if (flags == 0) return;
  if (flags == attribute.flags) out.insert(out.end(), attribute.whole.begin(), attribute.whole.end());
  else append_attribute(out, flags, attribute.code, attribute.value);
}

// What nearly every speaker sends: attributes ascending by code, so that one pass does. False, and nothing appended, when
// they are not.
[[nodiscard]] bool append_in_order(base::Bytes wire, base::Buffer& out) {
  const std::size_t start = out.size();
  unsigned previous = 0;
  while (const auto attribute = next_attribute(wire)) {
    if (attribute->code <= previous) {
      out.resize(start);
      return false;
    }
    previous = attribute->code;
    wire = wire.subspan(attribute->whole.size());
    if (!is_dropped(attribute->code)) append_as_is(*attribute, out);
  }
  return true;
}

}  // namespace

void canonical_attributes(base::Bytes wire, bool asn4, base::Buffer& out) {
  out.reserve(out.size() + wire.size());
  if (asn4 && append_in_order(wire, out)) return;
  const Index index(wire);
  std::optional<Widening> widening;
  if (!asn4) widening.emplace(index);
  for (std::size_t i = 0; i < index.count(); ++i) {
    const AttributeView attribute = index.at(i);
    if (is_dropped(attribute.code)) continue;
    if (widening && attribute.code == number(AttributeCode::as_path)) widening->append_path(attribute, out);
    else if (widening && attribute.code == number(AttributeCode::aggregator)) widening->append_aggregator(attribute, out);
    else append_as_is(attribute, out);
  }
}

}  // namespace tandem::bgp
