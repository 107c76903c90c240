// For tests: an answer whose lines are JSON.
#pragma once

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tandem::api::test {

// Each line of an answer that is JSON, parsed; the terminator must be "done".
inline std::vector<boost::json::value> parsed(const std::string& out) {
  std::vector<boost::json::value> values;
  std::size_t begin = 0;
  std::string last;
  while (begin < out.size()) {
    const std::size_t end = out.find('\n', begin);
    last = out.substr(begin, end - begin);
    begin = end + 1;
    if (last.empty() || (last[0] != '{' && last[0] != '[')) continue;
    boost::system::error_code failed;
    values.push_back(boost::json::parse(last, failed));
    EXPECT_FALSE(failed) << last;
  }
  EXPECT_EQ(last, "done") << out;
  return values;
}

}  // namespace tandem::api::test
