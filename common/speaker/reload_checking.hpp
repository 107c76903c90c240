// What a reload would do, found out a slice a round: the file is read, its routes are compared with those in force, and all of it is forgotten.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/api/executor.hpp"
#include "common/config/parser.hpp"
#include "common/config/route_comparison.hpp"
#include "common/speaker/host_probe.hpp"
#include "common/speaker/peers.hpp"
#include "common/speaker/programs.hpp"
#include "common/speaker/speaker_options.hpp"

namespace tandem::speaker {

class ReloadChecking final : public api::ReloadChecking {
 public:
  struct Parts {
    const process::Host& host;
    const SpeakerOptions& options;
    rib::AttributePool& pool;
    const Programs& programs;
    const Peers& peers;
    rib::Discards& discards;
    bool& taken;  // another one has had its slice in this round
    // of what reads a slice
    std::size_t statements;
    std::size_t routes;
  };
  ReloadChecking(const Parts& parts, FoundPrograms found, std::string path);
  ~ReloadChecking() override;
  ReloadChecking(const ReloadChecking&) = delete;
  ReloadChecking& operator=(const ReloadChecking&) = delete;
  [[nodiscard]] std::optional<base::Result<api::ReloadCheck>> step() override;

 private:
  [[nodiscard]] base::Error refusal(const base::Error& error) const;
  [[nodiscard]] api::ReloadCheck result() const;

  Parts parts_;
  FoundPrograms found_;
  HostProbe probe_;
  process::FileReading file_;
  std::optional<config::Reading> reading_;
  std::optional<config::Configuration> configuration_;
  std::optional<config::RouteComparisons> routes_;
};

}  // namespace tandem::speaker
