// Kinds of values (spec config.md 1.3, 3.3): how a word is read, what is right, and the words that are, where they are few.
// scalar<Member, Kind> makes the row of the keyword that sets one value of a neighbor.
#pragma once

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/diagnostics.hpp"
#include "common/config/parser_state.hpp"
#include "common/config/section.hpp"

namespace tandem::config {

[[nodiscard]] std::string lower_case(std::string_view text);  // ASCII

[[nodiscard]] std::optional<bool> read_boolean(std::string_view word);
[[nodiscard]] const std::vector<std::string>& boolean_words();

// Letters, digits, dot, dash and underscore: names of templates and api sections.
[[nodiscard]] bool is_plain_name(std::string_view word);

struct Boolean {
  using Type = bool;
  static constexpr std::string_view k_value = "true|false";
  static constexpr std::string_view k_expected = "a boolean";
  static std::optional<bool> read(std::string_view word) { return read_boolean(word); }
  static std::vector<std::string> alternatives() { return boolean_words(); }
};

struct Text {
  using Type = std::string;
  static constexpr std::string_view k_value = "TEXT";
  static constexpr std::string_view k_expected = "a text";
  static std::optional<std::string> read(std::string_view word) { return std::string(word); }
  static std::vector<std::string> alternatives() { return {}; }
};

struct AsNumber {
  using Type = AsSetting;
  static constexpr std::string_view k_value = "ASN|auto";
  static constexpr std::string_view k_expected = "an AS number (1 to 4294967295, or high.low with both up to 65535; 0 is reserved) or auto";
  static std::optional<AsSetting> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {}; }
};

struct Port {
  using Type = std::uint16_t;
  static constexpr std::string_view k_value = "PORT";
  static constexpr std::string_view k_expected = "a port (1 to 65535)";
  static std::optional<std::uint16_t> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {}; }
};

struct Address {
  using Type = base::IpAddress;
  static constexpr std::string_view k_value = "ADDRESS";
  static constexpr std::string_view k_expected = "an IPv4 or IPv6 address";
  static std::optional<base::IpAddress> read(std::string_view word) { return base::IpAddress::parse(word); }
  static std::vector<std::string> alternatives() { return {}; }
};

struct AddressOrAuto {  // auto: no address
  using Type = base::IpAddress;
  static constexpr std::string_view k_value = "ADDRESS|auto";
  static constexpr std::string_view k_expected = "an IPv4 or IPv6 address, or auto";
  static std::optional<base::IpAddress> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {}; }
};

struct AddressOrRange {  // host bits are not looked at
  using Type = base::Prefix;
  static constexpr std::string_view k_value = "ADDRESS[/LENGTH]";
  static constexpr std::string_view k_expected = "an address or a range (address/length)";
  static std::optional<base::Prefix> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {}; }
};

struct LinkLocal {
  using Type = base::IpAddress;
  static constexpr std::string_view k_value = "IPV6";
  static constexpr std::string_view k_expected = "an IPv6 address in fe80::/10";
  static std::optional<base::IpAddress> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {}; }
};

struct Identifier {
  using Type = base::RouterId;
  static constexpr std::string_view k_value = "IPV4";
  static constexpr std::string_view k_expected = "an IPv4 address";
  static std::optional<base::RouterId> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {}; }
};

struct HoldTime {
  using Type = std::uint16_t;
  static constexpr std::string_view k_value = "SECONDS";
  static constexpr std::string_view k_expected = "0 or 3 to 65535 (seconds)";
  static std::optional<std::uint16_t> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {}; }
};

struct RateLimit {
  using Type = std::uint32_t;
  static constexpr std::string_view k_value = "NUMBER|disable";
  static constexpr std::string_view k_expected = "a number of messages a second (0 to 4294967295) or disable";
  static std::optional<std::uint32_t> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {}; }
};

struct Ttl {
  using Type = std::uint8_t;
  static constexpr std::string_view k_value = "NUMBER|disable";
  static constexpr std::string_view k_expected = "0 to 255 or disable";
  static std::optional<std::uint8_t> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {}; }
};

struct Base64Choice {
  using Type = Md5Base64;
  static constexpr std::string_view k_value = "true|false|auto";
  static constexpr std::string_view k_expected = "true, false or auto";
  static std::optional<Md5Base64> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {"true", "enable", "enabled", "false", "disable", "disabled", "auto"}; }
};

struct RestartTime {
  using Type = GracefulRestartSetting;
  static constexpr std::string_view k_value = "SECONDS|disable";
  static constexpr std::string_view k_expected = "0 to 4095 (seconds) or disable";
  static std::optional<GracefulRestartSetting> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {}; }
};

struct AddPathMode {
  using Type = std::uint8_t;
  static constexpr std::string_view k_value = "disable|receive|send|send/receive";
  static constexpr std::string_view k_expected = "an add-path mode";
  static std::optional<std::uint8_t> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {"disable", "receive", "send", "send/receive"}; }
};

// What a keyword without value means.
enum class Bare : std::uint8_t { required, yes, no, empty };

[[nodiscard]] base::Error missing_value(const ParserState& state, const Statement& statement, std::string_view expected);

// Reads the one value of a statement, words[1].
template <typename Kind>
[[nodiscard]] base::Result<typename Kind::Type> read_value(ParserState& state, const Statement& statement) {
  if (statement.words.size() < 2) return missing_value(state, statement, Kind::k_expected);
  const base::Token& word = statement.words[1];
  auto value = Kind::read(word.text);
  if (!value) {
    std::vector<std::string> right = Kind::alternatives();
    std::string reason = fmt::format("'{}' is not {}{}", word_text(statement.words, 1), Kind::k_expected, suggestion(word.text, right));
    return state.fail(word, std::move(reason), std::move(right));
  }
  state.warn_ignored(statement, 2);
  // named: a std::string could become an Error as well
  return base::Result<typename Kind::Type>(boost::system::in_place_value, std::move(*value));
}

template <auto Member, typename Kind, Bare bare>
Status set_scalar(ParserState& state, const Statement& statement) {
  const Place place = place_of(statement.words[0]);
  auto& target = state.draft.*Member;
  if constexpr (bare != Bare::required) {
    if (statement.words.size() == 1) {
      if constexpr (bare == Bare::empty) target.set({}, place);
      else target.set(static_cast<typename Kind::Type>(bare == Bare::yes), place);
      return {};
    }
  }
  auto value = read_value<Kind>(state, statement);
  if (!value) return value.error();
  target.set(std::move(*value), place);
  return {};
}

template <auto Member, typename Kind, Bare bare = Bare::required>
constexpr Keyword scalar(std::string_view name, std::string_view help) {
  return {name, Kind::k_value, help, set_scalar<Member, Kind, bare>, SectionId::none};
}

// `[ a b c ]` from words[1] on; commas are skipped where they are allowed.
[[nodiscard]] base::Result<std::vector<base::Token>> read_list(ParserState& state, const Statement& statement, bool commas);

// The last bracket that has no counterpart, or nullptr.
[[nodiscard]] const base::Token* unclosed_bracket(base::Tokens words);

// The row of a keyword that later issues bring.
Status not_supported(ParserState& state, const Statement& statement);

}  // namespace tandem::config
