// tandem migrate: files of older versions of ExaBGP in the words of later ones.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "common/config/migrate.hpp"
#include "common/process/posix_host.hpp"
#include "tandem/environment.hpp"
#include "tandem/offline.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

struct Flags {
  std::string from;
  std::string to;
  std::string file;
  std::string output;
  bool in_place = false;
  bool dry_run = false;
  bool verbose = false;
  bool warnings = false;
};

int migrate(const Flags& flags) {
  const auto from = config::parse_dialect(flags.from);
  const auto to = config::parse_dialect(flags.to);
  if (*from >= *to) {
    complain(base::Error(fmt::format("{} is not older than {}", flags.from, flags.to)));
    return k_exit_failure;
  }
  const process::PosixHost host;
  const auto file = host.read_file(flags.file);
  if (!file) {
    complain(file.error());
    return k_exit_failure;
  }
  const config::Migration migration = config::migrate(file->text, *from, *to);
  if (flags.verbose || flags.dry_run) {
    for (const std::string& change : migration.changes) fmt::print(stderr, "{}: {}\n", flags.file, change);
  }
  if (flags.dry_run) return k_exit_ok;
  const std::string& output = flags.in_place ? flags.file : flags.output;
  if (!output.empty()) return write_file(output, migration.text) ? k_exit_ok : k_exit_failure;
  fmt::print("{}", migration.text);
  return k_exit_ok;
}

}  // namespace

int run_migrate(const Invocation& invocation) {
  CLI::App app("Writes a configuration (or a file of settings) of an older version of ExaBGP in the words of a later one.");
  Flags flags;
  app.require_subcommand(1);
  CLI::App* conf = app.add_subcommand("conf", "a configuration");
  conf->add_option("FILE", flags.file, "the file to read")->required();
  conf->add_option("-f,--from", flags.from, "its version")->required()->check(CLI::IsMember({"3.4", "4", "5"}));
  conf->add_option("-t,--to", flags.to, "the version wanted; tandem reads 'main'")->required()->check(CLI::IsMember({"4", "5", "main"}));
  auto* output = conf->add_option("-o,--output", flags.output, "write to this file");
  conf->add_flag("-i,--inplace", flags.in_place, "write to the file itself")->excludes(output);
  conf->add_flag("-n,--dry-run", flags.dry_run, "only say what would change");
  conf->add_flag("-v,--verbose", flags.verbose, "say what has changed");
  conf->add_flag("-w,--wrap-api", flags.warnings, "accepted for compatibility: programs always move into api { }");
  app.footer(settings_hint());
  int status = 0;
  if (!parse_options(app, invocation, status)) return status;
  if (const auto settings = read_settings(invocation); !settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  return migrate(flags);
}

}  // namespace tandem::program
