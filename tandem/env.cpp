// tandem env: the settings as they are in force.
#include <fmt/format.h>

#include "common/config/settings.hpp"
#include "tandem/environment.hpp"
#include "tandem/options.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

int run_env(const Invocation& invocation) {
  Options app("Prints the settings that are in force, as a file of settings.");
  bool only_changed = false;
  bool variables = false;
  app.add_flag("-d,--diff", only_changed, "only those that differ from their defaults");
  app.add_flag("-e,--env", variables, "as environment variables");
  app.footer(settings_help());
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  const auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  fmt::print("{}", config::print_settings(*settings, variables ? config::SettingsForm::variables : config::SettingsForm::ini, only_changed));
  return k_exit_ok;
}

}  // namespace tandem::program
