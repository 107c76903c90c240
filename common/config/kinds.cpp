#include "common/config/kinds.hpp"

#include <fmt/format.h>

namespace tandem::config {

namespace {

constexpr std::uint16_t k_restart_time_max = 4095;  // twelve bits (RFC 4724 section 3)

constexpr std::uint32_t k_stale_time_max = 0xFFFFFF;  // 24 bits (RFC 9494 section 3)

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

std::optional<AsNumber::Type> AsNumber::read(std::string_view word) {
  if (word == "auto") return std::optional<Type>(std::in_place);
  const auto number = base::parse_asn(word);
  if (!number || base::value(*number) == 0) return std::nullopt;
  return Type(*number);
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

std::optional<Identifier::Type> Identifier::read(std::string_view word) {
  const auto address = base::IpAddress::parse(word);
  if (!address || !address->is_v4()) return std::nullopt;
  return Type(base::RouterId{address->v4_value()});
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

std::optional<std::uint32_t> Count::read(std::string_view word) { return read_number<std::uint32_t>(word, 1, 0xFFFFFFFF); }

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

std::optional<AoKeyId::Type> AoKeyId::read(std::string_view word) {
  const auto id = read_number<std::uint8_t>(word, 0, 255);
  if (!id) return std::nullopt;
  return Type(id);
}

std::optional<AoAlgorithm::Type> AoAlgorithm::read(std::string_view word) {
  const std::vector<std::string> names = alternatives();
  const auto name = std::find(names.begin(), names.end(), lower_case(word));
  if (name == names.end()) return std::nullopt;
  return Type(static_cast<base::TcpAoAlgorithm>(name - names.begin()));
}

std::optional<SendHoldTime::Type> SendHoldTime::read(std::string_view word) {
  const auto seconds = HoldTime::read(word);
  return seconds ? std::optional<Type>(seconds) : std::nullopt;
}

std::optional<RoleSetting> RoleName::read(std::string_view word) {
  const auto role = bgp::parse_role(lower_case(word));
  return role ? std::optional(RoleSetting{role, false}) : std::nullopt;
}

std::string RoleName::text(const RoleSetting& value) {
  if (!value.role) return {};
  return fmt::format("{}{}", bgp::to_string(*value.role), value.strict ? " strict" : "");
}

std::optional<StaleTime::Type> StaleTime::read(std::string_view word) {
  if (is_off(word)) return std::optional<Type>(std::in_place);
  const auto seconds = read_number<std::uint32_t>(word, 0, k_stale_time_max);
  return seconds ? std::optional<Type>(seconds) : std::nullopt;
}

std::optional<GracefulRestart> RestartTime::read(std::string_view word) {
  if (is_off(word)) return GracefulRestart{};
  const auto seconds = read_number<std::uint16_t>(word, 0, k_restart_time_max);
  if (!seconds) return std::nullopt;
  return GracefulRestart{*seconds, false};
}

std::optional<std::uint8_t> AddPathMode::read(std::string_view word) {
  const std::string folded = lower_case(word);
  if (is_off(folded)) return std::uint8_t{0};
  if (folded == "receive") return std::uint8_t{1};
  if (folded == "send") return std::uint8_t{2};
  if (folded == "send/receive") return std::uint8_t{3};
  return std::nullopt;
}

std::string Text::text(const std::string& value) {
  if (value.empty()) return {};
  // A text of a configuration has one kind of quotes at most: the other one is around it.
  const char quote = value.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : value) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      default: out += c;
    }
  }
  return out += quote;
}

std::string AsNumber::text(const Type& value) { return value ? base::to_string(*value) : std::string("auto"); }

std::string Port::text(std::uint16_t value) { return value == 0 ? std::string() : std::to_string(value); }

std::string Base64Choice::text(Md5Base64 value) {
  switch (value) {
    case Md5Base64::no: return {};
    case Md5Base64::yes: return "true";
    case Md5Base64::automatic: return "auto";
  }
  return {};
}

// More than can be written can only come from the hold time.
std::string RestartTime::text(const GracefulRestart& value) {
  if (!value.time_s) return "disable";
  return fmt::format("{}{}", *value.time_s > k_restart_time_max ? 0 : *value.time_s, value.notification ? " notification" : "");
}

}  // namespace tandem::config
