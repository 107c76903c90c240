// Where log lines go: standard error, a file, syslog, or a remote syslog daemon. The only room that knows spdlog, and only its
// source file does.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/error.hpp"
#include "common/base/log.hpp"

namespace tandem::log {

// The settings log.* (spec config.md 7).
struct Options {
  bool enable = true;
  bool all = false;         // every category
  bool short_form = true;   // without time and process id
  base::LogLevel level = base::LogLevel::info;
  // stdout, stderr, syslog, host:ADDRESS, file:PATH, /PATH, ~/PATH. Both stdout and stderr are standard error: standard output
  // belongs to what people asked for (spec config.md 5.3).
  std::string destination = "stdout";
  std::string home;         // what ~ stands for
  std::array<bool, base::k_log_categories> categories{};
};

enum class Destination : std::uint8_t { standard_error, file, syslog, remote };
struct Place {
  Destination kind = Destination::standard_error;
  std::string argument;     // path or address
  bool recognised = true;   // false: unknown words, which stand for standard error and deserve a warning
};
[[nodiscard]] Place parse_destination(std::string_view text, std::string_view home);

// One line stays one line, whatever a peer put into it: control characters become \n, \x1b, and so does everything above 0x7E when
// the text is not UTF-8.
void append_one_line(std::string& out, std::string_view text);

class SpdlogSink final : public base::LogSink {
 public:
  // Opens the destination; the error names it.
  [[nodiscard]] static base::Result<std::unique_ptr<SpdlogSink>> open(const Options& options);
  ~SpdlogSink() override;
  void write(base::LogCategory category, base::LogLevel level, std::string_view line) override;

 private:
  class Loggers;  // keeps spdlog out of this header
  explicit SpdlogSink(std::unique_ptr<Loggers> loggers);
  std::unique_ptr<Loggers> loggers_;
  std::string escaped_;  // reused from line to line
};

// Sets base's thresholds from the options.
void apply_thresholds(const Options& options);

}  // namespace tandem::log
