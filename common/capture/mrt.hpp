// Routing information as collectors write it (MRT, RFC 6396, 8050): table dumps of both versions, messages and changes of state.
//
// Entries of tables become the UPDATE that would announce them, so that everything is shown in one form.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/api/message_decoder.hpp"
#include "common/base/error.hpp"
#include "common/capture/conversations.hpp"
#include "common/capture/reader.hpp"

namespace tandem::capture {

// Whether a file may begin so. REQUIRES its first twelve octets.
[[nodiscard]] bool is_mrt(base::Bytes start);

struct StateChange {
  double time = 0;
  const api::MessageSource* source = nullptr;
  bool up = false;  // to Established, or out of it
};

// Gets what stands in the records of a file, in their order.
class MrtVisitor {
 public:
  virtual ~MrtVisitor() = default;
  virtual void message(const FoundMessage& message) = 0;
  virtual void state(const StateChange& change) = 0;
  // A record that cannot be read is left out.
  virtual void bad_record(std::uint64_t number, std::string reason) = 0;
};

class MrtReader {
 public:
  explicit MrtReader(MrtVisitor& visitor) : visitor_(visitor) {}

  // On failure what stands in front of it was given on.
  [[nodiscard]] base::Result<void> read(Reader& reader);
  [[nodiscard]] std::uint64_t records() const { return records_; }
  // Of other protocols and of types that say nothing of routes.
  [[nodiscard]] std::uint64_t passed_over() const { return passed_over_; }

 private:
  struct Record;
  struct Entry;
  void peer_index(const Record& record);
  void table(const Record& record);
  void table_entries(const Record& record, bgp::Family family, base::Bytes nlri, bool add_path, base::ByteReader& reader);
  void old_table(const Record& record);
  void message(const Record& record);
  void announce(const Record& record, const Entry& entry);
  void refuse(std::string reason) { visitor_.bad_record(records_, std::move(reason)); }

  MrtVisitor& visitor_;
  std::uint64_t records_ = 0;
  std::uint64_t passed_over_ = 0;
  std::vector<api::MessageSource> peers_;  // of the last PEER_INDEX_TABLE
  api::MessageSource source_;              // of the record at hand
  base::Buffer built_;                     // the UPDATE of an entry
};

}  // namespace tandem::capture
