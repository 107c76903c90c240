#include "common/log/spdlog_sink.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <sys/socket.h>
#include <syslog.h>

#include <cstring>
#include <system_error>

#include "common/base/ip.hpp"
#include "common/base/json_writer.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::log {

namespace {

constexpr const char* k_identity = "tandem";
constexpr const char* k_short_pattern = "%-8l %-13n %v";
constexpr const char* k_long_pattern = "%Y-%m-%d %H:%M:%S.%e %-6P %-8l %-13n %v";
constexpr std::uint16_t k_syslog_port = 514;

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

int syslog_severity(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::critical: return LOG_CRIT;
    case spdlog::level::err: return LOG_ERR;
    case spdlog::level::warn: return LOG_WARNING;
    case spdlog::level::info: return LOG_INFO;
    default: return LOG_DEBUG;
  }
}

// One UDP datagram a line (RFC 3164). A line that cannot be sent is lost: a log must never stop the daemon.
class RemoteSyslogSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit RemoteSyslogSink(base::UniqueFd fd) : fd_(std::move(fd)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t formatted;
    formatter_->format(message, formatted);
    const std::string datagram = fmt::format("<{}>{}: {}", LOG_DAEMON | syslog_severity(message.level), k_identity,
                                             std::string_view(formatted.data(), formatted.size()));
    (void)::send(fd_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  void flush_() override {}

 private:
  base::UniqueFd fd_;
};

base::Error trouble(std::string_view destination, std::string_view reason) {
  return base::Error(fmt::format("log.destination {}: {}", destination, reason));
}

// Addresses only: looking a name up could block a daemon whose network is what it is about to bring up.
base::Result<spdlog::sink_ptr> open_remote(const std::string& text) {
  const auto address = base::IpAddress::parse(text);
  if (!address) return trouble("host:" + text, "an IPv4 or IPv6 address is expected after host:");
  sockaddr_storage storage{};
  socklen_t length = 0;
  if (address->is_v6()) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(k_syslog_port);
    std::memcpy(&v6.sin6_addr, address->bytes().data(), 16);
    std::memcpy(&storage, &v6, length = sizeof v6);
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(k_syslog_port);
    std::memcpy(&v4.sin_addr, address->bytes().data(), 4);
    std::memcpy(&storage, &v4, length = sizeof v4);
  }
  base::UniqueFd fd(::socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0) {
    return trouble("host:" + text, std::generic_category().message(errno));
  }
  return spdlog::sink_ptr(std::make_shared<RemoteSyslogSink>(std::move(fd)));
}

base::Result<spdlog::sink_ptr> open_sink(const Place& place) {
  switch (place.kind) {
    case Destination::syslog:
      return spdlog::sink_ptr(std::make_shared<spdlog::sinks::syslog_sink_st>(k_identity, LOG_PID, LOG_DAEMON, true));
    case Destination::remote: return open_remote(place.argument);
    case Destination::file:
      try {
        return spdlog::sink_ptr(std::make_shared<spdlog::sinks::basic_file_sink_st>(place.argument));
      } catch (const spdlog::spdlog_ex& failure) {
        return trouble(place.argument, failure.what());
      }
    case Destination::standard_error: break;
  }
  return spdlog::sink_ptr(std::make_shared<spdlog::sinks::stderr_sink_st>());
}

}  // namespace

class SpdlogSink::Loggers {
 public:
  Loggers(const spdlog::sink_ptr& sink, bool short_form) {
    for (std::size_t i = 0; i < base::k_log_categories; ++i) {
      auto& logger = loggers_[i];
      logger = std::make_unique<spdlog::logger>(std::string(base::to_string(static_cast<base::LogCategory>(i))), sink);
      logger->set_level(spdlog::level::trace);     // base's thresholds decide
      logger->flush_on(spdlog::level::info);       // a file is worth reading while the daemon runs
      // A full disk is told once a second on standard error by spdlog's own handler; never as an exception.
    }
    sink->set_pattern(short_form ? k_short_pattern : k_long_pattern);
  }
  spdlog::logger& of(base::LogCategory category) { return *loggers_[static_cast<std::size_t>(category)]; }

 private:
  std::array<std::unique_ptr<spdlog::logger>, base::k_log_categories> loggers_;
};

SpdlogSink::SpdlogSink(std::unique_ptr<Loggers> loggers) : loggers_(std::move(loggers)) {}
SpdlogSink::~SpdlogSink() = default;

base::Result<std::unique_ptr<SpdlogSink>> SpdlogSink::open(const Options& options) {
  const Place place = parse_destination(options.destination, options.home);
  auto sink = open_sink(place);
  if (!sink) return sink.error();
  std::unique_ptr<SpdlogSink> result(new SpdlogSink(std::make_unique<Loggers>(sink.value(), options.short_form)));
  if (!place.recognised) {
    result->write(base::LogCategory::configuration, base::LogLevel::warning,
                  fmt::format("log.destination '{}' is none of stdout, stderr, syslog, host:ADDRESS, file:PATH: logging to standard error",
                              options.destination));
  }
  return result;
}

void SpdlogSink::write(base::LogCategory category, base::LogLevel level, std::string_view line) {
  escaped_.clear();
  append_one_line(escaped_, line);
  loggers_->of(category).log(to_spdlog(level), spdlog::string_view_t(escaped_.data(), escaped_.size()));
}

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
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", octet);
      if (c1) fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text[++i]));
    } else {
      out += text[i];
    }
  }
}

Place parse_destination(std::string_view text, std::string_view home) {
  if (text.empty() || text == "stdout" || text == "stderr") return {};
  if (text == "syslog") return {Destination::syslog, {}, true};
  if (text.starts_with("host:")) return {Destination::remote, std::string(text.substr(5)), true};
  if (text.starts_with("file:")) text.remove_prefix(5);
  else if (!text.starts_with('/') && !text.starts_with("~/")) return {Destination::standard_error, {}, false};
  if (text.starts_with("~/")) return {Destination::file, std::string(home) + std::string(text.substr(1)), true};
  return {Destination::file, std::string(text), true};
}

void apply_thresholds(const Options& options) {
  for (std::size_t i = 0; i < base::k_log_categories; ++i) {
    const bool wanted = options.enable && (options.all || options.categories[i]);
    base::set_log_threshold(static_cast<base::LogCategory>(i), wanted ? options.level : base::LogLevel::off);
  }
}

}  // namespace tandem::log
