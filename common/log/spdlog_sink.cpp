#include "common/log/spdlog_sink.hpp"

#include <fmt/format.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>


#include "common/base/format.hpp"
#include "common/base/json_writer.hpp"
#include "common/log/output.hpp"
#include "common/log/writer.hpp"

namespace tandem::log {

namespace {

constexpr const char* k_short_pattern = "%-8l %-13n %v";
constexpr const char* k_long_pattern = "%Y-%m-%d %H:%M:%S.%e %-6P %-8l %-13n %v";

spdlog::level::level_enum to_spdlog(base::LogLevel level) {
  switch (level) {
    case base::LogLevel::debug: return spdlog::level::debug;
    case base::LogLevel::info: return spdlog::level::info;
    case base::LogLevel::warning: return spdlog::level::warn;
    case base::LogLevel::error: return spdlog::level::err;
    case base::LogLevel::critical: return spdlog::level::critical;
    case base::LogLevel::off: break;
  }
  return spdlog::level::off;
}

}  // namespace

// How a line looks. One object a thread: spdlog's formatter keeps the second it formatted last.
class SpdlogSink::Form {
 public:
  explicit Form(bool short_form) : formatter_(short_form ? k_short_pattern : k_long_pattern, spdlog::pattern_time_type::local, "\n") {}
  // Valid until the next call.
  std::string_view operator()(base::LogCategory category, base::LogLevel level, std::string_view text) {
    const std::string_view name = base::to_string(category);
    buffer_.clear();
    formatter_.format(spdlog::details::log_msg(spdlog::string_view_t(name.data(), name.size()), to_spdlog(level),
                                               spdlog::string_view_t(text.data(), text.size())),
                      buffer_);
    return {buffer_.data(), buffer_.size()};
  }

 private:
  spdlog::pattern_formatter formatter_;
  spdlog::memory_buf_t buffer_;
};

SpdlogSink::SpdlogSink(std::unique_ptr<Output> output, bool short_form, std::size_t queue_octets) : form_(std::make_unique<Form>(short_form)) {
  const auto notice = [form = std::make_shared<Form>(short_form)](base::LogLevel level, std::string_view text) {
    return std::string((*form)(base::LogCategory::daemon, level, text));
  };
  writer_ = std::make_unique<Writer>(std::move(output), notice, queue_octets);
}

SpdlogSink::~SpdlogSink() { tell_repeats(); }

base::Result<std::unique_ptr<SpdlogSink>> SpdlogSink::open(const Options& options) {
  const Place place = parse_destination(options.destination, options.home);
  auto output = open_output(place);
  if (!output) return output.error();
  std::unique_ptr<SpdlogSink> result(new SpdlogSink(std::move(output.value()), options.short_form, k_queue_octets));
  if (!place.recognised) {
    result->write(base::LogCategory::configuration, base::LogLevel::warning,
                  fmt::format("log.destination '{}' is none of stdout, stderr, syslog, host:ADDRESS, file:PATH: logging to standard error",
                              options.destination));
  }
  return result;
}

std::unique_ptr<SpdlogSink> SpdlogSink::to_descriptor(int descriptor, bool short_form, std::size_t queue_octets) {
  return std::unique_ptr<SpdlogSink>(new SpdlogSink(output_to(descriptor), short_form, queue_octets));
}

void SpdlogSink::start() { writer_->start(); }

void SpdlogSink::write(base::LogCategory category, base::LogLevel level, std::string_view line) {
  const auto push = [this](base::LogCategory of, base::LogLevel at, std::string_view text) { this->push(of, at, text); };
  if (repeats_.admit(category, level, line, std::chrono::steady_clock::now(), push)) push(category, level, line);
}

void SpdlogSink::tell_repeats() {
  repeats_.tell_all([this](base::LogCategory category, base::LogLevel level, std::string_view line) { push(category, level, line); });
}

void SpdlogSink::push(base::LogCategory category, base::LogLevel level, std::string_view line) {
  escaped_.clear();
  append_one_line(escaped_, line);
  writer_->push(level, (*form_)(category, level, escaped_));
}

void SpdlogSink::flush() {
  tell_repeats();
  (void)writer_->flush(Writer::k_last_wait);
}

base::Result<void> SpdlogSink::open_again() { return writer_->open_again(); }

void append_one_line(std::string& out, std::string_view text) {
  const bool keep_high = base::is_valid_utf8(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are control characters too: terminals obey them.
    const bool c1 = keep_high && octet == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (octet == '\n') {
      out += "\\n";
    } else if (octet == '\r') {
      out += "\\r";
    } else if (octet == '\t') {
      out += "\\t";
    } else if (octet < 0x20 || octet == 0x7F || c1 || (octet > 0x7F && !keep_high)) {
      base::append(out, "\\x{:02x}", octet);
      if (c1) base::append(out, "\\x{:02x}", static_cast<unsigned char>(text[++i]));
    } else {
      out += text[i];
    }
  }
}

void apply_thresholds(const Options& options) {
  for (std::size_t i = 0; i < base::k_log_categories; ++i) {
    const bool wanted = options.enable && (options.all || options.categories[i]);
    base::set_log_threshold(static_cast<base::LogCategory>(i), wanted ? options.level : base::LogLevel::off);
  }
}

}  // namespace tandem::log
