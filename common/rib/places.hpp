// Numbered places, filled one behind the other, each of which may become empty again. They stand in blocks, so that nothing moves when
// there are more of them, and a block in which nothing is left is given back.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/freed.hpp"
#include "common/base/work.hpp"
#include "common/state/layout.hpp"

namespace tandem::rib {

template <typename T>
class Places {
 public:
  static constexpr std::size_t k_block = 2048;

  [[nodiscard]] std::size_t size() const noexcept { return filled_.size(); }  // the empty ones among them
  [[nodiscard]] bool empty() const noexcept { return filled_.empty(); }
  [[nodiscard]] bool filled(std::size_t place) const { return filled_[place]; }
  // REQUIRES that it is filled.
  [[nodiscard]] T& operator[](std::size_t place) noexcept {
    Block& block = blocks_[place / k_block];
    block.stamp = 0;
    return block.items[place % k_block];
  }
  [[nodiscard]] const T& operator[](std::size_t place) const noexcept { return blocks_[place / k_block].items[place % k_block]; }

  T& push_back(T item) {
    if (size() % k_block == 0) {
      if (!blocks_.empty() && blocks_.back().filled == 0) give_back(blocks_.back());
      blocks_.emplace_back();
      if (size() > 0) blocks_.back().items.reserve(k_block);  // a small one grows as vectors do
    }
    Block& block = blocks_.back();
    block.items.push_back(std::move(item));
    block.stamp = 0;
    ++block.filled;
    filled_.push_back(true);
    base::Work::did(1);
    return block.items.back();
  }
  // REQUIRES that it is filled.
  void clear(std::size_t place) {
    Block& block = blocks_[place / k_block];
    block.stamp = 0;
    filled_[place] = false;
    base::Work::did(1);
    if (--block.filled == 0 && &block != &blocks_.back()) give_back(block);
    else block.items[place % k_block] = T{};
  }
  // REQUIRES that `from` is filled and `to`, which is before it, is not.
  void move(std::size_t from, std::size_t to) {
    Block& block = blocks_[to / k_block];
    if (block.items.empty()) block.items.resize(k_block);
    block.items[to % k_block] = std::move((*this)[from]);
    block.stamp = 0;
    ++block.filled;
    filled_[to] = true;
    clear(from);
  }
  // Forgets the places from `count` on, which are empty.
  void truncate(std::size_t count) {
    blocks_.resize((count + k_block - 1) / k_block);
    if (count % k_block != 0) blocks_.back().items.resize(count % k_block);
    filled_.resize(count);
    filled_.shrink_to_fit();
    base::Work::did(count / 512 + 1);  // a bit each
  }
  // Adds an empty one.
  void push_empty() {
    push_back(T{});
    clear(size() - 1);
  }
  // Forgets places at the end, a block of them, and what stands there.
  void pop_block() {
    give_back(blocks_.back());
    blocks_.pop_back();
    filled_.resize(blocks_.size() * k_block);
  }
  // The next place from this one on of which a look is worth while: those in between are empty.
  [[nodiscard]] std::size_t skip(std::size_t place) const noexcept {
    while (place < size() && place % k_block == 0 && blocks_[place / k_block].filled == 0) place += k_block;
    return place < size() ? place : size();
  }
  // Visits what is filled of the places from `first` up to `end`: visit(const T&).
  template <typename Visitor>
  void for_each(std::size_t first, std::size_t end, Visitor&& visit) const {
    while (first < end) {
      const T* const items = blocks_[first / k_block].items.data();
      const std::size_t stop = std::min(end, (first / k_block + 1) * k_block);
      for (; first < stop; ++first) {
        if (filled_[first]) visit(items[first % k_block]);
      }
    }
  }
  // Which are filled, and what with; a block that was written ahead of the state, and is the same still, by its number.
  template <typename Writer>
  void store(Writer& writer) const {
    writer.value(filled_);
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
      if (!writer.refer_piece(blocks_[block].stamp)) store_block(writer, block);
    }
  }
  template <typename Reader>
  void load(Reader& reader) {
    *this = {};
    std::vector<bool> filled;
    reader.value(filled);
    for (std::size_t first = 0; first < filled.size() && reader.ok(); first += k_block) {
      const std::size_t end = std::min(first + k_block, filled.size());
      auto ahead = reader.template take_piece<T>();
      if (ahead && ahead->size() != static_cast<std::size_t>(std::count(filled.begin() + first, filled.begin() + end, true))) {
        reader.fail("a piece has not as many values as places are filled");
      }
      for (std::size_t i = first, taken = 0; i < end && reader.ok(); ++i) {
        if (!filled[i]) push_empty();
        else if (ahead) push_back(std::move((*ahead)[taken++]));
        else reader.value(push_back({}));
      }
    }
  }
  // Writes blocks ahead of a state, from `next` on, unless they have been; takes from the budget what it has done. True: there are no more.
  template <typename Writer>
  bool write_ahead(Writer& writer, std::string_view section, std::size_t& next, std::size_t& budget) const {
    for (; next < blocks_.size() && budget > 0; ++next) {
      const Block& block = blocks_[next];
      const bool written = block.filled == 0 || writer.has(block.stamp);
      const std::size_t cost = written ? 1 : block.filled;
      base::Work::did(cost);
      budget -= std::min(budget, cost);
      if (!written) writer.template piece<T>(section, block.stamp, block.filled, [&] { store_block(writer, next); });
    }
    return next >= blocks_.size();
  }

 private:
  struct Block {
    std::vector<T> items;
    std::uint32_t filled = 0;
    mutable state::Stamp stamp = 0;
  };
  template <typename Writer>
  void store_block(Writer& writer, std::size_t block) const {
    for (std::size_t i = block * k_block; i < std::min((block + 1) * k_block, size()); ++i) {
      if (filled(i)) writer.value((*this)[i]);
    }
  }
  static void give_back(Block& block) {
    base::Work::did(block.items.size());
    base::Freed::octets(block.items.capacity() * sizeof(T));
    std::vector<T>().swap(block.items);
    block.stamp = 0;
  }

  std::vector<Block> blocks_;
  std::vector<bool> filled_;
};

}  // namespace tandem::rib
