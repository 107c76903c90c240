// Octets written in hexadecimal, a line a piece, taken as they come: a line of many messages is not kept whole.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"

namespace tandem::capture {

class HexText {
 public:
  // False: what it was given cannot be decoded, and the rest of the line is left out.
  using Take = std::function<bool(base::Bytes octets)>;
  using Refuse = std::function<void(std::string reason)>;
  // `messages`: whole messages at the front of a line may be taken before the line is complete.
  HexText(bool messages, Take take, Refuse refuse) : messages_(messages), take_(std::move(take)), refuse_(std::move(refuse)) {}

  void add(std::string_view text);
  void finish();  // the last line need not end

 private:
  void add(char c);
  void end_line();
  void take_messages();
  void give_up(std::string reason);

  bool messages_;
  Take take_;
  Refuse refuse_;
  base::Buffer octets_;
  std::optional<unsigned> half_;  // the first digit of an octet
  bool given_up_ = false;         // the rest of this line does not count
  bool any_ = false;              // the line has something
};

// Digits, and what stands between them for the eye.
[[nodiscard]] bool is_hexadecimal(std::string_view text);

}  // namespace tandem::capture
