// Commented configurations, for `tandem configuration example`.
#include <fmt/format.h>

#include <iterator>

#include "common/config/export.hpp"
#include "common/config/section.hpp"

namespace tandem::config {

namespace {

// A program is a comment, so that the file is valid wherever it is put.
constexpr std::string_view k_short = R"(# A program that may announce routes and is told what the peer announces.
# process watcher {
#   run /usr/local/bin/watcher --verbose;
#   encoder json;
# }

# What several neighbors have in common. What a template says wins over what the neighbor says.
template {
  neighbor edge {
    local-as 65000;
    hold-time 90;
    capability {
      route-refresh;
      graceful-restart 120;
    }
  }
}

neighbor 192.0.2.1 {
  inherit edge;
  description "an upstream";
  router-id 192.0.2.9;
  local-address 192.0.2.9;
  peer-as 65001;
  # md5-password "the same on both sides";

  # Without this section all families are offered.
  family {
    ipv4 unicast;
    ipv6 unicast;
  }

  # api {
  #   processes [ watcher ];
  #   neighbor-changes;
  #   receive { parsed; update; }
  # }

  # `self` is our end of the session.
  static {
    route 198.51.100.0/24 next-hop self community [ 65000:100 ];
    route 203.0.113.0/24 {
      next-hop 192.0.2.9;
      med 100;
      as-path [ 65000 65010 ];
    }
  }
}
)";


class Writer {
 public:
  void line(std::string_view text) { out_ += fmt::format("{:{}}{}\n", "", 2 * depth_, text); }
  // A keyword, as a comment unless it must be there.
  void word(const Keyword& keyword, std::string_view value) {
    if (!keyword.help.empty()) line(fmt::format("# {}", keyword.help));
    const std::string statement = fmt::format("{} {}", keyword.name, value.empty() ? keyword.value : value);
    line(fmt::format("{}{};", value.empty() ? "# " : "", statement.substr(0, statement.find_last_not_of(' ') + 1)));
  }
  // The keywords of a section, those that need a block as sections of their own.
  void section(SectionId id) {
    for (const Keyword& keyword : config::section(id).keywords) {
      const std::string_view value = needed(id, keyword.name);
      if (keyword.command != nullptr) word(keyword, value);
      if (keyword.block == SectionId::none || config::section(keyword.block).keywords.empty()) continue;
      if (!keyword.help.empty()) line(fmt::format("# {}", keyword.help));
      line(fmt::format("{} {{", keyword.name));
      ++depth_;
      section(keyword.block);
      --depth_;
      line("}");
    }
  }
  void open(std::string_view text) {
    line(text);
    ++depth_;
  }
  void close() {
    --depth_;
    line("}");
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  static std::string_view needed(SectionId id, std::string_view keyword) {
    if (id != SectionId::neighbor) return {};
    if (keyword == "local-as") return "65000";
    if (keyword == "peer-as") return "65001";
    if (keyword == "router-id") return "192.0.2.9";
    return {};
  }

  std::string out_;
  int depth_ = 0;
};

std::string full() {
  Writer out;
  out.line("# Every section and keyword. What is not a comment is needed, or does nothing.");
  out.line("#");
  out.line("# process NAME {");
  for (const Keyword& keyword : process_keywords()) {
    out.line(fmt::format("#   {} {};", keyword.name, keyword.value));
    out.line(fmt::format("#     {}", keyword.help));
  }
  out.line("# }");
  out.line("# template { neighbor NAME { ... } } holds what a neighbor holds, for those that say `inherit NAME`.");
  out.line("");
  out.open("neighbor 192.0.2.1 {");
  out.section(SectionId::neighbor);
  out.close();
  return out.take();
}

}  // namespace

std::optional<std::string> example(std::string_view name) {
  if (name == "neighbor") return std::string(k_short);
  if (name == "full") return full();
  return std::nullopt;
}

}  // namespace tandem::config
