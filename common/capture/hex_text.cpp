#include "common/capture/hex_text.hpp"

#include <algorithm>

#include "common/bgp/message/header.hpp"

namespace tandem::capture {

namespace {

constexpr std::size_t k_marker_size = 16;
constexpr std::size_t k_message_block = 256 * 1024;           // of messages that are taken before the line ends
constexpr std::size_t k_line_size_max = 16 * 1024 * 1024;  // of anything else

[[nodiscard]] bool is_for_the_eye(char c) { return c == ' ' || c == '\t' || c == ':' || c == '\r'; }

[[nodiscard]] std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

[[nodiscard]] bool has_marker(base::Bytes octets) {
  return octets.size() >= k_marker_size && std::all_of(octets.begin(), octets.begin() + k_marker_size, [](std::uint8_t octet) { return octet == 0xFF; });
}

}  // namespace

bool is_hexadecimal(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return !is_for_the_eye(c); });
  const std::string_view all = digits;
  const bool prefixed = all.starts_with("0x") || all.starts_with("0X");
  return std::all_of(all.begin() + (prefixed ? 2 : 0), all.end(), [](char c) { return digit_of(c).has_value(); });
}

void HexText::add(std::string_view text) {
  for (const char c : text) add(c);
}

void HexText::add(char c) {
  if (c == '\n') return end_line();
  if (given_up_ || is_for_the_eye(c)) return;
  any_ = true;
  if ((c == 'x' || c == 'X') && octets_.empty() && half_ == 0U) {
    half_.reset();
    return;
  }
  const auto digit = digit_of(c);
  if (!digit) return give_up("not hexadecimal octets");
  if (!half_) {
    half_ = digit;
    return;
  }
  octets_.push_back(static_cast<std::uint8_t>(*half_ << 4 | *digit));
  half_.reset();
  if (messages_ && octets_.size() >= k_message_block && has_marker(octets_)) take_messages();
  if (octets_.size() > k_line_size_max) give_up("there are too many octets in a line");
}

void HexText::finish() {
  if (any_) end_line();
}

void HexText::end_line() {
  if (!given_up_ && any_) {
    if (half_) refuse_("not hexadecimal octets: there is half a one at the end");
    else if (!octets_.empty()) take_(octets_);
  }
  octets_.clear();
  half_.reset();
  given_up_ = any_ = false;
}

// As many as are complete; what cannot be one is left to the decoder, which says why.
void HexText::take_messages() {
  std::size_t whole = 0;
  while (whole < octets_.size()) {
    const auto next = bgp::next_message(base::Bytes(octets_).subspan(whole), bgp::k_rules_of_others);
    if (!next) {
      whole = octets_.size();
    } else if (*next) {
      whole += (*next)->whole.size();
    } else {
      break;
    }
  }
  if (!take_(base::Bytes(octets_).first(whole))) given_up_ = true;
  octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(whole));
}

void HexText::give_up(std::string reason) {
  refuse_(std::move(reason));
  given_up_ = true;
}

}  // namespace tandem::capture
