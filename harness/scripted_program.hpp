// An API program or a control client without a process: lines in, lines out, everything recorded.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/remote.hpp"

namespace tandem::harness {

class ScriptedProgram : public Remote {
 public:
  struct Line {
    base::TimePoint at{};
    std::string text;  // without the newline
  };

  void connected(base::TimePoint now) override {
    started_ = true;
    if (on_start) on_start(*this, now);
  }
  void receive(base::Bytes bytes, base::TimePoint now) override;
  void closed(base::TimePoint) override { closed_ = true; }
  [[nodiscard]] Ending ending() const override { return ending_; }
  [[nodiscard]] bool reading() const override { return reading_; }

  void say(std::string_view line);           // one line, the newline is added
  void write(std::string_view octets) { outbox_.append(base::as_bytes(octets)); }
  void fall_silent() { ending_ = Ending::silence; }
  void exit() { ending_ = Ending::close; }
  void die() {  // at once, with whatever was not written yet
    outbox_.clear();
    exit();
  }
  void set_reading(bool reading) { reading_ = reading; }
  bool ignores_terminate = false;            // SIGTERM does nothing; SIGKILL always works

  std::function<void(ScriptedProgram&)> on_terminate;  // SIGTERM does this; on a real stage the process is another one, and dies of it
  std::function<void(ScriptedProgram&, base::TimePoint)> on_start;
  std::function<void(ScriptedProgram&, const Line&)> on_line;
  static inline std::function<void(const std::string& text)> witness;  // of the lines of all programs

  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
  [[nodiscard]] std::vector<std::string> texts() const;
  [[nodiscard]] std::size_t count(std::string_view text) const;       // lines that are exactly this
  [[nodiscard]] std::size_t containing(std::string_view part) const;
  [[nodiscard]] bool has_started() const { return started_; }
  [[nodiscard]] bool has_closed() const { return closed_; }

 private:
  std::vector<Line> lines_;
  std::string partial_;
  Ending ending_ = Ending::no;
  bool reading_ = true;
  bool started_ = false;
  bool closed_ = false;
};

}  // namespace tandem::harness
