#include "tandem/offline.hpp"

#include <fmt/format.h>

#include <fstream>

#include "common/config/parser.hpp"
#include "common/process/posix_host.hpp"
#include "common/speaker/host_probe.hpp"
#include "tandem/environment.hpp"

namespace tandem::program {

base::Result<config::Configuration> read_configuration(const std::string& name, bool passive, rib::AttributePool& pool, bgp::Dialect dialect) {
  const process::PosixHost host;
  const std::string path = configuration_path(name, root_directory());
  auto file = host.read_file(path);
  if (!file) return file.error();
  auto parsed = config::parse({path, file->directory, std::move(file->text)}, {.passive = passive, .dialect = dialect, .any_next_hop = true}, speaker::HostProbe(host), pool);
  if (!parsed) return base::Error(config::render(parsed.error()));
  return std::move(*parsed);
}

bool write_file(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return true;
  complain(base::Error(fmt::format("cannot write {}", path)));
  return false;
}

base::Result<bgp::Family> read_family(std::string_view text) {
  const std::size_t gap = text.find_first_of(" /");
  if (gap != std::string_view::npos) {
    if (const auto family = bgp::parse_family(text.substr(0, gap), text.substr(gap + 1))) return *family;
  }
  std::string known;
  for (const bgp::FamilyTraits& traits : bgp::family_table()) {
    if (!known.empty()) known += ", ";
    known += bgp::to_string(traits.family);
  }
  return base::Error(fmt::format("'{}' is no family; these are: {}", text, known));
}

}  // namespace tandem::program
