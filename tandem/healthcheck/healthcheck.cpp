// tandem healthcheck: what `python3 -m exabgp healthcheck` is, as a program of its own.
#include <fmt/format.h>

#include <cstdio>

#include "common/process/posix_host.hpp"
#include "tandem/environment.hpp"
#include "tandem/facts.hpp"
#include "tandem/healthcheck/checker.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

Facts healthcheck_facts() {
  Facts facts;
  for (const healthcheck::OptionInfo& info : healthcheck::option_table()) {
    OptionFact option;
    if (!info.letters.empty()) option.names.push_back(fmt::format("-{}", info.letters));
    option.names.push_back(fmt::format("--{}", info.name));
    option.value = info.value;
    option.help = info.help;
    facts.options.push_back(std::move(option));
  }
  return facts;
}

int run_healthcheck(const Invocation& invocation) {
  const auto read_file = [](const std::string& path) -> base::Result<std::string> {
    auto file = process::PosixHost().read_file(path);
    if (!file) return file.error();
    return base::Result<std::string>(boost::system::in_place_value, std::move(file->text));
  };
  auto options = healthcheck::parse_options(invocation.arguments, read_file);
  if (!options) {
    fmt::print(stderr, "{}: {}\n'{} --help' explains the options.\n", invocation.name, options.error().reason(), invocation.name);
    return k_exit_usage;
  }
  if (options->help) {
    fmt::print("{}", healthcheck::help(invocation.name));
    return k_exit_ok;
  }
  const auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  return healthcheck::Checker(std::move(*options), settings->api_version).run();
}

}  // namespace tandem::program
