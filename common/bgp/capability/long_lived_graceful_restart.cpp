// Long-lived graceful restart (RFC 9494 section 3): for how long routes of a family may be kept, whatever became of their sender. A value
// of another form is kept as octets, as an unknown capability is.
#include <fmt/format.h>

#include "common/bgp/capability/registry.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_family_size = 7;

base::Result<void> decode(base::Bytes value, Capabilities& capabilities) {
  if (value.size() % k_family_size != 0) return keep_unknown(CapabilityCode::long_lived_graceful_restart, value, capabilities);
  LongLivedGracefulRestart restart;
  base::ByteReader reader(value);
  while (!reader.empty()) {
    LongLivedGracefulRestart::FamilyTime entry;
    entry.family = read_family(reader, false);
    entry.flags = reader.u8();
    entry.time_s = reader.u24();
    restart.families.push_back(entry);
  }
  capabilities.long_lived_graceful_restart = std::move(restart);
  return {};
}

void encode(const Capabilities& capabilities, std::vector<base::Buffer>& values) {
  if (!capabilities.long_lived_graceful_restart) return;
  base::Buffer value;
  base::ByteWriter writer(value);
  for (const auto& entry : capabilities.long_lived_graceful_restart->families) {
    if (value.size() + k_family_size > k_capability_value_size) break;
    write_family(writer, entry.family, false);
    writer.u8(entry.flags);
    writer.u24(entry.time_s);
  }
  values.push_back(std::move(value));
}

void json(const Capabilities& capabilities, base::JsonWriter& out) {
  const LongLivedGracefulRestart restart = capabilities.long_lived_graceful_restart.value_or(LongLivedGracefulRestart{});
  out.member("name", "long-lived-graceful-restart");
  out.key("families");
  out.begin_object();
  for (const auto& entry : restart.families) {
    out.key(to_string(entry.family, '/'));
    out.begin_object();
    out.member("time", entry.time_s);
    out.key("flags");
    out.begin_array();
    if ((entry.flags & GracefulRestart::k_forwarding) != 0) out.string("forwarding");
    out.end_array();
    out.end_object();
  }
  out.end_object();
}

void text(const Capabilities& capabilities, std::string& out) {
  const LongLivedGracefulRestart restart = capabilities.long_lived_graceful_restart.value_or(LongLivedGracefulRestart{});
  out += "long-lived graceful restart";
  for (const auto& entry : restart.families) out += fmt::format(" {}=0x{:x} time {}", to_string(entry.family, '/'), entry.flags, entry.time_s);
}

}  // namespace

constexpr base::JsonShape k_shape =
    "{ name: \"long-lived-graceful-restart\", families: { <slashed-family>: { time: u24, flags: [\"forwarding\"] } } }";

const CapabilityRow k_long_lived_graceful_restart_row{CapabilityCode::long_lived_graceful_restart, "long-lived-graceful-restart", decode, encode,
                                                      json, k_shape, text};

}  // namespace tandem::bgp
