// The state machine row by row, the order of its events, and the ways it ends.
#include "common/session/session.hpp"

#include <gtest/gtest.h>

#include "common/session/limits.hpp"
#include "common/session/test_support.hpp"

namespace tandem::session {

using namespace test;

namespace {

std::string notification(std::string_view digits) { return "03 " + base::to_hex(hex(digits), base::HexCase::upper); }
std::string notification_text(std::string_view code_digits, std::string_view text) {
  return "03 " + std::string(code_digits) + base::to_hex(base::as_bytes(text), base::HexCase::upper);
}
base::Buffer with_type(base::Buffer octets, std::uint8_t type) {
  octets[18] = type;
  return octets;
}
base::Buffer with_length(base::Buffer octets, std::uint16_t length) {
  octets[16] = static_cast<std::uint8_t>(length >> 8);
  octets[17] = static_cast<std::uint8_t>(length);
  return octets;
}
base::Buffer without_marker() {
  base::Buffer octets = keepalive();
  octets[3] = 0;
  return octets;
}

constexpr std::string_view k_refresh_body = "00010001";
constexpr std::string_view k_end_of_rib = "00000000";

// 10.0.0.0/24, ORIGIN, AS_PATH 65000, NEXT_HOP 10.0.0.3
constexpr std::string_view k_update = "0000 0014 40010100 40020602010000FDE8 4003040A000003 180A0000";

}  // namespace

// --- the way up ------------------------------------------------------------------------------------------------------

TEST(Session, TellsEachStepOfTheWayUpInOrder) {
  Fixture f;
  EXPECT_TRUE(take_events(f.session).empty());
  f.connect();
  EXPECT_EQ(take_events(f.session), (Lines{"connected", "CONNECT", "send OPEN", "OPENSENT"}));
  f.hear(open_message());
  EXPECT_EQ(take_events(f.session), (Lines{"receive OPEN", "negotiated", "OPENCONFIRM", "send KEEPALIVE"}));
  ASSERT_NE(f.session.negotiated(), nullptr);
  EXPECT_EQ(f.session.negotiated()->peer_as, base::Asn{65000});
  f.hear(keepalive());
  EXPECT_EQ(take_events(f.session), (Lines{"receive KEEPALIVE", "ESTABLISHED", "up"}));
  EXPECT_EQ(messages(take_output(f.session)),
            (Lines{"01 04FFFD00B40A000002140206010400010001020641040000FFFD02020600", "04"}));
  EXPECT_FALSE(f.session.ending());
}

TEST(Session, WithLocalAsAutoThePeerSpeaksFirst) {
  Parameters parameters = ebgp_parameters();
  parameters.local_as.reset();
  Fixture f(parameters);
  f.connect();
  EXPECT_EQ(take_events(f.session), (Lines{"connected", "CONNECT"}));
  EXPECT_TRUE(f.session.outbox().empty());
  f.hear(open_message());
  EXPECT_EQ(take_events(f.session),
            (Lines{"receive OPEN", "send OPEN", "OPENSENT", "negotiated", "OPENCONFIRM", "send KEEPALIVE"}));
  EXPECT_EQ(f.session.sent_open()->asn(), base::Asn{65000});
  EXPECT_EQ(f.session.negotiated()->local_as, base::Asn{65000});
}

TEST(Session, MessageEventsCarryTheWholeMessage) {
  Fixture f;
  f.connect();
  f.hear(open_message());
  std::vector<base::Buffer> seen;
  while (auto event = f.session.next_event()) {
    if (event->kind == Event::Kind::message) seen.push_back(std::move(event->message));
  }
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0].size(), 0x31U);
  EXPECT_EQ(seen[1], open_message());
  EXPECT_EQ(seen[2], keepalive());
}

TEST(Session, OneOctetAtATimeIsAsGoodAsAll) {  // I14
  Fixture f;
  f.connect();
  f.now += seconds(1);
  const base::Buffer stream = open_message() + keepalive() + message(2, k_update);
  std::size_t inbound = 0;
  for (const std::uint8_t octet : stream) {
    f.pass(milliseconds(150));
    inbound += f.hear(base::Buffer{octet});
  }
  EXPECT_EQ(f.session.state(), State::established);
  EXPECT_EQ(inbound, 1U);
}

TEST(Session, OutputOfOneMessageIsQueuedBeforeTheNextIsLookedAt) {  // I15
  Fixture f;
  f.connect();
  take_events(f.session);
  f.hear(open_message() + keepalive() + message(3, "0602"));
  EXPECT_EQ(messages(take_output(f.session)).back(), "04");
  EXPECT_EQ(take_events(f.session),
            (Lines{"receive OPEN", "negotiated", "OPENCONFIRM", "send KEEPALIVE", "receive KEEPALIVE", "ESTABLISHED", "up",
                   "receive NOTIFICATION", "down: notification received (6,2)", "IDLE"}));
}

TEST(Session, OneStepHandlesOneMessage) {
  Fixture f;
  f.connect();
  f.session.receive(open_message() + keepalive(), f.now);
  f.session.step(true, f.now);
  EXPECT_EQ(f.session.state(), State::open_confirm);
  EXPECT_TRUE(f.session.has_input());
  f.session.step(true, f.now);
  EXPECT_EQ(f.session.state(), State::established);
  EXPECT_FALSE(f.session.has_input());
}

// --- what is answered, and how ---------------------------------------------------------------------------------------

namespace {

struct Row {
  const char* rule;
  State state;
  base::Buffer input;
  std::string answer;  // "" is a close without a word
};

void expect_answer(const Row& row, const Parameters& parameters) {
  SCOPED_TRACE(row.rule);
  Fixture f(parameters);
  f.reach(row.state);
  f.hear(row.input);
  EXPECT_EQ(messages(take_output(f.session)), row.answer.empty() ? Lines() : Lines{row.answer});
  EXPECT_EQ(f.session.state(), State::idle);
  EXPECT_TRUE(f.session.ending());
  const Lines events = take_events(f.session);
  ASSERT_GE(events.size(), 2U);
  EXPECT_EQ(events.back(), "IDLE");
  EXPECT_EQ(events[events.size() - 2].substr(0, 6), "down: ");
  if (!row.answer.empty()) {
    EXPECT_EQ(events[events.size() - 3], "send NOTIFICATION");
  }
  EXPECT_TRUE(f.session.wants_close());
}

}  // namespace

TEST(SessionHeaderError, IsAnsweredInEveryState) {
  const std::string unknown = "can not decode update message of type \"255\"";
  for (const State state : {State::open_sent, State::open_confirm, State::established}) {
    const Row rows[] = {
        {"marker", state, without_marker(), notification("0101")},
        {"shorter than a header", state, with_length(keepalive(), 18), notification("0102 0012")},
        {"longer than 4096", state, with_length(keepalive(), 0x1001), notification("0102 1001")},
        {"OPEN below 29", state, with_type(with_length(keepalive(), 28), 1), notification("0102 001C")},
        {"UPDATE below 23", state, with_type(with_length(keepalive(), 22), 2), notification("0102 0016")},
        {"KEEPALIVE with a body", state, message(4, "00"), notification("0102 0014")},
        {"ROUTE-REFRESH of 24", state, message(5, "0001000100"),
         notification("0701" + base::to_hex(message(5, "0001000100")))},
        {"unknown type", state, message(255), notification_text("0100", unknown)},
        {"NOTIFICATION of 20 is not answered", state, message(3, "06"), ""},
    };
    for (const Row& row : rows) expect_answer(row, ebgp_parameters());
  }
}

TEST(SessionHeaderError, UnknownTypeIsAnsweredAsTheRfcSaysWhenStrict) {
  Parameters parameters = ebgp_parameters();
  parameters.strict = true;
  expect_answer({"unknown type", State::open_sent, message(255), notification("0103 FF")}, parameters);
}

TEST(SessionHeaderError, IsAnsweredBeforeTheBodyIsThere) {
  expect_answer({"header alone", State::open_sent, with_length(keepalive(), 5000), notification("0102 1388")}, ebgp_parameters());
}

TEST(SessionOpenError, EachFieldHasItsAnswer) {
  const auto open = [](const OpenFields& fields) { return open_message(fields); };
  const State in = State::open_sent;
  const Row rows[] = {
      {"version", in, open({.version = "03"}), notification("0201 0004")},
      {"AS", in, open({.as_field = "FDE9"}),
       notification_text("0202", "ASN in OPEN (65001) did not match ASN expected (65000)")},
      {"identifier zero", in, open({.router_id = "00000000"}), notification("0203 00000000")},
      {"unknown parameter", in, open({.parameters = "030201FF"}), notification("0204 030201FF")},
      {"authentication", in, open({.parameters = "010100"}),
       notification_text("0205", "Authentication Notification (Deprecated)")},
      {"hold time 1", in, open({.hold_time = "0001"}), notification("0206 0001")},
      {"hold time 2", in, open({.hold_time = "0002"}), notification("0206 0002")},
  };
  for (const Row& row : rows) expect_answer(row, ebgp_parameters());
}

TEST(SessionOpenError, AnOpenThatCannotBeReadIsNotAnEvent) {
  Fixture f;
  f.reach(State::open_sent);
  f.hear(open_message({.parameters = "0206010400"}));
  EXPECT_EQ(messages(take_output(f.session)).at(0).substr(0, 7), "03 0200");
  EXPECT_EQ(take_events(f.session), (Lines{"send NOTIFICATION", "down: notification sent (2,0)", "IDLE"}));
}

TEST(SessionOpenError, AnOpenThatIsRefusedIsAnEventButNothingIsNegotiated) {
  Fixture f;
  f.reach(State::open_sent);
  f.hear(open_message({.as_field = "FDE9"}));
  EXPECT_EQ(take_events(f.session), (Lines{"receive OPEN", "send NOTIFICATION", "down: notification sent (2,2)", "IDLE"}));
  EXPECT_EQ(f.session.negotiated(), nullptr);
}

TEST(SessionUnexpectedMessage, IsAnsweredWithTheStateAndItsType) {
  const Row rows[] = {
      {"KEEPALIVE first", State::open_sent, keepalive(), notification("0501 04")},
      {"UPDATE first", State::open_sent, message(2, k_end_of_rib), notification("0501 02")},
      {"ROUTE-REFRESH first", State::open_sent, message(5, k_refresh_body), notification("0501 05")},
      {"OPERATIONAL first", State::open_sent, message(6), notification("0501 06")},
      {"OPEN after OPEN", State::open_confirm, open_message(), notification("0502 01")},
      {"UPDATE after OPEN", State::open_confirm, message(2, k_end_of_rib), notification("0502 02")},
      {"ROUTE-REFRESH after OPEN", State::open_confirm, message(5, k_refresh_body), notification("0502 05")},
      {"OPEN in Established", State::established, open_message(), notification("0503 01")},
  };
  for (const Row& row : rows) expect_answer(row, ebgp_parameters());
}

TEST(SessionNotification, IsObeyedInEveryStateAndNotAnswered) {
  for (const State state : {State::open_sent, State::open_confirm, State::established}) {
    Fixture f;
    f.reach(state);
    f.hear(message(3, "0605AABB") + keepalive());
    EXPECT_TRUE(f.session.outbox().empty());
    EXPECT_EQ(take_events(f.session), (Lines{"receive NOTIFICATION", "down: notification received (6,5)", "IDLE"}));
    EXPECT_TRUE(f.session.wants_close());
  }
}

TEST(SessionNotification, OneThatIsMalformedEndsTheSessionSilently) {
  Fixture f;
  f.reach(State::established);
  f.hear(message(3, "06"));
  EXPECT_TRUE(f.session.outbox().empty());
  EXPECT_EQ(take_events(f.session), (Lines{"down: NOTIFICATION has an invalid message length of 20", "IDLE"}));
}

// --- Established -----------------------------------------------------------------------------------------------------

TEST(SessionInbound, UpdatesAndRefreshesAreTheSpeakers) {
  Fixture f;
  f.reach(State::established);
  f.session.receive(message(2, k_update) + message(5, "00010101") + message(6, "00010000"), f.now);
  auto inbound = f.session.step(true, f.now);
  ASSERT_TRUE(inbound && inbound->update);
  EXPECT_FALSE(inbound->undecoded);
  EXPECT_EQ(base::to_hex(inbound->message.body()), base::to_hex(hex(k_update)));
  std::size_t routes = 0;
  inbound->update->announced.for_each([&](const bgp::NlriKey&) { ++routes; });
  EXPECT_EQ(routes, 1U);
  inbound = f.session.step(true, f.now);
  ASSERT_TRUE(inbound && inbound->refresh);
  EXPECT_EQ(inbound->refresh->family, bgp::k_ipv4_unicast);
  EXPECT_EQ(inbound->refresh->subtype, bgp::RefreshSubtype::begin);
  inbound = f.session.step(true, f.now);
  ASSERT_TRUE(inbound);
  EXPECT_EQ(inbound->message.type, 6);
  EXPECT_FALSE(f.session.step(true, f.now));
  EXPECT_TRUE(take_events(f.session).empty());
}

TEST(SessionInbound, ViewsOutliveTheEndOfTheSession) {
  Fixture f;
  f.reach(State::established);
  f.session.receive(message(2, k_update), f.now);
  const auto inbound = f.session.step(true, f.now);
  ASSERT_TRUE(inbound);
  f.session.terminate({6, 4, {}}, {}, f.now);
  EXPECT_EQ(base::to_hex(inbound->message.body()), base::to_hex(hex(k_update)));
}

TEST(SessionInbound, UpdatesNobodyWantsAreNotDecoded) {
  Fixture f;
  f.reach(State::established);
  f.session.receive(message(2, "0000 0003 FFFFFF 63 0A0000000000"), f.now);
  const auto inbound = f.session.step(false, f.now);
  ASSERT_TRUE(inbound);
  EXPECT_TRUE(inbound->undecoded);
  EXPECT_FALSE(inbound->update);
}

TEST(SessionInbound, EndOfRibIsRecognisedWithoutDecoding) {
  Fixture f;
  f.reach(State::established);
  constexpr std::string_view k_short = "0000 0006 800F 03 000101";
  constexpr std::string_view k_extended = "0000 0007 900F 0003 000101";
  for (const std::string_view body : {k_end_of_rib, k_short, k_extended}) {
    f.session.receive(message(2, body), f.now);
    const auto inbound = f.session.step(false, f.now);
    ASSERT_TRUE(inbound && inbound->update) << body;
    EXPECT_EQ(inbound->update->end_of_rib, bgp::k_ipv4_unicast) << body;
    EXPECT_FALSE(inbound->undecoded) << body;
  }
}

TEST(SessionInbound, UpdateFieldsThatOverrunTheMessageEndTheSession) {
  for (const bool decode : {true, false}) {
    for (const std::string_view body : {"0005 0000 00", "0000 0009 40010100", "0001 0000", "0000 0001"}) {
      Fixture f;
      f.reach(State::established);
      f.hear(message(2, body), decode);
      EXPECT_EQ(messages(take_output(f.session)), Lines{notification("0301")}) << body;
    }
  }
}

TEST(SessionInbound, AnUpdateErrorThatCannotBeWithdrawnEndsTheSession) {
  expect_answer({"prefix of 33 bits", State::established, message(2, "0000 0000 210A0000000000"), notification("030A")},
                ebgp_parameters());
}

TEST(SessionInbound, LargeMessagesNeedTheCapabilityOfBoth) {  // RFC 8654
  const std::string body = "1380" + std::string(2 * 0x1380, '0') + "0000";  // 4992 withdrawn default routes
  Fixture with;
  with.reach(State::established, {.parameters = "0206010400010001 020641040000FDE8 02020600"});
  EXPECT_EQ(with.hear(message(2, body)), 1U);
  EXPECT_EQ(with.session.state(), State::established);
  Fixture without;
  without.reach(State::established);
  EXPECT_EQ(without.hear(message(2, body)), 0U);
  EXPECT_EQ(messages(take_output(without.session)), Lines{notification("0102 1397")});
}

TEST(SessionInbound, OpenAndKeepaliveStaySmall) {  // RFC 8654 section 4
  Fixture f;
  f.reach(State::established, {.parameters = "0206010400010001 020641040000FDE8 02020600"});
  f.hear(with_type(with_length(keepalive(), 5000), 1));
  EXPECT_EQ(messages(take_output(f.session)), Lines{notification("0102 1388")});
}

TEST(SessionKeepalive, WithAHoldTimeOfZeroIsIgnored) {  // D4
  Fixture f;
  f.reach(State::established, {.hold_time = "0000"});
  for (int i = 0; i < 3; ++i) f.hear(keepalive());
  EXPECT_EQ(f.session.state(), State::established);
  EXPECT_EQ(f.session.deadline(), std::nullopt);
  EXPECT_TRUE(f.session.outbox().empty());
}

// --- flow and ending -------------------------------------------------------------------------------------------------

TEST(SessionFlow, AFullInboxStopsTheReadingUntilMessagesAreHandled) {
  Fixture f;
  f.reach(State::established);
  EXPECT_TRUE(f.session.wants_input());
  base::Buffer many;
  while (many.size() < k_inbox_high) many = std::move(many) + message(2, k_update);
  f.session.receive(many, f.now);
  EXPECT_FALSE(f.session.wants_input());
  f.session.step(true, f.now);
  EXPECT_TRUE(f.session.wants_input());
}

TEST(SessionFlow, OnlyAnEstablishedSessionQueuesMessages) {
  Fixture f;
  f.session.queue(keepalive());
  f.reach(State::open_confirm);
  f.session.queue(keepalive());
  EXPECT_TRUE(f.session.outbox().empty());
  f.hear(keepalive());
  f.session.queue(message(2, k_end_of_rib));
  EXPECT_EQ(messages(take_output(f.session)), Lines{"02 00000000"});
}

TEST(SessionEnd, TheNotificationFollowsWhatWaitsAndNothingFollowsIt) {  // I17
  Fixture f;
  f.reach(State::established);
  f.session.queue(message(2, k_end_of_rib));
  f.session.sent(5, f.now);  // the message is on its way
  f.session.terminate({6, 3, {0x41}}, {}, f.now);
  f.session.terminate({6, 4, {}}, {}, f.now);
  f.session.queue(message(2, k_end_of_rib));
  f.hear(keepalive());
  f.pass(milliseconds(999));
  EXPECT_FALSE(f.session.wants_close());
  EXPECT_FALSE(f.session.wants_input());
  const base::Buffer rest = take_output(f.session);
  EXPECT_EQ(rest.size(), 23U - 5U + 22U);
  EXPECT_EQ(messages(base::Bytes(rest).subspan(18)), Lines{"03 060341"});
  EXPECT_TRUE(f.session.wants_close());
  EXPECT_EQ(take_events(f.session), (Lines{"send NOTIFICATION", "down: notification sent (6,3)", "IDLE"}));
}

TEST(SessionEnd, AFarewellThatIsNotReadEndsAfterASecond) {
  Fixture f;
  f.reach(State::established);
  f.session.terminate({6, 2, {}}, "stop, message [removed]", f.now);
  EXPECT_EQ(f.session.deadline(), f.now + k_farewell);
  f.pass(k_farewell);
  EXPECT_TRUE(f.session.outbox().empty());
  EXPECT_TRUE(f.session.wants_close());
  EXPECT_EQ(f.session.deadline(), std::nullopt);
  EXPECT_EQ(take_events(f.session), (Lines{"send NOTIFICATION", "down: stop, message [removed]", "IDLE"}));
}

TEST(SessionEnd, AbandonSaysNothing) {
  Fixture f;
  f.reach(State::established);
  f.session.end_silently("graceful restarted negotiated, closing without sending any notification", f.now);
  EXPECT_TRUE(f.session.outbox().empty());
  EXPECT_TRUE(f.session.wants_close());
  EXPECT_EQ(take_events(f.session),
            (Lines{"down: graceful restarted negotiated, closing without sending any notification", "IDLE"}));
}

TEST(SessionEnd, TheConnectionThatGoesTakesTheSessionWithIt) {
  for (const State state : {State::open_sent, State::open_confirm, State::established}) {
    Fixture f;
    f.reach(state);
    f.session.closed("closing connection", f.now);
    f.session.closed("again", f.now);
    EXPECT_EQ(take_events(f.session), (Lines{"down: closing connection", "IDLE"}));
    EXPECT_TRUE(f.session.ending() && f.session.wants_close());
    EXPECT_EQ(f.session.deadline(), std::nullopt);
  }
}

TEST(SessionEnd, MessagesReadBeforeTheEndOfTheStreamAreHandledBeforeIt) {
  Fixture f;
  f.reach(State::established);
  f.session.receive(message(2, k_update) + message(3, "0602") + base::Buffer{0xFF}, f.now);
  f.session.closed("closing connection", f.now);
  EXPECT_FALSE(f.session.ending());
  EXPECT_FALSE(f.session.wants_input());
  EXPECT_EQ(f.session.deadline(), std::nullopt);
  EXPECT_EQ(f.handle(), 1U);
  EXPECT_EQ(take_events(f.session), (Lines{"receive NOTIFICATION", "down: notification received (6,2)", "IDLE"}));
  EXPECT_TRUE(f.session.wants_close());
}

TEST(SessionEnd, TheEndOfTheStreamIsTheLastInput) {
  Fixture f;
  f.reach(State::established);
  f.session.receive(message(2, k_update), f.now);
  f.session.closed("closing connection", f.now);
  const auto inbound = f.session.step(true, f.now);
  ASSERT_TRUE(inbound && inbound->update);
  EXPECT_TRUE(take_events(f.session).empty());  // the UPDATE is the speaker's first
  f.session.queue(message(2, k_end_of_rib));
  EXPECT_TRUE(f.session.outbox().empty());
  EXPECT_TRUE(f.session.has_input());
  EXPECT_FALSE(f.session.step(true, f.now));
  EXPECT_FALSE(f.session.has_input());
  EXPECT_EQ(take_events(f.session), (Lines{"down: closing connection", "IDLE"}));
}

TEST(SessionEnd, CloseDuringTheFarewellIsNotToldTwice) {
  Fixture f;
  f.reach(State::established);
  f.session.terminate({6, 4, {}}, {}, f.now);
  f.session.closed("closing connection", f.now);
  EXPECT_TRUE(f.session.wants_close());
  EXPECT_EQ(take_events(f.session), (Lines{"send NOTIFICATION", "down: notification sent (6,4)", "IDLE"}));
}

TEST(SessionEnd, BeforeTheConnectionNothingIsTold) {
  for (int way = 0; way < 3; ++way) {
    Fixture f;
    if (way == 0) f.session.terminate({6, 4, {}}, {}, f.now);
    if (way == 1) f.session.end_silently("x", f.now);
    if (way == 2) f.session.closed("x", f.now);
    EXPECT_TRUE(f.session.ending() && f.session.wants_close());
    f.connect();
    f.hear(open_message());
    f.pass(seconds(100));
    EXPECT_TRUE(take_events(f.session).empty());
    EXPECT_TRUE(f.session.outbox().empty());
  }
}

TEST(SessionEnd, CallsOutOfTurnDoNothing) {
  Fixture f;
  f.session.receive(open_message(), f.now);
  f.session.sent(100, f.now);
  f.session.expired(f.now);
  EXPECT_FALSE(f.session.has_input());
  EXPECT_FALSE(f.session.wants_input());
  EXPECT_FALSE(f.session.step(true, f.now));
  EXPECT_FALSE(f.session.next_event());
  f.connect();
  f.connect();
  f.session.sent(100000, f.now);
  EXPECT_EQ(take_events(f.session), (Lines{"connected", "CONNECT", "send OPEN", "OPENSENT"}));
}

}  // namespace tandem::session
