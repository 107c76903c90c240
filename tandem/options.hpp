// The options of a subcommand. CLI11 reads them, in options.cpp alone: its headers define objects, and each file that includes them takes
// seconds more to compile.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tandem/facts.hpp"
#include "tandem/subcommand.hpp"

namespace CLI {
class App;
class Option;
}

namespace tandem::program {

// What has been declared, to say more about it. Valid as long as the Options it came from.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}
  Option& type_name(const std::string& name);  // what --help calls its value
  Option& required();
  Option& hidden();                            // --help says nothing of it
  Option& shows_default();                     // --help says the value that the variable has now
  Option& take_all();                          // it may be given several times
  Option& words(int at_least, int at_most);    // how many
  Option& one_word();                          // a list that takes one word each time
  Option& one_of(std::vector<std::string> choices);
  Option& range(int least, int most);
  Option& positive();
  Option& size();                              // 10k, 3 MiB: powers of 1024
  Option& excludes(const std::string& name);   // of an option that is declared already
  Option& needs(const std::string& name);

 private:
  CLI::Option* option_;
};

class Options {
 public:
  explicit Options(const std::string& description);
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;
  ~Options();

  // `names` as CLI11 has them: "-f,--family", "FILE" for what stands without an option. `into` is of a type that options.cpp names.
  template <class Value>
  Option add_option(const std::string& names, Value& into, const std::string& help = "");
  Option add_flag(const std::string& names, bool& into, const std::string& help = "");
  // At most one of the options declared in it may be given. It lives as long as this.
  Options& at_most_one(const std::string& name);
  // Words of its own behind this one; at most one such part.
  Options& add_part(const std::string& name, const std::string& description);
  void footer(const std::string& text);
  // What follows the first word that is no option belongs to rest(), options and all.
  void end_at_first_word();

  // Reads invocation.arguments. False: `status` is what to exit with, and help or the mistake has been printed.
  [[nodiscard]] bool parse(const Invocation& invocation, int& status);
  [[nodiscard]] bool chosen() const;  // of a part: it was given
  [[nodiscard]] std::vector<std::string> rest() const;
  [[nodiscard]] Facts facts() const;

 private:
  explicit Options(CLI::App* part);

  std::unique_ptr<CLI::App> own_;
  CLI::App* app_;
  std::vector<std::unique_ptr<Options>> parts_;
};

}  // namespace tandem::program
