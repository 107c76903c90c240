// The text of events, octet by octet: one of each kind, names of every sort, times of every size.
#include "tandem/trace/event_text.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tandem/trace/labels.hpp"

namespace tandem::trace {
namespace {

using namespace std::chrono_literals;
using speaker::RoundStep;
using speaker::WakeCause;

constexpr base::TimePoint k_origin{5s};

std::string text(const Slice& slice) {
  EventText events;
  events.append({.label = slice.label, .begin = k_origin});
  events.clear();
  events.append(slice);
  return std::string(events.text());
}

Slice slice(const Label& label, std::uint32_t amount = 0, std::uint32_t amount_out = 0) { return {&label, k_origin + 1234567ns, 89012ns, amount, amount_out}; }

TEST(EventText, OneOfEachKind) {
  Labels labels("sync", 1);
  EXPECT_EQ(text(slice(labels.engine())), ",\n" R"({"name":"thread_name","cat":"engine","ph":"M","pid":1,"tid":1,"ts":1234.567,"args":{"name":"engine sync"}})");
  EXPECT_EQ(text(slice(labels.begin())), ",\n" R"({"name":"begin","cat":"begin","ph":"X","pid":1,"tid":1,"ts":1234.567,"dur":89.012})");
  EXPECT_EQ(text(slice(labels.wait(WakeCause::deadline))),
            ",\n" R"({"name":"wait","cat":"wait","ph":"X","pid":1,"tid":1,"ts":1234.567,"dur":89.012,"args":{"woken":"deadline"}})");
  EXPECT_EQ(text(slice(labels.driver("127.0.0.1 in"))), ",\n" R"({"name":"127.0.0.1 in","cat":"driver","ph":"X","pid":1,"tid":1,"ts":1234.567,"dur":89.012})");
  EXPECT_EQ(text(slice(labels.step(RoundStep::callbacks))), ",\n" R"({"name":"callbacks","cat":"step","ph":"X","pid":1,"tid":1,"ts":1234.567,"dur":89.012})");
  EXPECT_EQ(text(slice(labels.turn("neighbor a"), 3, 25)),
            ",\n" R"({"name":"neighbor a","cat":"turn","ph":"X","pid":1,"tid":1,"ts":1234.567,"dur":89.012,"args":{"messages in":3,"messages out":25}})");
  EXPECT_EQ(text(slice(labels.work("commands", "process p"), 120)),
            ",\n" R"({"name":"commands","cat":"work","ph":"X","pid":1,"tid":1,"ts":1234.567,"dur":89.012,"args":{"of":"process p","octets":120}})");
  EXPECT_EQ(text(slice(labels.lost(), 4'294'967'295)),
            ",\n" R"({"name":"slices are missing","cat":"lost","ph":"i","pid":1,"tid":1,"ts":1234.567,"args":{"slices":4294967295}})");
}

TEST(EventText, WhatIsNothingIsLeftOut) {
  Labels labels("sync", 12);
  EXPECT_THAT(text(slice(labels.turn("a"))), ::testing::EndsWith(R"("tid":12,"ts":1234.567,"dur":89.012})"));
  EXPECT_THAT(text(slice(labels.turn("a"), 0, 1)), ::testing::EndsWith(R"("dur":89.012,"args":{"messages out":1}})"));
  EXPECT_THAT(text(slice(labels.work("free", ""))), ::testing::EndsWith(R"("dur":89.012})"));
  EXPECT_THAT(text(slice(labels.work("answer", ""), 7)), ::testing::EndsWith(R"("dur":89.012,"args":{"octets":7}})"));
  EXPECT_THAT(text(slice(labels.work("answer", "p"))), ::testing::EndsWith(R"("dur":89.012,"args":{"of":"p"}})"));
}

TEST(EventText, NamesAreEscaped) {
  Labels labels("sync", 1);
  EXPECT_THAT(text(slice(labels.turn("a \"b\"\\\n\x01 \xC3\xA9 \xFF"))), ::testing::StartsWith(",\n" R"({"name":"a \"b\"\\\n\u0001 \u00e9 \ufffd","cat")"));
  EXPECT_THAT(text(slice(labels.work("commands", "\"p\""), 1)), ::testing::HasSubstr(R"("args":{"of":"\"p\"","octets":1}})"));
}

TEST(EventText, TimesAreMicrosecondsToTheNanosecond) {
  Labels labels("sync", 1);
  const auto times = [&](base::Duration at, base::Duration length) {
    const std::string event = text({.label = &labels.begin(), .begin = k_origin + at, .length = length});
    return event.substr(event.find("\"ts\""));
  };
  EXPECT_EQ(times(0ns, 1ns), R"("ts":0.000,"dur":0.001})");
  EXPECT_EQ(times(10ns, 999ns), R"("ts":0.010,"dur":0.999})");
  EXPECT_EQ(times(1000ns, 1001ns), R"("ts":1.000,"dur":1.001})");
  EXPECT_EQ(times(59s + 999'999'999ns, 1s), R"("ts":59999999.999,"dur":1000000.000})");
  EXPECT_EQ(times(3h + 1ns, 2h + 20ns), R"("ts":10800000000.001,"dur":7200000000.020})");
  EXPECT_EQ(times(24h * 365 * 100, base::Duration::max()), R"("ts":3153600000000000.000,"dur":9223372036854775.807})");
  EXPECT_EQ(times(1ns, -1ns), R"("ts":0.001,"dur":0.000})") << "a clock that has gone back";
}

TEST(EventText, TheFirstOneBeginsAtNothingAndFollowsNothing) {
  Labels labels("sync", 1);
  EventText events;
  events.append(slice(labels.begin()));
  EXPECT_EQ(events.text(), R"({"name":"begin","cat":"begin","ph":"X","pid":1,"tid":1,"ts":0.000,"dur":89.012})");
}

TEST(EventText, HasRoomForNamesOfAnyLength) {
  Labels labels("sync", 1);
  EventText events;
  for (std::size_t length = 1; length < 300'000; length *= 3) {
    events.append(slice(labels.turn(std::string(length, '"')), 4'294'967'295, 4'294'967'295));
    events.append(slice(labels.work("commands", std::string(length, '\x01')), 4'294'967'295));
  }
  const auto parsed = boost::json::parse("[" + std::string(events.text()) + "]").as_array();
  ASSERT_EQ(parsed.size(), 24U);
  EXPECT_EQ(parsed.at(22).at("name").as_string().size(), 177'147U);
  EXPECT_EQ(parsed.at(23).at("args").at("of").as_string().size(), 177'147U);
}

TEST(Labels, TheSameNameIsTheSameLabelWhereverItStands) {
  Labels labels("sync", 1);
  std::string name = "neighbor a";
  const std::string copy = name;
  const Label& a = labels.turn(name);
  EXPECT_EQ(&labels.turn(copy), &a);
  name.back() = 'b';  // another name under the same address
  const Label& b = labels.turn(name);
  EXPECT_NE(&b, &a);
  EXPECT_THAT(b.front, ::testing::HasSubstr("neighbor b"));
  EXPECT_EQ(&labels.turn(copy), &a);
  EXPECT_NE(&labels.driver(copy), &a);
}

TEST(Labels, OfNamesThereIsAnEnd) {
  Labels labels("sync", 1);
  constexpr std::size_t k_names = 65'536;
  const Label& first = labels.driver("client 0");
  for (std::size_t i = 1; i < k_names; ++i) static_cast<void>(labels.driver(fmt::format("client {}", i)));
  const Label& others = labels.driver("client 65536");
  EXPECT_THAT(others.front, ::testing::HasSubstr(R"("name":"others")"));
  EXPECT_EQ(&labels.driver("client 65537"), &others);
  EXPECT_EQ(&labels.driver("client 0"), &first);
  EXPECT_THAT(labels.turn("neighbor a").front, ::testing::HasSubstr("neighbor a")) << "each kind has so many";
}

}  // namespace
}  // namespace tandem::trace
