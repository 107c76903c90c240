// The configuration parser's questions about programs (config::ProgramProbe), answered by the host.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/config/parser.hpp"
#include "common/config/settings.hpp"
#include "common/process/host.hpp"

namespace tandem::speaker {

// What `run NAME` in a file of a folder has become.
using FoundPrograms = std::map<std::pair<std::string, std::string>, std::string>;

// `host`, and what has been found, must outlive it.
class HostProbe final : public config::ProgramProbe {
 public:
  explicit HostProbe(const process::Host& host, FoundPrograms* found = nullptr) : host_(host), found_(found) {}
  [[nodiscard]] Answer probe(const std::string& path) const override {
    const process::ProgramFacts facts = host_.program_facts(path);
    return {facts.exists, facts.readable, facts.directory, facts.regular, facts.set_uid, facts.set_gid, facts.executable, facts.hidden};
  }
  [[nodiscard]] std::vector<std::string> search_path() const override { return host_.program_search_path(); }
  [[nodiscard]] std::string etc_directory() const override { return host_.etc_directory(); }
  [[nodiscard]] std::optional<std::string> found_before(const std::string& folder, std::string_view name) const override {
    if (found_ == nullptr) return std::nullopt;
    const auto entry = found_->find({folder, std::string(name)});
    return entry == found_->end() ? std::nullopt : std::optional(entry->second);
  }
  void found(const std::string& folder, std::string_view name, const std::string& path) const override {
    if (found_ != nullptr) (*found_)[{folder, std::string(name)}] = path;
  }

 private:
  const process::Host& host_;
  FoundPrograms* found_;
};

// How settings have a configuration read.
[[nodiscard]] inline config::ParseOptions parse_options(const config::Settings& settings) {
  config::ParseOptions options;
  options.passive = settings.bgp_passive;
  options.bound = settings.tcp_bind;
  options.dialect = settings.compat_dialect;
  return options;
}

}  // namespace tandem::speaker
