#include "common/capture/tcp_stream.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tandem::capture {
namespace {

// What is given on: octets as they come, "|" for a hole.
class Received {
 public:
  void add(std::uint32_t sequence, std::string_view text) { stream.add(sequence, base::as_bytes(text), 0, take()); }
  void finish() { stream.finish(take()); }
  TcpStream stream;
  std::string text;

 private:
  TcpStream::Take take() {
    return [this](base::Bytes octets, double) { octets.empty() ? text += '|' : text += base::as_text(octets); };
  }
};

TEST(TcpStream, SegmentsAreGivenOnInOrder) {
  Received received;
  received.stream.start(100);
  received.add(103, "def");
  received.add(108, "ij");
  EXPECT_EQ(received.text, "");
  received.add(100, "abc");
  EXPECT_EQ(received.text, "abcdef");
  received.add(106, "gh");
  EXPECT_EQ(received.text, "abcdefghij");
}

TEST(TcpStream, WhatIsSentTwiceCountsOnce) {
  Received received;
  received.stream.start(100);
  received.add(100, "abc");
  received.add(100, "abc");
  received.add(102, "cde");
  received.add(99, "?");  // a keepalive of TCP
  EXPECT_EQ(received.text, "abcde");
  received.add(108, "i");
  received.add(108, "ij");
  received.add(107, "h");
  received.add(105, "fgh");
  EXPECT_EQ(received.text, "abcdefghij");
}

TEST(TcpStream, GoesOnWhereTheNumbersBeginAnew) {
  Received received;
  received.stream.start(0xFFFFFFFE);
  received.add(1, "de");
  received.add(0xFFFFFFFE, "abc");
  EXPECT_EQ(received.text, "abcde");
}

TEST(TcpStream, BeginsWithTheFirstSegmentWhereNoSynWasSeen) {
  Received received;
  received.add(0, "abc");
  received.add(0xFFFFFFFF, "?");
  received.add(3, "d");
  EXPECT_EQ(received.text, "abcd");
}

TEST(TcpStream, AHoleIsGivenUpAtTheEnd) {
  Received received;
  received.stream.start(100);
  received.add(100, "ab");
  received.add(104, "ef");
  received.add(108, "ij");
  received.finish();
  EXPECT_EQ(received.text, "ab|ef|ij");
}

TEST(TcpStream, AHoleIsGivenUpWhenMoreThan256SegmentsWaitBehindIt) {
  Received received;
  received.stream.start(0);
  for (std::uint32_t i = 1; i <= 256; ++i) received.add(2 * i, "x");
  EXPECT_EQ(received.text, "");
  received.add(2 * 257, "y");
  EXPECT_EQ(received.text, "|x");
  Received large;
  large.stream.start(0);
  const std::string half(512 * 1024 + 1, 'x');
  large.add(1, half);
  large.add(2 + static_cast<std::uint32_t>(half.size()), half);
  EXPECT_EQ(large.text, "|" + half) << "more than 1 MiB";
}

}  // namespace
}  // namespace tandem::capture
