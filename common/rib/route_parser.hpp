// The route grammar that the configuration file and the API share (spec config.md 3.10, 3.11, 4; nlri.md 2.8).
// One table of keywords; errors name the token, where it stands, and what would be right.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/asn.hpp"
#include "common/base/error.hpp"
#include "common/base/token.hpp"
#include "common/rib/route.hpp"

namespace tandem::rib {

enum class RouteUse : std::uint8_t { announce, withdraw };  // a withdraw needs no next hop

// Accepted, but probably a mistake.
struct RouteWarning {
  int line = 0;  // of the word, as its token has it
  int column = 0;
  std::string word;
  std::string reason;
};

struct ParsedRoutes {
  std::vector<Route> routes;  // several for `split` and for `attributes ... nlri A B`
  std::string watchdog;       // empty: none
  bool held = false;          // `withdraw` beside watchdog
  // Those of what stands beside the prefix are told once for statements that repeat it word for word.
  std::vector<RouteWarning> warnings;
};

// Tokens exclude the terminator. Punctuation is tokens of its own. Errors carry the offending token's location where the
// tokens have one (line > 0), else only a reason.
class RouteParser {
 public:
  explicit RouteParser(AttributePool& pool) : pool_(pool) {}

  // `PREFIX next-hop ... attributes`: what follows `route`.
  [[nodiscard]] base::Result<ParsedRoutes> parse_route(base::Tokens tokens, RouteUse use);
  // `next-hop ... attributes nlri PREFIX PREFIX`: what follows `attributes`.
  [[nodiscard]] base::Result<ParsedRoutes> parse_attributes(base::Tokens tokens, RouteUse use);
  // `SAFI PREFIX ...` inside `announce { ipv4 { } }` or after `announce ipv4`; `afi` is 1 or 2, the first token is the SAFI word.
  [[nodiscard]] base::Result<ParsedRoutes> parse_family(bgp::Afi afi, base::Tokens tokens, RouteUse use);

 private:
  // What stands beside the prefix. Consecutive statements mostly repeat it word for word, so the last one is remembered.
  struct Options {
    AttributeSetRef attributes;
    std::optional<std::uint32_t> path_id;
    std::optional<std::uint8_t> split;
    std::size_t split_at = 0;  // position of its token
    std::string watchdog;
    bool held = false;
  };
  struct Reading;  // the state of one statement that is being read

  [[nodiscard]] base::Result<const Options*> options(base::Tokens tokens, std::vector<RouteWarning>& warnings);
  [[nodiscard]] static base::Result<std::size_t> read_keyword(Reading& reading, base::Tokens tokens, std::size_t at);
  [[nodiscard]] bool remembered(base::Tokens tokens) const;
  void remember(base::Tokens tokens);
  // Adds the routes of one prefix: several with `split`. Without a SAFI the address decides (spec nlri.md 2.8 E1).
  [[nodiscard]] static base::Result<void> add_routes(const base::Token& prefix_token, bgp::Afi afi, bgp::Safi safi,
                                                     const Options& options, base::Tokens option_tokens, RouteUse use,
                                                     std::vector<Route>& out);

  AttributePool& pool_;
  Options last_;
  bool last_valid_ = false;
  std::string last_text_;                  // the texts of its tokens, one behind the other
  std::vector<std::uint32_t> last_sizes_;  // of each token, doubled, odd when quoted
};

// spec nlri.md 2.2 "self": the local address when it has the route's AFI, else the router-id for IPv4, else an error.
[[nodiscard]] base::Result<AttributeSetRef> resolve_next_hop_self(AttributePool& pool, const Route& route,
                                                                  const base::IpAddress& local_address, base::RouterId router_id);

}  // namespace tandem::rib
