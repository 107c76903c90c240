#include "common/api/completion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/command_table.hpp"
#include "common/api/tokenize.hpp"

namespace tandem::api {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

std::vector<std::string> split(std::string_view text) {
  Tokenizer tokens;
  EXPECT_TRUE(tokens.tokenize(text));
  std::vector<std::string> words;
  for (const base::Token& token : tokens.tokens()) words.emplace_back(token.text);
  return words;
}
std::vector<std::string> next(std::string_view text) {
  std::vector<std::string> words;
  for (const CompletionWord& word : next_words(split(text))) words.push_back(word.word);
  return words;
}

TEST(Completion, BothGrammarsBeginALine) {
  EXPECT_THAT(next(""), IsSupersetOf({"announce", "withdraw", "show", "neighbor", "peer", "rib", "daemon", "session", "system", "shutdown"}));
  EXPECT_THAT(next("show"), ElementsAre("adj-rib", "neighbor"));
  EXPECT_THAT(next("show adj-rib"), ElementsAre("in", "out"));
  EXPECT_THAT(next("rib flush"), ElementsAre("out")) << "what only says what is wrong is not offered";
  EXPECT_THAT(next("session ack"), ElementsAre("disable", "enable", "silence"));
  EXPECT_THAT(next("nonsense"), IsEmpty());
}

TEST(Completion, BehindACommandComeItsOptions) {
  EXPECT_THAT(next("show neighbor"), ElementsAre("configuration", "extensive", "summary"));
  EXPECT_THAT(next("show adj-rib out"), ElementsAre("extensive", "flow", "inet", "l2vpn", "routes", "static"));
  EXPECT_THAT(next("show adj-rib out extensive"), ElementsAre("flow", "inet", "l2vpn", "routes", "static")) << "each once";
  EXPECT_THAT(next("announce eor"), Contains("ipv4"));
  EXPECT_THAT(next("announce eor ipv4"), AllOf(Contains("unicast"), Not(Contains("ipv4"))));
  EXPECT_THAT(next("announce ipv6"), Contains("mpls-vpn"));
  EXPECT_THAT(next("announce route 10.0.0.0/24"), IsSupersetOf({"next-hop", "community", "as-path", "med"}));
  EXPECT_THAT(next("announce route 10.0.0.0/24 med 5"), AllOf(Contains("community"), Not(Contains("med"))));
}

TEST(Completion, BehindASelectorComeItsFiltersAndWhatANeighborTakes) {
  EXPECT_THAT(next("neighbor"), IsEmpty()) << "nobody knows the address";
  EXPECT_THAT(next("neighbor 10.0.0.1"), IsSupersetOf({"announce", "withdraw", "teardown", "local-as", "router-id"}));
  EXPECT_THAT(next("neighbor 10.0.0.1"), Not(Contains("shutdown")));
  EXPECT_THAT(next("neighbor 10.0.0.1 local-as"), IsEmpty());
  EXPECT_THAT(next("neighbor 10.0.0.1 local-as 1"), Contains("announce"));
  EXPECT_THAT(next("peer"), IsSupersetOf({"list", "show", "create", "delete"}));
  EXPECT_THAT(next("peer * announce"), IsSupersetOf({"route", "eor", "ipv4"}));
}

// Every word of every command is offered where it stands.
TEST(Completion, EveryCommandCanBeTypedThatWay) {
  for (const Command& command : command_table()) {
    for (const Words* form : {&command.v4, &command.v6}) {
      if (form->text.empty() || (command.flags & 4U) != 0) continue;
      for (std::size_t count = 0; count < form->count; ++count) {
        const std::vector<std::string> before(form->word.begin(), form->word.begin() + static_cast<std::ptrdiff_t>(count));
        std::vector<std::string> offered;
        for (const CompletionWord& word : next_words(before)) offered.push_back(word.word);
        EXPECT_THAT(offered, Contains(std::string(form->word[count]))) << form->text;
      }
    }
  }
}

TEST(Completion, TheHelpOfACommandStandsAtItsLastWord) {
  for (const CompletionWord& word : next_words(std::vector<std::string>{"daemon"})) EXPECT_EQ(word.help.empty(), word.word == "log" || word.word == "record") << word.word;
}

TEST(Completion, TheCommandsThatWordsBeginAreExplained) {
  const auto like = commands_like(split("show adj-rib"));
  ASSERT_EQ(like.size(), 2U);
  EXPECT_EQ(like[0].word, "show adj-rib in [extensive] [routes|static|inet|flow|l2vpn] [<address>]");
  EXPECT_EQ(like[0].help, "shows the routes received");
  const auto one = commands_like(split("show neighbor summary"));
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].word, "show neighbor [ summary | extensive | configuration ]");
  EXPECT_EQ(commands_like(split("neighbor 10.0.0.1 teardown 2")).size(), 1U);
  EXPECT_THAT(commands_like(split("nonsense")), IsEmpty());
}

}  // namespace
}  // namespace tandem::api
