#include "common/config/fields.hpp"

#include <algorithm>

namespace tandem::config {

namespace {

// Keys are the only values of a neighbor that may be left out.
template <typename Kind, typename Value>
decltype(auto) of_kind(Value& value) {
  if constexpr (std::is_same_v<Kind, Secret>) return state::secret(value);
  else return (value);
}

template <typename Archive, typename Self>
void neighbor_fields(Archive& archive, Self& self) {
  auto& [
#define TANDEM_VALUE(section, member, ...) member,
#include "common/config/neighbor_keywords.inc"
      families, add_path_families, paths_limits, extended_next_hops, prefix_limits, operational_messages, api, routes, location] = self;
  archive.object(self, "neighbor")
#define TANDEM_VALUE(section, member, keyword, Kind, ...) (#member, of_kind<Kind>(member))
#include "common/config/neighbor_keywords.inc"
      ("families", families)("add_path_families", add_path_families)("paths_limits", paths_limits)("extended_next_hops", extended_next_hops)(
          "prefix_limits", prefix_limits)("operational_messages", operational_messages)("api", api)("routes", routes)("location", location);
}

template <typename Archive, typename Self>
void setting_fields(Archive& archive, Self& self) {
  auto& [
#define TANDEM_SETTING(member, ...) member,
#include "common/config/settings.inc"
      log_category, ignored] = self;
  archive.object(self, "settings")
#define TANDEM_SETTING(member, ...) (#member, member)
#include "common/config/settings.inc"
      ("log_category", log_category)("ignored", ignored);
}

std::string_view objection(const Neighbor& neighbor) {
  if (!neighbor.peer.address) return "a neighbor has no address";
  if (std::adjacent_find(neighbor.families.begin(), neighbor.families.end(), std::greater_equal<>()) != neighbor.families.end()) {
    return "the families of a neighbor are not in order";
  }
  const auto unknown = [](const PrefixLimit& limit) { return limit.family >= bgp::k_family_count; };
  if (std::any_of(neighbor.prefix_limits.begin(), neighbor.prefix_limits.end(), unknown)) return "a limit of prefixes is of no family";
  if (neighbor.has_tcp_ao() && (!neighbor.ao_key_id || !neighbor.ao_algorithm)) return "a key of TCP-AO has no algorithm";
  return "";
}

}  // namespace

void store(state::Writer& writer, const Neighbor& neighbor) {
  neighbor_fields(writer, neighbor);
  writer.value(!neighbor.md5_password.empty() || !neighbor.ao_password.empty());
}

void load(state::Reader& reader, Neighbor& neighbor) {
  neighbor_fields(reader, neighbor);
  const bool has_key = reader.flag();
  if (!reader.ok()) return;
  if (has_key && !reader.with_secrets()) {
    if (const SecretSource* source = reader.find_provided<const SecretSource>()) source->fill(neighbor);
  }
  if (const std::string_view fault = objection(neighbor); !fault.empty()) reader.fail(fault);
}

void store(state::Writer& writer, const Settings& settings) { setting_fields(writer, settings); }
void load(state::Reader& reader, Settings& settings) { setting_fields(reader, settings); }

}  // namespace tandem::config
