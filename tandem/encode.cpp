// tandem encode: routes as the octets of UPDATEs, in hexadecimal.
#include <fmt/format.h>

#include <iostream>

#include "common/api/route_encoder.hpp"
#include "common/rib/without_nlri.hpp"
#include "tandem/environment.hpp"
#include "tandem/offline.hpp"
#include "tandem/options.hpp"
#include "tandem/route_check.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

struct Flags {
  std::vector<std::string> words;
  std::string family;
  std::uint32_t local_as = 65533;
  std::uint32_t peer_as = 65533;
  std::string configuration;
  bool path_identifiers = false;
  bool nlri_only = false;
  bool no_header = false;
  bool ignored = false;
};

// CLI11 takes what stands between brackets for a list, and the brackets away. With a blank behind it is a word.
Invocation with_brackets_kept(Invocation invocation) {
  for (std::string& word : invocation.arguments) {
    if (word.size() > 1 && word.front() == '[' && word.back() == ']') word += ' ';
  }
  return invocation;
}

bool refuse(std::string_view reason) {
  std::fflush(stdout);
  complain(reason);
  return false;
}

bool print(const rib::Route& route, rib::RouteUse use, const api::EncodeOptions& options) {
  const auto octets = api::encode_route(route, use, options);
  if (!octets) return refuse(octets.error().reason());
  fmt::print("{}\n", base::to_hex(*octets, base::HexCase::upper));
  return true;
}

api::EncodeOptions options_of(const Flags& flags, const bgp::Negotiated& session) {
  api::EncodeOptions options;
  options.session = &session;
  options.nlri_only = flags.nlri_only;
  options.header = !flags.no_header;
  return options;
}

// All routes of all neighbors of a configuration, each as its neighbor would get it.
bool encode_configuration(const Flags& flags, const config::Settings& settings) {
  rib::AttributePool pool;
  const auto configuration = read_configuration(flags.configuration, settings.bgp_passive, pool, settings.compat_dialect);
  if (!configuration) return refuse(configuration.error().reason());
  bool any = false;
  for (const config::Neighbor& neighbor : configuration->neighbors) {
    bgp::Negotiated session = agreeable_session(neighbor);
    for (const bgp::Family family : session.families) {
      session.extended_next_hops.push_back({family, family.afi == bgp::Afi::ipv6 ? bgp::Afi::ipv4 : bgp::Afi::ipv6});
    }
    api::EncodeOptions options = options_of(flags, session);
    options.packer = {neighbor.group_updates, neighbor.aigp, bgp::Dialect::main, neighbor.local_link_local};
    for (const rib::Route& route : neighbor.routes.routes) {
      if (!print(route, rib::RouteUse::announce, options)) return false;
      any = true;
    }
  }
  return any || refuse(flags.configuration + ": there is no route");
}

class CommandEncoder {
 public:
  CommandEncoder(const Flags& flags, std::optional<bgp::Family> family, bgp::Dialect dialect)
      : family_(family), session_(api::obliging_session(base::Asn{flags.local_as}, base::Asn{flags.peer_as}, flags.path_identifiers)),
        options_(options_of(flags, session_)), parser_(pool_, dialect) {}

  bool encode(std::string_view line) {
    auto command = api::parse_route_command(line, parser_);
    if (!command) return refuse(command.error().reason());
    for (rib::Route& route : command->parsed.routes) {
      if (family_ && !rib::without_nlri(route.nlri) && bgp::family_at(route.nlri.family()) != *family_) {
        return refuse(fmt::format("{} is a route of {}, not of {}", rib::describe(route), bgp::to_string(bgp::family_at(route.nlri.family())),
                                  bgp::to_string(*family_)));
      }
      if (route.attributes->next_hop().self) {
        auto resolved = rib::resolve_next_hop_self(pool_, route, base::IpAddress::v4(k_loopback), base::RouterId{k_loopback});
        if (!resolved) return refuse(resolved.error().reason());
        route.attributes = std::move(*resolved);
      }
      if (!print(route, command->use, options_)) return false;
    }
    return true;
  }

 private:
  static constexpr std::uint32_t k_loopback = 0x7F000001;
  std::optional<bgp::Family> family_;
  bgp::Negotiated session_;
  api::EncodeOptions options_;
  rib::AttributePool pool_;
  rib::RouteParser parser_;
};

bool encode_commands(const Flags& flags, bgp::Dialect dialect) {
  std::optional<bgp::Family> family;
  if (!flags.family.empty()) {
    const auto named = read_family(flags.family);
    if (!named) return refuse(named.error().reason());
    family = *named;
  }
  CommandEncoder encoder(flags, family, dialect);
  if (!flags.words.empty()) return encoder.encode(fmt::format("{}", fmt::join(flags.words, " ")));
  bool good = true;
  std::string line;
  while (std::getline(std::cin, line)) {
    if (!line.empty()) good &= encoder.encode(line);
  }
  return good;
}

}  // namespace

int run_encode(const Invocation& invocation) {
  Options app(
      "Prints the UPDATE that announces (or withdraws) a route, in hexadecimal. ROUTE is a command as for 'tandem run', for example\n"
      "'route 10.0.0.0/24 next-hop 192.0.2.1 community 65000:1'; without it every line of standard input is one. With -c it is every\n"
      "route of a configuration, as each of its neighbors would get it.");
  Flags flags;
  app.add_option("ROUTE", flags.words, "[announce|withdraw] route PREFIX next-hop ADDRESS [attributes], or any other form");
  app.add_option("-f,--family", flags.family, "the family that the route must be of, for example 'ipv4 unicast'").type_name("'AFI SAFI'");
  app.add_option("-a,--local-as", flags.local_as, "the sender's AS number").type_name("AS").shows_default();
  app.add_option("-z,--peer-as", flags.peer_as, "the receiver's AS number; another one than the sender's: an external session")
      .type_name("AS")
      .shows_default();
  app.add_option("-c,--configuration", flags.configuration, "a configuration file").type_name("CONF").excludes("ROUTE");
  app.add_flag("-i,--path-information", flags.path_identifiers, "NLRI have path identifiers (ADD-PATH)");
  app.add_flag("-n,--nlri-only", flags.nlri_only, "print the NLRI and nothing around it");
  app.add_flag("--no-header", flags.no_header, "print the body of the message");
  app.add_flag("-d,--debug,-p,--pdb", flags.ignored, "accepted for compatibility, no effect");
  app.footer(settings_hint() + "\nExit status: 0, 1 when a route could not be encoded or there is none, 2 on wrong options.\n");
  int status = 0;
  if (!app.parse(with_brackets_kept(invocation), status)) return status;
  const auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  const bool good = flags.configuration.empty() ? encode_commands(flags, settings->compat_dialect) : encode_configuration(flags, *settings);
  return good ? k_exit_ok : k_exit_failure;
}

}  // namespace tandem::program
