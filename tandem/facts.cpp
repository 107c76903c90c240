#include "tandem/facts.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace tandem::program {

namespace {

// CLI11 puts the choices behind the type: "TEXT:{async,sync}".
void take_choices(OptionFact& fact) {
  const std::size_t brace = fact.value.find(":{");
  if (brace == std::string::npos) return;
  std::string rest = fact.value.substr(brace + 2);
  if (rest.ends_with('}')) rest.pop_back();
  fact.value.erase(brace);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    fact.choices.push_back(rest.substr(0, comma));
    rest = comma == std::string::npos ? std::string() : rest.substr(comma + 1);
  }
}

OptionFact fact_of(const CLI::Option& option) {
  OptionFact fact;
  fact.positional = option.get_positional();
  for (const std::string& name : option.get_snames()) fact.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) fact.names.push_back("--" + name);
  if (fact.positional) fact.names = {option.get_name(true)};
  if (fact.positional || option.get_items_expected_max() > 0) fact.value = option.get_type_name();
  fact.help = option.get_description();
  take_choices(fact);
  if (fact.positional && fact.choices.empty()) fact.value = fact.names[0];
  return fact;
}

}  // namespace

Facts facts_of(const CLI::App& app) {
  Facts facts{app.get_name(), app.get_description(), {}, {}};
  for (const CLI::Option* option : app.get_options()) facts.options.push_back(fact_of(*option));
  for (const CLI::App* part : app.get_subcommands([](const CLI::App*) { return true; })) {
    Facts inner = facts_of(*part);
    if (part->get_name().empty()) {  // a group of options
      std::move(inner.options.begin(), inner.options.end(), std::back_inserter(facts.options));
    } else {
      facts.parts.push_back(std::move(inner));
    }
  }
  return facts;
}

Facts ask_for_facts(int (*run)(const Invocation&)) {
  Facts facts;
  Invocation invocation;
  invocation.listener = [&facts](const CLI::App& app) { facts = facts_of(app); };
  static_cast<void>(run(invocation));
  return facts;
}

Facts facts_of_parts(std::span<const Subcommand> parts) {
  Facts facts;
  for (const Subcommand& part : parts) {
    Facts inner = part.facts == nullptr ? Facts{} : part.facts();
    inner.name = part.name;
    inner.help = part.help;
    facts.parts.push_back(std::move(inner));
  }
  return facts;
}

}  // namespace tandem::program
