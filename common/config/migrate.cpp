#include "common/config/migrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
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

  // `what` has become of it; else it says so itself.
  void replace(const Node& node, std::string with, std::string_view what = {}) {
    const std::string old = fmt::format("{}{}", fmt::join(node.words, " "), node.block ? " { }" : "");
    const std::string become = with.empty() ? "is gone" : fmt::format("became '{}'", with.substr(0, with.find('\n')));
    note(node, fmt::format("'{}' {}", old, what.empty() ? become : what));
    edits_.push_back({node.begin, node.end, std::move(with)});
  }
  void insert(const Node& place, std::size_t at, std::string text, std::string_view what) {
    if (!what.empty()) note(place, what);
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

constexpr std::string_view k_group = "group";
constexpr std::string_view k_neighbor = "neighbor";
constexpr std::string_view k_process = "process";
constexpr std::string_view k_capability = "capability";

// A statement that has another name, or another place, now.
struct Renamed {
  std::string_view section;
  std::string_view old;
  std::string_view now;      // empty: it is gone
  std::string_view around{}; // the section it stands in now, inside of that one
};
// What stands in a group stands in front of what each of its neighbors says; a keyword that a neighbor has of its own is left out.
// Comments in front of a neighbor stay there, all others are the group's.
std::string open_group(const Pass& pass, const Node& group) {
  const auto is_neighbor = [](const Node& node) { return node.block && node.name() == "neighbor"; };
  std::string neighbors;
  for (const Node& neighbor : group.inner) {
    if (!is_neighbor(neighbor)) continue;
    std::string common;
    std::string_view before;
    std::size_t at = group.body_begin;
    for (const Node& node : group.inner) {
      const std::string_view gap = pass.between(at, node.begin);
      at = node.end;
      const bool own = !node.block && std::any_of(neighbor.inner.begin(), neighbor.inner.end(), [&node](const Node& inner) {
        return !inner.block && inner.name() == node.name();
      });
      if (&node == &neighbor) before = gap;
      if (!own && !is_neighbor(node)) common += fmt::format("{}{}", gap, pass.text_of(node));
    }
    before.remove_prefix(std::min(before.find_first_not_of(" \t"), before.size()));
    neighbors += fmt::format("{}{}{}{}\n", before, pass.between(neighbor.begin, neighbor.body_begin), common,
                             pass.between(neighbor.body_begin, neighbor.end));
  }
  const std::size_t last = group.inner.empty() ? group.body_begin : group.inner.back().end;
  const std::string_view rest = pass.between(last, group.body_end);
  return rest.find('#') == std::string_view::npos ? neighbors : fmt::format("{}{}", neighbors, rest);
}

std::string open_groups(std::string_view text, std::vector<std::string>& changes) {
  Pass pass(text, changes);
  for (const Node& group : pass.root().inner) {
    if (group.block && group.name() == k_group) pass.replace(group, open_group(pass, group));
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

// The same in `receive { }` and `send { }` of 3.4 and 4.0, which stood in the process.
constexpr Renamed k_topics[] = {
    {"", "parsed", "parsed;"},       {"", "packets", "packets;"},       {"", "consolidate", "consolidate;"},
    {"", "open", "open;"},           {"", "opens", "open;"},            {"", "update", "update;"},
    {"", "updates", "update;"},      {"", "routes", "parsed; update;"}, {"", "notification", "notification;"},
    {"", "notifications", "notification;"}, {"", "keepalive", "keepalive;"}, {"", "keepalives", "keepalive;"},
    {"", "refresh", "refresh;"},     {"", "route-refresh", "refresh;"}, {"", "operational", "operational;"},
};

void add_once(std::string& onto, std::string_view words) {
  while (!words.empty()) {
    const std::size_t end = words.find(';') + 1;
    const std::string word = fmt::format(" {}", words.substr(0, end));
    if (onto.find(word) == std::string::npos) onto += word;
    words.remove_prefix(end);
    if (words.starts_with(' ')) words.remove_prefix(1);
  }
}

// What one program is told about one neighbor.
struct Subscription {
  std::string api;
  std::string receive;
  std::string send;

  void add(const Node& node) {
    if (node.block) {
      for (const Node& topic : node.inner) add_topic(node.name() == "send" ? send : receive, topic);
      return;
    }
    const auto* flag = std::find_if(std::begin(k_flags), std::end(k_flags), [&](const Flag& known) { return known.old == node.name(); });
    if (flag == std::end(k_flags)) return;
    add_once(api, flag->api);
    add_once(receive, flag->receive);
    add_once(send, flag->send);
  }
  void add_topic(std::string& onto, const Node& topic) {
    if (topic.name() == "neighbor-changes") return add_once(api, "neighbor-changes;");
    const auto* row = std::find_if(std::begin(k_topics), std::end(k_topics), [&](const Renamed& known) { return known.old == topic.name(); });
    if (row != std::end(k_topics)) add_once(onto, row->now);
  }
};

// It is about events, which the neighbor says now.
bool is_subscription(const Node& node) {
  if (node.block) return node.name() == "receive" || node.name() == "send";
  return std::any_of(std::begin(k_flags), std::end(k_flags), [&](const Flag& row) { return row.old == node.name(); });
}

std::string api_section(std::string_view program, const Node& process) {
  Subscription told;
  for (const Node& node : process.inner) told.add(node);
  if (!told.receive.empty()) told.api += fmt::format(" receive {{{} }}", told.receive);
  if (!told.send.empty()) told.api += fmt::format(" send {{{} }}", told.send);
  return fmt::format("api {{ processes [ {} ];{} }}", program, told.api);
}

// Programs stand outside of neighbors, which name them. Those of one name that are not the same get names of their own.
class Programs {
 public:
  // The name it has now.
  std::string add(const Pass& pass, const Node& process) {
    std::string body;
    for (const Node& inner : process.inner) {
      if (!is_subscription(inner)) body += fmt::format("  {}\n", pass.text_of(inner));
    }
    const std::string name(process.words[1]);
    for (unsigned number = 1;; ++number) {
      const std::string now = number == 1 ? name : fmt::format("{}-{}", name, number);
      const auto [known, added] = bodies_.emplace(now, body);
      if (added) text_ += fmt::format("\nprocess {} {{\n{}}}\n", now, body);
      if (known->second == body) return now;
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::map<std::string, std::string> bodies_;
  std::string text_;
};

std::string take_out_programs(std::string_view text, std::vector<std::string>& changes) {
  Pass pass(text, changes);
  Programs programs;
  visit(pass.root(), [&](const Node& parent, const Node& node) {
    if (parent.name() != k_neighbor || node.name() != k_process || node.words.size() < 2) return;
    pass.replace(node, api_section(node.block ? programs.add(pass, node) : std::string(node.words[1]), node));
  });
  return pass.apply() + programs.text();
}

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
    {"static", "network", "route"},
};

// Families that routes stand for; `minimal` meant those.
std::string families_of(const Pass& pass, const Node& neighbor) {
  std::string families;
  for (const Node& section : neighbor.inner) {
    if (section.name() == "flow") add_once(families, pass.text_of(section).find(':') == std::string_view::npos ? "ipv4 flow;" : "ipv4 flow; ipv6 flow;");
    if (section.name() == "l2vpn") add_once(families, "l2vpn vpls;");
    if (section.name() != "static") continue;
    for (const Node& route : section.inner) {
      const std::string_view all = pass.text_of(route);
      const bool ipv6 = route.words.size() > 1 && route.words[1].find(':') != std::string_view::npos;
      const std::string_view safi = all.find(" rd ") != std::string_view::npos      ? "mpls-vpn"
                                    : all.find(" label ") != std::string_view::npos ? "nlri-mpls"
                                                                                    : "unicast";
      add_once(families, fmt::format("{} {};", ipv6 ? "ipv6" : "ipv4", safi));
    }
  }
  return families.empty() ? "ipv4 unicast;" : families.substr(1);
}

const Renamed* find_renamed(std::string_view section, std::string_view word) {
  const auto* row = std::find_if(std::begin(k_renamed), std::end(k_renamed),
                                 [&](const Renamed& known) { return known.section == section && known.old == word; });
  return row == std::end(k_renamed) ? nullptr : row;
}

// What moves into `capability { }` goes in front of what stands there.
void rename_in_neighbor(Pass& pass, const Node& neighbor) {
  const auto capability = std::find_if(neighbor.inner.begin(), neighbor.inner.end(),
                                       [](const Node& node) { return node.block && node.name() == k_capability; });
  const Node* first_moved = nullptr;
  std::string moved;
  for (const Node& node : neighbor.inner) {
    const Renamed* row = node.block ? nullptr : find_renamed(k_neighbor, node.name());
    if (row == nullptr || row->around.empty()) continue;
    const std::string value = node.name() == "route-refresh" && node.words.size() == 1 ? "enable" : words_from(node, 1);
    moved += fmt::format(" {}{}{};", row->now, value.empty() ? "" : " ", value);
    if (first_moved == nullptr) first_moved = &node;
  }
  for (const Node& node : neighbor.inner) {
    if (!node.block && node.name() == "minimal") pass.replace(node, fmt::format("family {{ {} }}", families_of(pass, neighbor)));
    const Renamed* row = node.block ? nullptr : find_renamed(k_neighbor, node.name());
    if (row == nullptr || row->around.empty()) continue;
    pass.replace(node, &node == first_moved && capability == neighbor.inner.end() ? fmt::format("{} {{{} }}", row->around, moved) : std::string(),
                 fmt::format("stands in {} {{ }}", row->around));
  }
  if (first_moved != nullptr && capability != neighbor.inner.end()) pass.insert(*capability, capability->body_begin, moved, {});
}

std::string rename_3_4(std::string_view text, std::vector<std::string>& changes) {
  Pass pass(text, changes);
  visit(pass.root(), [&](const Node& parent, const Node& node) {
    if (node.block && node.name() == k_neighbor) rename_in_neighbor(pass, node);
    if (node.block && node.name() == "family" && parent.name() == k_neighbor) {
      for (const Node& word : node.inner) {
        if (word.name() == "minimal") pass.replace(word, families_of(pass, parent));
      }
    }
    if (node.block) return;
    std::string value = words_from(node, 1);
    // Several values of a component needed no brackets.
    if (parent.name() == "match" && node.words.size() > 2 && !node.words[1].starts_with('[')) {
      return pass.replace(node, fmt::format("{} [ {} ];", node.name(), value));
    }
    if (parent.name() == k_capability && node.name() == "route-refresh" && value.empty()) return pass.replace(node, "route-refresh enable;");
    const Renamed* row = find_renamed(parent.name(), node.name());
    if (row == nullptr || !row->around.empty()) return;
    pass.replace(node, row->now.empty() ? std::string() : fmt::format("{}{}{};", row->now, value.empty() ? "" : " ", value));
  });
  return pass.apply();
}

// Text is what a program without a word about it was told in.
std::string name_encoders(std::string_view text, std::vector<std::string>& changes) {
  Pass pass(text, changes);
  for (const Node& node : pass.root().inner) {
    if (!node.block || node.name() != k_process) continue;
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

bool is_3_4(std::string_view section, std::string_view word) {
  const bool statement = (section.empty() && word == k_group) || (section == k_neighbor && (word == k_process || word == "minimal")) ||
                         (section == "family" && word == "minimal");
  return statement || find_renamed(section, word) != nullptr;
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
