#include "common/config/value.hpp"

#include <algorithm>

namespace tandem::config {

namespace {

bool is_off(std::string_view word) {
  const std::string folded = lower_case(word);
  return folded == "disable" || folded == "disabled";
}

template <typename Number>
std::optional<Number> read_number(std::string_view word, std::uint64_t minimum, std::uint64_t maximum) {
  const auto number = base::parse_decimal(word, maximum);
  if (!number || *number < minimum) return std::nullopt;
  return static_cast<Number>(*number);
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::optional<bool> read_boolean(std::string_view word) {
  const std::string folded = lower_case(word);
  for (const std::string_view yes : {"true", "enable", "enabled", "yes", "1"}) {
    if (folded == yes) return true;
  }
  for (const std::string_view no : {"false", "disable", "disabled", "no", "0"}) {
    if (folded == no) return false;
  }
  return std::nullopt;
}

const std::vector<std::string>& boolean_words() {
  static const std::vector<std::string> k_words = {"true",  "enable",  "enabled",  "yes", "1",
                                                   "false", "disable", "disabled", "no",  "0"};
  return k_words;
}

bool is_plain_name(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

std::optional<AsSetting> AsNumber::read(std::string_view word) {
  if (word == "auto") return AsSetting{};
  const auto number = base::parse_asn(word);
  if (!number || base::value(*number) == 0) return std::nullopt;
  return AsSetting{*number};
}

std::optional<std::uint16_t> Port::read(std::string_view word) { return read_number<std::uint16_t>(word, 1, 65535); }

std::optional<base::IpAddress> AddressOrAuto::read(std::string_view word) {
  if (word == "auto") return base::IpAddress();
  return base::IpAddress::parse(word);
}

std::optional<base::Prefix> AddressOrRange::read(std::string_view word) {
  const std::size_t slash = word.find('/');
  const auto address = base::IpAddress::parse(word.substr(0, slash));
  if (!address) return std::nullopt;
  base::Prefix range{*address, static_cast<std::uint8_t>(address->bits())};
  if (slash == std::string_view::npos) return range;
  const auto length = base::parse_decimal(word.substr(slash + 1), address->bits());
  if (!length) return std::nullopt;
  range.length = static_cast<std::uint8_t>(*length);
  return range;
}

std::optional<base::IpAddress> LinkLocal::read(std::string_view word) {
  const auto address = base::IpAddress::parse(word);
  if (!address || !address->is_v6() || !address->is_link_local()) return std::nullopt;
  return address;
}

std::optional<base::RouterId> Identifier::read(std::string_view word) {
  const auto address = base::IpAddress::parse(word);
  if (!address || !address->is_v4()) return std::nullopt;
  return base::RouterId{address->v4_value()};
}

std::optional<std::uint16_t> HoldTime::read(std::string_view word) {
  const auto seconds = read_number<std::uint16_t>(word, 0, 65535);
  if (!seconds || *seconds == 1 || *seconds == 2) return std::nullopt;
  return seconds;
}

std::optional<std::uint32_t> RateLimit::read(std::string_view word) {
  if (is_off(word)) return 0;
  return read_number<std::uint32_t>(word, 0, 0xFFFFFFFF);
}

std::optional<std::uint8_t> Ttl::read(std::string_view word) {
  if (is_off(word) || lower_case(word) == "false") return std::uint8_t{0};
  return read_number<std::uint8_t>(word, 0, 255);
}

std::optional<Md5Base64> Base64Choice::read(std::string_view word) {
  const std::string folded = lower_case(word);
  if (folded == "auto") return Md5Base64::automatic;
  if (folded == "true" || folded == "enable" || folded == "enabled") return Md5Base64::yes;
  if (folded == "false" || is_off(folded)) return Md5Base64::no;
  return std::nullopt;
}

std::optional<GracefulRestartSetting> RestartTime::read(std::string_view word) {
  if (is_off(word)) return GracefulRestartSetting{};
  const auto seconds = read_number<std::uint16_t>(word, 0, 4095);
  if (!seconds) return std::nullopt;
  return GracefulRestartSetting{*seconds};
}

std::optional<std::uint8_t> AddPathMode::read(std::string_view word) {
  const std::string folded = lower_case(word);
  if (is_off(folded)) return std::uint8_t{0};
  if (folded == "receive") return std::uint8_t{1};
  if (folded == "send") return std::uint8_t{2};
  if (folded == "send/receive") return std::uint8_t{3};
  return std::nullopt;
}

base::Error missing_value(const ParserState& state, const Statement& statement, std::string_view expected) {
  const base::Token& name = statement.words[0];
  return state.fail(name, fmt::format("'{}' needs a value: {}", name.text, expected));
}

base::Result<std::vector<base::Token>> read_list(ParserState& state, const Statement& statement, bool commas) {
  const auto is = [](const base::Token& word, std::string_view text) { return !word.quoted && word.text == text; };
  const auto& words = statement.words;
  if (words.size() < 2) return missing_value(state, statement, "a list in brackets");
  if (!is(words[1], "[")) return state.fail(words[1], "a list in brackets is expected: [ NAME NAME ]");
  std::vector<base::Token> items;
  std::size_t i = 2;
  for (; i < words.size() && !is(words[i], "]"); ++i) {
    if (is(words[i], "[")) return state.fail(words[i], "a list inside a list");
    if (!commas || !is(words[i], ",")) items.push_back(words[i]);
  }
  if (i == words.size()) return state.fail(words.back(), "the list is not closed: ']' is missing");
  state.warn_ignored(statement, i + 1);
  return items;
}

const base::Token* unclosed_bracket(base::Tokens words) {
  std::vector<const base::Token*> open;
  for (const base::Token& word : words) {
    if (word.quoted) continue;
    if (word.text == "[" || word.text == "(") open.push_back(&word);
    else if ((word.text == "]" || word.text == ")") && !open.empty()) open.pop_back();
  }
  return open.empty() ? nullptr : open.back();
}

Status not_supported(ParserState& state, const Statement& statement) {
  const base::Token& name = statement.words[0];
  return state.fail(name, fmt::format("'{}' in '{}' is not supported yet", name.text, section(state.current_section()).name));
}

}  // namespace tandem::config
