// tandem validate, also spelled configuration validate.
#include <fmt/format.h>

#include "common/config/parser.hpp"
#include "common/process/posix_host.hpp"
#include "common/speaker/host_probe.hpp"
#include "tandem/environment.hpp"
#include "tandem/options.hpp"
#include "tandem/route_check.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

constexpr std::size_t k_errors_max = 50;

struct Flags {
  bool neighbors = false;
  bool routes = false;
  bool verbose = false;
  bool break_on_error = false;
  bool keywords = false;
  std::vector<std::string> configurations;
};

void print_lines(std::string_view prefix, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string line;
    log::append_one_line(line, text.substr(0, end));
    fmt::print(stderr, "{}{}\n", prefix, line);
    prefix = "  ";
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

bool validate(const std::string& name, const Flags& flags, const config::ParseOptions& options) {
  process::PosixHost host;
  auto file = host.read_file(name);
  if (!file) {
    print_lines("error: ", file.error().reason());
    return false;
  }
  rib::AttributePool pool;
  const speaker::HostProbe probe(host);
  const auto findings = config::examine({name, file->directory, std::move(file->text)}, options, probe, pool, k_errors_max);
  const config::Configuration& configuration = findings.configuration;
  for (const config::Warning& warning : configuration.warnings) print_lines("warning: ", config::render(warning));
  for (const base::Error& error : findings.errors) {
    print_lines("error: ", config::render(error, flags.keywords ? config::Alternatives::all : config::Alternatives::few));
  }
  if (findings.more) print_lines("error: ", fmt::format("{}: {} errors, the rest of the file was not read", name, findings.errors.size()));
  if (!findings.errors.empty()) return false;
  std::size_t routes = 0;
  for (const config::Neighbor& neighbor : configuration.neighbors) {
    routes += neighbor.routes.routes.size();
    if (flags.neighbors && flags.verbose) {
      fmt::print("{}\n", config::peer_key(neighbor));
      for (const rib::Route& route : neighbor.routes.routes) fmt::print("  route {}\n", rib::describe(route));
    }
    if (!flags.routes) continue;
    if (auto trouble = check_routes(neighbor, pool)) {
      print_lines("error: ", fmt::format("{}: {}", name, *trouble));
      return false;
    }
  }
  if (flags.verbose) {
    fmt::print("{}: valid, {} neighbors, {} routes, {} processes\n", name, configuration.neighbors.size(), routes, configuration.programs.size());
  }
  return true;
}

}  // namespace

int run_validate(const Invocation& invocation) {
  Options app("Checks configuration files without running anything.");
  Flags flags;
  app.add_option("CONF", flags.configurations, "configuration files").required();
  app.add_flag("-n,--neighbor", flags.neighbors, "with -v: print the neighbors and their routes");
  app.add_flag("-r,--route", flags.routes, "encode, decode and encode every route, and compare");
  app.add_flag("-v,--verbose", flags.verbose, "say what is in each file");
  app.add_flag("-k,--keywords", flags.keywords, "with an error: list all words that would be valid, however many");
  app.add_flag("-p,--pdb", flags.break_on_error, "accepted for compatibility, no effect");
  app.footer(settings_hint() + "\nExit status: 0 when every file is valid, 1 at the first that is not, 2 on wrong options.\n");
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  const auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  const std::string root = root_directory();
  for (const std::string& name : flags.configurations) {
    if (!validate(configuration_path(name, root), flags, {settings->bgp_passive, settings->tcp_bind, settings->compat_dialect})) return k_exit_failure;
  }
  return k_exit_ok;
}

}  // namespace tandem::program
