// tandem configuration: what is done with configuration files beside running them.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "common/api/event_schema.hpp"
#include "common/config/export.hpp"
#include "common/config/parser.hpp"
#include "tandem/environment.hpp"
#include "tandem/facts.hpp"
#include "tandem/offline.hpp"
#include "tandem/options.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

// A wrong setting ends every subcommand.
bool settings_are_right(const Invocation& invocation) {
  const auto settings = read_settings(invocation);
  if (!settings) complain(settings.error());
  return settings.has_value();
}

int run_export(const Invocation& invocation) {
  Options app("Prints a configuration as JSON, as it is in force: defaults and templates included, passwords left out.");
  std::string name;
  std::string output;
  unsigned indent = 2;
  bool break_on_error = false;
  app.add_option("CONF", name, "configuration file").required();
  app.add_option("-o,--output", output, "write to this file");
  app.add_option("-i,--indent", indent, "blanks a level; 0: one line").range(0, 16);
  app.add_flag("-p,--pdb", break_on_error, "accepted for compatibility, no effect");
  app.footer(settings_hint());
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  const auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  rib::AttributePool pool;
  const auto configuration = read_configuration(name, settings->bgp_passive, pool);
  if (!configuration) {
    complain(configuration.error());
    return k_exit_failure;
  }
  const std::string text = config::indent_json(config::export_json(*configuration), indent) + '\n';
  if (output.empty()) {
    fmt::print("{}", text);
    return k_exit_ok;
  }
  return write_file(output, text) ? k_exit_ok : k_exit_failure;
}

int run_example(const Invocation& invocation) {
  Options app("Prints a configuration with comments: a short one, or one with every keyword.");
  std::string name = "neighbor";
  app.add_option("EXAMPLE", name, "neighbor (the short one) or full").one_of({"neighbor", "full"});
  app.footer(settings_hint());
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  if (!settings_are_right(invocation)) return k_exit_failure;
  fmt::print("{}", *config::example(name));
  return k_exit_ok;
}

int run_keywords(const Invocation& invocation) {
  if (!settings_are_right(invocation)) return k_exit_failure;
  fmt::print("{}", config::print_keywords());
  return k_exit_ok;
}

constexpr Subcommand k_parts[] = {
    {"validate", "the same as 'tandem validate', whose --help explains the options", run_validate, facts<run_validate>},
    {"export", "a configuration as JSON ('tandem schema' has its schema)", run_export, facts<run_export>},
    {"example", "a configuration with comments", run_example, facts<run_example>},
    {"keywords", "every section and keyword of the configuration language", run_keywords},
};

}  // namespace

Facts configuration_facts() { return facts_of_parts(k_parts); }

int run_configuration(const Invocation& invocation) { return run_part(k_parts, invocation, k_exit_usage); }

// tandem schema events [4|6|4.2]
int print_event_schema(const Invocation& invocation, std::span<const std::string> words, unsigned indent) {
  const std::string name = words.empty() ? "6" : words[0];
  const auto schemas = api::event_schemas();
  const auto found = std::find_if(schemas.begin(), schemas.end(), [&name](const api::EventSchema& schema) { return schema.name == name; });
  if (found == schemas.end()) {
    fmt::print(stderr, "{}: '{}' is neither a version of the API, 4 or 6, nor the dialect 4.2\n", invocation.name, name);
    return k_exit_usage;
  }
  fmt::print("{}\n", config::indent_json(api::json_schema(*found), indent));
  return k_exit_ok;
}

int run_schema(const Invocation& invocation) {
  Options app("Prints the JSON Schema of what 'tandem configuration export' prints, of one section of it, or of the events that programs are told.");
  std::vector<std::string> words;
  bool compact = false;
  app.add_option("WORDS", words, fmt::format("[export [SECTION]] or events [4|6|4.2]; sections: {}", fmt::join(config::schema_sections(), ", "))).words(0, 2);
  app.add_flag("--compact", compact, "in one line");
  app.footer(settings_hint());
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  if (!settings_are_right(invocation)) return k_exit_failure;
  if (!words.empty() && words[0] == "events") return print_event_schema(invocation, std::span(words).subspan(1), compact ? 0 : 2);
  if (!words.empty() && words[0] != "export") {
    fmt::print(stderr, "{}: '{}' is unknown, 'export' or 'events' is expected\n", invocation.name, words[0]);
    return k_exit_usage;
  }
  const std::string section = words.size() > 1 ? words[1] : std::string();
  const auto schema = config::schema_json(section);
  if (!schema) {
    complain(base::Error(fmt::format("there is no section '{}'; these are: {}", section, fmt::join(config::schema_sections(), ", "))));
    return k_exit_failure;
  }
  fmt::print("{}\n", config::indent_json(*schema, compact ? 0 : 2));
  return k_exit_ok;
}

}  // namespace tandem::program
