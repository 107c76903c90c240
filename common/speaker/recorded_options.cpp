#include "common/speaker/recorded_options.hpp"

#include "common/config/setting_row.hpp"

namespace tandem::speaker {

recording::Made to_made(const SpeakerOptions& options) {
  recording::Made made;
  // With their values, defaults as well: a later version may have other ones. Which engine runs is said when it starts.
  for (const config::SettingRow& row : config::setting_rows()) {
    if (row.print != nullptr && row.name != "reactor.engine") made.settings.emplace_back(row.name, row.print(options.settings));
  }
  made.configurations = options.configurations;
  made.engines = options.engines;
  made.control_socket = options.control_socket;
  made.control_pipes = options.control_pipes;
  made.version = options.version;
  made.log_program_errors = options.log_program_errors;
  return made;
}

base::Result<SpeakerOptions> from_made(recording::Made made) {
  static constexpr std::string_view k_prefix = "tandem.";
  const auto find = [&made](std::string_view variable) -> std::optional<std::string> {
    if (!variable.starts_with(k_prefix)) return std::nullopt;
    variable.remove_prefix(k_prefix.size());
    for (const auto& [name, value] : made.settings) {
      if (name == variable) return value;
    }
    return std::nullopt;
  };
  auto settings = config::load_settings(find, "", "");
  if (!settings) return settings.error();
  SpeakerOptions options;
  options.settings = std::move(*settings);
  options.configurations = std::move(made.configurations);
  options.engines = std::move(made.engines);
  options.control_socket = std::move(made.control_socket);
  options.control_pipes = std::move(made.control_pipes);
  options.version = std::move(made.version);
  options.log_program_errors = made.log_program_errors;
  return base::Result<SpeakerOptions>(boost::system::in_place_value, std::move(options));
}

}  // namespace tandem::speaker
