#include "tandem/healthcheck/commands.hpp"

#include <algorithm>

namespace tandem::healthcheck {

void Commands::say(std::string_view lines) {
  text_.erase(0, written_);
  written_ = 0;
  text_.resize(begun_ ? text_.find('\n') + 1 : 0);
  text_ += lines;
}

std::size_t Commands::written(std::size_t count) {
  const std::string_view piece = waiting().substr(0, count);
  written_ += piece.size();
  if (!piece.empty()) begun_ = piece.back() != '\n';
  return static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
}

Answers::Found Answers::receive(base::Bytes octets) {
  Found found;
  for (const char c : base::as_text(octets)) {
    if (c == '\n') end_line(found);
    else if (line_.size() < k_line_max) line_ += c;
  }
  return found;
}

void Answers::end_line(Found& found) {
  while (!line_.empty() && (line_.back() == '\r' || line_.back() == ' ')) line_.pop_back();
  const bool json = line_.starts_with("{ \"answer\": ");
  if (line_ == "done" || (json && line_.find("\"done\"") != std::string::npos)) ++found.done;
  if (line_ == "error" || (json && line_.find("\"error\"") != std::string::npos)) ++found.refused;
  line_.clear();
}

}  // namespace tandem::healthcheck
