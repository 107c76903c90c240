#include "common/recording/record.hpp"

#include <array>
#include <iterator>

namespace tandem::recording {

namespace {

using namespace field;

constexpr KindRow k_kinds[] = {
    {Kind::made, k_octets, "made"},
    {Kind::start, k_time, "start"},
    {Kind::engine_started, k_time | k_octets, "engine started"},
    {Kind::engine_refused, k_octets, "engine refused"},
    {Kind::signal, k_detail, "signal"},
    {Kind::round, k_time, "round"},
    {Kind::engine_failed, 0, "engine failed"},
    {Kind::waiting, k_time | k_detail | k_value, "waiting"},
    {Kind::resumed, k_time | k_channel, "resumed"},
    {Kind::upgrade_refused, k_octets, "upgrade refused"},
    {Kind::attached, k_channel, "attached"},
    {Kind::detached, k_channel, "detached"},
    {Kind::connected, k_time | k_channel | k_ends, "connected"},
    {Kind::connect_failed, k_time | k_channel | k_value, "connect failed"},
    {Kind::received, k_time | k_channel | k_octets, "received"},
    {Kind::input_ended, k_time | k_channel, "input ended"},
    {Kind::sent, k_time | k_channel | k_octets, "sent"},
    {Kind::accepted, k_channel | k_ends | k_key, "accepted"},
    {Kind::accept_failed, k_time | k_channel | k_value, "accept failed"},
    {Kind::ended, k_time | k_channel | k_detail | k_value | k_octets, "ended"},
    {Kind::host, k_detail | k_key | k_octets, "host"},
    {Kind::channel, k_channel | k_detail | k_octets, "channel"},
    {Kind::ends, k_channel | k_ends, "ends"},
    {Kind::end, k_detail | k_octets, "end"},
    {Kind::snapshot, k_time | k_octets, "snapshot"},
};

// By its number, as every record asks for its row: one more than the place, 0 for none.
constexpr auto k_places = [] {
  std::array<std::uint8_t, 256> places{};
  for (std::size_t at = 0; at < std::size(k_kinds); ++at) places[static_cast<std::uint8_t>(k_kinds[at].kind)] = static_cast<std::uint8_t>(at + 1);
  return places;
}();

}  // namespace

const KindRow* find_kind(std::uint8_t kind) { return k_places[kind] == 0 ? nullptr : &k_kinds[k_places[kind] - 1]; }

std::string_view to_string(Kind kind) {
  const KindRow* const row = find_kind(static_cast<std::uint8_t>(kind));
  return row == nullptr ? "unknown" : row->name;
}

bool is_input(Kind kind) { return kind < Kind::host || kind == Kind::snapshot; }

std::string_view to_string(EndReason reason) {
  switch (reason) {
    case EndReason::stopped: return "stopped";
    case EndReason::too_slow: return "the disk was too slow";
    case EndReason::full: return "it is as large as it may be";
    case EndReason::failed: return "it could not be written";
  }
  return "for a reason that is not known";
}

}  // namespace tandem::recording
