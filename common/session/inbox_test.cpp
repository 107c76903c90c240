#include "common/session/inbox.hpp"

#include <gtest/gtest.h>

#include "common/session/test_support.hpp"

namespace tandem::session {

using test::hex;
using test::keepalive;
using test::message;
using test::operator+;

const bgp::HeaderRules k_rules;

TEST(Inbox, TellsWhenAMessageIsComplete) {
  Inbox inbox;
  const base::Buffer octets = message(2, "00000000") + keepalive();
  std::vector<std::size_t> completed;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (inbox.append(base::Bytes(octets).subspan(i, 1))) completed.push_back(i + 1);
  }
  EXPECT_EQ(completed, (std::vector<std::size_t>{23, 42}));
}

TEST(Inbox, GivesMessagesInOrderAndKeepsTheOneTaken) {
  Inbox inbox;
  inbox.append(message(2, "00000000") + keepalive());
  const auto first = inbox.next(k_rules);
  ASSERT_TRUE(first && *first);
  inbox.take((*first)->whole.size());
  const auto second = inbox.next(k_rules);
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->type, 4);
  EXPECT_EQ((*first)->type, 2);
  EXPECT_EQ(base::to_hex((*first)->body()), "00000000");
  inbox.release();
  EXPECT_EQ(inbox.size(), 19U);
}

TEST(Inbox, HoldsNoMemoryWhileEmpty) {
  Inbox inbox;
  EXPECT_EQ(inbox.capacity(), 0U);
  inbox.append(keepalive());
  inbox.take(19);
  EXPECT_GT(inbox.capacity(), 0U);
  inbox.release();
  EXPECT_EQ(inbox.capacity(), 0U);
}

TEST(Inbox, DoesNotGrowWhileMessagesAreHandledAsFastAsTheyCome) {
  Inbox inbox;
  const base::Buffer update = message(2, "00000000" + std::string(200, '0'));
  base::Buffer stream;
  for (int i = 0; i < 64; ++i) stream = std::move(stream) + update;
  std::size_t handled = 0;
  // Pieces that never end where a message ends, so that the inbox is never quite empty.
  for (std::size_t round = 0; round < 50; ++round) {
    for (std::size_t at = 0; at < stream.size(); at += 1000) {
      inbox.append(base::Bytes(stream).subspan(at, std::min<std::size_t>(1000, stream.size() - at)));
      while (true) {
        const auto next = inbox.next(k_rules);
        ASSERT_TRUE(next);
        if (!*next) break;
        inbox.take((*next)->whole.size());
        inbox.release();
        ++handled;
      }
    }
  }
  EXPECT_EQ(handled, 50U * 64U);
  EXPECT_LE(inbox.capacity(), 4096U);
}

TEST(Inbox, ALengthBelowTheHeaderEndsTheFraming) {
  Inbox inbox;
  base::Buffer bad = keepalive();
  bad[17] = 0;
  EXPECT_FALSE(inbox.append(bad));
  EXPECT_FALSE(inbox.append(keepalive()));
  EXPECT_FALSE(inbox.next(k_rules));
}

}  // namespace tandem::session
