// Octets received and not handled yet, handed out message by message and in place. Owns no memory while it is empty, so that an
// idle session costs none. Knows lengths only: what a message may look like is bgp::next_message's business.
#pragma once

#include <cstddef>

#include "common/base/bytes.hpp"
#include "common/bgp/message/header.hpp"

namespace tandem::session {

class Inbox {
 public:
  // Takes all of `bytes`; views of a taken message end here. True when that completed a message (which need not be a valid one).
  bool append(base::Bytes bytes);

  // The first message that was not taken, as bgp::next_message tells it.
  [[nodiscard]] base::Result<std::optional<bgp::RawMessage>> next(const bgp::HeaderRules& rules) const {
    return bgp::next_message(waiting(), rules);
  }
  // The first `size` octets are being handled: out of the queue, but kept until release, append or clear.
  // REQUIRES that nothing is taken, and `size` octets waiting.
  void take(std::size_t size);
  void release();  // the taken message has been handled
  void clear();

  // What is not taken: the message that was has been handled between two rounds.
  template <typename Writer>
  void store(Writer& writer) const {
    writer.bytes(waiting());
  }
  template <typename Reader>
  void load(Reader& reader) {
    clear();
    static_cast<void>(append(reader.bytes()));
  }

  [[nodiscard]] std::size_t size() const { return buffer_.size() - start_ - taken_; }  // octets not taken
  [[nodiscard]] std::size_t capacity() const { return buffer_.capacity(); }            // memory held

 private:
  [[nodiscard]] base::Bytes waiting() const { return base::Bytes(buffer_).subspan(start_ + taken_); }
  bool frame();

  base::Buffer buffer_;
  std::size_t start_ = 0;   // octets before it are handled
  std::size_t taken_ = 0;   // octets from start_ on that are in use
  std::size_t framed_ = 0;  // end of the last complete message
};

}  // namespace tandem::session
