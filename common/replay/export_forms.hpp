// The forms, one function each; export.cpp has their names.
#pragma once

#include <functional>
#include <memory>

#include "common/replay/dialogues.hpp"

namespace tandem::replay {

using WriteOctets = std::function<void(base::Bytes)>;

[[nodiscard]] std::unique_ptr<DialogueVisitor> make_pcap_export(WriteOctets write);
[[nodiscard]] std::unique_ptr<DialogueVisitor> make_mrt_export(WriteOctets write);
[[nodiscard]] std::unique_ptr<DialogueVisitor> make_json_export(WriteOctets write);

}  // namespace tandem::replay
