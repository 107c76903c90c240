// ADD-PATH (RFC 7911) and the limit of paths a receiver wants (draft-abraitis-idr-addpath-paths-limit).
#include <fmt/format.h>

#include <algorithm>

#include "common/bgp/capability/registry.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_add_path_size = 4;
constexpr std::size_t k_paths_limit_size = 5;

template <typename Entry>
[[nodiscard]] auto find_family(std::vector<Entry>& entries, Family family) {
  return std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.family == family; });
}

std::string mode_name(std::uint8_t mode) {
  static constexpr std::string_view k_names[] = {"disabled", "receive", "send", "send/receive"};
  return mode < std::size(k_names) ? std::string(k_names[mode]) : fmt::format("invalid ({})", mode);
}

base::Result<void> decode(base::Bytes value, Capabilities& capabilities) {
  if (value.size() % k_add_path_size != 0) return bad_capability_length("addpath", value.size());
  base::ByteReader reader(value);
  while (!reader.empty()) {
    const Family family = read_family(reader, false);
    const std::uint8_t mode = reader.u8();
    const auto known = find_family(capabilities.add_path, family);
    if (known != capabilities.add_path.end()) known->mode = mode;
    else capabilities.add_path.push_back({family, mode});
  }
  return {};
}

void encode(const Capabilities& capabilities, std::vector<base::Buffer>& values) {
  const auto& entries = capabilities.add_path;
  encode_entries(entries.size(), k_add_path_size, values, [&](std::size_t i, base::ByteWriter& writer) {
    write_family(writer, entries[i].family, false);
    writer.u8(entries[i].mode);
  });
}

void json(const Capabilities& capabilities, base::JsonWriter& out) {
  out.member("name", "addpath");
  for (const auto& entry : capabilities.add_path) out.member(to_string(entry.family, '/'), mode_name(entry.mode));
}

void text(const Capabilities& capabilities, std::string& out) {
  out += "addpath(";
  const char* separator = "";
  for (const auto& entry : capabilities.add_path) {
    out += separator;
    out += mode_name(entry.mode) + ' ' + to_string(entry.family);
    separator = ",";
  }
  out += ')';
}

base::Result<void> decode_limits(base::Bytes value, Capabilities& capabilities) {
  if (value.size() % k_paths_limit_size != 0) return bad_capability_length("paths-limit", value.size());
  base::ByteReader reader(value);
  while (!reader.empty()) {
    const Family family = read_family(reader, false);
    const std::uint16_t limit = reader.u16();
    if (limit == 0 || find_family(capabilities.paths_limit, family) != capabilities.paths_limit.end()) continue;
    capabilities.paths_limit.push_back({family, limit});
  }
  return {};
}

void encode_limits(const Capabilities& capabilities, std::vector<base::Buffer>& values) {
  const auto& entries = capabilities.paths_limit;
  if (entries.empty()) return;
  encode_entries(entries.size(), k_paths_limit_size, values, [&](std::size_t i, base::ByteWriter& writer) {
    write_family(writer, entries[i].family, false);
    writer.u16(entries[i].limit);
  });
}

void json_limits(const Capabilities& capabilities, base::JsonWriter& out) {
  out.member("name", "paths-limit");
  for (const auto& entry : capabilities.paths_limit) out.member(to_string(entry.family, '/'), entry.limit);
}

void text_limits(const Capabilities& capabilities, std::string& out) {
  out += "pathslimit(";
  const char* separator = "";
  for (const auto& entry : capabilities.paths_limit) {
    out += fmt::format("{}{} {}", separator, to_string(entry.family), entry.limit);
    separator = ",";
  }
  out += ')';
}

}  // namespace

const CapabilityRow k_add_path_row{CapabilityCode::add_path, "add-path", decode, encode, json,
                                   "{ name: \"addpath\", <slashed-family>: \"disabled\" | \"receive\" | \"send\" | \"send/receive\" | `invalid \\([0-9]+\\)` }", text};
const CapabilityRow k_paths_limit_row{CapabilityCode::paths_limit, "paths-limit", decode_limits, encode_limits, json_limits,
                                      "{ name: \"paths-limit\", <slashed-family>: u16 }", text_limits};

}  // namespace tandem::bgp
