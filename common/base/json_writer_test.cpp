#include "common/base/json_writer.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace tandem::base {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonString, IsPureAsciiWhateverComesIn) {
  EXPECT_EQ(escaped("a\"b\\c\n\t\x01"), R"("a\"b\\c\n\t\u0001")");
  EXPECT_EQ(escaped("\xC3\xA9"), R"("\u00e9")");
  EXPECT_EQ(escaped("\xF0\x9F\x98\x80"), R"("\ud83d\ude00")");
}

TEST(JsonString, ShowsInvalidUtf8AsReplacementCharacters) {
  EXPECT_EQ(escaped("\xFF"), R"("\ufffd")");
  EXPECT_EQ(escaped("\xC3"), R"("\ufffd")") << "cut short";
  EXPECT_EQ(escaped("\xED\xA0\x80"), R"("\ufffd\ufffd\ufffd")") << "a surrogate";
  EXPECT_EQ(escaped("\xC0\xAF"), R"("\ufffd\ufffd")") << "overlong";
}

// A short string is appended together with what stands around it; one that is long, or has something to escape, is not. Nobody can tell.
TEST(JsonWriter, WritesShortAndLongStringsTheSame) {
  for (const std::size_t size : {0U, 1U, 7U, 8U, 63U, 64U, 65U, 200U}) {
    for (const std::string_view end : {"", "\n"}) {
      const std::string text = std::string(size, 'x') + std::string(end);
      std::string out;
      JsonWriter json(out);
      json.begin_array();
      json.string(size == 0 && end.empty() ? std::string_view() : text);  // one without an address as well
      json.string(text);
      json.begin_object();
      json.key(text);
      json.string(text);
      json.member(text, text);
      json.end_object();
      json.end_array();
      std::string quoted;
      append_json_string(quoted, text);
      EXPECT_EQ(out, "[ " + quoted + ", " + quoted + ", { " + quoted + ": " + quoted + ", " + quoted + ": " + quoted + " } ]") << text;
    }
  }
}

TEST(JsonWriter, PutsTheCommas) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("a", 1);
  json.key("b");
  json.begin_array();
  json.string("x");
  json.boolean(true);
  json.null();
  json.end_array();
  json.raw_members(R"("c": 2)");
  json.raw_members("");
  json.member("d", "e");
  json.end_object();
  EXPECT_EQ(out, R"({ "a": 1, "b": [ "x", true, null ], "c": 2, "d": "e" })");
}

TEST(JsonWriter, NumbersHaveAsFewDigitsAsReadBackTheSame) {
  const auto written = [](double value) {
    std::string out;
    JsonWriter(out).number(value);
    return out;
  };
  EXPECT_EQ(written(1250000000.0), "1250000000.0");
  EXPECT_EQ(written(0.1), "0.1");
  EXPECT_EQ(written(static_cast<double>(0.1F)), "0.10000000149011612");
  EXPECT_EQ(written(1e20), "1e+20");
  EXPECT_EQ(written(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(written(-std::numeric_limits<double>::infinity()), "null");
}

// However many octets are looked at at once: what is special is noticed wherever it stands, and what is plain stays.
TEST(JsonString, EveryOctetIsWrittenAtEveryPlaceAsItIsAlone) {
  for (int octet = 0; octet < 256; ++octet) {
    const std::string one(1, static_cast<char>(octet));
    std::string alone;
    append_json_string(alone, one);
    const std::string escaped = alone.substr(1, alone.size() - 2);
    EXPECT_EQ(escaped == one, octet >= 0x20 && octet < 0x7F && octet != '"' && octet != '\\') << octet;
    for (std::size_t before = 0; before < 18; ++before) {
      for (const std::size_t behind : {0U, 1U, 7U, 8U, 9U}) {
        std::string out;
        append_json_string(out, std::string(before, '!') + one + std::string(behind, '~'));
        ASSERT_EQ(out, '"' + std::string(before, '!') + escaped + std::string(behind, '~') + '"') << octet << " behind " << before;
      }
    }
  }
}

TEST(Printable, KeepsOneEventOnItsLines) {
  std::string out;
  append_printable(out, "a\nb\x1b\xC3");
  EXPECT_EQ(out, "a\\nb\\x1b\\xc3");
}

TEST(Utf8, IsValidOnlyInItsShortestForm) {
  EXPECT_TRUE(is_valid_utf8("plain \xE2\x82\xAC"));
  EXPECT_FALSE(is_valid_utf8("\xE2\x82"));
  EXPECT_FALSE(is_valid_utf8("\xF5\x80\x80\x80"));
}

}  // namespace
}  // namespace tandem::base
