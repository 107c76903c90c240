// The sink of the program: a line is formatted (by spdlog, which only this room knows, and only its source file) and queued for the thread
// that writes to standard error, a file, syslog, or a remote syslog daemon. Logging never waits for any of them.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/error.hpp"
#include "common/base/log.hpp"
#include "common/log/destination.hpp"
#include "common/log/repeats.hpp"

namespace tandem::log {

class Output;
class Writer;

// The settings log.*.
struct Options {
  bool enable = true;
  bool all = false;         // every category
  bool short_form = true;   // without time and process id
  base::LogLevel level = base::LogLevel::info;
  std::string destination = "stdout";
  std::string home;         // what ~ stands for
  std::array<bool, base::k_log_categories> categories{};
};

// One line stays one line, whatever a peer put into it: control characters become \n, \x1b, and so does everything above 0x7E when
// the text is not UTF-8.
void append_one_line(std::string& out, std::string_view text);

class SpdlogSink final : public base::LogSink {
 public:
  static constexpr std::size_t k_queue_octets = std::size_t{1024} * 1024;  // some ten thousand lines; beyond it they are dropped

  // Opens the destination; the error names it. Lines wait until start().
  [[nodiscard]] static base::Result<std::unique_ptr<SpdlogSink>> open(const Options& options);
  // The same to a descriptor, which is not owned.
  [[nodiscard]] static std::unique_ptr<SpdlogSink> to_descriptor(int descriptor, bool short_form, std::size_t queue_octets = k_queue_octets);
  ~SpdlogSink() override;
  // Begins to write, with a thread: when the process does not fork any more.
  void start();
  void write(base::LogCategory category, base::LogLevel level, std::string_view line) override;
  void flush() override;  // waits for half a second at most
  [[nodiscard]] base::Result<void> open_again() override;

 private:
  class Form;  // keeps spdlog out of this header
  SpdlogSink(std::unique_ptr<Output> output, bool short_form, std::size_t queue_octets);
  void push(base::LogCategory category, base::LogLevel level, std::string_view line);
  void tell_repeats();
  std::unique_ptr<Form> form_;
  std::unique_ptr<Writer> writer_;
  Repeats repeats_;
  std::string escaped_;  // reused from line to line
};

// Sets base's thresholds from the options.
void apply_thresholds(const Options& options);

}  // namespace tandem::log
