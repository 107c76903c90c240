// The configuration parser's questions about programs (config::ProgramProbe), answered by the host.
#pragma once

#include <string>
#include <vector>

#include "common/config/parser.hpp"
#include "common/process/host.hpp"

namespace tandem::speaker {

// `host` must outlive it.
class HostProbe final : public config::ProgramProbe {
 public:
  explicit HostProbe(const process::Host& host) : host_(host) {}
  [[nodiscard]] Answer probe(const std::string& path) const override {
    const process::ProgramFacts facts = host_.program_facts(path);
    return {facts.exists, facts.readable, facts.directory, facts.regular, facts.set_uid, facts.set_gid, facts.executable};
  }
  [[nodiscard]] std::vector<std::string> search_path() const override { return host_.program_search_path(); }
  [[nodiscard]] std::string etc_directory() const override { return host_.etc_directory(); }

 private:
  const process::Host& host_;
};

}  // namespace tandem::speaker
