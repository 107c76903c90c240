#include "common/speaker/configured_secrets.hpp"

#include <algorithm>
#include <utility>

#include "common/speaker/host_probe.hpp"

namespace tandem::speaker {

namespace {

// Which programs there are is not the question.
class EveryProgram final : public config::ProgramProbe {
 public:
  [[nodiscard]] Answer probe(const std::string&) const override {
    Answer answer;
    answer.exists = answer.readable = answer.regular = answer.executable = true;
    return answer;
  }
  [[nodiscard]] std::vector<std::string> search_path() const override { return {}; }
};

}  // namespace

void ConfiguredSecrets::read() const {
  const config::ParseOptions how = parse_options(options_.settings);
  for (const std::string& path : options_.configurations) {
    auto file = host_.read_file(path);
    if (!file) continue;
    auto configuration = config::parse({path, file->directory, std::move(file->text)}, how, EveryProgram(), pool_);
    if (!configuration) continue;
    for (config::Neighbor& neighbor : configuration->neighbors) {
      std::string key = config::peer_key(neighbor);
      neighbor.routes = {};
      by_key_.emplace(std::move(key), std::move(neighbor));
    }
  }
}

void ConfiguredSecrets::fill(config::Neighbor& neighbor) const {
  if (!std::exchange(read_, true)) read();
  auto found = by_key_.find(config::peer_key(neighbor));
  if (found == by_key_.end()) {  // a member of a range has its key
    found = std::find_if(by_key_.begin(), by_key_.end(), [&neighbor](const auto& one) {
      return one.second.is_range() && one.second.peer.contains(neighbor.peer.address);
    });
  }
  if (found == by_key_.end()) return;
  neighbor.md5_password = found->second.md5_password;
  neighbor.ao_password = found->second.ao_password;
}

}  // namespace tandem::speaker
