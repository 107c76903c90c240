// tandem decode: octets of messages, in hexadecimal or in captures and dumps, as the lines that API programs get.
#include <fmt/format.h>

#include <algorithm>

#include "common/api/message_decoder.hpp"
#include "common/process/posix_host.hpp"
#include "tandem/capture/decoding.hpp"
#include "tandem/offline.hpp"
#include "tandem/environment.hpp"
#include "tandem/options.hpp"
#include "tandem/route_check.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

using capture::Decoding;
using capture::is_hexadecimal;

namespace {

struct Flags {
  std::vector<std::string> input;
  std::string family;
  std::string configuration;
  bool path_identifiers = false;
  bool update = false;
  bool open = false;
  bool nlri = false;
  bool text = false;
  bool commands = false;
  bool ignored = false;
};

api::DecodedForm form_of(const Flags& flags, unsigned api_version) {
  if (flags.commands) return api::DecodedForm::commands;
  if (flags.text) return api::DecodedForm::text;
  return api_version == 4 ? api::DecodedForm::json_v4 : api::DecodedForm::json_v6;
}

// What the configuration says about its first neighbor and the session with it.
base::Result<void> read_neighbor(const std::string& name, bool passive, rib::AttributePool& pool, api::DecodeOptions& options) {
  auto configuration = read_configuration(name, passive, pool);
  if (!configuration) return configuration.error();
  if (configuration->neighbors.empty()) return base::Error(fmt::format("{}: there is no neighbor", name));
  const config::Neighbor& neighbor = configuration->neighbors[0];
  options.session = agreeable_session(neighbor);
  options.neighbor.local = neighbor.local_address;
  options.neighbor.peer = neighbor.peer.address;
  options.neighbor.local_as = options.session->local_as;
  options.neighbor.peer_as = options.session->peer_as;
  options.neighbor.router_id = neighbor.router_id;
  return {};
}

// Nobody is known: both ends are this machine.
api::NeighborIdentity nobody() {
  constexpr std::uint32_t k_loopback = 0x7F000001;
  api::NeighborIdentity neighbor;
  neighbor.local = neighbor.peer = base::IpAddress::v4(k_loopback);
  neighbor.local_as = neighbor.peer_as = base::Asn{65533};
  neighbor.router_id = base::RouterId{k_loopback};
  return neighbor;
}

api::DaemonIdentity daemon_identity() {
  const process::HostIdentity host = process::PosixHost().identity();
  return {host.host_name, host.pid, host.parent_pid};
}

// Hexadecimal octets, or names of files: an argument that cannot be octets makes all of them names.
bool decode_arguments(const std::vector<std::string>& arguments, Decoding& decoding) {
  if (std::all_of(arguments.begin(), arguments.end(), is_hexadecimal)) return decoding.text(fmt::format("{}", fmt::join(arguments, "")));
  bool good = true;
  for (const std::string& name : arguments) good &= decoding.file(name);
  return good;
}

}  // namespace

int run_decode(const Invocation& invocation) {
  Options app(
      "Prints what octets of BGP say, one line a message. INPUT is hexadecimal octets, whole messages one behind the other or the body\n"
      "of an UPDATE, or files: packet captures (pcap, pcapng), what collectors write (MRT), or lines of octets, packed with gzip or bzip2\n"
      "or not. Without INPUT standard input is such a file. Spaces and ':' between the digits do not count. Nothing is assumed that the\n"
      "octets do not say; with -c they are read as of a session with the first neighbor of a configuration.");
  Flags flags;
  app.add_option("INPUT", flags.input, "octets in hexadecimal, or files; - is standard input");
  app.add_option("-f,--family", flags.family, "the family of --nlri, for example 'ipv4 unicast'").type_name("'AFI SAFI'");
  app.add_option("-c,--configuration", flags.configuration, "a configuration file").type_name("CONF");
  app.add_flag("-i,--path-information", flags.path_identifiers, "NLRI have path identifiers (ADD-PATH)");
  Options& kind = app.at_most_one("kind");
  kind.add_flag("-u,--update", flags.update, "the octets are an UPDATE");
  kind.add_flag("--open", flags.open, "the octets are an OPEN");
  kind.add_flag("-n,--nlri", flags.nlri, "the octets are NLRI");
  Options& form = app.at_most_one("form");
  form.add_flag("-t,--text", flags.text, "print text instead of JSON");
  form.add_flag("-m,--command", flags.commands, "print the commands that would announce and withdraw the same");
  form.add_flag("-j,--json", flags.ignored, "print JSON, which is the default");
  app.add_flag("-g,--generic,-o,-d,--debug,-p,--pdb", flags.ignored, "accepted for compatibility, no effect");
  app.footer(settings_hint() + "\nExit status: 0, 1 when something could not be decoded, 2 on wrong options.\n");
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  const auto settings = read_settings(invocation);
  if (!settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  rib::AttributePool pool(settings->compat_dialect);
  api::DecodeOptions options;
  options.form = form_of(flags, settings->api_version);
  options.dialect = settings->compat_dialect;
  options.kind = flags.nlri ? api::OctetsKind::nlri : flags.open ? api::OctetsKind::open : flags.update ? api::OctetsKind::update : api::OctetsKind::message;
  options.path_identifiers = flags.path_identifiers;
  options.neighbor = nobody();
  if (!flags.family.empty()) {
    const auto family = read_family(flags.family);
    if (!family) {
      complain(family.error());
      return k_exit_failure;
    }
    options.family = *family;
  }
  if (!flags.configuration.empty()) {
    if (auto read = read_neighbor(flags.configuration, settings->bgp_passive, pool, options); !read) {
      complain(read.error());
      return k_exit_failure;
    }
  }
  Decoding decoding(daemon_identity(), std::move(options), pool);
  const bool good = flags.input.empty() ? decoding.file("-") : decode_arguments(flags.input, decoding);
  return good ? k_exit_ok : k_exit_failure;
}

}  // namespace tandem::program
