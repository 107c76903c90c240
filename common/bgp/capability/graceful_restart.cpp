// Graceful restart (RFC 4724, RFC 8538).
#include <fmt/format.h>

#include "common/bgp/capability/registry.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_head_size = 2;
constexpr std::size_t k_family_size = 4;
constexpr std::uint16_t k_time_mask = 0x0FFF;

base::Result<void> decode(base::Bytes value, Capabilities& capabilities) {
  if (value.size() < k_head_size || (value.size() - k_head_size) % k_family_size != 0) {
    return bad_capability_length("graceful restart", value.size());
  }
  base::ByteReader reader(value);
  const std::uint16_t head = reader.u16();
  GracefulRestart restart;
  restart.flags = static_cast<std::uint8_t>(head >> 12);
  restart.time_s = head & k_time_mask;
  while (!reader.empty()) {
    const Family family = read_family(reader, false);
    restart.families.push_back({family, reader.u8()});
  }
  capabilities.graceful_restart = std::move(restart);
  return {};
}

void encode(const Capabilities& capabilities, std::vector<base::Buffer>& values) {
  if (!capabilities.graceful_restart) return;
  const GracefulRestart& restart = *capabilities.graceful_restart;
  base::Buffer value;
  base::ByteWriter writer(value);
  writer.u16(static_cast<std::uint16_t>(restart.flags << 12 | (restart.time_s & k_time_mask)));
  for (const auto& entry : restart.families) {
    if (value.size() + k_family_size > k_capability_value_size) break;
    write_family(writer, entry.family, false);
    writer.u8(entry.flags);
  }
  values.push_back(std::move(value));
}

// The two words are the wrong way round, and programs have come to read them so.
void json(const Capabilities& capabilities, base::JsonWriter& out) {
  const GracefulRestart restart = capabilities.graceful_restart.value_or(GracefulRestart{});
  out.member("name", "graceful restart");
  out.member("time", restart.time_s);
  out.key("address-family-flags");
  out.begin_object();
  for (const auto& entry : restart.families) {
    out.key(to_string(entry.family, '/'));
    out.begin_array();
    if ((entry.flags & GracefulRestart::k_forwarding) != 0) out.string("restart");
    out.end_array();
  }
  out.end_object();
  out.key("restart-flags");
  out.begin_array();
  if ((restart.flags & GracefulRestart::k_restart) != 0) out.string("forwarding");
  out.end_array();
}

void text(const Capabilities& capabilities, std::string& out) {
  const GracefulRestart restart = capabilities.graceful_restart.value_or(GracefulRestart{});
  out += fmt::format("graceful restart flags 0x{:x} time {}", restart.flags, restart.time_s);
  for (const auto& entry : restart.families) out += fmt::format(" {}=0x{:x}", to_string(entry.family, '/'), entry.flags);
}

}  // namespace

constexpr base::JsonShape k_shape =
    "{ name: \"graceful restart\", time: u16, address-family-flags: { <slashed-family>: [\"restart\"] }, restart-flags: [\"forwarding\"] }";

const CapabilityRow k_graceful_restart_row{CapabilityCode::graceful_restart, "graceful-restart", decode, encode, json, k_shape, text};

}  // namespace tandem::bgp
