#include "common/replay/export.hpp"

namespace tandem::replay {

namespace {

struct Form {
  std::string_view name;
  std::unique_ptr<DialogueVisitor> (*make)(WriteOctets write);
};
constexpr Form k_forms[] = {{"pcap", make_pcap_export}, {"mrt", make_mrt_export}, {"json", make_json_export}};

}  // namespace

std::vector<std::string> export_forms() {
  std::vector<std::string> names;
  for (const Form& form : k_forms) names.emplace_back(form.name);
  return names;
}

std::unique_ptr<DialogueVisitor> make_export(std::string_view name, WriteOctets write) {
  for (const Form& form : k_forms) {
    if (form.name == name) return form.make(std::move(write));
  }
  return nullptr;
}

}  // namespace tandem::replay
