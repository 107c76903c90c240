#include "tandem/facts.hpp"

#include <utility>

#include "tandem/options.hpp"

namespace tandem::program {

Facts ask_for_facts(int (*run)(const Invocation&)) {
  Facts facts;
  Invocation invocation;
  invocation.listener = [&facts](const Options& options) { facts = options.facts(); };
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
