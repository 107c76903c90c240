#include "tandem/capture/input.hpp"

#include <bzlib.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/capture/test_support.hpp"

namespace tandem::capture {
namespace {

using ::testing::HasSubstr;
using test::operator+;

base::Buffer gzip(base::Bytes in) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  base::Buffer out(compressBound(static_cast<uLong>(in.size())) + 64);
  stream.next_in = const_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

base::Buffer bzip2(base::Bytes in) {
  base::Buffer out(in.size() + in.size() / 50 + 1000);
  auto size = static_cast<unsigned>(out.size());
  char nothing = 0;
  char* content = in.empty() ? &nothing : const_cast<char*>(reinterpret_cast<const char*>(in.data()));
  EXPECT_EQ(BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(out.data()), &size, content, static_cast<unsigned>(in.size()), 1, 0, 0), BZ_OK);
  out.resize(size);
  return out;
}

class InputTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "tandem-input-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // All of a file with this content, or the reason why not.
  std::string all_of(base::Bytes content) {
    std::ofstream(folder_ + "/file", std::ios::binary).write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
    progress = {};
    auto input = open_input(folder_ + "/file", progress);
    if (!input) return input.error().reason();
    std::string out;
    base::Buffer block(100'000);
    while (true) {
      const auto count = (*input)->read(block);
      if (!count) return count.error().reason();
      if (*count == 0) return out;
      out += base::as_text(base::Bytes(block).first(*count));
    }
  }

  Progress progress;
  std::string folder_;
};

// Repetitive, so that much comes out of little.
base::Buffer sample(std::size_t size) {
  base::Buffer out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i / 1000);
  return out;
}

TEST_F(InputTest, PackedFilesAreUnpacked) {
  for (const std::size_t size : {0, 1, 1000, 3'000'000}) {
    const base::Buffer plain = sample(size);
    const std::string text(base::as_text(plain));
    EXPECT_EQ(all_of(plain), text);
    EXPECT_EQ(progress.size, size);
    EXPECT_EQ(progress.read, size);
    EXPECT_EQ(all_of(gzip(plain)), text);
    EXPECT_EQ(progress.read, progress.size);
    EXPECT_EQ(all_of(bzip2(plain)), text);
  }
}

TEST_F(InputTest, SeveralPackedFilesMayStandOneBehindTheOther) {
  const base::Buffer one = sample(2000);
  const base::Buffer two = sample(100);
  const std::string text(base::as_text(base::Buffer(one) + two));
  EXPECT_EQ(all_of(gzip(one) + gzip(two)), text);
  EXPECT_EQ(all_of(bzip2(one) + bzip2(two)), text);
}

TEST_F(InputTest, APackedFileThatIsCutShortOrDamagedIsSaid) {
  for (base::Buffer packed : {gzip(sample(100'000)), bzip2(sample(100'000))}) {
    base::Buffer cut(packed.begin(), packed.end() - 5);
    EXPECT_THAT(all_of(cut), HasSubstr("the packed file is cut short"));
    packed[packed.size() / 2] ^= 0xFF;
    packed[packed.size() / 2 + 1] ^= 0xFF;
    EXPECT_THAT(all_of(packed), HasSubstr("the packed file is"));
  }
}

TEST_F(InputTest, WhatCannotBeOpenedIsSaid) {
  Progress unused;
  EXPECT_THAT(open_input(folder_ + "/nothing", unused).error().reason(), HasSubstr("nothing: No such file"));
  EXPECT_THAT(open_input(folder_, unused).error().reason(), HasSubstr("it is a folder"));
}

TEST_F(InputTest, AReaderKeepsWhatWasNotTaken) {
  std::ofstream(folder_ + "/file") << "abcdefgh";
  Reader reader(*open_input(folder_ + "/file", progress));
  EXPECT_EQ(base::as_text(*reader.peek(3)).substr(0, 3), "abc");
  reader.take(2);
  base::Buffer block(4);
  EXPECT_EQ(*reader.read(block), 4U);
  EXPECT_EQ(base::as_text(block), "cdef");
  EXPECT_EQ(base::as_text(*reader.peek(5)), "gh") << "there is no more";
}

}  // namespace
}  // namespace tandem::capture
