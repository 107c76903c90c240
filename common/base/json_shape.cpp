#include "common/base/json_shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "common/base/json_writer.hpp"

namespace tandem::base {

namespace {

[[nodiscard]] std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

[[nodiscard]] bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'; }
[[nodiscard]] bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Python searches, others match: both ends are said.
[[nodiscard]] std::string anchored(std::string_view pattern) { return quoted(fmt::format("^({})$", pattern)); }

struct Members {
  std::vector<std::string> properties;
  std::vector<std::string> required;
  std::vector<std::string> patterns;
  std::vector<std::string> parts;
  bool open = false;

  [[nodiscard]] std::string schema() const {
    std::string out = R"({"type": "object")";
    if (!parts.empty()) out += fmt::format(R"(, "allOf": [{}])", fmt::join(parts, ", "));
    if (!properties.empty()) out += fmt::format(R"(, "properties": {{{}}})", fmt::join(properties, ", "));
    if (!patterns.empty()) out += fmt::format(R"(, "patternProperties": {{{}}})", fmt::join(patterns, ", "));
    if (!required.empty()) out += fmt::format(R"(, "required": [{}])", fmt::join(required, ", "));
    if (!open) out += R"(, "unevaluatedProperties": false)";
    return out + '}';
  }
};

// Reads a shape and writes its schema. After a mistake it goes on with nothing, and the first one counts.
class Compiler {
 public:
  Compiler(std::string_view shape, bool version_4, std::span<const ShapeDefinition> definitions, std::set<std::string>& used)
      : shape_(shape), version_4_(version_4), definitions_(definitions), used_(used) {}

  [[nodiscard]] Result<std::string> run() {
    std::string out = choice();
    if (next() != '\0') fail("the end");
    if (mistake_) return Error(*mistake_);
    return Result<std::string>(boost::system::in_place_value, std::move(out));
  }

 private:
  // The next character that is not blank; 0 at the end and after a mistake.
  char next() {
    while (at_ < shape_.size() && shape_[at_] == ' ') ++at_;
    return at_ < shape_.size() && !mistake_ ? shape_[at_] : '\0';
  }
  bool take(std::string_view what) {
    if (next() == '\0' || !shape_.substr(at_).starts_with(what)) return false;
    at_ += what.size();
    return true;
  }
  void expect(std::string_view what) {
    if (!take(what)) fail(fmt::format("'{}'", what));
  }
  void fail(std::string_view expected) {
    if (!mistake_) mistake_ = fmt::format("{} is expected at {} of the shape {}", expected, at_, shape_);
  }
  // What stands up to a character, which is taken too.
  std::string_view until(char end) {
    const std::size_t close = shape_.find(end, at_);
    if (close == std::string_view::npos) {
      fail(fmt::format("'{}'", end));
      return {};
    }
    const std::string_view text = shape_.substr(at_, close - at_);
    at_ = close + 1;
    return text;
  }
  std::string_view word() {
    next();
    const std::size_t start = at_;
    while (at_ < shape_.size() && is_word(shape_[at_]) && !shape_.substr(at_).starts_with("..")) ++at_;
    if (at_ == start) fail("a word");
    return shape_.substr(start, at_ - start);
  }

  const ShapeDefinition* find(std::string_view name) const {
    const auto found = std::find_if(definitions_.begin(), definitions_.end(), [name](const auto& definition) { return definition.name == name; });
    return found == definitions_.end() ? nullptr : &*found;
  }
  std::string reference(std::string_view name) {
    if (find(name) == nullptr) fail(fmt::format("a definition of '{}'", name));
    used_.insert(std::string(name));
    return fmt::format(R"({{"$ref": "#/$defs/{}"}})", name);
  }

  // Words that stand for themselves are one enumeration.
  std::string choice() {
    std::vector<std::string> words;
    std::vector<std::string> others;
    do {
      if (take("\"")) words.push_back(quoted(until('"')));
      else others.push_back(single());
    } while (take("|"));
    if (words.size() == 1) others.insert(others.begin(), fmt::format(R"({{"const": {}}})", words[0]));
    else if (!words.empty()) others.insert(others.begin(), fmt::format(R"({{"enum": [{}]}})", fmt::join(words, ", ")));
    return others.size() == 1 ? others[0] : fmt::format(R"({{"anyOf": [{}]}})", fmt::join(others, ", "));
  }

  std::string single() {
    if (take("{")) return object();
    if (take("[")) return array();
    if (take("`")) return fmt::format(R"({{"type": "string", "pattern": {}}})", anchored(until('`')));
    if (is_digit(next())) return range();
    const std::string_view name = word();
    if (name == "true" || name == "false") return fmt::format(R"({{"const": {}}})", name);
    if (name == "string" || name == "number" || name == "boolean" || name == "null") return fmt::format(R"({{"type": "{}"}})", name);
    return reference(name);
  }

  std::string range() {
    const std::string_view from = word();
    expect("..");
    if (!is_digit(next())) return fmt::format(R"({{"type": "integer", "minimum": {}}})", from);
    return fmt::format(R"({{"type": "integer", "minimum": {}, "maximum": {}}})", from, word());
  }

  std::string array() {
    std::vector<std::string> items = {choice()};
    std::size_t required = 0;
    const bool may_miss = take("?");
    if (!may_miss && take("]")) return fmt::format(R"({{"type": "array", "items": {}}})", items[0]);
    required = may_miss ? 0 : 1;
    while (take(",")) {
      items.push_back(choice());
      if (!take("?")) ++required;
    }
    expect("]");
    return fmt::format(R"({{"type": "array", "prefixItems": [{}], "items": false, "minItems": {}}})", fmt::join(items, ", "), required);
  }

  void member(Members& members) {
    if (take("...")) {
      const char end = next();
      if (end == ',' || end == '}') members.open = true;
      else members.parts.push_back(reference(word()));
      return;
    }
    if (take("`") || take("<")) {
      const bool named = shape_[at_ - 1] == '<';
      const std::string_view text = until(named ? '>' : '`');
      const ShapeDefinition* definition = named ? find(text) : nullptr;
      if (named && (definition == nullptr || !definition->shape.starts_with('`') || !definition->shape.ends_with('`'))) fail("the name of a pattern");
      if (mistake_) return;
      const std::string_view pattern = named ? std::string_view(definition->shape).substr(1, definition->shape.size() - 2) : text;
      expect(":");
      members.patterns.push_back(fmt::format("{}: {}", anchored(pattern), choice()));
      return;
    }
    const std::string key = quoted(take("\"") ? until('"') : word());
    const bool may_miss = take("?");
    const bool of_version_4 = may_miss && take("4");
    expect(":");
    const std::string value = choice();
    if (of_version_4 && !version_4_) return;
    members.properties.push_back(fmt::format("{}: {}", key, value));
    if (!may_miss) members.required.push_back(key);
  }

  std::string object() {
    Members members;
    do member(members);
    while (take(","));
    expect("}");
    return members.schema();
  }

  std::string_view shape_;
  bool version_4_;
  std::span<const ShapeDefinition> definitions_;
  std::set<std::string>& used_;
  std::size_t at_ = 0;
  std::optional<std::string> mistake_;
};

}  // namespace

Result<std::string> json_schema(const SchemaHead& head, std::string_view shape, std::span<const ShapeDefinition> definitions) {
  std::set<std::string> used;
  const auto compile = [&](std::string_view text) { return Compiler(text, head.version_4, definitions, used).run(); };
  const auto root = compile(shape);
  if (!root) return root.error();
  // A definition may need others, whichever stands first.
  std::vector<std::string> compiled(definitions.size());
  for (bool more = true; more;) {
    more = false;
    for (std::size_t i = 0; i < definitions.size(); ++i) {
      if (!compiled[i].empty() || !used.contains(definitions[i].name)) continue;
      const auto schema = compile(definitions[i].shape);
      if (!schema) return schema.error();
      compiled[i] = *schema;
      more = true;
    }
  }
  std::vector<std::string> defined;
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    if (!compiled[i].empty()) defined.push_back(fmt::format("{}: {}", quoted(definitions[i].name), compiled[i]));
  }
  return Result<std::string>(boost::system::in_place_value,
                             fmt::format(R"({{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": {}, "title": {}, {}, "$defs": {{{}}}}})",
                                         quoted(head.id), quoted(head.title), root->substr(1, root->size() - 2), fmt::join(defined, ", ")));
}

}  // namespace tandem::base
