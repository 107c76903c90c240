// What a subcommand says of itself, for what is generated from it: completion in shells, manual pages.
#pragma once

#include <string>
#include <vector>

#include "tandem/subcommand.hpp"

namespace tandem::program {

struct OptionFact {
  std::vector<std::string> names;    // "-f", "--family"; of a positional its one name, "CONF"
  bool positional = false;
  std::string value;                 // what it takes, "FILE"; empty: nothing
  std::vector<std::string> choices;  // the values there are; empty: any
  std::string help;
};

struct Facts {
  std::string name;
  std::string help;
  std::vector<OptionFact> options;
  std::vector<Facts> parts;  // "migrate conf"
};

// Calls `run` so that it declares its options to the parser and does nothing else.
[[nodiscard]] Facts ask_for_facts(int (*run)(const Invocation&));
// Of something that has its parts in a table.
[[nodiscard]] Facts facts_of_parts(std::span<const Subcommand> parts);
// In the form of Subcommand::facts.
template <int (*run)(const Invocation&)>
Facts facts() {
  return ask_for_facts(run);
}

}  // namespace tandem::program
