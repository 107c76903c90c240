// What `tandem decode` does with its input: finds the messages in it and prints them, a block at a time, whatever there is.
#pragma once

#include <string>
#include <string_view>

#include "common/api/message_decoder.hpp"
#include "common/base/time.hpp"
#include "common/capture/hex_text.hpp"
#include "tandem/capture/input.hpp"
#include "common/capture/mrt.hpp"

namespace tandem::capture {

class Decoding : private MrtVisitor {
 public:
  Decoding(api::DaemonIdentity daemon, api::DecodeOptions options, rib::AttributePool& pool);

  // Both print what they find. False: something could not be decoded, and standard error says what.
  bool text(std::string_view hex);
  bool file(const std::string& name);  // "-": standard input

 private:
  bool packets(Reader& reader);
  bool records(Reader& reader);
  bool lines(Reader& reader);
  [[nodiscard]] HexText hex_text();
  bool decode(base::Bytes octets, double time);
  void message(const FoundMessage& message) override;
  void state(const StateChange& change) override;
  void bad_record(std::uint64_t number, std::string reason) override;
  void refuse(std::string_view reason);
  void print(bool all);
  void show_progress();
  void finish();

  api::MessageDecoder decoder_;
  bool takes_messages_;  // not bare NLRI or bodies alone
  double now_ = 0;       // of octets that do not say when they were sent
  std::string out_;
  Progress progress_;
  std::string prefix_;           // of complaints: the file
  std::uint64_t messages_ = 0;
  std::uint64_t refused_ = 0;
  bool shows_progress_ = false;
  base::TimePoint shown_at_{};
};

}  // namespace tandem::capture
