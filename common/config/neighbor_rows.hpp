// The keywords of a neighbor as rows (neighbor_keywords.inc): what is known about each, for whoever needs it.
#pragma once

#include <span>

#include "common/base/json_writer.hpp"
#include "common/config/draft.hpp"
#include "common/config/impact.hpp"
#include "common/config/printer.hpp"
#include "common/config/section.hpp"

namespace tandem::config {

struct NeighborRow {
  Keyword keyword;
  SectionId section;  // neighbor, capability or tcp-ao, where it is written
  Impact impact;
  // Null: it keeps nothing of its own.
  void (*merge)(NeighborDraft& onto, const NeighborDraft& from);  // of a template: its value wins, its list is appended
  void (*fill)(const NeighborDraft& draft, Neighbor& neighbor);   // the default where nothing is given; in the order of the rows
  bool (*same)(const Neighbor& a, const Neighbor& b);
  void (*print)(const Neighbor& neighbor, Printer& to);
  void (*json)(const Neighbor& neighbor, base::JsonWriter& out);  // its member, of a list what follows its name
  void (*schema)(base::JsonWriter& out);
  std::string (*fallback)();  // the default as it would be written; "": none can be
};
[[nodiscard]] std::span<const NeighborRow> neighbor_rows();
[[nodiscard]] std::string_view topic_name(Topic topic);

// What keeps a list, for TANDEM_LIST.
struct NothingKept {};
struct FamilyList {
  static void merge(NeighborDraft& onto, const NeighborDraft& from);
  static void fill(const NeighborDraft& draft, Neighbor& neighbor);  // sorted, without repeats; all known ones when none is written
  static bool same(const Neighbor& a, const Neighbor& b) { return a.families == b.families; }
  static void print(const Neighbor& neighbor, Printer& to);
  static void json(const Neighbor& neighbor, base::JsonWriter& out);
  static void schema(base::JsonWriter& out);
};
struct NextHopList {
  static void merge(NeighborDraft& onto, const NeighborDraft& from);
  static void fill(const NeighborDraft& draft, Neighbor& neighbor);  // REQUIRES families
  static bool same(const Neighbor& a, const Neighbor& b) { return a.extended_next_hops == b.extended_next_hops; }
  static void print(const Neighbor& neighbor, Printer& to);
  static void json(const Neighbor& neighbor, base::JsonWriter& out);
  static void schema(base::JsonWriter& out);
};
struct AddPathList {
  static void merge(NeighborDraft& onto, const NeighborDraft& from);
  static void fill(const NeighborDraft& draft, Neighbor& neighbor);  // REQUIRES families and the mode
  static bool same(const Neighbor& a, const Neighbor& b);
  static void print(const Neighbor& neighbor, Printer& to);
  static void json(const Neighbor& neighbor, base::JsonWriter& out);
  static void schema(base::JsonWriter& out);
};
struct PrefixLimitList {
  static void merge(NeighborDraft& onto, const NeighborDraft& from);
  static void fill(const NeighborDraft& draft, Neighbor& neighbor);  // REQUIRES families
  static bool same(const Neighbor& a, const Neighbor& b) { return a.prefix_limits == b.prefix_limits; }
  static void print(const Neighbor& neighbor, Printer& to);
  static void json(const Neighbor& neighbor, base::JsonWriter& out);
  static void schema(base::JsonWriter& out);
};
struct OperationalKept {
  static void merge(NeighborDraft& onto, const NeighborDraft& from);
  static void fill(const NeighborDraft& draft, Neighbor& neighbor);
  static bool same(const Neighbor& a, const Neighbor& b) { return a.operational_messages == b.operational_messages; }
  static void print(const Neighbor& neighbor, Printer& to);
};
struct ApiList {  // filled once the whole file is read
  static void merge(NeighborDraft& onto, const NeighborDraft& from);
  static bool same(const Neighbor& a, const Neighbor& b) { return a.api == b.api; }
  static void print(const Neighbor& neighbor, Printer& to);
  static void json(const Neighbor& neighbor, base::JsonWriter& out);
  static void schema(base::JsonWriter& out);
};
struct RoutesKept {  // of all sections with routes; moved into the neighbor when it is checked, compared by diff_routes
  static void merge(NeighborDraft& onto, const NeighborDraft& from);
};

// Copies `from` into `onto`: its scalars win, its lists are appended. Nothing of `from` is shared afterwards.
void merge(NeighborDraft& onto, const NeighborDraft& from);

}  // namespace tandem::config
