// What `show neighbor` prints of one peer: table row, layout, configuration, JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/api/executor.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

void append_summary_header(std::string& out);
void append_summary(const PeerSnapshot& peer, std::string& out);
void append_extensive(const PeerSnapshot& peer, std::string& out);
// The same of dialect 4.2.
void append_summary_header_4_2(std::string& out);
void append_summary_4_2(const PeerSnapshot& peer, std::string& out);
void append_extensive_4_2(const PeerSnapshot& peer, std::string& out);
void append_configuration(const PeerSnapshot& peer, std::string& out);
void append_as(std::string_view name, std::optional<std::uint32_t> asn, base::JsonWriter& json);  // null: the session decides
void append_idle_json(const IdleNeighbor& neighbor, base::JsonWriter& json);
void append_peer_json(const PeerSnapshot& peer, base::JsonWriter& json);

// The members `show adj-rib ... extensive json` adds: the lines of the extensive layout, as text.
[[nodiscard]] std::string extensive_members(const PeerSnapshot& peer);

}  // namespace tandem::api
