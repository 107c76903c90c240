#include "tandem/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>

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

Facts facts_of(const CLI::App& app) {
  Facts facts{app.get_name(), app.get_description(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) facts.options.push_back(fact_of(*option));  // the others are hidden
  }
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

// docopt and argparse, which read ExaBGP's command lines, take the beginning of a long option for the option where there is one only.
void complete_options(const CLI::App& app, std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) names.insert(names.end(), option->get_lnames().begin(), option->get_lnames().end());
  for (std::string& argument : arguments) {
    if (argument == "--" || (app.get_prefix_command() && !argument.starts_with('-'))) return;
    if (!argument.starts_with("--")) continue;
    const std::string given = argument.substr(2, argument.find('=') - 2);
    if (std::find(names.begin(), names.end(), given) != names.end()) continue;
    const auto begins = [&given](const std::string& name) { return name.starts_with(given); };
    if (std::count_if(names.begin(), names.end(), begins) != 1) continue;
    argument.replace(2, given.size(), *std::find_if(names.begin(), names.end(), begins));
  }
}

}  // namespace

Option& Option::type_name(const std::string& name) { return option_->type_name(name), *this; }
Option& Option::required() { return option_->required(), *this; }
Option& Option::hidden() { return option_->group(""), *this; }
Option& Option::shows_default() { return option_->capture_default_str(), *this; }
Option& Option::take_all() { return option_->take_all(), *this; }
Option& Option::words(int at_least, int at_most) { return option_->expected(at_least, at_most), *this; }
Option& Option::one_word() { return option_->allow_extra_args(false), *this; }
Option& Option::one_of(std::vector<std::string> choices) { return option_->check(CLI::IsMember(std::move(choices))), *this; }
Option& Option::range(int least, int most) { return option_->check(CLI::Range(least, most)), *this; }
Option& Option::positive() { return option_->check(CLI::PositiveNumber), *this; }
Option& Option::size() { return option_->transform(CLI::AsSizeValue(false)), *this; }
Option& Option::excludes(const std::string& name) { return option_->excludes(name), *this; }
Option& Option::needs(const std::string& name) { return option_->needs(name), *this; }

Options::Options(const std::string& description) : own_(std::make_unique<CLI::App>(description)), app_(own_.get()) {}
Options::Options(CLI::App* part) : app_(part) {}
Options::~Options() = default;

template <class Value>
Option Options::add_option(const std::string& names, Value& into, const std::string& help) {
  return Option(app_->add_option(names, into, help));
}
template Option Options::add_option(const std::string&, std::string&, const std::string&);
template Option Options::add_option(const std::string&, std::vector<std::string>&, const std::string&);
template Option Options::add_option(const std::string&, int&, const std::string&);
template Option Options::add_option(const std::string&, unsigned&, const std::string&);
template Option Options::add_option(const std::string&, std::int64_t&, const std::string&);
template Option Options::add_option(const std::string&, std::uint64_t&, const std::string&);
template Option Options::add_option(const std::string&, double&, const std::string&);

Option Options::add_flag(const std::string& names, bool& into, const std::string& help) { return Option(app_->add_flag(names, into, help)); }

Options& Options::at_most_one(const std::string& name) {
  CLI::App* group = app_->add_option_group(name);
  group->require_option(0, 1);
  return *parts_.emplace_back(new Options(group));
}

Options& Options::add_part(const std::string& name, const std::string& description) {
  app_->require_subcommand(0, 1);
  return *parts_.emplace_back(new Options(app_->add_subcommand(name, description)));
}

void Options::footer(const std::string& text) { app_->footer(text); }
void Options::end_at_first_word() { app_->prefix_command(); }
bool Options::chosen() const { return app_->parsed(); }
std::vector<std::string> Options::rest() const { return app_->remaining(); }
Facts Options::facts() const { return facts_of(*app_); }

bool Options::parse(const Invocation& invocation, int& status) {
  if (invocation.listener) {
    invocation.listener(*this);
    return false;
  }
  app_->name(invocation.name);
  std::vector<std::string> arguments = invocation.arguments;
  complete_options(*app_, arguments);
  // CLI11 takes a vector from its end.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app_->parse(reversed);
    return true;
  } catch (const CLI::CallForHelp&) {
    const std::string text = app_->help();
    std::fwrite(text.data(), 1, text.size(), stdout);
    status = k_exit_ok;
  } catch (const CLI::ParseError& mistake) {
    fmt::print(stderr, "{}: {}\n'{} --help' explains the options.\n", invocation.name, mistake.what(), invocation.name);
    status = k_exit_usage;
  }
  return false;
}

}  // namespace tandem::program
