// Numbered places, filled one behind the other, each of which may become empty again. They stand in blocks, so that nothing moves when
// there are more of them, and a block in which nothing is left is given back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/base/freed.hpp"
#include "common/base/work.hpp"

namespace tandem::rib {

template <typename T>
class Places {
 public:
  static constexpr std::size_t k_block = 2048;

  [[nodiscard]] std::size_t size() const noexcept { return filled_.size(); }  // the empty ones among them
  [[nodiscard]] bool empty() const noexcept { return filled_.empty(); }
  [[nodiscard]] bool filled(std::size_t place) const { return filled_[place]; }
  // REQUIRES that it is filled.
  [[nodiscard]] T& operator[](std::size_t place) noexcept { return blocks_[place / k_block].items[place % k_block]; }
  [[nodiscard]] const T& operator[](std::size_t place) const noexcept { return blocks_[place / k_block].items[place % k_block]; }

  T& push_back(T item) {
    if (size() % k_block == 0) {
      if (!blocks_.empty() && blocks_.back().filled == 0) give_back(blocks_.back());
      blocks_.emplace_back();
      if (size() > 0) blocks_.back().items.reserve(k_block);  // a small one grows as vectors do
    }
    Block& block = blocks_.back();
    block.items.push_back(std::move(item));
    ++block.filled;
    filled_.push_back(true);
    base::Work::did(1);
    return block.items.back();
  }
  // REQUIRES that it is filled.
  void clear(std::size_t place) {
    Block& block = blocks_[place / k_block];
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
  // Which are filled, and what with.
  template <typename Writer>
  void store(Writer& writer) const {
    writer.value(filled_);
    for (std::size_t i = 0; i < size(); ++i) {
      if (filled(i)) writer.value((*this)[i]);
    }
  }
  template <typename Reader>
  void load(Reader& reader) {
    *this = {};
    std::vector<bool> filled;
    reader.value(filled);
    for (std::size_t i = 0; i < filled.size() && reader.ok(); ++i) {
      if (filled[i]) reader.value(push_back({}));
      else push_empty();
    }
  }

 private:
  struct Block {
    std::vector<T> items;
    std::uint32_t filled = 0;
  };
  static void give_back(Block& block) {
    base::Work::did(block.items.size());
    base::Freed::octets(block.items.capacity() * sizeof(T));
    std::vector<T>().swap(block.items);
  }

  std::vector<Block> blocks_;
  std::vector<bool> filled_;
};

}  // namespace tandem::rib
