// Who is under way in a table and has to be told when it changes: a short list, seldom there, of what others own.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

namespace tandem::rib {

template <typename State>
using UnderWay = std::unique_ptr<std::vector<std::weak_ptr<State>>>;  // null: nobody is

template <typename State>
void enlist(UnderWay<State>& list, const std::shared_ptr<State>& state) {
  if (!list) list = std::make_unique<std::vector<std::weak_ptr<State>>>();
  std::erase_if(*list, [](const auto& known) { return known.expired(); });
  list->push_back(state);
}

template <typename State>
[[nodiscard]] bool listed(const UnderWay<State>& list, const std::shared_ptr<State>& state) {
  if (!list || !state) return false;
  return std::any_of(list->begin(), list->end(), [&](const auto& known) { return !known.owner_before(state) && !state.owner_before(known); });
}

// Of those that are still there: visit(State&).
template <typename State, typename Visitor>
void for_all(const UnderWay<State>& list, Visitor&& visit) {
  if (!list) return;
  for (const auto& known : *list) {
    if (const auto state = known.lock()) visit(*state);
  }
}

}  // namespace tandem::rib
