// Routes into UPDATE messages: the budget, the order of fields, classic or MP encoding, next
// hops. Stateless but for a scratch buffer and the attributes encoded last, so one attribute set is encoded once per message run.
// A packer belongs to a session: `negotiated` and the pool of the sets it packs must outlive it.
#pragma once

#include <span>

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/dialect.hpp"
#include "common/bgp/negotiated.hpp"
#include "common/rib/route.hpp"

namespace tandem::rib {

struct PackerOptions {
  bool group_updates = true;
  bool aigp = false;               // send AIGP on an external session
  bgp::Dialect dialect = bgp::Dialect::main;
  base::IpAddress link_local;      // appended to IPv6 next hops when negotiated; none: never

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [group_updates, aigp, dialect, link_local] = self;
    archive.object(self, "packer_options")("group_updates", group_updates)("aigp", aigp)("dialect", dialect)("link_local", link_local);
  }
  friend bool operator==(const PackerOptions&, const PackerOptions&) = default;
};

// All that the octets of UPDATEs depend on beside their routes: sessions with equal ones are told the same in the same octets.
struct Encoding {
  base::Asn local_as{};
  bool internal = false;
  bool asn4 = false;
  bool link_local_next_hop = false;
  std::uint16_t message_size = 0;
  std::optional<bgp::Role> role;
  bgp::FamilySet families;
  bgp::FamilySet add_path;
  std::vector<bgp::ExtendedNextHop> extended_next_hops;
  PackerOptions options;
  friend bool operator==(const Encoding&, const Encoding&) = default;
};

class UpdatePacker {
 public:
  UpdatePacker(const bgp::Negotiated& negotiated, PackerOptions options);

  [[nodiscard]] Encoding encoding() const;
  [[nodiscard]] const PackerOptions& options() const { return options_; }
  // True when routes of the family may be sent: negotiated, and the next hop can be expressed (RFC 8950 gating, D9).
  [[nodiscard]] bool can_send(bgp::FamilyIndex family, const bgp::NextHop& next_hop) const;
  // RFC 9234 section 5: a route that may only go to customers is kept from everybody else.
  [[nodiscard]] bool is_leak(bgp::FamilyIndex family, const AttributeSet& attributes) const;
  [[nodiscard]] bool may_send(bgp::FamilyIndex family, const AttributeSet& attributes) const {
    return can_send(family, attributes.next_hop()) && !is_leak(family, attributes);
  }
  [[nodiscard]] bool negotiated(bgp::FamilyIndex family) const { return negotiated_.family_set.contains(family); }
  [[nodiscard]] bool groups_updates() const { return options_.group_updates; }
  [[nodiscard]] bool grouped(bgp::FamilyIndex family) const;  // several NLRI an UPDATE
  [[nodiscard]] bool groups_withdraws(bgp::FamilyIndex family) const;
  [[nodiscard]] std::size_t capacity() const { return negotiated_.message_size; }  // no UPDATE holds as many NLRI

  // Appends one UPDATE announcing as many of `keys` (front first, one family, sorted by the caller when grouped) as fit.
  // Returns how many were taken; 0 when not even one fits (attributes too large).
  [[nodiscard]] std::size_t announce(const AttributeSet& attributes, std::span<const bgp::NlriKey* const> keys, base::Buffer& out);
  // Appends one UPDATE withdrawing as many of `keys` (one family) as fit. Families that are not unicast or multicast carry
  // `attributes` and the defaults.
  [[nodiscard]] std::size_t withdraw(const AttributeSet* attributes, std::span<const bgp::NlriKey* const> keys, base::Buffer& out);
  // Whether a withdraw of this family carries attributes.
  [[nodiscard]] static bool withdraws_with_attributes(bgp::FamilyIndex family);
  // Appends the UPDATE of such a withdraw without its route; false when it does not fit.
  [[nodiscard]] bool attributes_of_withdraw(const AttributeSet* attributes, bgp::FamilyIndex family, base::Buffer& out);

 private:
  [[nodiscard]] base::Bytes encoded(const AttributeSet* attributes, bool with_next_hop, bool with_only_to_customer);  // null: defaults only
  void append_next_hop(bgp::FamilyIndex family, const bgp::NextHop& next_hop);
  [[nodiscard]] std::size_t append_mp(std::uint8_t code, std::span<const bgp::NlriKey* const> keys, std::size_t limit,
                                      base::Buffer& out) const;

  const bgp::Negotiated& negotiated_;
  PackerOptions options_;
  bgp::EncodeContext context_;
  AttributeSetRef cached_for_;
  bool cached_with_next_hop_ = false;
  base::Buffer cached_;   // attributes of cached_for_ as they go on the wire, without MP
  base::Buffer mp_head_;  // what stands before the NLRI in the MP attribute being written
};

}  // namespace tandem::rib
