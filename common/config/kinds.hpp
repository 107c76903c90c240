// Kinds of values: how a word is read, what is right, the words that are where they are few, and how the value is written again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/asn.hpp"
#include "common/base/ip.hpp"
#include "common/base/tcp_ao.hpp"
#include "common/bgp/role.hpp"

namespace tandem::config {

class Printer;

[[nodiscard]] std::string lower_case(std::string_view text);  // ASCII

[[nodiscard]] std::optional<bool> read_boolean(std::string_view word);
[[nodiscard]] const std::vector<std::string>& boolean_words();

enum class Md5Base64 : std::uint8_t { no, yes, automatic };

// RFC 4724. No time: not announced; 0, as written, follows the hold time.
struct GracefulRestart {
  std::optional<std::uint16_t> time_s;
  bool notification = false;  // RFC 8538: restart through NOTIFICATIONs, too
  friend bool operator==(const GracefulRestart&, const GracefulRestart&) = default;
};

// RFC 9234.
struct RoleSetting {
  std::optional<bgp::Role> role;  // nullopt: none
  bool strict = false;            // the peer must announce its own
  friend bool operator==(const RoleSetting&, const RoleSetting&) = default;
};

// A kind has: the Type of its values; k_value, the value in the help; k_expected, the value in an error; read() of one word;
// alternatives(), all words that are right, if they are few; text(), the word that is read as the value, "" for a value that is written
// by leaving the keyword out.
struct OpenKind {
  static std::vector<std::string> alternatives() { return {}; }
};

struct Boolean {
  using Type = bool;
  static constexpr std::string_view k_value = "true|false";
  static constexpr std::string_view k_expected = "a boolean";
  static std::optional<bool> read(std::string_view word) { return read_boolean(word); }
  static std::vector<std::string> alternatives() { return boolean_words(); }
  static std::string text(bool value) { return value ? "true" : "false"; }
};

struct Switch : Boolean {  // of a capability
  static constexpr std::string_view k_value = "enable|disable";
  static std::string text(bool value) { return value ? "enable" : "disable"; }
};

struct Text : OpenKind {
  using Type = std::string;
  static constexpr std::string_view k_value = "TEXT";
  static constexpr std::string_view k_expected = "a text";
  static std::optional<std::string> read(std::string_view word) { return std::string(word); }
  static std::string text(const std::string& value);  // in quotes
};

struct Secret : Text {  // never printed
  static constexpr std::string_view k_value = "PASSWORD";
  static std::string text(const std::string&) { return {}; }
};

struct AsNumber : OpenKind {
  using Type = std::optional<base::Asn>;  // nullopt: auto
  static constexpr std::string_view k_value = "ASN|auto";
  static constexpr std::string_view k_expected = "an AS number (1 to 4294967295, or high.low with both up to 65535; 0 is reserved) or auto";
  static std::optional<Type> read(std::string_view word);
  static std::string text(const Type& value);
};

struct Port : OpenKind {
  using Type = std::uint16_t;  // 0: none
  static constexpr std::string_view k_value = "PORT";
  static constexpr std::string_view k_expected = "a port (1 to 65535)";
  static std::optional<std::uint16_t> read(std::string_view word);
  static std::string text(std::uint16_t value);
};

struct Address : OpenKind {
  using Type = base::IpAddress;
  static constexpr std::string_view k_value = "ADDRESS";
  static constexpr std::string_view k_expected = "an IPv4 or IPv6 address";
  static std::optional<base::IpAddress> read(std::string_view word) { return base::IpAddress::parse(word); }
  static std::string text(const base::IpAddress& value) { return value ? value.text() : std::string(); }
};

struct AddressOrAuto : OpenKind {
  using Type = base::IpAddress;  // none: auto
  static constexpr std::string_view k_value = "ADDRESS|auto";
  static constexpr std::string_view k_expected = "an IPv4 or IPv6 address, or auto";
  static std::optional<base::IpAddress> read(std::string_view word);
  static std::string text(const base::IpAddress& value) { return value ? value.text() : "auto"; }
};

struct AddressOrRange : OpenKind {  // host bits are not looked at
  using Type = base::Prefix;
  static constexpr std::string_view k_value = "ADDRESS[/LENGTH]";
  static constexpr std::string_view k_expected = "an address or a range (address/length)";
  static std::optional<base::Prefix> read(std::string_view word);
  static std::string text(const base::Prefix&) { return {}; }  // it stands behind `neighbor`
};

struct LinkLocal : OpenKind {
  using Type = base::IpAddress;
  static constexpr std::string_view k_value = "IPV6";
  static constexpr std::string_view k_expected = "an IPv6 address in fe80::/10";
  static std::optional<base::IpAddress> read(std::string_view word);
  static std::string text(const base::IpAddress& value) { return Address::text(value); }
};

struct Identifier : OpenKind {
  using Type = std::optional<base::RouterId>;
  static constexpr std::string_view k_value = "IPV4";
  static constexpr std::string_view k_expected = "an IPv4 address";
  static std::optional<Type> read(std::string_view word);
  static std::string text(const Type& value) { return value ? base::to_string(*value) : std::string(); }
};

struct HoldTime : OpenKind {
  using Type = std::uint16_t;
  static constexpr std::string_view k_value = "SECONDS";
  static constexpr std::string_view k_expected = "0 or 3 to 65535 (seconds)";
  static std::optional<std::uint16_t> read(std::string_view word);
  static std::string text(std::uint16_t value) { return std::to_string(value); }
};

struct SendHoldTime : OpenKind {
  using Type = std::optional<std::uint16_t>;  // nullopt: what follows from the hold time
  static constexpr std::string_view k_value = "SECONDS";
  static constexpr std::string_view k_expected = "0 or 3 to 65535 (seconds)";
  static std::optional<Type> read(std::string_view word);
  static std::string text(const Type& value) { return value ? std::to_string(*value) : std::string(); }
};

struct RoleName {
  using Type = RoleSetting;
  static constexpr std::string_view k_value = "provider|rs|rs-client|customer|peer [strict]";
  static constexpr std::string_view k_expected = "a role";
  static std::optional<RoleSetting> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {"provider", "rs", "rs-client", "customer", "peer"}; }
  static std::string text(const RoleSetting& value);
};

struct RateLimit : OpenKind {
  using Type = std::uint32_t;  // 0: none
  static constexpr std::string_view k_value = "NUMBER|disable";
  static constexpr std::string_view k_expected = "a number of messages a second (0 to 4294967295) or disable";
  static std::optional<std::uint32_t> read(std::string_view word);
  static std::string text(std::uint32_t value) { return value == 0 ? std::string() : std::to_string(value); }
};

struct Count : OpenKind {
  using Type = std::uint32_t;  // 0: not written
  static constexpr std::string_view k_value = "NUMBER";
  static constexpr std::string_view k_expected = "a number (1 to 4294967295)";
  static std::optional<std::uint32_t> read(std::string_view word);
  static std::string text(std::uint32_t value) { return value == 0 ? std::string() : std::to_string(value); }
};

struct Ttl : OpenKind {
  using Type = std::uint8_t;  // 0: unset
  static constexpr std::string_view k_value = "NUMBER|disable";
  static constexpr std::string_view k_expected = "0 to 255 or disable";
  static std::optional<std::uint8_t> read(std::string_view word);
  static std::string text(std::uint8_t value) { return value == 0 ? std::string() : std::to_string(value); }
};

struct Base64Choice {
  using Type = Md5Base64;
  static constexpr std::string_view k_value = "true|false|auto";
  static constexpr std::string_view k_expected = "true, false or auto";
  static std::optional<Md5Base64> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {"true", "enable", "enabled", "false", "disable", "disabled", "auto"}; }
  static std::string text(Md5Base64 value);
};

struct AoKeyId : OpenKind {
  using Type = std::optional<std::uint8_t>;
  static constexpr std::string_view k_value = "NUMBER";
  static constexpr std::string_view k_expected = "the identifier of a key (0 to 255)";
  static std::optional<Type> read(std::string_view word);
  static std::string text(const Type& value) { return value ? std::to_string(*value) : std::string(); }
};

struct AoAlgorithm {
  using Type = std::optional<base::TcpAoAlgorithm>;
  static constexpr std::string_view k_value = "hmac-sha-1-96|aes-128-cmac-96|hmac-sha-256";
  static constexpr std::string_view k_expected = "an algorithm of TCP-AO";
  static std::optional<Type> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {"hmac-sha-1-96", "aes-128-cmac-96", "hmac-sha-256"}; }  // in the order of the type
  static std::string text(const Type& value) { return value ? alternatives()[static_cast<std::size_t>(*value)] : std::string(); }
};

struct RestartTime : OpenKind {
  using Type = GracefulRestart;
  static constexpr std::string_view k_value = "[SECONDS|disable] [notification]";
  static constexpr std::string_view k_expected = "0 to 4095 (seconds) or disable";
  static std::optional<GracefulRestart> read(std::string_view word);
  static std::string text(const GracefulRestart& value);
};

struct StaleTime : OpenKind {
  using Type = std::optional<std::uint32_t>;  // nullopt: not announced
  static constexpr std::string_view k_value = "SECONDS|disable";
  static constexpr std::string_view k_expected = "0 to 16777215 (seconds) or disable";
  static std::optional<Type> read(std::string_view word);
  static std::string text(const Type& value) { return value ? std::to_string(*value) : std::string(); }
};

struct AddPathMode {
  using Type = std::uint8_t;  // bit 0 receive, bit 1 send
  static constexpr std::string_view k_value = "disable|receive|send|send/receive";
  static constexpr std::string_view k_expected = "an add-path mode";
  static std::optional<std::uint8_t> read(std::string_view word);
  static std::vector<std::string> alternatives() { return {"disable", "receive", "send", "send/receive"}; }
  static std::string text(std::uint8_t value) { return alternatives()[value & 3U]; }
};

}  // namespace tandem::config
