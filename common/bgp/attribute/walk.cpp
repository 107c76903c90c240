#include "common/bgp/attribute/walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>

#include "common/base/log.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_short_head = 3;

[[nodiscard]] bool is(std::uint8_t code, AttributeCode wanted) { return code == static_cast<std::uint8_t>(wanted); }

// Keeps attributes in place as long as they are one piece of the section, which is the case of nearly every UPDATE: MP
// attributes stand first or last. Only a hole in the middle makes a copy.
class Keeper {
 public:
  explicit Keeper(AttributeBlock& block) : block_(block) {}

  void keep(base::Bytes whole) {
    if (run_.empty()) {
      run_ = whole;
    } else if (run_.data() + run_.size() == whole.data()) {
      run_ = {run_.data(), run_.size() + whole.size()};
    } else {
      spill();
      block_.rewritten = true;
      run_ = whole;
    }
  }
  void finish() {
    if (block_.rewritten) spill();
    else block_.received = run_;
  }

 private:
  void spill() { block_.kept.insert(block_.kept.end(), run_.begin(), run_.end()); }

  AttributeBlock& block_;
  base::Bytes run_;
};

// RFC 4271 section 4.3: the low nibble is ignored; the partial bit may be set on optional attributes only.
[[nodiscard]] bool has_right_flags(const AttributeView& attribute, const AttributeTraits& traits) {
  const unsigned ignored = (traits.flags & k_flag_optional) != 0 ? k_flag_partial : 0U;
  return ((attribute.flags ^ traits.flags) & (k_flag_optional | k_flag_transitive | k_flag_partial) & ~ignored) == 0;
}

[[nodiscard]] ErrorAction judge(const AttributeView& attribute, const AttributeTraits& traits, const AttributeContext& context,
                                const Negotiated& negotiated) {
  if (traits.accepted == Accepted::internal && !context.internal) return ErrorAction::discard;
  if (traits.accepted == Accepted::aigp && !negotiated.aigp) return ErrorAction::discard;
  if (!has_right_flags(attribute, traits)) return traits.when_malformed;
  if (attribute.value.empty() && !traits.may_be_empty) return traits.when_malformed;
  const bool good = traits.well_formed == nullptr || traits.well_formed(attribute.value, context);
  if (good) return ErrorAction::none;
  return traits.malformed_action != nullptr ? traits.malformed_action(attribute.value) : traits.when_malformed;
}

void report(std::string_view name, base::Bytes octets, std::string_view action) {
  constexpr std::size_t k_shown = 64;
  base::log(base::LogCategory::message, base::LogLevel::warning, "malformed attribute {} (0x{}{}): {}", name,
            base::to_hex(octets.first(std::min(octets.size(), k_shown)), base::HexCase::upper),
            octets.size() > k_shown ? "..." : "", action);
}

class Walk {
 public:
  explicit Walk(const Negotiated& negotiated)
      : negotiated_(negotiated), context_{negotiated.asn4, negotiated.internal(), negotiated.as_zero}, keeper_(found_.block) {
    found_.block.asn4 = negotiated.asn4;
  }
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;

  [[nodiscard]] base::Result<WalkedAttributes> run(base::Bytes section) {
    while (!section.empty()) {
      const auto attribute = next_attribute(section);
      if (!attribute) {
        // RFC 7606 section 4: where the next one starts is not known, hence the rest is not looked at.
        if (is_cut_multiprotocol(section)) return bad_multiprotocol(section);
        withdraw(overrun_name(section), section);
        break;
      }
      section = section.subspan(attribute->whole.size());
      if (auto failed = take(*attribute)) return std::move(*failed);
    }
    keeper_.finish();
    return std::move(found_);
  }

 private:
  [[nodiscard]] static std::string_view overrun_name(base::Bytes section) {
    const AttributeTraits* traits = section.size() < 2 ? nullptr : attribute_traits(section[1]);
    return traits != nullptr ? traits->name : "attribute-header";
  }

  // RFC 7606 section 3 (j): routes that cannot be located cannot be withdrawn. One or two octets are no attribute yet.
  [[nodiscard]] static bool is_cut_multiprotocol(base::Bytes section) {
    if (section.size() < k_short_head) return false;
    return is(section[1], AttributeCode::mp_reach) || is(section[1], AttributeCode::mp_unreach);
  }
  [[nodiscard]] static base::Error bad_multiprotocol(base::Bytes section) {
    return base::Error::notification(3, 9, fmt::format("{} overruns the path attributes", overrun_name(section)),
                                     base::Buffer(section.begin(), section.end()));
  }

  void withdraw(std::string_view name, base::Bytes octets) {
    report(name, octets, "treat-as-withdraw");
    if (found_.treat_as_withdraw.empty()) found_.treat_as_withdraw = name;
  }

  [[nodiscard]] std::optional<base::Error> take(const AttributeView& attribute) {
    const bool repeated = seen_.test(attribute.code);
    seen_.set(attribute.code);
    if (is(attribute.code, AttributeCode::mp_reach)) return take_multiprotocol(attribute, repeated, found_.mp_reach);
    if (is(attribute.code, AttributeCode::mp_unreach)) return take_multiprotocol(attribute, repeated, found_.mp_unreach);
    if (repeated) return std::nullopt;  // RFC 7606 section 3 (g): the first one counts
    const AttributeTraits* traits = attribute_traits(attribute.code);
    if (traits == nullptr) {
      keeper_.keep(attribute.whole);
      return std::nullopt;
    }
    switch (judge(attribute, *traits, context_, negotiated_)) {
      case ErrorAction::none: keep(attribute); break;
      case ErrorAction::discard: report(traits->name, attribute.whole, "discarded"); break;
      case ErrorAction::treat_as_withdraw:
      case ErrorAction::session_reset: withdraw(traits->name, attribute.whole); break;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<base::Error> take_multiprotocol(const AttributeView& attribute, bool repeated,
                                                              std::optional<AttributeView>& place) {
    const AttributeTraits& traits = *attribute_traits(attribute.code);
    if (repeated) return base::Error::notification(3, 1, fmt::format("multiple attribute for {}", traits.name));
    if (!has_right_flags(attribute, traits)) {
      return base::Error::notification(3, 4, fmt::format("invalid flags 0x{:02X} of {}", attribute.flags, traits.name),
                                       base::Buffer(attribute.whole.begin(), attribute.whole.end()));
    }
    place = attribute;
    return std::nullopt;
  }

  void keep(const AttributeView& attribute) {
    if (is(attribute.code, AttributeCode::origin)) found_.block.has_origin = true;
    if (is(attribute.code, AttributeCode::as_path)) found_.block.has_as_path = true;
    if (is(attribute.code, AttributeCode::next_hop)) found_.next_hop = attribute;
    if (is(attribute.code, AttributeCode::only_to_customer)) found_.only_to_customer = attribute;
    keeper_.keep(attribute.whole);
  }

  const Negotiated& negotiated_;
  AttributeContext context_;
  WalkedAttributes found_;
  Keeper keeper_;
  std::bitset<256> seen_;
};

}  // namespace

base::Result<WalkedAttributes> walk_attributes(base::Bytes section, const Negotiated& negotiated) {
  return Walk(negotiated).run(section);
}

}  // namespace tandem::bgp
