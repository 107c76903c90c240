#include "common/speaker/listeners.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/base/log.hpp"
#include "common/speaker/runtime.hpp"
#include "common/speaker/tcp_key.hpp"

namespace tandem::speaker {

using base::LogCategory;
using base::LogLevel;

// What a set of neighbors asks of the sockets. Made once for all of them, in time proportional to their number.
struct Listeners::Wanted {
  explicit Wanted(std::span<const ListenPlace> bound, std::span<const config::Neighbor> neighbors);
  [[nodiscard]] std::vector<process::TcpKey> keys(const ListenPlace& place) const;

  struct Key {
    std::size_t neighbor;  // position in the file: whose key comes first, when there is not room for all
    process::TcpKey key;
  };
  std::vector<ListenPlace> places;                  // in the order they are asked for
  std::map<ListenPlace, std::uint8_t> minimum_ttl;  // of each
  std::map<base::IpAddress, std::vector<Key>> by_local;
  std::vector<Key> all;
};

Listeners::Wanted::Wanted(std::span<const ListenPlace> bound, std::span<const config::Neighbor> neighbors) {
  // One of tcp.bind lets everybody in: acceptor.cpp sets the TTL of a neighbor once the connection is known to be his.
  for (const ListenPlace& place : bound) {
    if (minimum_ttl.emplace(place, std::uint8_t{0}).second) places.push_back(place);
  }
  for (std::size_t i = 0; i < neighbors.size(); ++i) {
    const config::Neighbor& neighbor = neighbors[i];
    if (neighbor.listen_port != 0) {
      ListenPlace place{{neighbor.md5_address ? neighbor.md5_address : neighbor.local_address, neighbor.listen_port}, {}};
      if (place.at.address.is_link_local()) place.interface = neighbor.source_interface;
      const auto [known, first] = minimum_ttl.emplace(place, neighbor.incoming_ttl);
      if (first) places.push_back(place);
      // The smallest of those who listen there: one that has none must be let in, too.
      known->second = std::min(known->second, neighbor.incoming_ttl);
    }
    const std::uint8_t length = neighbor.is_range() ? neighbor.peer.length : std::uint8_t{0};
    const auto needed = tcp_key(neighbor, neighbor.peer.address, length);
    if (!needed) continue;
    const Key key{i, *needed};
    by_local[neighbor.local_address].push_back(key);
    if (neighbor.md5_address && neighbor.md5_address != neighbor.local_address) by_local[neighbor.md5_address].push_back(key);
    all.push_back(key);
  }
}

// The keys of the neighbors that can be reached at `place`, in the order of the file.
std::vector<process::TcpKey> Listeners::Wanted::keys(const ListenPlace& place) const {
  std::vector<Key> chosen;
  const bool v6 = place.at.address.is_v6();
  const auto add = [&](const std::vector<Key>& keys) {
    std::copy_if(keys.begin(), keys.end(), std::back_inserter(chosen), [v6](const Key& key) { return key.key.remote.is_v6() == v6; });
  };
  if (place.at.address.is_unspecified()) {
    add(all);
  } else {
    for (const base::IpAddress& local : {place.at.address, base::IpAddress()}) {
      if (const auto found = by_local.find(local); found != by_local.end()) add(found->second);
    }
    std::sort(chosen.begin(), chosen.end(), [](const Key& a, const Key& b) { return a.neighbor < b.neighbor; });
  }
  std::vector<process::TcpKey> keys;
  std::map<std::pair<base::IpAddress, std::uint8_t>, const process::TcpKey*> known;
  for (const Key& entry : chosen) {
    const auto [first, added] = known.try_emplace({entry.key.remote, entry.key.prefix_length}, &entry.key);
    if (added) {
      keys.push_back(entry.key);
    } else if (*first->second != entry.key) {
      base::log(LogCategory::network, LogLevel::error, "{}: two neighbors {} with different keys, the second cannot connect here",
                place.text(), entry.key.remote.text());
    }
  }
  return keys;
}

base::Result<void> Listeners::bind(const std::vector<std::string>& addresses, std::uint16_t port) {
  for (const std::string& text : addresses) {
    const auto address = base::IpAddress::parse(text);
    if (!address) return base::Error(fmt::format("tcp.bind: '{}' is not an IP address", text));
    bound_.push_back({{*address, port}, {}});
  }
  return {};
}

base::Result<void> Listeners::adopt(std::span<const config::Neighbor> neighbors) {
  const Wanted wanted(bound_, neighbors);
  std::set<ListenPlace> open_places;
  for (Open& open : open_) {
    if (open.listener->closing() || open.listener->kind() == ChannelKind::control_listener) continue;
    if (!wanted.minimum_ttl.contains(open.place)) {
      open.listener->close();
      continue;
    }
    open_places.insert(open.place);
    update(open, wanted);
  }
  base::Result<void> result;
  for (const ListenPlace& place : wanted.places) {
    if (open_places.contains(place)) continue;
    auto opened = open(place, wanted);
    if (opened) continue;
    base::log(LogCategory::network, LogLevel::critical, "cannot listen on {}: {}", place.text(), opened.error().reason());
    if (result) result = opened;
  }
  return result;
}

void Listeners::tell_host(const std::vector<std::shared_ptr<const config::Neighbor>>& neighbors) {
  std::vector<config::Neighbor> guarded;
  for (const auto& neighbor : neighbors) {
    if (!neighbor->md5_password.empty() || !neighbor->ao_password.empty()) guarded.push_back(*neighbor);
  }
  const Wanted wanted(bound_, guarded);
  for (const Open& open : open_) {
    if (open.listener->closing() || open.listener->kind() == ChannelKind::control_listener) continue;
    host_.adopt_listener(open.listener->input_fd(), wanted.keys(open.place));
  }
}

base::Result<void> Listeners::open(const ListenPlace& place, const Wanted& wanted) {
  const process::ListenPlan plan{place.at, wanted.minimum_ttl.at(place), wanted.keys(place), place.interface};
  auto opened = host_.open_listener(plan);
  if (!opened) return opened.error();
  tell_missing(place, plan.keys.size(), opened->missing);
  auto listener = std::make_unique<Listener>(runtime_, ChannelKind::listener, place.text(), std::move(opened->fd), sessions_);
  open_.push_back({listener.get(), place, plan.minimum_ttl});
  runtime_.adopt(std::move(listener));
  return {};
}

void Listeners::update(Open& open, const Wanted& wanted) {
  const int fd = open.listener->input_fd();
  if (const std::uint8_t ttl = wanted.minimum_ttl.at(open.place); ttl != open.minimum_ttl) {
    if (auto set = host_.set_minimum_ttl(fd, ttl); !set) {
      base::log(LogCategory::network, LogLevel::error, "{}: {}", open.place.text(), set.error().reason());
    }
    open.minimum_ttl = ttl;
  }
  const std::vector<process::TcpKey> keys = wanted.keys(open.place);
  process::KeyUpdate update = host_.set_keys(fd, keys);
  tell_missing(open.place, keys.size(), update.missing);
  std::move(update.waiting.begin(), update.waiting.end(), std::back_inserter(sessions_));
}

void Listeners::tell_missing(const ListenPlace& place, std::size_t keys, const process::MissingKeys& missing) {
  if (missing.count == 0) return;
  base::log(LogCategory::network, LogLevel::error,
            "{}: the kernel took {} of {} keys of TCP MD5 and TCP-AO; connections of the other {} neighbors are refused here ({})", place.text(),
            keys - missing.count, keys, missing.count, missing.reason);
}

bool Listeners::has_control() const {
  return std::any_of(open_.begin(), open_.end(), [](const Open& open) { return open.listener->kind() == ChannelKind::control_listener; });
}

base::Result<void> Listeners::open_control(const std::string& path) {
  auto socket = host_.open_control_socket(path);
  if (!socket) return socket.error();
  auto listener = std::make_unique<Listener>(runtime_, ChannelKind::control_listener, path, std::move(*socket), clients_);
  open_.push_back({listener.get(), {}, 0});
  runtime_.adopt(std::move(listener));
  return {};
}

void Listeners::close_all() {
  for (const Open& open : open_) open.listener->close();
}

std::optional<base::TimePoint> Listeners::deadline() const {
  std::optional<base::TimePoint> first;
  for (const Open& open : open_) first = base::earliest(first, open.listener->deadline());
  return first;
}

void Listeners::expired(base::TimePoint now) {
  std::erase_if(open_, [&](const Open& open) {
    open.listener->expired(now);
    if (open.listener->finished()) runtime_.retire(*open.listener);
    return open.listener->finished();
  });
}

}  // namespace tandem::speaker
