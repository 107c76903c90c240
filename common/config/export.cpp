#include "common/config/export.hpp"

#include <algorithm>

#include "common/base/json_writer.hpp"
#include "common/config/neighbor_rows.hpp"

namespace tandem::config {

namespace {

using base::JsonWriter;

void write_strings(const std::vector<std::string>& texts, JsonWriter& out) {
  out.begin_array();
  for (const std::string& text : texts) out.string(text);
  out.end_array();
}

void write_rows(SectionId where, const Neighbor& neighbor, JsonWriter& out) {
  for (const NeighborRow& row : neighbor_rows()) {
    if (row.section != where || row.json == nullptr) continue;
    if (row.keyword.block != SectionId::none) out.key(row.keyword.name);
    row.json(neighbor, out);
  }
}

void write_neighbor(const Neighbor& neighbor, JsonWriter& out) {
  out.begin_object();
  write_rows(SectionId::neighbor, neighbor, out);
  out.key("capability");
  out.begin_object();
  write_rows(SectionId::capability, neighbor, out);
  out.end_object();
  if (neighbor.has_tcp_ao()) {
    out.key("tcp-ao");
    out.begin_object();
    write_rows(SectionId::tcp_ao, neighbor, out);
    out.end_object();
  }
  out.key("routes");
  out.begin_array();
  for (const rib::Route& route : neighbor.routes.routes) {
    out.begin_object();
    out.member("family", bgp::to_string(bgp::family_at(route.nlri.family())));
    out.member("route", rib::describe(route));
    out.end_object();
  }
  out.end_array();
  out.end_object();
}

// --- schema

void write_type(std::string_view type, JsonWriter& out) { out.member("type", type); }

void write_list_schema(JsonWriter& out, void (*item)(JsonWriter&)) {
  out.begin_object();
  write_type("array", out);
  out.key("items");
  item(out);
  out.end_object();
}

void text_item(JsonWriter& out) {
  out.begin_object();
  write_type("string", out);
  out.end_object();
}

void route_item(JsonWriter& out) {
  out.begin_object();
  write_type("object", out);
  out.key("properties");
  out.begin_object();
  for (const std::string_view name : {"family", "route"}) {
    out.key(name);
    text_item(out);
  }
  out.end_object();
  out.key("required");
  write_strings({"family", "route"}, out);
  out.member("additionalProperties", false);
  out.end_object();
}

void write_row_schema(const NeighborRow& row, JsonWriter& out) {
  out.key(row.keyword.name);
  out.begin_object();
  row.schema(out);
  out.member("description", row.keyword.help);
  out.end_object();
}

void write_section_schema(SectionId where, JsonWriter& out);

// The members of a section; those of a neighbor that are sections themselves follow.
void write_properties(SectionId where, JsonWriter& out) {
  for (const NeighborRow& row : neighbor_rows()) {
    if (row.section == where && row.schema != nullptr) write_row_schema(row, out);
  }
  if (where != SectionId::neighbor) return;
  for (const SectionId inner : {SectionId::capability, SectionId::tcp_ao}) {
    out.key(section(inner).name);
    write_section_schema(inner, out);
  }
  out.key("routes");
  write_list_schema(out, route_item);
}

void write_section_schema(SectionId where, JsonWriter& out) {
  out.begin_object();
  write_type("object", out);
  out.key("properties");
  out.begin_object();
  write_properties(where, out);
  out.end_object();
  if (where == SectionId::neighbor) {
    out.key("required");
    write_strings({"peer-address", "local-as", "peer-as"}, out);
  }
  out.member("additionalProperties", false);
  out.end_object();
}

void write_process_schema(JsonWriter& out) {
  out.begin_object();
  write_type("object", out);
  out.key("properties");
  out.begin_object();
  out.key("run");
  write_list_schema(out, text_item);
  out.key("encoder");
  out.begin_object();
  write_type("string", out);
  out.key("enum");
  write_strings({"text", "json"}, out);
  out.end_object();
  for (const std::string_view name : {"respawn", "state-snapshot"}) {
    out.key(name);
    out.begin_object();
    write_type("boolean", out);
    out.end_object();
  }
  out.key("on-exit");
  out.begin_object();
  write_type("string", out);
  out.key("enum");
  write_strings({"withdraw", "keep"}, out);
  out.end_object();
  out.end_object();
  out.key("required");
  write_strings({"run"}, out);
  out.member("additionalProperties", false);
  out.end_object();
}

void write_neighbor_schema(JsonWriter& out) { write_section_schema(SectionId::neighbor, out); }

void write_whole_schema(JsonWriter& out) {
  out.begin_object();
  out.member("$schema", "http://json-schema.org/draft-07/schema#");
  out.member("title", "configuration of tandem");
  write_type("object", out);
  out.key("properties");
  out.begin_object();
  out.key("process");
  out.begin_object();
  write_type("object", out);
  out.key("additionalProperties");
  write_process_schema(out);
  out.end_object();
  out.key("neighbor");
  write_list_schema(out, write_neighbor_schema);
  out.end_object();
  out.member("additionalProperties", false);
  out.end_object();
}

// Lists of a neighbor have a schema, too.
const NeighborRow* find_list(std::string_view name) {
  for (const NeighborRow& row : neighbor_rows()) {
    if (row.keyword.block != SectionId::none && row.schema != nullptr && row.keyword.name == name) return &row;
  }
  return nullptr;
}

}  // namespace

std::string export_json(const Configuration& configuration) {
  std::string text;
  JsonWriter out(text);
  out.begin_object();
  out.key("process");
  out.begin_object();
  for (const ProgramDefinition& program : configuration.programs) {
    out.key(program.name);
    out.begin_object();
    out.key("run");
    write_strings(program.arguments, out);
    out.member("encoder", program.encoder == Encoder::json ? "json" : "text");
    out.member("respawn", program.respawn);
    out.member("state-snapshot", program.state_snapshot);
    out.member("on-exit", program.withdraw_on_exit ? "withdraw" : "keep");
    out.end_object();
  }
  out.end_object();
  out.key("neighbor");
  out.begin_array();
  for (const Neighbor& neighbor : configuration.neighbors) write_neighbor(neighbor, out);
  out.end_array();
  out.end_object();
  return text;
}

std::vector<std::string> schema_sections() {
  std::vector<std::string> names = {"process", "neighbor", "capability", "tcp-ao", "routes"};
  for (const NeighborRow& row : neighbor_rows()) {
    if (row.keyword.block != SectionId::none && row.schema != nullptr) names.emplace_back(row.keyword.name);
  }
  return names;
}

std::optional<std::string> schema_json(std::string_view section) {
  std::string text;
  JsonWriter out(text);
  if (section.empty()) {
    write_whole_schema(out);
  } else if (section == "process") {
    write_process_schema(out);
  } else if (section == "neighbor") {
    write_section_schema(SectionId::neighbor, out);
  } else if (section == "capability") {
    write_section_schema(SectionId::capability, out);
  } else if (section == "tcp-ao") {
    write_section_schema(SectionId::tcp_ao, out);
  } else if (section == "routes") {
    write_list_schema(out, route_item);
  } else if (const NeighborRow* list = find_list(section)) {
    out.begin_object();
    list->schema(out);
    out.member("description", list->keyword.help);
    out.end_object();
  } else {
    return std::nullopt;
  }
  return text;
}

std::string indent_json(std::string_view json, unsigned width) {
  if (width == 0) return std::string(json);
  std::string out;
  std::size_t depth = 0;
  bool quoted = false;
  const auto start_line = [&] { out.append(1, '\n').append(depth * width, ' '); };
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      out += c;
      if (c == '\\' && i + 1 < json.size()) out += json[++i];
      else if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
      out += c;
    } else if (c == '{' || c == '[') {
      const std::size_t next = json.find_first_not_of(' ', i + 1);
      out += c;
      if (next != std::string_view::npos && (json[next] == '}' || json[next] == ']')) {
        out += json[i = next];
        continue;
      }
      ++depth;
      start_line();
    } else if (c == '}' || c == ']') {
      --depth;
      start_line();
      out += c;
    } else if (c == ',') {
      out += c;
      start_line();
    } else if (c == ':') {
      out += ": ";
    } else if (c != ' ') {
      out += c;
    }
  }
  return out;
}

}  // namespace tandem::config
