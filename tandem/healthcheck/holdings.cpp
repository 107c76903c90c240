#include "tandem/healthcheck/holdings.hpp"

#include <algorithm>

#include "tandem/healthcheck/announcement.hpp"

namespace tandem::healthcheck {

namespace {

constexpr std::string_view k_loopback = "lo";

bool is_loopback(const base::Prefix& prefix) {
  static const base::Prefix k_v4 = *base::Prefix::parse("127.0.0.0/8");
  static const base::Prefix k_v6 = *base::Prefix::parse("::1");
  return k_v4.contains(prefix.address) || k_v6.contains(prefix.address);
}

// A network with host bits is an address of an interface, not a network to be announced.
bool has_host_bits(const base::Prefix& prefix) { return !base::Prefix::parse(prefix.text()); }

}  // namespace

std::vector<std::string> sudo_words(const AddressChange& change) {
  std::vector<std::string> words{"sudo", "ip", "address", change.add ? "add" : "delete", base::Prefix{change.address, static_cast<std::uint8_t>(change.address.bits())}.text(),
                                 "dev", change.interface};
  if (!change.label.empty()) words.insert(words.end(), {"label", change.label});
  return words;
}

base::Result<Addresses*> Holdings::kernel() {
  if (!kernel_) {
    auto opened = Addresses::open();
    if (!opened) return opened.error();
    kernel_.emplace(std::move(*opened));
  }
  return &*kernel_;
}

bool Holdings::has_label(const InterfaceAddress& address) const {
  constexpr std::string_view k_front = "lo:";
  if (!address.label.starts_with(k_front)) return false;
  const std::string_view label = std::string_view(address.label).substr(k_front.size());
  return options_.label_exact_match ? label == options_.label : label.starts_with(options_.label);
}

std::vector<InterfaceAddress> Holdings::addresses_of(const std::string& interface) {
  auto addresses = kernel();
  auto found = addresses ? (*addresses)->of(interface) : base::Result<std::vector<InterfaceAddress>>(addresses.error());
  if (found) return std::move(*found);
  journal_(Level::warning, "the addresses of {} are not known: {}", interface, found.error().reason());
  return {};
}

base::Result<std::vector<base::Prefix>> Holdings::found() {
  auto addresses = kernel();
  if (!addresses) return addresses.error();
  auto all = (*addresses)->of(std::string(k_loopback));
  if (!all) return all.error();
  std::vector<base::Prefix> networks;
  for (const bool v4 : {true, false}) {
    for (const InterfaceAddress& one : *all) {
      if (one.prefix.address.is_v4() != v4 || is_loopback(one.prefix) || has_host_bits(one.prefix)) continue;
      if (options_.label.empty() || has_label(one)) networks.push_back(one.prefix);
    }
  }
  return base::Result<std::vector<base::Prefix>>(boost::system::in_place_value, std::move(networks));
}

base::Result<void> Holdings::manage(const std::vector<base::Prefix>& networks) {
  const auto put = [this](const base::Prefix& network, const std::string& interface) -> base::Result<void> {
    auto addresses = each_address({network});
    if (!addresses) return addresses.error();
    for (const base::IpAddress& address : *addresses) {
      const auto same = [&address](const Place& place) { return place.address == address; };
      if (std::none_of(places_.begin(), places_.end(), same)) places_.push_back({address, interface});
    }
    if (std::find(interfaces_.begin(), interfaces_.end(), interface) == interfaces_.end()) interfaces_.push_back(interface);
    return boost::system::in_place_value;
  };
  for (const OnInterface& other : options_.on_interface) {
    if (auto done = put(other.network, other.interface); !done) return done;
  }
  for (const base::Prefix& network : networks) {
    if (auto done = put(network, std::string(k_loopback)); !done) return done;
  }
  return boost::system::in_place_value;
}

std::string Holdings::label_on(const Place& place) const {
  const bool labelled = !options_.label.empty() && place.address.is_v4() && place.interface == k_loopback;
  return labelled ? "lo:" + options_.label : std::string();
}

std::vector<AddressChange> Holdings::missing() {
  std::vector<AddressChange> changes;
  for (const std::string& interface : interfaces_) {
    const std::vector<InterfaceAddress> there = addresses_of(interface);
    for (const Place& place : places_) {
      if (place.interface != interface) continue;
      const std::string label = label_on(place);
      const auto same = [&](const InterfaceAddress& one) {
        return one.prefix.address == place.address && one.prefix.length == place.address.bits() && (label.empty() || has_label(one));
      };
      if (std::none_of(there.begin(), there.end(), same)) changes.push_back({true, place.address, interface, label});
    }
  }
  return changes;
}

std::vector<AddressChange> Holdings::removable() {
  std::vector<AddressChange> changes;
  for (const std::string& interface : interfaces_) {
    for (const InterfaceAddress& one : addresses_of(interface)) {
      const auto same = [&](const Place& place) { return place.interface == interface && place.address == one.prefix.address; };
      if (one.prefix.length != one.prefix.address.bits() || std::none_of(places_.begin(), places_.end(), same)) continue;
      const bool labelled = interface == k_loopback && !options_.label.empty() && has_label(one);
      const bool added = std::find(added_.begin(), added_.end(), one.prefix.address) != added_.end();
      if (labelled || added) changes.push_back({false, one.prefix.address, interface, labelled ? one.label : std::string()});
    }
  }
  return changes;
}

void Holdings::make(const AddressChange& change) {
  auto addresses = kernel();
  if (!addresses) {
    journal_(Level::warning, "{}", addresses.error().reason());
    return;
  }
  auto done = change.add ? (*addresses)->add(change.address, change.interface, change.label)
                         : (*addresses)->remove(change.address, change.interface, change.label);
  if (!done) {
    journal_(Level::warning, "{} (it takes root, or --sudo)", done.error().reason());
    return;
  }
  made(change, *done);
}

void Holdings::made(const AddressChange& change, bool changed_anything) {
  std::erase(added_, change.address);
  if (change.add && changed_anything) added_.push_back(change.address);
  if (changed_anything) journal_(Level::debug, "{} {} {} {}", change.add ? "added" : "removed", change.address.text(), change.add ? "to" : "from", change.interface);
}

}  // namespace tandem::healthcheck
