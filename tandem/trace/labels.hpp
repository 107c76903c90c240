// What slices of the same kind and name have in common, made into text once: a name is escaped when it is heard of first, and from then on a slice
// is two times and two amounts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/speaker/loop_observer.hpp"

namespace tandem::trace {

enum class SliceKind : std::uint8_t {
  engine,  // no time: from here on this one runs
  begin,   // it makes itself ready, until it waits first
  wait,    // until a speaker::WakeCause
  driver,  // it moves octets: the name is the channel's
  step,    // of a round
  turn,    // of a neighbor: messages in and out
  work,    // any other piece of work inside a step
  lost     // no time: slices are missing here
};

struct Label {
  SliceKind kind = SliceKind::step;
  std::string front;      // of its event, up to the time
  std::string arguments;  // the members of "args" that are always the same
};

// The labels with names of one kind, found by name. Of names that come and go there is no end: from some number on they are all one.
class NamedLabels {
 public:
  NamedLabels(SliceKind kind, std::string_view work, std::size_t row) : kind_(kind), work_(work), row_(row) {}
  [[nodiscard]] const Label& at(std::string_view name);

 private:
  static constexpr std::size_t k_recent = 1024;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Known = std::unordered_map<std::string, Label, Hash, std::equal_to<>>;
  [[nodiscard]] const Known::value_type& find(std::string_view name);

  const SliceKind kind_;
  const std::string work_;  // what it is, of SliceKind::work
  const std::size_t row_;
  Known known_;
  // By the address of the text, as names stay where they are for as long as what they name: to compare one is cheaper than to hash it.
  std::array<const Known::value_type*, k_recent> recent_{};
};

// Those of one row of the timeline, which is one engine. They stay where they are.
class Labels {
 public:
  Labels(std::string_view engine, std::size_t row);
  Labels(const Labels&) = delete;
  Labels& operator=(const Labels&) = delete;

  [[nodiscard]] const Label& engine() const { return engine_; }
  [[nodiscard]] const Label& begin() const { return begin_; }
  [[nodiscard]] const Label& lost() const { return lost_; }
  [[nodiscard]] const Label& wait(speaker::WakeCause cause) const { return waits_.at(static_cast<std::size_t>(cause)); }
  [[nodiscard]] const Label& step(speaker::RoundStep step) const { return steps_.at(static_cast<std::size_t>(step)); }
  [[nodiscard]] const Label& driver(std::string_view channel) { return drivers_.at(channel); }
  [[nodiscard]] const Label& turn(std::string_view peer) { return turns_.at(peer); }
  [[nodiscard]] const Label& work(const char* what, std::string_view whose);

 private:
  const std::size_t row_;
  const Label engine_;
  const Label begin_;
  const Label lost_;
  std::array<Label, 4> waits_;
  std::array<Label, 6> steps_;
  NamedLabels drivers_;
  NamedLabels turns_;
  std::map<const char*, NamedLabels> work_;  // by a literal
};

}  // namespace tandem::trace
