// Writes a state. What a value of a type is, is said once: by the function `fields` that a class has, or that stands beside it, for writer
// and reader alike; or by a pair of functions `store` and `load` for what is no list of fields.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/ip.hpp"
#include "common/base/time.hpp"
#include "common/base/unique_fd.hpp"
#include "common/state/layout.hpp"

namespace tandem::state {

class Writer {
 public:
  static constexpr bool k_reads = false;

  // Instants are written as what is left until them at `now`.
  Writer(base::TimePoint now, Secrets secrets);

  // --- sections --------------------------------------------------------------------------------------------------------
  // Everything stands in one. Sections do not stand in each other.
  template <typename Fill>
  void section(std::string_view name, std::uint16_t version, Fill&& fill) {
    const std::size_t start = begin_section(name, version);
    fill();
    end_section(start);
  }
  // Closes it with the sum.
  [[nodiscard]] base::Buffer finish() &&;
  // What has been written since the last time, for whoever takes it away in parts. REQUIRES that no section is open.
  [[nodiscard]] base::Buffer take();
  [[nodiscard]] bool with_secrets() const { return secrets_ == Secrets::included; }

  // --- objects ---------------------------------------------------------------------------------------------------------
  // writer.object(self, "timers")("ending", ending)("end_at", end_at);
  class Object {
   public:
    Object(Writer& writer, bool described) : writer_(writer), described_(described) {}
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;
    ~Object() {
      if (!described_) writer_.name({});
    }
    template <typename T>
    Object& operator()(std::string_view name, const T& value) {
      if (!described_) writer_.name(name);
      writer_.value(value);
      return *this;
    }

   private:
    Writer& writer_;
    bool described_;
  };
  template <typename Self>
  [[nodiscard]] Object object(const Self&, std::string_view type) {
    return {*this, describe(&tag<std::remove_const_t<Self>>, type)};
  }

  // --- values ----------------------------------------------------------------------------------------------------------
  void value(bool flag) { octet(flag ? 1 : 0); }
  template <typename T>
    requires std::is_integral_v<T>
  void value(T number) {
    if constexpr (std::is_signed_v<T>) number_of_any_sign(number);
    else count(number);
  }
  template <typename T>
    requires std::is_enum_v<T>
  void value(T enumerator) {
    count(static_cast<std::uint64_t>(enumerator));
  }
  template <typename T>
  void value(const UpTo<T>& limited) {
    value(limited.value);
  }
  template <typename T>
  void value(const Secret<T>& secret) {
    value(with_secrets() ? std::string_view(secret.value) : std::string_view());
  }
  void value(double number);
  void value(std::string_view text) { bytes(base::as_bytes(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(const base::Buffer& octets) { bytes(octets); }
  void value(const base::IpAddress& address) { bytes(address.bytes()); }
  void value(const base::Endpoint& endpoint);
  void value(const base::Prefix& prefix);
  void value(const base::Location& location);
  void value(base::Duration duration) { number_of_any_sign(duration.count()); }
  void value(base::TimePoint when) { value(when - now_); }
  void value(base::WallTime when) { value(when.time_since_epoch()); }
  // The number it has: whoever restores the state says what it is then.
  void value(const base::UniqueFd& descriptor) { number_of_any_sign(descriptor.get()); }
  template <typename T>
  void value(const std::optional<T>& value) {
    octet(value ? 1 : 0);
    if (value) this->value(*value);
  }
  template <typename T>
  void value(const std::unique_ptr<T>& object) {
    octet(object ? 1 : 0);
    if (object) value(*object);
  }
  // Once, however many hold it.
  template <typename T>
  void value(const std::shared_ptr<T>& object) {
    if (refer<std::remove_const_t<T>>(object.get())) value(*object);
  }
  template <typename A, typename B>
  void value(const std::pair<A, B>& both) {
    value(both.first);
    value(both.second);
  }
  template <typename T>
  void value(const std::vector<T>& all) {
    count(all.size());
    for (const T& one : all) value(one);
  }
  void value(const std::vector<bool>& all);
  template <typename T, std::size_t Count>
  void value(const std::array<T, Count>& all) {
    for (const T& one : all) value(one);
  }
  template <typename T, std::size_t Count>
  void value(const T (&all)[Count]) {
    for (const T& one : all) value(one);
  }
  template <typename Key, typename T, typename Less>
  void value(const std::map<Key, T, Less>& all) {
    count(all.size());
    for (const auto& [key, one] : all) {
      value(key);
      value(one);
    }
  }
  template <typename T>
    requires requires(Writer& writer, const T& object) { T::fields(writer, object); }
  void value(const T& object) {
    T::fields(*this, object);
  }
  template <typename T>
    requires requires(Writer& writer, const T& object) { fields(writer, object); }
  void value(const T& object) {
    fields(*this, object);
  }
  template <typename T>
    requires requires(Writer& writer, const T& object) { object.store(writer); }
  void value(const T& object) {
    object.store(*this);
  }
  template <typename T>
    requires requires(Writer& writer, const T& object) { store(writer, object); }
  void value(const T& object) {
    store(*this, object);
  }

  // --- ahead -----------------------------------------------------------------------------------------------------------
  // What is long may be written ahead of the rest, in pieces, while it still changes (docs/recording.md). Whoever has a piece keeps a stamp
  // beside it and makes that 0 when it changes. In the rest its number stands in the place of a piece that is the same still.
  void begin_ahead();
  [[nodiscard]] bool ahead() const { return ahead_ != 0; }
  // The instant that the rest is written at. Nothing that is written ahead speaks of one.
  void set_now(base::TimePoint now) { now_ = now; }
  [[nodiscard]] bool has(Stamp stamp) const { return ahead() && stamp >> k_number_bits == ahead_; }
  // A section with so many values of one type, which `fill` writes. REQUIRES ahead().
  template <typename T, typename Fill>
  void piece(std::string_view section_name, Stamp& stamp, std::uint64_t values, Fill&& fill) {
    section(section_name, 1, [&] {
      const std::uint64_t number = ++pieces_[&tag<Piece<T>>];
      count(number);
      count(values);
      fill();
      stamp = ahead_ << k_number_bits | number;
    });
  }
  // In the place of a piece, unless nothing was written ahead. True: its number, and no more is to stand there.
  [[nodiscard]] bool refer_piece(Stamp stamp);
  // What was referred to when a piece was written must not give way to something else at its address.
  template <typename T>
  void hold(const T& thing) {
    if (ahead()) held_.push_back(std::make_shared<T>(thing));
  }

  // --- for `store` -----------------------------------------------------------------------------------------------------
  void octet(std::uint8_t octet) { out_.push_back(octet); }
  void count(std::uint64_t number);  // of things that follow, or any number
  void bytes(base::Bytes octets);
  // Empty, for octets that are made before they are written; until it is asked for again.
  [[nodiscard]] base::Buffer& scratch() {
    scratch_.clear();
    return scratch_;
  }
  // Writes which object of its type it is. True: it is the first time, and what it is must follow.
  template <typename T>
  [[nodiscard]] bool refer(const T* object) {
    return refer(&tag<T>, object);
  }

 private:
  friend class Object;
  [[nodiscard]] std::size_t begin_section(std::string_view name, std::uint16_t version);
  void end_section(std::size_t start);
  void name(std::string_view name);
  void number_of_any_sign(std::int64_t number);
  // Whether the fields of the type have been named; else they are, this time.
  [[nodiscard]] bool describe(const void* type, std::string_view name);
  [[nodiscard]] bool refer(const void* type, const void* object);

  base::Buffer out_;
  base::Buffer scratch_;
  base::TimePoint now_;
  Secrets secrets_;
  boost::unordered_flat_set<const void*> described_;
  // By type; each has its number, from 1.
  boost::unordered_flat_map<const void*, boost::unordered_flat_map<const void*, std::uint64_t>> objects_;
  static constexpr unsigned k_number_bits = 32;  // of a stamp: which piece; those above say which writer
  std::uint64_t ahead_ = 0;  // which writer of those that write ahead; 0: it does not
  boost::unordered_flat_map<const void*, std::uint64_t> pieces_;  // how many, by type
  std::vector<std::shared_ptr<const void>> held_;
  Sum sum_;  // of what was taken away
};

}  // namespace tandem::state
