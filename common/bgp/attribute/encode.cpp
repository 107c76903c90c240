// Attributes as one receiver gets them: canonical in, wire out.
#include "common/bgp/attribute/as_path.hpp"
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

constexpr std::uint32_t k_default_local_preference = 100;
constexpr std::size_t k_wide_aggregator = 8;
constexpr std::uint8_t k_optional_transitive = k_flag_optional | k_flag_transitive;

[[nodiscard]] constexpr std::uint8_t number(AttributeCode code) { return static_cast<std::uint8_t>(code); }

void append(base::Buffer& out, const AttributeView& attribute) {
  out.insert(out.end(), attribute.whole.begin(), attribute.whole.end());
}

[[nodiscard]] std::uint8_t without_extended_length(std::uint8_t flags) {
  return static_cast<std::uint8_t>(flags & ~k_flag_extended_length);
}

void append_four_octets(base::Buffer& out, std::uint8_t flags, AttributeCode code, std::uint32_t value) {
  base::ByteWriter writer(out);
  writer.u8(flags);
  writer.u8(number(code));
  writer.u8(4);
  writer.u32(value);
}

class Encoder {
 public:
  Encoder(const NextHop& next_hop, bool with_next_hop, const EncodeContext& context, base::Buffer& out)
      : next_hop_(next_hop), context_(context), out_(out), next_hop_due_(with_next_hop && next_hop.address.is_v4()),
        local_preference_due_(context.internal), only_to_customer_due_(context.add_only_to_customer) {}

  void run(base::Bytes canonical) {
    while (const auto attribute = next_attribute(canonical)) {
      canonical = canonical.subspan(attribute->whole.size());
      defaults_before(attribute->code);
      put(*attribute);
    }
    defaults_before(0xFF);
  }

 private:
  // Adds the attributes every route has and this one does not, in their place.
  void defaults_before(std::uint8_t code) {
    if (origin_due_ && code > number(AttributeCode::origin)) {
      origin_due_ = false;
      append_attribute(out_, k_flag_transitive, number(AttributeCode::origin), base::Buffer{0});
    }
    if (path_due_ && code > number(AttributeCode::as_path)) {
      path_due_ = false;
      put_default_path();
    }
    if (next_hop_due_ && code > number(AttributeCode::next_hop)) {
      next_hop_due_ = false;
      append_four_octets(out_, k_flag_transitive, AttributeCode::next_hop, next_hop_.address.v4_value());
    }
    if (local_preference_due_ && code > number(AttributeCode::local_preference)) {
      local_preference_due_ = false;
      append_four_octets(out_, k_flag_transitive, AttributeCode::local_preference, k_default_local_preference);
    }
    if (only_to_customer_due_ && code > number(AttributeCode::only_to_customer)) {
      only_to_customer_due_ = false;
      append_four_octets(out_, k_optional_transitive, AttributeCode::only_to_customer, base::value(context_.local_as));
    }
  }

  void put_default_path() {
    base::Buffer path;
    if (!context_.internal) {
      base::ByteWriter writer(path);
      writer.u8(static_cast<std::uint8_t>(SegmentType::sequence));
      writer.u8(1);
      writer.u32(base::value(context_.local_as));
    }
    put_path(k_flag_transitive, path);
  }

  void put_path(std::uint8_t flags, base::Bytes path) {
    if (context_.asn4 || !well_formed_path(path, 4)) {
      append_attribute(out_, flags, number(AttributeCode::as_path), path);
      return;
    }
    base::Buffer narrow;
    const bool needs_as4_path = narrow_path(path, narrow);
    append_attribute(out_, without_extended_length(flags), number(AttributeCode::as_path), narrow);
    if (!needs_as4_path) return;
    base::Buffer wide;
    append_as4_path(path, wide);
    if (!wide.empty()) append_attribute(out_, k_optional_transitive, number(AttributeCode::as4_path), wide);
  }

  void put_aggregator(const AttributeView& aggregator) {
    if (context_.asn4 || aggregator.value.size() != k_wide_aggregator) {
      append(out_, aggregator);
      return;
    }
    const base::Asn asn{base::ByteReader(aggregator.value).u32()};
    const bool wide = base::needs_four_octets(asn);
    base::Buffer narrow;
    base::ByteWriter writer(narrow);
    writer.u16(static_cast<std::uint16_t>(base::value(wide ? base::k_as_trans : asn)));
    writer.bytes(aggregator.value.subspan(4));
    append_attribute(out_, aggregator.flags, aggregator.code, narrow);
    if (wide) append_attribute(out_, k_optional_transitive, number(AttributeCode::as4_aggregator), aggregator.value);
  }

  void put(const AttributeView& attribute) {
    switch (AttributeCode{attribute.code}) {
      case AttributeCode::origin:
        origin_due_ = false;
        append(out_, attribute);
        return;
      case AttributeCode::as_path:
        path_due_ = false;
        if (context_.asn4) append(out_, attribute);
        else put_path(attribute.flags, attribute.value);
        return;
      case AttributeCode::local_preference:
        local_preference_due_ = false;
        if (context_.internal) append(out_, attribute);
        return;
      case AttributeCode::only_to_customer:
        only_to_customer_due_ = false;
        append(out_, attribute);
        return;
      case AttributeCode::aggregator: put_aggregator(attribute); return;
      case AttributeCode::aigp:
        if (context_.internal || context_.aigp) append(out_, attribute);
        return;
      default: append(out_, attribute); return;
    }
  }

  const NextHop& next_hop_;
  const EncodeContext& context_;
  base::Buffer& out_;
  bool origin_due_ = true;
  bool path_due_ = true;
  bool next_hop_due_;
  bool local_preference_due_;
  bool only_to_customer_due_;
};

}  // namespace

void encode_attributes(base::Bytes canonical, const NextHop& next_hop, bool with_next_hop, const EncodeContext& context,
                       base::Buffer& out) {
  Encoder(next_hop, with_next_hop, context, out).run(canonical);
}

}  // namespace tandem::bgp
