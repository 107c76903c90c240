// A recording in the forms of other tools: packets for Wireshark (pcap, with TCP made up around the octets), messages as a collector keeps
// them (MRT, RFC 6396), lines of JSON.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "common/replay/export_forms.hpp"

namespace tandem::replay {

// The names of the forms.
[[nodiscard]] std::vector<std::string> export_forms();
// Null when there is no form of this name.
[[nodiscard]] std::unique_ptr<DialogueVisitor> make_export(std::string_view form, WriteOctets write);

}  // namespace tandem::replay
