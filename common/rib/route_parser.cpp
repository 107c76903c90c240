#include "common/rib/route_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_text.hpp"
#include "common/rib/route_grammar.hpp"
#include "common/rib/without_nlri.hpp"

namespace tandem::rib {

namespace {

using bgp::Afi;

// A statement may not fill the memory of the machine by itself: `split` makes at most 2^20 routes, of all its prefixes together.
constexpr unsigned k_split_bits = 20;

constexpr std::size_t k_spare_routes = 256;  // a list of more is not kept for the next statement

constexpr std::string_view k_actions = "then";  // the block that holds the attributes where there is one

// What other programs and old files call an attribute.
struct OtherName {
  std::string_view name;
  std::string_view ours;
};
constexpr OtherName k_other_names[] = {
    {"metric", "med"}, {"localpref", "local-preference"}, {"local_pref", "local-preference"},
    {"as-sequence", "as-path"}, {"communities", "community"}, {"extended-communities", "extended-community"},
    {"large-communities", "large-community"}, {"ext-community", "extended-community"}, {"path-id", "path-information"},
    {"labels", "label"},
};

// Errors of the rows name the place of the word that is wrong; where one is missing, that of the keyword.
base::Error relocated(const base::Error& error, const base::Token& keyword) {
  const base::SourceContext* context = error.context();
  if (context == nullptr) return error_at(keyword, error.reason());
  return context->location.line > 0 ? error : error_at(keyword, error.reason(), context->alternatives);
}

bool same_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

// The network that follows this one of `length` bits.
void next_network(std::array<std::uint8_t, 16>& octets, unsigned length) {
  if (length == 0) return;
  unsigned carry = 1U << (7 - (length - 1) % 8);
  for (std::size_t i = (length - 1) / 8 + 1; i-- > 0 && carry != 0;) {
    carry += octets[i];
    octets[i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
}

// Never just the room that is needed: with many prefixes what is there would be copied once for each.
void make_room(std::vector<Route>& out, std::size_t count) {
  const std::size_t needed = out.size() + count;
  if (needed > out.capacity()) out.reserve(std::max(needed, 2 * out.capacity()));
}

base::Error too_long_split(const base::Token& token, const bgp::NlriDraft& draft) {
  return error_at(token, fmt::format("split: '{}' is longer than an {} address", token.text, bgp::to_string(draft.family.afi)));
}

void warn(std::vector<RouteWarning>& warnings, const base::Token& token, std::string reason) {
  warnings.push_back({token.line, token.column, std::string(token.text), std::move(reason)});
}

// `attribute` may be repeated for different codes, so that its code is part of its name here.
std::string_view repeat_name(base::Tokens tokens, std::size_t at) {
  const bool generic = tokens[at].text == "attribute" && at + 2 < tokens.size();
  return generic ? tokens[at + 2].text : tokens[at].text;
}

// "0", "(0", "0:10.0.0.1": the AS number at the front of a word of as-path or aggregator.
bool is_as_zero(std::string_view word) {
  while (word.starts_with('(')) word.remove_prefix(1);
  const auto number = base::parse_asn(word.substr(0, word.find_first_of(":)")));
  return number && base::value(*number) == 0;
}

}  // namespace

struct RouteParser::Reading {
  bgp::AttributeBuilder builder;
  bgp::NextHop next_hop;
  Options options;
  std::vector<RouteWarning>& warnings;
  std::array<std::string_view, 32> seen{};  // keywords; there are fewer
  std::size_t seen_count = 0;

  // Whether it has been read before.
  bool note(std::string_view keyword) {
    const auto end = seen.begin() + static_cast<std::ptrdiff_t>(seen_count);
    if (std::find(seen.begin(), end, keyword) != end) return true;
    if (seen_count < seen.size()) seen[seen_count++] = keyword;
    return false;
  }
};

struct RouteParser::RouteWord {
  std::string_view name;
  base::Result<void> (*take)(bgp::ValueReader& reader, Reading& reading);
};

struct RouteParser::RouteWords {
  static base::Result<void> next_hop(bgp::ValueReader& reader, Reading& reading) {
    constexpr std::string_view k_expected = "an IP address or 'self'";
    const base::Token* word = reader.word();
    if (word == nullptr) return reader.missing(k_expected);
    reading.next_hop = bgp::NextHop{};
    if (same_ignoring_case(word->text, "self")) {
      reading.next_hop.self = true;
    } else if (word->text == "no-nexthop") {  // what events say of a route without one
      reading.next_hop = bgp::NextHop{};
    } else if (const auto address = base::IpAddress::parse(word->text)) {
      reading.next_hop.address = *address;
    } else {
      return reader.refuse(*word, k_expected);
    }
    return {};
  }
  static base::Result<void> split(bgp::ValueReader& reader, Reading& reading) {
    constexpr std::string_view k_expected = "a prefix length such as /24";
    const base::Token* word = reader.word();
    if (word == nullptr) return reader.missing(k_expected);
    const auto length = word->text.starts_with('/') ? base::parse_decimal(word->text.substr(1), 128) : std::nullopt;
    if (!length) return reader.refuse(*word, k_expected);
    reading.options.split = static_cast<std::uint8_t>(*length);
    return {};
  }
  static base::Result<void> watchdog(bgp::ValueReader& reader, Reading& reading) {
    constexpr std::string_view k_expected = "a name other than 'announce' and 'withdraw'";
    const base::Token* word = reader.word();
    if (word == nullptr) return reader.missing(k_expected);
    if (same_ignoring_case(word->text, "announce") || same_ignoring_case(word->text, "withdraw")) return reader.refuse(*word, k_expected);
    reading.options.watchdog = std::string(word->text);
    return {};
  }
  static base::Result<void> withdraw(bgp::ValueReader&, Reading& reading) {
    reading.options.held = true;
    return {};
  }
  static base::Result<void> name(bgp::ValueReader& reader, Reading&) {
    return reader.word() == nullptr ? base::Result<void>(reader.missing("a name")) : base::Result<void>();
  }

  static constexpr RouteWord k_table[] = {
      {"next-hop", next_hop}, {"split", split}, {"watchdog", watchdog}, {"withdraw", withdraw}, {"name", name}};

  // The block inside that of a route in which a keyword stands that was found in `here`; none: it is not one.
  [[nodiscard]] static std::optional<std::string_view> home_of(const bgp::NlriGrammar* grammar, std::string_view name, std::string_view here) {
    const auto named = [name](const auto& row) { return row.name == name; };
    const auto rows = keywords_of(grammar);
    if (const auto row = std::find_if(rows.begin(), rows.end(), named); row != rows.end()) return row->block;
    if (!bgp::AttributeBuilder::knows(name) && std::none_of(std::begin(k_table), std::end(k_table), named)) return std::nullopt;
    return here == k_actions ? here : std::string_view();
  }

  [[nodiscard]] static std::vector<std::string> valid(const bgp::NlriGrammar* grammar) {
    std::vector<std::string> out;
    for (const RouteWord& word : k_table) out.emplace_back(word.name);
    for (const bgp::NlriKeyword& keyword : keywords_of(grammar)) out.emplace_back(keyword.name);
    for (const std::string_view name : bgp::AttributeBuilder::keywords()) out.emplace_back(name);
    return out;
  }
};

base::Result<std::size_t> RouteParser::read_attribute(Reading& reading, base::Tokens tokens, std::size_t at, bool again) {
  const base::Token& keyword = tokens[at];
  const std::string_view name = keyword.text;
  const std::size_t before = reading.builder.canonical().size();
  const auto taken = reading.builder.parse(name, tokens.subspan(at + 1));
  if (!taken) return relocated(taken.error(), keyword);
  const bool gathered = reading.builder.canonical().size() != before;
  if (again) warn(reading.warnings, keyword, gathered ? "given twice: the values are put together" : "given twice: the first one counts");
  // RFC 7607: a receiver treats such a route as withdrawn. Whoever tests one writes it on purpose.
  if (name == "as-path" || name == "aggregator") {
    const base::Tokens values = tokens.subspan(at + 1, *taken);
    const auto zero = std::find_if(values.begin(), values.end(), [](const base::Token& token) { return is_as_zero(token.text); });
    if (zero != values.end()) warn(reading.warnings, *zero, fmt::format("{}: AS 0 is reserved, a peer drops the route (RFC 7607)", name));
  }
  return *taken + 1;
}

// Takes the keyword at `at` and its value; gives the number of tokens taken.
base::Result<std::size_t> RouteParser::read_keyword(const bgp::NlriGrammar* grammar, Reading& reading, base::Tokens tokens,
                                                    std::size_t at) {
  const base::Token& keyword = tokens[at];
  const std::string_view name = keyword.text;
  const auto named = [name](const auto& row) { return row.name == name; };
  const bool again = reading.note(repeat_name(tokens, at));
  bgp::ValueReader reader(name, tokens.subspan(at + 1));
  const auto taken = [&](const base::Result<void>& done) -> base::Result<std::size_t> {
    if (!done) return relocated(done.error(), keyword);
    return reader.taken() + 1;
  };
  const auto nlri_words = keywords_of(grammar);
  if (const auto row = std::find_if(nlri_words.begin(), nlri_words.end(), named); row != nlri_words.end()) {
    if (again && !row->gathers) warn(reading.warnings, keyword, "given twice: the last one counts");
    std::vector<std::string> warnings;
    bgp::RouteParts parts{reading.builder, reading.next_hop, &warnings};
    const auto read = row->take(reader, reading.options.said, parts);
    if (read && reading.builder.too_long()) return error_at(keyword, fmt::format("{}: the attribute would be longer than 65535 octets", name));
    for (std::string& warning : warnings) warn(reading.warnings, keyword, std::move(warning));
    return taken(read);
  }
  if (bgp::AttributeBuilder::knows(name)) return read_attribute(reading, tokens, at, again);
  constexpr auto& k_words = RouteWords::k_table;
  if (const auto* row = std::find_if(std::begin(k_words), std::end(k_words), named); row != std::end(k_words)) {
    if (again) warn(reading.warnings, keyword, "given twice: the last one counts");
    if (name == "split") reading.options.split_at = at + 1;
    return taken(row->take(reader, reading));
  }
  const auto* other = std::find_if(std::begin(k_other_names), std::end(k_other_names), named);
  const std::string hint = other == std::end(k_other_names) ? std::string() : fmt::format(" (use {})", other->ours);
  return error_at(keyword, fmt::format("unknown route attribute '{}'{}", name, hint), RouteWords::valid(grammar));
}

base::Result<const RouteParser::Options*> RouteParser::options(const bgp::NlriGrammar* grammar, base::Tokens tokens, RouteUse use,
                                                                      std::vector<RouteWarning>& warnings) {
  if (remembered(grammar, tokens, use)) return &last_;
  Reading reading{bgp::AttributeBuilder(dialect_), {}, {}, warnings};
  reading.options.said.use = use;
  for (std::size_t at = 0; at < tokens.size();) {
    const auto taken = read_keyword(grammar, reading, tokens, at);
    if (!taken) return taken.error();
    at += *taken;
  }
  last_ = std::move(reading.options);
  last_.attributes = pool_.intern(reading.builder.canonical(), reading.next_hop);
  if (last_.watchdog.empty()) last_.held = false;  // `withdraw` means nothing without a watchdog
  remember(grammar, tokens);
  return &last_;
}

bool RouteParser::remembered(const bgp::NlriGrammar* grammar, base::Tokens tokens, RouteUse use) const {
  if (!last_valid_ || grammar != last_grammar_ || use != last_.said.use || tokens.size() != last_sizes_.size()) return false;
  std::string_view text = last_text_;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::size_t size = tokens[i].text.size();
    if (last_sizes_[i] != size * 2 + (tokens[i].quoted ? 1 : 0) || text.substr(0, size) != tokens[i].text) return false;
    text.remove_prefix(size);
  }
  return true;
}

void RouteParser::remember(const bgp::NlriGrammar* grammar, base::Tokens tokens) {
  last_valid_ = true;
  last_grammar_ = grammar;
  last_text_.clear();
  last_sizes_.clear();
  for (const base::Token& token : tokens) {
    last_text_ += token.text;
    last_sizes_.push_back(static_cast<std::uint32_t>(token.text.size() * 2 + (token.quoted ? 1 : 0)));
  }
}

base::Result<void> RouteParser::add_routes(const base::Token& place, const bgp::NlriGrammar* grammar, bgp::NlriDraft& draft,
                                           const Options& options, base::Tokens option_tokens, std::vector<Route>& out) {
  draft.take_keywords(options.said);
  const auto make = (grammar != nullptr ? *grammar : claimant(draft)).make;
  auto key = make(draft);
  if (!key) return error_at(place, key.error().reason());
  const bgp::FamilyTraits& traits = bgp::family_traits(key->family());
  const bgp::NextHop& next_hop = options.attributes->next_hop();
  const bool has_next_hop = next_hop.known() || next_hop.self || traits.has(bgp::FamilyRule::next_hop_optional);
  if (draft.use == RouteUse::announce && !has_next_hop) {
    std::string text;
    traits.codec->text(*key, text);
    return error_at(place, "announce requires nexthop: " + text);
  }
  if (!options.split || !draft.prefix || *options.split <= draft.prefix->length) {
    out.push_back(Route{std::move(*key), options.attributes});
    return {};
  }
  const base::Token& token = option_tokens[options.split_at];
  base::Prefix& prefix = *draft.prefix;
  if (*options.split > prefix.address.bits()) return too_long_split(token, draft);
  const unsigned bits = *options.split - prefix.length;
  if (bits > k_split_bits || out.size() + (std::size_t{1} << bits) > std::size_t{1} << k_split_bits) {
    return error_at(token, fmt::format("split: '{}' would make more than {} routes, at {}", token.text, 1U << k_split_bits, prefix.text()));
  }
  std::array<std::uint8_t, 16> octets{};
  const base::Bytes address = prefix.address.bytes();
  const std::size_t size = address.size();
  std::copy(address.begin(), address.end(), octets.begin());
  prefix.length = *options.split;
  make_room(out, std::size_t{1} << bits);
  for (std::size_t left = std::size_t{1} << bits; left > 0; --left) {
    prefix.address = base::IpAddress::from_bytes(base::Bytes(octets).first(size));
    key = make(draft);
    if (!key) return error_at(place, key.error().reason());
    out.push_back(Route{std::move(*key), options.attributes});
    next_network(octets, prefix.length);
  }
  return {};
}

// Each statement of a block must be complete by itself. `home` is the block it stands in inside that of the route, "" for the route's own.
base::Result<void> RouteParser::gather(Block& block, base::Tokens words, std::string_view home) {
  std::vector<RouteWarning> told_later;
  Reading reading{{}, {}, {}, told_later};
  reading.options.said.use = block.use;
  std::size_t at = 0;
  while (at < words.size()) {
    const auto wanted = RouteWords::home_of(block.grammar, words[at].text, home);
    if (!wanted && at > 0 && !home.empty()) {  // `port =80 =90;`: one value belongs to it
      warn(block.warnings, words[at], "ignored: more than one value stands between '[' and ']'");
      break;
    }
    if (wanted && *wanted != home) {
      return error_at(words[at], wanted->empty() ? fmt::format("'{}' does not stand in '{}'", words[at].text, home)
                                                 : fmt::format("'{}' stands in {} {{ }}", words[at].text, *wanted));
    }
    const auto taken = read_keyword(block.grammar, reading, words, at);
    if (!taken) return taken.error();
    at += *taken;
  }
  block.words.insert(block.words.end(), words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at));
  return {};
}

// The words of all statements of a block, one behind the other; what is wrong with one of them does not keep it from the others.
void RouteParser::gather(Block& block, const RouteStatement& statement, std::string_view home) {
  for (const RouteStatement& inner : statement.block) {
    if (!inner.has_block) {
      if (auto gathered = gather(block, inner.words, home); !gathered) block.errors.push_back(gathered.error());
      continue;
    }
    const std::string_view name = inner.words[0].text;
    const auto rows = keywords_of(block.grammar);
    const bool known = std::any_of(rows.begin(), rows.end(), [name](const bgp::NlriKeyword& row) { return row.block == name; });
    if (known && name == "match" && inner.block.empty()) warn(block.warnings, inner.words[0], "empty: the rule matches everything");
    if (known && home.empty() && inner.words.size() == 1) gather(block, inner, name);
    else block.errors.push_back(error_at(inner.words[0], fmt::format("'{}' takes no block here", name)));
  }
}

// What stands between the keyword and the block: a name, which says nothing to a peer.
void RouteParser::take_name(Block& block) {
  if (block.words.size() > 2) warn(block.warnings, block.words[2], "ignored: a name alone stands before '{'");
  block.words.resize(1);
}

base::Result<ParsedRoutes> RouteParser::parse(RouteForm form, base::Tokens words, RouteUse use) {
  switch (form.words) {
    case RouteForm::Words::route: return parse_route(words, use);
    case RouteForm::Words::attributes: return parse_attributes(words, use);
    case RouteForm::Words::family: return parse_family(form, words, use);
  }
  return base::Error("unknown form of route");
}

base::Result<ParsedRoutes> RouteParser::parse(RouteForm form, const RouteStatement& statement, RouteUse use, std::vector<base::Error>& more) {
  if (!statement.has_block) return parse(form, statement.words, use);
  if (form.words == RouteForm::Words::attributes) {
    return statement.words.empty() ? base::Error("attributes take no block") : error_at(statement.words[0], "attributes take no block");
  }
  const bgp::NlriGrammar* grammar = nullptr;
  if (form.words == RouteForm::Words::family) {
    const auto index = find_family(form, statement.words);
    grammar = index ? bgp::nlri_grammar(*index) : nullptr;
    if (grammar == nullptr) return parse(form, statement.words, use);  // says what is wrong with the family
  }
  Block block{grammar, use, statement.words, {}, more};
  if (!form.keyword.empty()) take_name(block);
  gather(block, statement, {});
  if (more.empty()) {
    auto parsed = parse(form, block.words, use);
    if (parsed) parsed->warnings.insert(parsed->warnings.begin(), block.warnings.begin(), block.warnings.end());
    return parsed;
  }
  base::Error first = std::move(more.front());
  more.erase(more.begin());
  return first;
}

base::Result<ParsedRoutes> RouteParser::parse_line(RouteForm form, base::Tokens line, RouteUse use) {
  const auto is_mark = [](const base::Token& token) { return !token.quoted && (token.text == ";" || token.text == "{" || token.text == "}"); };
  if (std::none_of(line.begin(), line.end(), is_mark)) return parse(form, line, use);
  const auto statement = read_statement(line);
  if (!statement) return statement.error();
  std::vector<base::Error> more;
  return parse(form, *statement, use, more);
}

void RouteParser::take_back(ParsedRoutes&& parsed) {
  if (parsed.routes.capacity() > k_spare_routes) return;
  parsed.routes.clear();
  spare_ = std::move(parsed.routes);
}

base::Result<ParsedRoutes> RouteParser::parse_route(base::Tokens tokens, RouteUse use) {
  if (tokens.empty()) return base::Error("a prefix is expected");
  const base::Tokens rest = tokens.subspan(1);
  ParsedRoutes parsed{std::move(spare_), {}, false, {}};
  const auto options = this->options(nullptr, rest, use, parsed.warnings);
  if (!options) return options.error();
  parsed.watchdog = (*options)->watchdog;
  parsed.held = (*options)->held;
  const auto added = add_prefix(tokens[0], **options, rest, use, parsed.routes);
  if (!added) return added.error();
  return parsed;
}

base::Result<ParsedRoutes> RouteParser::parse_attributes(base::Tokens tokens, RouteUse use) {
  std::size_t nlri = 0;
  const auto is_nlri = [&tokens](std::size_t at) {
    if (tokens[at].quoted || tokens[at].text != "nlri") return false;
    return at == 0 || (tokens[at - 1].text != "name" && tokens[at - 1].text != "watchdog");
  };
  while (nlri < tokens.size() && !is_nlri(nlri)) ++nlri;
  const base::Tokens rest = tokens.first(nlri);
  ParsedRoutes parsed{std::move(spare_), {}, false, {}};
  const auto options = this->options(nullptr, rest, use, parsed.warnings);
  if (!options) return options.error();
  if (nlri + 1 >= tokens.size()) {
    std::string trouble = objection_without_nlri((*options)->said, (*options)->split || !(*options)->watchdog.empty(), *(*options)->attributes);
    if (!trouble.empty()) return tokens.empty() ? base::Error(std::move(trouble)) : error_at(tokens.back(), std::move(trouble));
    warn(parsed.warnings, tokens.back(), "without 'nlri' an UPDATE with attributes and no route is sent");
    parsed.routes.push_back(Route{{}, (*options)->attributes});
    return parsed;
  }
  parsed.watchdog = (*options)->watchdog;
  parsed.held = (*options)->held;
  for (const base::Token& prefix : tokens.subspan(nlri + 1)) {
    const auto added = add_prefix(prefix, **options, rest, use, parsed.routes);
    if (!added) return added.error();
  }
  return parsed;
}

base::Result<void> RouteParser::add_prefix(const base::Token& token, const Options& options, base::Tokens option_tokens, RouteUse use,
                                           std::vector<Route>& out) {
  bgp::NlriDraft draft;
  draft.use = use;
  bgp::ValueReader reader("route", {&token, 1});
  if (auto read = bgp::read_prefix_head(reader, draft); !read) return relocated(read.error(), token);
  return add_routes(token, nullptr, draft, options, option_tokens, out);
}

base::Result<ParsedRoutes> RouteParser::parse_family(const RouteForm& form, base::Tokens tokens, RouteUse use) {
  const Afi afi = form.family.afi;
  if (tokens.empty()) {
    return base::Error(form.keyword.empty() ? fmt::format("a subsequent address family is expected after {}", bgp::to_string(afi))
                                            : fmt::format("'{}' is expected", form.keyword));
  }
  const base::Token& word = tokens[0];
  if (!form.keyword.empty() && word.text != form.keyword) {
    return error_at(word, fmt::format("'{}' expected, found '{}'", form.keyword, word.text), {std::string(form.keyword)});
  }
  const auto index = find_family(form, tokens);
  const bgp::NlriGrammar* grammar = index ? bgp::nlri_grammar(*index) : nullptr;
  if (grammar == nullptr) {
    return error_at(word, fmt::format("unknown family '{} {}'", bgp::to_string(afi), word.text), written_families(afi));
  }
  bgp::NlriDraft draft;
  draft.family = {afi, bgp::family_at(*index).safi};
  draft.use = use;
  bgp::ValueReader reader(word.text, tokens.subspan(1));
  if (grammar->head != nullptr) {
    if (auto read = grammar->head(reader, draft); !read) return relocated(read.error(), word);
  }
  const base::Tokens rest = tokens.subspan(1 + reader.taken());
  ParsedRoutes parsed{std::move(spare_), {}, false, {}};
  const auto options = this->options(grammar, rest, use, parsed.warnings);
  if (!options) return options.error();
  parsed.watchdog = (*options)->watchdog;
  parsed.held = (*options)->held;
  const base::Token& place = reader.taken() > 0 ? tokens[1] : word;
  const auto added = add_routes(place, grammar, draft, **options, rest, parsed.routes);
  if (!added) return added.error();
  return parsed;
}

}  // namespace tandem::rib
