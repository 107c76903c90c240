// Programs that write two commands with two calls, one right behind the other, again and again: the second must undo the first before
// anybody is told of it.
#pragma once

#include <string>
#include <vector>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {

struct Adjacent {
  std::string name;
  std::string text;    // a script; @COUNT@ stands for how often
  std::string writer;  // another one beside it; empty: none
};
[[nodiscard]] std::vector<Adjacent> adjacent_programs();

// Plays it; fails when the peer was told of a route that a second write had taken back already.
void expect_adjacent(Stage& stage, const Adjacent& program, int count);

}  // namespace tandem::conformance
