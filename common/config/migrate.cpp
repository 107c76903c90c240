#include "common/config/migrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace tandem::config {

namespace {

// A statement as it stands in the text: positions, so that all around it stays.
struct Node {
  std::vector<std::string_view> words;
  std::size_t begin = 0;       // of the first word
  std::size_t end = 0;         // behind the terminator
  std::size_t body_begin = 0;  // of a block: behind `{`
  std::size_t body_end = 0;    // at `}`
  bool block = false;
  std::vector<Node> inner;

  [[nodiscard]] std::string_view name() const { return words.empty() ? std::string_view() : words[0]; }
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  Node whole() {
    Node root;
    root.block = true;
    root.body_end = text_.size();
    while (at_ < text_.size()) {
      read(root, 0);
      if (at_ < text_.size()) ++at_;  // a brace that closes nothing
    }
    return root;
  }

 private:
  static constexpr unsigned k_depth_max = 16;

  void read(Node& parent, unsigned depth) {
    Node node;
    while (skip_blanks()) {
      const char c = text_[at_];
      if (c == '}') return;
      if (node.words.empty()) node.begin = at_;
      if (c == ';') {
        node.end = ++at_;
        parent.inner.push_back(std::exchange(node, {}));
      } else if (c == '{') {
        node.block = true;
        node.body_begin = ++at_;
        if (depth < k_depth_max) read(node, depth + 1);
        node.body_end = at_;
        if (at_ < text_.size()) ++at_;
        node.end = at_;
        parent.inner.push_back(std::exchange(node, {}));
      } else {
        node.words.push_back(word());
      }
    }
  }

  // False at the end of the text.
  bool skip_blanks() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') at_ = std::min(text_.find('\n', at_), text_.size());
      else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') ++at_;
      else if (c == '\\' && text_.substr(at_ + 1).find_first_not_of(" \t\r") == text_.substr(at_ + 1).find('\n')) ++at_;
      else return true;
    }
    return false;
  }

  std::string_view word() {
    const std::size_t start = at_;
    const char quote = text_[at_];
    if (quote == '"' || quote == '\'') {
      at_ = std::min(text_.find(quote, at_ + 1), text_.size() - 1) + 1;
    } else {
      ++at_;
      while (at_ < text_.size() && std::string_view(" \t\r\n;{}#").find(text_[at_]) == std::string_view::npos) ++at_;
    }
    return text_.substr(start, at_ - start);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

struct Edit {
  std::size_t begin;
  std::size_t end;
  std::string text;
};

// One reading of a text, and what is to be changed in it.
class Pass {
 public:
  Pass(std::string_view text, std::vector<std::string>& changes) : text_(text), root_(Reader(text).whole()), changes_(changes) {}

  [[nodiscard]] const Node& root() const { return root_; }
  [[nodiscard]] std::string_view between(std::size_t begin, std::size_t end) const { return text_.substr(begin, end - begin); }
  [[nodiscard]] std::string_view text_of(const Node& node) const { return between(node.begin, node.end); }

  void replace(const Node& node, std::string with) {
    const auto old = std::string(node.block ? fmt::format("{} {{ }}", fmt::join(node.words, " ")) : fmt::format("{}", fmt::join(node.words, " ")));
    note(node, with.empty() ? fmt::format("'{}' is gone", old) : fmt::format("'{}' became '{}'", old, with.substr(0, with.find('\n'))));
    edits_.push_back({node.begin, node.end, std::move(with)});
  }
  void insert(const Node& place, std::size_t at, std::string text, std::string_view what) {
    note(place, what);
    edits_.push_back({at, at, std::move(text)});
  }
  void note(const Node& node, std::string_view what) {
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(node.begin), '\n');
    changes_.push_back(fmt::format("line {}: {}", line, what));
  }
  [[nodiscard]] std::string apply() {
    std::stable_sort(edits_.begin(), edits_.end(), [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
    std::string out;
    std::size_t at = 0;
    for (const Edit& edit : edits_) {
      if (edit.begin < at) continue;  // inside of what was replaced already
      out += between(at, edit.begin);
      out += edit.text;
      at = edit.end;
    }
    out += text_.substr(at);
    return out;
  }

 private:
  std::string_view text_;
  Node root_;
  std::vector<std::string>& changes_;
  std::vector<Edit> edits_;
};

using Visitor = std::function<void(const Node& parent, const Node& node)>;
void visit(const Node& parent, const Visitor& visitor) {
  for (const Node& node : parent.inner) {
    visitor(parent, node);
    visit(node, visitor);
  }
}

std::string words_from(const Node& node, std::size_t first) {
  return fmt::format("{}", fmt::join(node.words.begin() + static_cast<std::ptrdiff_t>(std::min(first, node.words.size())), node.words.end(), " "));
}

// --- 3.4

// What stands in a group stands in front of what each of its neighbors says, which wins.
std::string open_groups(std::string_view text, std::vector<std::string>& changes) {
  Pass pass(text, changes);
  for (const Node& group : pass.root().inner) {
    if (!group.block || group.name() != "group") continue;
    std::string common;
    for (const Node& node : group.inner) {
      if (node.name() != "neighbor") common += fmt::format("\n  {}", pass.text_of(node));
    }
    std::string neighbors;
    for (const Node& node : group.inner) {
      if (!node.block || node.name() != "neighbor") continue;
      neighbors += fmt::format("{}{}{}\n", pass.between(node.begin, node.body_begin), common, pass.between(node.body_begin, node.end));
    }
    pass.replace(group, std::move(neighbors));
  }
  return pass.apply();
}

// What a process in a neighbor was asked to tell, as the `api` of that neighbor says it.
struct Flag {
  std::string_view old;
  std::string_view api;
  std::string_view receive;
  std::string_view send;
};
constexpr Flag k_flags[] = {
    {"peer-updates", "neighbor-changes;", "parsed; update;", ""}, {"neighbor-changes", "neighbor-changes;", "", ""},
    {"parse-routes", "", "parsed; update;", ""},                  {"receive-routes", "", "parsed; update;", ""},
    {"receive-updates", "", "parsed; update;", ""},               {"receive-parsed", "", "parsed;", ""},
    {"receive-packets", "", "packets;", ""},                      {"send-packets", "", "", "packets;"},
    {"consolidate", "", "consolidate;", ""},                      {"receive-opens", "", "parsed; open;", ""},
    {"receive-keepalives", "", "parsed; keepalive;", ""},         {"receive-notifications", "", "parsed; notification;", ""},
    {"receive-refresh", "", "parsed; refresh;", ""},              {"receive-operational", "", "parsed; operational;", ""},
};

void add_once(std::string& onto, std::string_view words) {
  while (!words.empty()) {
    const std::size_t end = words.find(';') + 1;
    const std::string_view word = words.substr(0, end);
    if (onto.find(word) == std::string::npos) onto += fmt::format(" {}", word);
    words.remove_prefix(end);
    if (words.starts_with(' ')) words.remove_prefix(1);
  }
}

std::string api_section(std::string_view program, const Node& flags) {
  std::string api;
  std::string receive;
  std::string send;
  for (const Node& node : flags.inner) {
    const auto* flag = std::find_if(std::begin(k_flags), std::end(k_flags), [&](const Flag& known) { return known.old == node.name(); });
    if (flag == std::end(k_flags)) continue;
    add_once(api, flag->api);
    add_once(receive, flag->receive);
    add_once(send, flag->send);
  }
  if (!receive.empty()) api += fmt::format(" receive {{{} }}", receive);
  if (!send.empty()) api += fmt::format(" send {{{} }}", send);
  return fmt::format("api {{ processes [ {} ];{} }}", program, api);
}

// Programs stand outside of neighbors, which name them.
std::string take_out_programs(std::string_view text, std::vector<std::string>& changes) {
  Pass pass(text, changes);
  std::set<std::string_view> known;
  std::string programs;
  visit(pass.root(), [&](const Node& parent, const Node& node) {
    if (parent.name() != "neighbor" || node.name() != "process" || node.words.size() < 2) return;
    if (node.block && known.insert(node.words[1]).second) {
      programs += fmt::format("\nprocess {} {{\n", node.words[1]);
      for (const Node& inner : node.inner) {
        const bool flag = std::any_of(std::begin(k_flags), std::end(k_flags), [&](const Flag& row) { return row.old == inner.name(); });
        if (!flag) programs += fmt::format("  {}\n", pass.text_of(inner));
      }
      programs += "}\n";
    }
    pass.replace(node, api_section(node.words[1], node));
  });
  return pass.apply() + programs;
}

// A statement that has another name, or another place, now.
struct Renamed {
  std::string_view section;
  std::string_view old;
  std::string_view now;      // empty: it is gone
  std::string_view around{}; // the section it stands in now, inside of that one
};
constexpr Renamed k_renamed[] = {
    {"neighbor", "md5", "md5-password"},
    {"neighbor", "ttl-security", "outgoing-ttl"},
    {"neighbor", "multihop", ""},
    {"neighbor", "asn4", "asn4", "capability"},
    {"neighbor", "graceful-restart", "graceful-restart", "capability"},
    {"neighbor", "route-refresh", "route-refresh", "capability"},
    {"neighbor", "multisession", "multi-session", "capability"},
    {"neighbor", "multi-session", "multi-session", "capability"},
    {"neighbor", "add-path", "add-path", "capability"},
    {"neighbor", "operational", "operational", "capability"},
    {"neighbor", "aigp", "aigp", "capability"},
    {"capability", "multisession", "multi-session"},
    {"family", "inet4", "ipv4"},
    {"family", "inet6", "ipv6"},
    {"family", "inet", "ipv4"},
    {"family", "minimal", "ipv4 unicast"},
    {"static", "network", "route"},
};

std::string rename_3_4(std::string_view text, std::vector<std::string>& changes) {
  Pass pass(text, changes);
  visit(pass.root(), [&](const Node& parent, const Node& node) {
    if (node.block) return;
    std::string value = words_from(node, 1);
    if (node.name() == "route-refresh" && value.empty()) value = "enable";
    const auto* row = std::find_if(std::begin(k_renamed), std::end(k_renamed),
                                   [&](const Renamed& known) { return known.section == parent.name() && known.old == node.name(); });
    const bool bare_refresh = parent.name() == "capability" && node.name() == "route-refresh" && node.words.size() == 1;
    if (row == std::end(k_renamed) && !bare_refresh) return;
    const std::string_view now = bare_refresh ? node.name() : row->now;
    if (now.empty()) return pass.replace(node, "");
    const std::string statement = fmt::format("{}{}{};", now, value.empty() ? "" : " ", value);
    pass.replace(node, bare_refresh || row->around.empty() ? statement : fmt::format("{} {{ {} }}", row->around, statement));
  });
  return pass.apply();
}

// Text is what a program without a word about it was told in.
std::string name_encoders(std::string_view text, std::vector<std::string>& changes) {
  Pass pass(text, changes);
  for (const Node& node : pass.root().inner) {
    if (!node.block || node.name() != "process") continue;
    const bool named = std::any_of(node.inner.begin(), node.inner.end(), [](const Node& inner) { return inner.name() == "encoder"; });
    if (!named) pass.insert(node, node.body_begin, "\n  encoder text;", "'encoder text' was added");
  }
  return pass.apply();
}

// --- later ones

std::string to_5(std::string_view text, std::vector<std::string>& changes) {
  Pass pass(text, changes);
  visit(pass.root(), [&](const Node& parent, const Node& node) {
    if (node.block) return;
    if (parent.name() == "capability" && node.words.size() > 1 && node.words[0] == "route" && node.words[1] == "refresh") {
      const std::string value = words_from(node, 2);
      return pass.replace(node, fmt::format("route-refresh{}{};", value.empty() ? "" : " ", value));
    }
    const auto old = std::find_if(node.words.begin(), node.words.end(), [](std::string_view word) { return word.find("not-a-fragment") != std::string_view::npos; });
    if (old == node.words.end()) return;
    std::string statement(pass.text_of(node));
    for (std::size_t at = statement.find("not-a-fragment"); at != std::string::npos; at = statement.find("not-a-fragment")) {
      statement.replace(at, std::string_view("not-a-fragment").size(), "!is-fragment");
    }
    pass.replace(node, std::move(statement));
  });
  std::string out = pass.apply();
  // a file of settings
  for (const auto& [old, now] : {std::pair{"\nonce = true", "\nattempts = 1"}, std::pair{"\nonce = false", "\nattempts = 0"}}) {
    if (const std::size_t at = out.find(old); out.find("[exabgp.tcp]") != std::string::npos && at != std::string::npos) {
      out.replace(at, std::string_view(old).size(), now);
      changes.push_back(fmt::format("'{}' became '{}'", old + 1, now + 1));
    }
  }
  return out;
}

std::string to_main(std::string_view text, std::vector<std::string>& changes) {
  constexpr std::string_view k_old = "nlri-mpls";
  Pass pass(text, changes);
  visit(pass.root(), [&](const Node&, const Node& node) {
    if (node.block || std::find(node.words.begin(), node.words.end(), k_old) == node.words.end()) return;
    std::vector<std::string_view> words = node.words;
    std::replace(words.begin(), words.end(), k_old, std::string_view("labeled-unicast"));
    pass.replace(node, fmt::format("{};", fmt::join(words, " ")));
  });
  return pass.apply();
}

}  // namespace

std::optional<Dialect> parse_dialect(std::string_view text) {
  constexpr std::pair<std::string_view, Dialect> k_names[] = {{"3.4", Dialect::v3_4}, {"4", Dialect::v4}, {"5", Dialect::v5}, {"main", Dialect::main}};
  const auto* found = std::find_if(std::begin(k_names), std::end(k_names), [text](const auto& row) { return row.first == text; });
  return found == std::end(k_names) ? std::nullopt : std::optional(found->second);
}

Migration migrate(std::string_view text, Dialect from, Dialect to) {
  using Step = std::string (*)(std::string_view, std::vector<std::string>&);
  constexpr std::pair<Dialect, Step> k_steps[] = {{Dialect::v3_4, open_groups}, {Dialect::v3_4, take_out_programs}, {Dialect::v3_4, rename_3_4},
                                                  {Dialect::v3_4, name_encoders}, {Dialect::v4, to_5}, {Dialect::v5, to_main}};
  Migration out{std::string(text), {}};
  for (const auto& [version, step] : k_steps) {
    if (version >= from && version < to) out.text = step(out.text, out.changes);
  }
  return out;
}

}  // namespace tandem::config
