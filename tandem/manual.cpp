#include "tandem/manual.hpp"

#include <fmt/format.h>


#include "common/api/command_table.hpp"
#include "common/base/format.hpp"
#include "common/config/settings.hpp"
#include "tandem/facts.hpp"

namespace tandem::program {

namespace {

// A line of text: nothing in it is a request, and a dash is one that can be copied.
std::string plain(std::string_view text) {
  std::string out;
  bool begins = true;
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else if (c == '\n') out += ' ';
    else out += c;
    begins = false;
  }
  return out;
}

class Page {
 public:
  void request(std::string_view name, std::string_view argument = {}) { add("{}{}{}\n", name, argument.empty() ? "" : " ", argument); }
  void text(std::string_view line) { add("{}\n", plain(line)); }
  void entry(std::string_view term, std::string_view meaning) {
    add(".TP\n{}\n", term);
    text(meaning.empty() ? " " : meaning);
  }
  static std::string bold(std::string_view text) { return fmt::format("\\fB{}\\fR", plain(text)); }
  static std::string italic(std::string_view text) { return fmt::format("\\fI{}\\fR", plain(text)); }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  template <typename... Parts>
  void add(fmt::format_string<Parts...> format, Parts&&... parts) {
    base::append(out_, format, std::forward<Parts>(parts)...);
  }
  std::string out_;
};

std::string term_of(const OptionFact& option) {
  std::string term;
  for (const std::string& name : option.names) term += fmt::format("{}{}", term.empty() ? "" : ", ", option.positional ? Page::italic(name) : Page::bold(name));
  if (!option.choices.empty()) term += fmt::format(" {}", Page::italic(fmt::format("{}", fmt::join(option.choices, "|"))));
  else if (!option.positional && !option.value.empty()) term += fmt::format(" {}", Page::italic(option.value));
  return term;
}

void add_subcommand(Page& page, const std::string& name, std::string_view help, const Facts& facts) {
  std::string synopsis = Page::bold(name);
  for (const OptionFact& option : facts.options) {
    if (option.positional) synopsis += fmt::format(" {}", Page::italic(option.names[0]));
  }
  page.request(".SS", synopsis);
  page.text(facts.parts.empty() && !facts.help.empty() ? std::string_view(facts.help) : help);
  for (const OptionFact& option : facts.options) page.entry(term_of(option), option.help);
  for (const Facts& part : facts.parts) add_subcommand(page, fmt::format("{} {}", name, part.name), part.help, part);
}

void add_commands(Page& page) {
  page.request(".SH", "COMMANDS");
  page.text("What programs, tandem run and tandem cli may say, in the words of version 6 and of version 4.");
  for (const api::Command& command : api::command_table()) {
    if ((command.flags & api::k_hidden) != 0 || command.meaning == "a comment") continue;
    std::string term = Page::bold(command.v6.text);
    if (!command.v4.text.empty()) term += fmt::format(", {}", Page::bold(command.v4.text));
    if (!command.options.empty()) term += fmt::format(" {}", plain(command.options));
    page.entry(term, command.meaning);
  }
}

void add_settings(Page& page) {
  page.request(".SH", "SETTINGS");
  page.text("Environment variables tandem_SECTION_NAME (or tandem.SECTION.NAME, exabgp_SECTION_NAME, exabgp.SECTION.NAME), or NAME = VALUE below");
  page.text("[tandem.SECTION] in the file of --env-file.");
  for (const config::SettingInfo& info : config::setting_table()) {
    page.entry(fmt::format("{} ({})", Page::bold(info.name), plain(info.type)),
               fmt::format("{} (default: {})", info.meaning, info.fallback.empty() ? "none" : info.fallback));
  }
}

}  // namespace

std::string manual_page() {
  Page page;
  page.request(".TH", fmt::format("TANDEM 1 \"\" \"tandem {}\" \"User Commands\"", version()));
  page.request(".SH", "NAME");
  page.request("tandem \\- a BGP speaker with two reactors");
  page.request(".SH", "SYNOPSIS");
  page.request(fmt::format("{} [{}] [{}] {} ...", Page::bold("tandem"), Page::bold("server"), Page::italic("OPTIONS"), Page::italic("CONF")));
  page.request(".br");
  page.request(fmt::format("{} {} [{}] ...", Page::bold("tandem"), Page::italic("SUBCOMMAND"), Page::italic("OPTIONS")));
  page.request(".SH", "DESCRIPTION");
  page.text("tandem speaks BGP as its configuration says, runs the programs that the configuration names, and takes commands from them and from");
  page.text("its control socket. A file alone is run by the server; --env-file FILE may stand anywhere.");
  page.request(".SH", "SUBCOMMANDS");
  for (const Subcommand& subcommand : subcommands()) {
    add_subcommand(page, fmt::format("tandem {}", subcommand.name), subcommand.help, subcommand.facts == nullptr ? Facts{} : subcommand.facts());
  }
  add_commands(page);
  add_settings(page);
  return page.take();
}

}  // namespace tandem::program
