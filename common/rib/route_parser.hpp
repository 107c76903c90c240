// The route grammar that the configuration file and the API share. What a statement may say of its NLRI is the grammar of the
// family (bgp/nlri/codec.hpp), what it may say of attributes that of the attribute rows; here is what belongs to neither.
// Errors name the token, where it stands, and what would be right.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/asn.hpp"
#include "common/base/error.hpp"
#include "common/base/token.hpp"
#include "common/bgp/dialect.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/rib/route.hpp"
#include "common/rib/route_statement.hpp"

namespace tandem::rib {

using RouteUse = bgp::NlriUse;  // a withdraw needs no next hop

// Accepted, but probably a mistake.
struct RouteWarning {
  int line = 0;  // of the word, as its token has it
  int column = 0;
  std::string word;
  std::string reason;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [line, column, word, reason] = self;
    archive.object(self, "route_warning")("line", line)("column", column)("word", word)("reason", reason);
  }
};

struct ParsedRoutes {
  std::vector<Route> routes;  // several for `split` and for `attributes ... nlri A B`
  std::string watchdog;       // empty: none
  bool held = false;          // `withdraw` beside watchdog
  // Those of what stands beside the prefix are told once for statements that repeat it word for word.
  std::vector<RouteWarning> warnings;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [routes, watchdog, held, warnings] = self;
    archive.object(self, "parsed_routes")("routes", routes)("watchdog", watchdog)("held", held)("warnings", warnings);
  }
};

// Tokens exclude the terminator. Punctuation is tokens of its own. Errors carry the offending token's location where the
// tokens have one (line > 0), else only a reason.
class RouteParser {
 public:
  explicit RouteParser(AttributePool& pool, bgp::Dialect dialect = bgp::Dialect::main) : pool_(pool), dialect_(dialect) {}

  // The words behind the one that says the form, without a block and in one statement.
  [[nodiscard]] base::Result<ParsedRoutes> parse(RouteForm form, base::Tokens words, RouteUse use);
  // The same with statements in a block, `route PREFIX { next-hop ...; match { ... } }`: each must be complete by itself. The first error
  // is the result, the others are `more`.
  [[nodiscard]] base::Result<ParsedRoutes> parse(RouteForm form, const RouteStatement& statement, RouteUse use, std::vector<base::Error>& more);
  // The same from a line whose braces and semicolons are tokens.
  [[nodiscard]] base::Result<ParsedRoutes> parse_line(RouteForm form, base::Tokens line, RouteUse use);

  // `PREFIX next-hop ... attributes`: what follows `route`.
  [[nodiscard]] base::Result<ParsedRoutes> parse_route(base::Tokens tokens, RouteUse use);
  // `next-hop ... attributes nlri PREFIX PREFIX`: what follows `attributes`.
  [[nodiscard]] base::Result<ParsedRoutes> parse_attributes(base::Tokens tokens, RouteUse use);
  // `SAFI ...` inside `announce { ipv4 { } }` or after `announce ipv4`; the first token is the SAFI word or the keyword of the form.
  [[nodiscard]] base::Result<ParsedRoutes> parse_family(const RouteForm& form, base::Tokens tokens, RouteUse use);

  // A statement has been dealt with: its list is used for one that follows, which then need not make one.
  void take_back(ParsedRoutes&& parsed);

 private:
  // What stands behind the head. Consecutive statements mostly repeat it word for word, so the last one is remembered.
  struct Options {
    AttributeSetRef attributes;
    bgp::NlriDraft said;
    std::optional<std::uint8_t> split;
    std::size_t split_at = 0;  // position of its token
    std::string watchdog;
    bool held = false;
  };
  // A statement with a block that becomes a line.
  struct Block {
    const bgp::NlriGrammar* grammar;
    RouteUse use;
    std::vector<base::Token> words;
    std::vector<RouteWarning> warnings;
    std::vector<base::Error>& errors;
  };
  struct Reading;     // the state of one statement that is being read
  struct RouteWord;   // a keyword that belongs to no NLRI and no attribute
  struct RouteWords;  // the table of them

  // A null grammar is that of `route PREFIX ...`: what all families with prefixes understand.
  [[nodiscard]] base::Result<const Options*> options(const bgp::NlriGrammar* grammar, base::Tokens tokens, RouteUse use,
                                                     std::vector<RouteWarning>& warnings);
  [[nodiscard]] static base::Result<std::size_t> read_keyword(const bgp::NlriGrammar* grammar, Reading& reading, base::Tokens tokens,
                                                              std::size_t at);
  [[nodiscard]] static base::Result<std::size_t> read_attribute(Reading& reading, base::Tokens tokens, std::size_t at, bool again);
  [[nodiscard]] bool remembered(const bgp::NlriGrammar* grammar, base::Tokens tokens, RouteUse use) const;
  void remember(const bgp::NlriGrammar* grammar, base::Tokens tokens);
  [[nodiscard]] static base::Result<void> gather(Block& block, base::Tokens words, std::string_view home);
  static void gather(Block& block, const RouteStatement& statement, std::string_view home);
  static void take_name(Block& block);
  // Adds the routes of one NLRI: several with `split`. Without a grammar what has been said decides.
  [[nodiscard]] static base::Result<void> add_prefix(const base::Token& token, const Options& options, base::Tokens option_tokens,
                                                     RouteUse use, std::vector<Route>& out);
  [[nodiscard]] static base::Result<void> add_routes(const base::Token& place, const bgp::NlriGrammar* grammar, bgp::NlriDraft& draft,
                                                     const Options& options, base::Tokens option_tokens, std::vector<Route>& out);

  AttributePool& pool_;
  bgp::Dialect dialect_;
  std::vector<Route> spare_;  // empty
  Options last_;
  bool last_valid_ = false;
  const bgp::NlriGrammar* last_grammar_ = nullptr;
  std::string last_text_;                  // the texts of its tokens, one behind the other
  std::vector<std::uint32_t> last_sizes_;  // of each token, doubled, odd when quoted
};

// The address of "next-hop self" for routes of an AFI: the local address when it is of the same, or theirs may be of either version; else
// the router-id for IPv4 and layer 2; else an error.
[[nodiscard]] base::Result<base::IpAddress> next_hop_self(bgp::Afi afi, const base::IpAddress& local_address, base::RouterId router_id);
[[nodiscard]] base::Result<AttributeSetRef> resolve_next_hop_self(AttributePool& pool, const Route& route,
                                                                  const base::IpAddress& local_address, base::RouterId router_id);

}  // namespace tandem::rib
