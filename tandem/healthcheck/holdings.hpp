// Which addresses a health checker sets up, and which of those that are there it may remove: those that it has added, and those that carry
// its label, which it may have added in an earlier life.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tandem/healthcheck/addresses.hpp"
#include "tandem/healthcheck/journal.hpp"
#include "tandem/healthcheck/options.hpp"

namespace tandem::healthcheck {

struct AddressChange {
  bool add = true;
  base::IpAddress address;
  std::string interface;
  std::string label;  // "lo:web"; empty: none
  friend bool operator==(const AddressChange&, const AddressChange&) = default;
};
// What `sudo` is given for it.
[[nodiscard]] std::vector<std::string> sudo_words(const AddressChange& change);

class Holdings {
 public:
  Holdings(const Options& options, Journal& journal) : options_(options), journal_(journal) {}

  // The networks of the loopback interface that are announced when none is named.
  [[nodiscard]] base::Result<std::vector<base::Prefix>> found();
  // From here on: these are managed.
  [[nodiscard]] base::Result<void> manage(const std::vector<base::Prefix>& networks);

  [[nodiscard]] std::vector<AddressChange> missing();
  [[nodiscard]] std::vector<AddressChange> removable();
  void make(const AddressChange& change);                      // through netlink
  void made(const AddressChange& change, bool changed_anything);

 private:
  struct Place {
    base::IpAddress address;
    std::string interface;
  };
  [[nodiscard]] base::Result<Addresses*> kernel();
  [[nodiscard]] std::vector<InterfaceAddress> addresses_of(const std::string& interface);
  [[nodiscard]] bool has_label(const InterfaceAddress& address) const;
  [[nodiscard]] std::string label_on(const Place& place) const;

  const Options& options_;
  Journal& journal_;
  std::optional<Addresses> kernel_;
  std::vector<Place> places_;
  std::vector<std::string> interfaces_;  // of the places
  std::vector<base::IpAddress> added_;
};

}  // namespace tandem::healthcheck
