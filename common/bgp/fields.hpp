// What is written of the values of this room in a state (docs/recording.md).
#pragma once

#include "common/bgp/dialect.hpp"
#include "common/bgp/message/open.hpp"
#include "common/bgp/message/operational.hpp"
#include "common/bgp/next_hop.hpp"
#include "common/bgp/nlri/nlri_key.hpp"
#include "common/bgp/role.hpp"
#include "common/state/reader.hpp"

namespace tandem::bgp {

// As it stands on the wire: what is read is decoded, so no key comes out that the family could not have.
void store(state::Writer& writer, const NlriKey& key);
void load(state::Reader& reader, NlriKey& key);

void store(state::Writer& writer, const FamilySet& families);
void load(state::Reader& reader, FamilySet& families);

constexpr Dialect last_of(Dialect) { return Dialect::release_4_2; }
constexpr Role last_of(Role) { return Role::peer; }
constexpr Operational::Form last_of(Operational::Form) { return Operational::Form::unknown; }

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, Family>
void fields(Archive& archive, Self& self) {
  auto& [afi, safi] = self;
  archive.object(self, "family")("afi", afi)("safi", safi);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, NextHop>
void fields(Archive& archive, Self& self) {
  auto& [address, link_local, itself] = self;
  archive.object(self, "next_hop")("address", address)("link_local", link_local)("self", itself);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, ExtendedNextHop>
void fields(Archive& archive, Self& self) {
  auto& [family, next_hop_afi] = self;
  archive.object(self, "extended_next_hop")("family", family)("next_hop_afi", next_hop_afi);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, AddPathEntry>
void fields(Archive& archive, Self& self) {
  auto& [family, mode] = self;
  archive.object(self, "add_path")("family", family)("mode", mode);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, PathsLimit>
void fields(Archive& archive, Self& self) {
  auto& [family, limit] = self;
  archive.object(self, "paths_limit")("family", family)("limit", limit);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, GracefulRestart::FamilyFlags>
void fields(Archive& archive, Self& self) {
  auto& [family, flags] = self;
  archive.object(self, "graceful_restart_family")("family", family)("flags", flags);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, GracefulRestart>
void fields(Archive& archive, Self& self) {
  auto& [flags, time_s, families] = self;
  archive.object(self, "graceful_restart")("flags", flags)("time_s", time_s)("families", families);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, LongLivedGracefulRestart::FamilyTime>
void fields(Archive& archive, Self& self) {
  auto& [family, flags, time_s] = self;
  archive.object(self, "long_lived_family")("family", family)("flags", flags)("time_s", time_s);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, LongLivedGracefulRestart>
void fields(Archive& archive, Self& self) {
  auto& [families] = self;
  archive.object(self, "long_lived_graceful_restart")("families", families);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, Hostname>
void fields(Archive& archive, Self& self) {
  auto& [host, domain] = self;
  archive.object(self, "hostname")("host", host)("domain", domain);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, UnknownCapability>
void fields(Archive& archive, Self& self) {
  auto& [code, value] = self;
  archive.object(self, "unknown_capability")("code", code)("value", value);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, Capabilities>
void fields(Archive& archive, Self& self) {
  auto& [order, multiprotocol, asn4, extended_next_hop, add_path, paths_limit, graceful_restart, long_lived, roles, hostname, software_version,
         multisession_ids, unknown] = self;
  archive.object(self, "capabilities")("order", order)("multiprotocol", multiprotocol)("asn4", asn4)("extended_next_hop", extended_next_hop)(
      "add_path", add_path)("paths_limit", paths_limit)("graceful_restart", graceful_restart)("long_lived_graceful_restart", long_lived)(
      "roles", roles)("hostname", hostname)("software_version", software_version)("multisession_ids", multisession_ids)("unknown", unknown);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, Open>
void fields(Archive& archive, Self& self) {
  auto& [version, as_field, hold_time_s, router_id, capabilities] = self;
  archive.object(self, "open")("version", version)("as_field", as_field)("hold_time_s", hold_time_s)("router_id", router_id)(
      "capabilities", capabilities);
}

template <typename Archive, typename Self>
  requires std::is_same_v<std::remove_const_t<Self>, Operational>
void fields(Archive& archive, Self& self) {
  auto& [form, type, family, advisory, router_id, sequence, counter, data] = self;
  archive.object(self, "operational")("form", form)("type", type)("family", family)("advisory", advisory)("router_id", router_id)(
      "sequence", sequence)("counter", counter)("data", data);
}

}  // namespace tandem::bgp
