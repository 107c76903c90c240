#include "harness/scripted_program.hpp"

#include <algorithm>

namespace tandem::harness {

void ScriptedProgram::receive(base::Bytes bytes, base::TimePoint now) {
  for (const std::uint8_t octet : bytes) {
    if (octet != '\n') {
      partial_ += static_cast<char>(octet);
      continue;
    }
    lines_.push_back({now, std::move(partial_)});
    partial_.clear();
    const Line line = lines_.back();
    if (witness) witness(line.text);
    if (on_line) on_line(*this, line);
  }
}

void ScriptedProgram::say(std::string_view line) {
  outbox_.append(base::as_bytes(line));
  outbox_.append(base::as_bytes("\n"));
}

std::vector<std::string> ScriptedProgram::texts() const {
  std::vector<std::string> out;
  out.reserve(lines_.size());
  for (const auto& line : lines_) out.push_back(line.text);
  return out;
}

std::size_t ScriptedProgram::count(std::string_view text) const {
  return static_cast<std::size_t>(std::count_if(lines_.begin(), lines_.end(), [&](const Line& line) { return line.text == text; }));
}

std::size_t ScriptedProgram::containing(std::string_view part) const {
  return static_cast<std::size_t>(
      std::count_if(lines_.begin(), lines_.end(), [&](const Line& line) { return line.text.find(part) != std::string::npos; }));
}

}  // namespace tandem::harness
