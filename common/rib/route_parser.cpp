#include "common/rib/route_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::rib {

namespace {

using bgp::Afi;
using bgp::Safi;

// A statement may not fill the memory of the machine by itself: `split` makes at most 2^20 routes, of all its prefixes together.
constexpr unsigned k_split_bits = 20;

constexpr std::string_view k_later_keywords[] = {"label", "rd", "route-distinguisher", "bgp-prefix-sid", "bgp-prefix-sid-srv6"};

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

base::Error error_at(const base::Token& token, std::string reason, std::vector<std::string> alternatives = {}) {
  if (token.line > 0) {
    base::SourceContext context;
    context.location.line = token.line;
    context.location.column = token.column;
    context.token = std::string(token.text);
    context.alternatives = std::move(alternatives);
    return base::Error::at(std::move(context), std::move(reason));
  }
  if (!alternatives.empty()) reason += fmt::format(" (valid: {})", fmt::join(alternatives, ", "));
  return base::Error(std::move(reason));
}

// Errors of the attribute rows name a place even when the token has none.
base::Error relocated(const base::Error& error, const base::Token& keyword) {
  const base::SourceContext* context = error.context();
  if (context == nullptr) return error_at(keyword, error.reason());
  if (context->location.line > 0) return error;
  base::Token token = keyword;
  token.line = 0;
  return error_at(token, error.reason(), context->alternatives);
}

bool is_word(const base::Token& token) {
  return token.quoted || token.text.size() != 1 || std::string_view("[](),;{}").find(token.text) == std::string_view::npos;
}

bool same_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

const std::vector<std::string>& valid_keywords() {
  static const std::vector<std::string> keywords = [] {
    std::vector<std::string> list{"next-hop", "path-information", "split", "watchdog", "withdraw", "name"};
    for (const std::string_view name :
         {"origin", "as-path", "med", "local-preference", "atomic-aggregate", "aggregator", "originator-id", "cluster-list",
          "community", "large-community", "extended-community", "aigp", "attribute"}) {
      if (bgp::AttributeBuilder::knows(name)) list.emplace_back(name);
    }
    return list;
  }();
  return keywords;
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

}  // namespace

struct RouteParser::Reading {
  bgp::AttributeBuilder builder;
  bgp::NextHop next_hop;
  Options options;
  std::vector<RouteWarning>& warnings;
  std::array<std::string_view, 32> seen{};  // keywords; there are fewer
  std::size_t seen_count = 0;

  // Notes a keyword; true when it was there before.
  bool repeats(std::string_view name) {
    const auto end = seen.begin() + static_cast<std::ptrdiff_t>(seen_count);
    if (std::find(seen.begin(), end, name) != end) return true;
    if (seen_count < seen.size()) seen[seen_count++] = name;
    return false;
  }
};

namespace {

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

// RFC 7607: a receiver treats such a route as withdrawn. Whoever tests one writes it on purpose.
void warn_of_as_zero(std::string_view name, base::Tokens values, std::vector<RouteWarning>& warnings) {
  const auto zero = std::find_if(values.begin(), values.end(), [](const base::Token& token) { return is_as_zero(token.text); });
  if (zero != values.end()) warn(warnings, *zero, fmt::format("{}: AS 0 is reserved, a peer drops the route (RFC 7607)", name));
}

base::Result<std::string_view> value_of(base::Tokens tokens, std::size_t at, std::string_view expected) {
  if (at + 1 >= tokens.size()) {
    return error_at(tokens[at], fmt::format("{}: {} expected at the end of the statement", tokens[at].text, expected));
  }
  if (!is_word(tokens[at + 1])) {
    return error_at(tokens[at + 1], fmt::format("{}: {} expected, found '{}'", tokens[at].text, expected, tokens[at + 1].text));
  }
  return tokens[at + 1].text;
}

base::Error bad_value(base::Tokens tokens, std::size_t at, std::string_view expected) {
  return error_at(tokens[at + 1],
                  fmt::format("{}: '{}' is not valid, {} expected", tokens[at].text, tokens[at + 1].text, expected));
}

}  // namespace

// Takes the keyword at `at` and its value; gives the number of tokens taken.
base::Result<std::size_t> RouteParser::read_keyword(Reading& reading, base::Tokens tokens, std::size_t at) {
  const base::Token& keyword = tokens[at];
  const std::string_view name = keyword.text;
  Options& options = reading.options;
  const bool again = reading.repeats(repeat_name(tokens, at));
  if (bgp::AttributeBuilder::knows(name)) {
    const std::size_t before = reading.builder.canonical().size();
    const auto taken = reading.builder.parse(name, tokens.subspan(at + 1));
    if (!taken) return relocated(taken.error(), keyword);
    const bool gathered = reading.builder.canonical().size() != before;
    if (again) warn(reading.warnings, keyword, gathered ? "given twice: the values are put together" : "given twice: the first one counts");
    if (name == "as-path" || name == "aggregator") warn_of_as_zero(name, tokens.subspan(at + 1, *taken), reading.warnings);
    return *taken + 1;
  }
  if (again) warn(reading.warnings, keyword, "given twice: the last one counts");
  if (name == "withdraw") {
    options.held = true;
    return std::size_t{1};
  }
  if (name == "next-hop") {
    constexpr std::string_view k_expected = "an IP address or 'self'";
    const auto value = value_of(tokens, at, k_expected);
    if (!value) return value.error();
    reading.next_hop = bgp::NextHop{};
    if (same_ignoring_case(*value, "self")) {
      reading.next_hop.self = true;
    } else if (const auto address = base::IpAddress::parse(*value)) {
      reading.next_hop.address = *address;
    } else {
      return bad_value(tokens, at, k_expected);
    }
  } else if (name == "path-information") {
    constexpr std::string_view k_expected = "a number up to 4294967295 or a dotted quad";
    const auto value = value_of(tokens, at, k_expected);
    if (!value) return value.error();
    const auto quad = base::IpAddress::parse(*value);
    if (const auto number = base::parse_decimal(*value, 0xFFFFFFFF)) {
      options.path_id = static_cast<std::uint32_t>(*number);
    } else if (quad && quad->is_v4()) {
      options.path_id = quad->v4_value();
    } else {
      return bad_value(tokens, at, k_expected);
    }
  } else if (name == "split") {
    constexpr std::string_view k_expected = "a prefix length such as /24";
    const auto value = value_of(tokens, at, k_expected);
    if (!value) return value.error();
    const auto length = value->starts_with('/') ? base::parse_decimal(value->substr(1), 128) : std::nullopt;
    if (!length) return bad_value(tokens, at, k_expected);
    options.split = static_cast<std::uint8_t>(*length);
    options.split_at = at + 1;
  } else if (name == "watchdog") {
    constexpr std::string_view k_expected = "a name other than 'announce' and 'withdraw'";
    const auto value = value_of(tokens, at, k_expected);
    if (!value) return value.error();
    if (same_ignoring_case(*value, "announce") || same_ignoring_case(*value, "withdraw")) return bad_value(tokens, at, k_expected);
    options.watchdog = std::string(*value);
  } else if (name == "name") {
    const auto value = value_of(tokens, at, "a name");
    if (!value) return value.error();
  } else if (std::find(std::begin(k_later_keywords), std::end(k_later_keywords), name) != std::end(k_later_keywords)) {
    return error_at(keyword, fmt::format("'{}' is not supported yet", name));
  } else {
    const auto* other = std::find_if(std::begin(k_other_names), std::end(k_other_names), [&](const OtherName& o) { return o.name == name; });
    const std::string hint = other == std::end(k_other_names) ? std::string() : fmt::format(" (use {})", other->ours);
    return error_at(keyword, fmt::format("unknown route attribute '{}'{}", name, hint), valid_keywords());
  }
  return std::size_t{2};
}

base::Result<const RouteParser::Options*> RouteParser::options(base::Tokens tokens, std::vector<RouteWarning>& warnings) {
  if (remembered(tokens)) return &last_;
  Reading reading{{}, {}, {}, warnings};
  for (std::size_t at = 0; at < tokens.size();) {
    const auto taken = read_keyword(reading, tokens, at);
    if (!taken) return taken.error();
    at += *taken;
  }
  last_ = std::move(reading.options);
  last_.attributes = pool_.intern(reading.builder.canonical(), reading.next_hop);
  if (last_.watchdog.empty()) last_.held = false;  // `withdraw` means nothing without a watchdog
  remember(tokens);
  return &last_;
}

bool RouteParser::remembered(base::Tokens tokens) const {
  if (!last_valid_ || tokens.size() != last_sizes_.size()) return false;
  std::string_view text = last_text_;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::size_t size = tokens[i].text.size();
    if (last_sizes_[i] != size * 2 + (tokens[i].quoted ? 1 : 0) || text.substr(0, size) != tokens[i].text) return false;
    text.remove_prefix(size);
  }
  return true;
}

void RouteParser::remember(base::Tokens tokens) {
  last_valid_ = true;
  last_text_.clear();
  last_sizes_.clear();
  for (const base::Token& token : tokens) {
    last_text_ += token.text;
    last_sizes_.push_back(static_cast<std::uint32_t>(token.text.size() * 2 + (token.quoted ? 1 : 0)));
  }
}

base::Result<void> RouteParser::add_routes(const base::Token& prefix_token, Afi afi, Safi safi, const Options& options,
                                           base::Tokens option_tokens, RouteUse use, std::vector<Route>& out) {
  const auto prefix = base::Prefix::parse(prefix_token.text);
  if (!prefix) return error_at(prefix_token, prefix.error().reason());
  const Afi own_afi = prefix->address.is_v4() ? Afi::ipv4 : Afi::ipv6;
  if (afi != Afi::undefined && afi != own_afi) {
    return error_at(prefix_token, fmt::format("'{}' is not an {} prefix", prefix_token.text, bgp::to_string(afi)));
  }
  if (safi == Safi::undefined) {
    const bool multicast = prefix->address.is_v4() && prefix->address.bytes()[0] >> 4 == 14;  // 224.0.0.0/4
    safi = multicast ? Safi::multicast : Safi::unicast;
  }
  const bgp::NextHop& next_hop = options.attributes->next_hop();
  if (use == RouteUse::announce && !next_hop.known() && !next_hop.self) {
    return error_at(prefix_token, fmt::format("announce requires nexthop: {}", prefix->text()));
  }
  const bgp::FamilyIndex family = *bgp::family_index(bgp::Family{own_afi, safi});
  std::uint8_t length = prefix->length;
  std::size_t count = 1;
  if (options.split) {
    const base::Token& token = option_tokens[options.split_at];
    if (*options.split > prefix->address.bits()) {
      return error_at(token, fmt::format("split: '{}' is longer than an {} address", token.text, bgp::to_string(own_afi)));
    }
    if (*options.split > length) {
      const unsigned bits = *options.split - length;
      if (bits > k_split_bits || out.size() + (std::size_t{1} << bits) > std::size_t{1} << k_split_bits) {
        return error_at(token, fmt::format("split: '{}' would make more than {} routes, at {}", token.text, 1U << k_split_bits,
                                           prefix->text()));
      }
      length = *options.split;
      count = std::size_t{1} << bits;
    }
  }
  std::array<std::uint8_t, 16> octets{};
  const base::Bytes address = prefix->address.bytes();
  std::copy(address.begin(), address.end(), octets.begin());
  // Never just the room that is needed: with many prefixes what is there would be copied once for each.
  if (const std::size_t needed = out.size() + count; needed > out.capacity()) out.reserve(std::max(needed, 2 * out.capacity()));
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(Route{bgp::make_prefix_key(family, base::Bytes(octets).first(address.size()), length, options.path_id),
                        options.attributes});
    next_network(octets, length);
  }
  return {};
}

base::Result<ParsedRoutes> RouteParser::parse_route(base::Tokens tokens, RouteUse use) {
  if (tokens.empty()) return base::Error("a prefix is expected");
  const base::Tokens rest = tokens.subspan(1);
  ParsedRoutes parsed;
  const auto options = this->options(rest, parsed.warnings);
  if (!options) return options.error();
  parsed.watchdog = (*options)->watchdog;
  parsed.held = (*options)->held;
  const auto added = add_routes(tokens[0], Afi::undefined, Safi::undefined, **options, rest, use, parsed.routes);
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
  ParsedRoutes parsed;
  const auto options = this->options(rest, parsed.warnings);
  if (!options) return options.error();
  if (nlri + 1 >= tokens.size()) {
    std::string reason = "attributes: 'nlri' and one prefix or more expected at the end of the statement";
    return tokens.empty() ? base::Error(std::move(reason)) : error_at(tokens.back(), std::move(reason));
  }
  parsed.watchdog = (*options)->watchdog;
  parsed.held = (*options)->held;
  for (const base::Token& prefix : tokens.subspan(nlri + 1)) {
    const auto added = add_routes(prefix, Afi::undefined, Safi::undefined, **options, rest, use, parsed.routes);
    if (!added) return added.error();
  }
  return parsed;
}

base::Result<ParsedRoutes> RouteParser::parse_family(Afi afi, base::Tokens tokens, RouteUse use) {
  if (tokens.empty()) return base::Error(fmt::format("a subsequent address family is expected after {}", bgp::to_string(afi)));
  const auto safi = bgp::parse_safi(tokens[0].text);
  const auto index = safi ? bgp::family_index({afi, *safi}) : std::nullopt;
  if (index && bgp::is_not_supported_yet(*index)) {
    return error_at(tokens[0], fmt::format("'{} {}' is not supported yet", bgp::to_string(afi), tokens[0].text));
  }
  if (!index || bgp::nlri_codec(*index) == nullptr) {
    return error_at(tokens[0], fmt::format("unknown family '{} {}'", bgp::to_string(afi), tokens[0].text),
                    {"unicast", "multicast"});
  }
  if (tokens.size() < 2) {
    return error_at(tokens[0], fmt::format("{}: a prefix is expected at the end of the statement", tokens[0].text));
  }
  const base::Tokens rest = tokens.subspan(2);
  ParsedRoutes parsed;
  const auto options = this->options(rest, parsed.warnings);
  if (!options) return options.error();
  parsed.watchdog = (*options)->watchdog;
  parsed.held = (*options)->held;
  const auto added = add_routes(tokens[1], afi, *safi, **options, rest, use, parsed.routes);
  if (!added) return added.error();
  return parsed;
}

base::Result<AttributeSetRef> resolve_next_hop_self(AttributePool& pool, const Route& route, const base::IpAddress& local_address,
                                                    base::RouterId router_id) {
  if (!route.attributes->next_hop().self) return route.attributes;
  const Afi route_afi = bgp::family_at(route.nlri.family()).afi;
  const Afi session_afi = local_address.is_v4() ? Afi::ipv4 : local_address.is_v6() ? Afi::ipv6 : Afi::undefined;
  bgp::NextHop next_hop;
  if (route_afi == session_afi) {
    next_hop.address = local_address;
  } else if (route_afi == Afi::ipv4 && base::value(router_id) != 0) {
    next_hop.address = base::IpAddress::v4(base::value(router_id));
  } else {
    return base::Error(
        fmt::format("use of \"next-hop self\": the route ({}) does not have the same family as the BGP tcp session ({})",
                    bgp::to_string(route_afi), bgp::to_string(session_afi)));
  }
  return pool.with_next_hop(*route.attributes, next_hop);
}

}  // namespace tandem::rib
