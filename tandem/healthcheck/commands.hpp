// What goes to the speaker and what it answers: two pipes, neither of which may ever hold us, or the speaker, up.
//
// Written is one announcement at a time: while it waits for a speaker that does not read, a newer one takes the place of what of it is not
// begun. Read is everything, at once; counted are the answers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/bytes.hpp"

namespace tandem::healthcheck {

// Complete lines that wait to be written.
class Commands {
 public:
  void say(std::string_view lines);
  [[nodiscard]] std::string_view waiting() const { return std::string_view(text_).substr(written_); }
  // Gives the number of lines that ended among these octets.
  std::size_t written(std::size_t count);

 private:
  std::string text_;
  std::size_t written_ = 0;
  bool begun_ = false;  // the first line that waits is half written
};

// Finds answers in what the speaker writes: `done` and `error`, as words or in JSON. Anything else is no answer, an event for instance.
class Answers {
 public:
  struct Found {
    std::size_t done = 0;
    std::size_t refused = 0;
  };
  Found receive(base::Bytes octets);

 private:
  void end_line(Found& found);
  static constexpr std::size_t k_line_max = 128;  // longer lines are no answers: their beginning is enough
  std::string line_;
};

}  // namespace tandem::healthcheck
