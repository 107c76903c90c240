// What `record` understands, what it says when it does not, and how a recording is shown.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/api/test_support.hpp"

namespace tandem::api {
namespace {

using test::Console;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(RecordStart, SizeAndFilesMayBeBoundedInAnyOrder) {
  const std::pair<std::string_view, std::string_view> k_right[] = {
      {"record start /tmp/r", "record /tmp/r size 0 keep 0"},
      {"record start r size 1M", "record r size 1048576 keep 0"},
      {"record start r size 2097152", "record r size 2097152 keep 0"},
      {"record start r size 1G keep 5 files", "record r size 1073741824 keep 5"},
      {"record start r keep 1 file size 64M", "record r size 67108864 keep 1"},
      {"record start r keep 7 size 64M", "record r size 67108864 keep 7"},
      {"daemon record start r", "record r size 0 keep 0"},
  };
  for (const auto& [line, asked] : k_right) {
    Console console;
    EXPECT_EQ(console.run(line), "done\n") << line;
    EXPECT_THAT(console.executor.take_log(), ElementsAre(asked)) << line;
  }
}

TEST(RecordStart, IsTheSameCommandInVersion4) {
  Console console(4);
  EXPECT_EQ(console.run("record start r keep 2 files size 1M"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("record r size 1048576 keep 2"));
}

TEST(RecordStart, AnErrorSaysWhatIsWrongAndWhatWouldBeRight) {
  const std::pair<std::string_view, std::string_view> k_wrong[] = {
      {"record start", "which file is missing: record start <file>"},
      {"record start r size", "size '': octets are expected, from 1M to 1000000G"},
      {"record start r size many", "size 'many': octets are expected, from 1M to 1000000G"},
      {"record start r size 1048575", "size '1048575': octets are expected, from 1M to 1000000G"},
      {"record start r size -1M", "size '-1M': octets are expected, from 1M to 1000000G"},
      {"record start r size 1e30", "size '1e30': octets are expected, from 1M to 1000000G"},
      {"record start r size 99999999999999999999", "size '99999999999999999999': octets are expected, from 1M to 1000000G"},
      {"record start r size 1000001G", "size '1000001G': octets are expected, from 1M to 1000000G"},
      {"record start r keep 2", "keep: how large a file may be is missing: size <octets>"},
      {"record start r keep 0 files size 1M", "keep '0': from 1 to 1000 files"},
      {"record start r keep 1001 files size 1M", "keep '1001': from 1 to 1000 files"},
      {"record start r keep 1.5 files size 1M", "keep '1.5': from 1 to 1000 files"},
      {"record start r keep files", "keep 'files': from 1 to 1000 files"},
      {"record start r now", "unknown word 'now' (expected: size, keep)"},
      {"record start r size 1M size 2M", "'size' stands there twice"},
      {"record start r keep 2 files size 1M keep 3 files", "'keep' stands there twice"},
  };
  for (const auto& [line, reason] : k_wrong) {
    Console console;
    console.run("session reasons enable");
    EXPECT_THAT(console.run(line), HasSubstr("error: " + std::string(reason) + "\n")) << line;
    EXPECT_THAT(console.executor.take_log(), IsEmpty()) << line;
  }
}

TEST(RecordStart, IsAnsweredWhenItRecordsOrWithTheReasonWhyItDoesNot) {
  Console console;
  console.run("session reasons enable");
  console.executor.recording_begun.reset();
  EXPECT_EQ(console.run("record start r"), "");
  EXPECT_EQ(console.next(), "") << "a configuration is being read";
  console.executor.recording_begun = base::Result<void>();
  EXPECT_EQ(console.next(), "done\n");
  console.executor.recording_begun = base::Result<void>(base::Error("cannot record to r: File exists"));
  EXPECT_EQ(console.run("record start r"), "error: cannot record to r: File exists\nerror\n");
  console.executor.recorded.on = true;
  console.executor.recorded.file = "q";
  EXPECT_THAT(console.run("record start r"), HasSubstr("error: q is being recorded\n"));
}

TEST(RecordStop, NeedsARecording) {
  Console console;
  console.run("session reasons enable");
  EXPECT_EQ(console.run("record stop"), "error: nothing is recorded\nerror\n");
  EXPECT_THAT(console.executor.take_log(), IsEmpty());
  console.executor.recorded.on = true;
  EXPECT_EQ(console.run("record stop"), "done\n");
  EXPECT_THAT(console.executor.take_log(), ElementsAre("record stop"));
}

TEST(RecordStatus, SaysWhatIsRecordedAndWhyItHasEnded) {
  Console console(4);
  EXPECT_EQ(console.run("record status"), "nothing is recorded\ndone\n");
  console.executor.recorded = {true, "/tmp/r.2", 5000, 1200, 70, {}};
  EXPECT_EQ(console.run("record status"), "recording to /tmp/r.2: 5000 octets of records, 1200 of file, 70 wait\ndone\n");
  console.executor.recorded = {false, "/tmp/r.2", 5000, 1200, 0, {}};
  EXPECT_EQ(console.run("record status"), "nothing is recorded; /tmp/r.2 has 5000 octets of records, 1200 of file\ndone\n");
  console.executor.recorded.ended = "it could not be written (No space left on device)";
  EXPECT_EQ(console.run("record status"), "nothing is recorded; /tmp/r.2 has 5000 octets of records, 1200 of file, and ended: "
                                          "it could not be written (No space left on device)\ndone\n");
}

TEST(RecordStatus, HasTheSameInJson) {
  Console console;
  const auto shown = [&console] {
    const std::string out = console.run("record status");
    return boost::json::parse(out.substr(0, out.find('\n')));
  };
  EXPECT_EQ(shown(), (boost::json::value{{"recording", false}}));
  console.executor.recorded = {true, "/tmp/r", 5000, 1200, 70, {}};
  EXPECT_EQ(shown(), (boost::json::value{{"recording", true}, {"file", "/tmp/r"}, {"octets", 5000}, {"file_octets", 1200}, {"waiting", 70}}));
  console.executor.recorded = {false, "/tmp/r", 5000, 1200, 0, "the disk was too slow"};
  EXPECT_EQ(shown().at("ended"), "the disk was too slow");
}

}  // namespace
}  // namespace tandem::api
