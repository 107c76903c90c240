// Reads what writer.hpp writes, in the same order, with the same functions. The input is untrusted: nothing is read beyond its section,
// nothing is allocated that the octets which are left could not fill, and what this version does not know is refused, with the place.
//
// The first fault is kept and ends it: every later value is what it was before, and counts are 0. So whoever reads need not ask after each
// value, and asks ok() where a value decides about something else.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <functional>

#include "common/state/writer.hpp"

namespace tandem::state {

class Reader {
 public:
  static constexpr bool k_reads = true;

  // Instants become what was left until them, from `now` on. The octets must outlive the reader.
  Reader(base::Bytes octets, base::TimePoint now);

  // --- sections, in the order they were written ------------------------------------------------------------------------
  template <typename Take>
  void section(std::string_view name, std::uint16_t version, Take&& take) {
    const std::size_t end = begin_section(name, version);
    take();
    end_section(name, end);
  }
  // Whether this one is the next.
  [[nodiscard]] bool at(std::string_view name);
  // Leaves out those in front of it.
  void skip_to(std::string_view name);
  // Behind the last one: an error says what is wrong with all of it.
  [[nodiscard]] base::Result<void> finish();
  [[nodiscard]] bool ok() const { return !error_; }
  [[nodiscard]] base::Result<void> result() const {
    if (error_) return *error_;
    return {};
  }
  void fail(std::string_view reason);
  [[nodiscard]] bool with_secrets() const { return with_secrets_; }

  // --- what was written ahead (writer.hpp) -------------------------------------------------------------------------------
  void begin_ahead() {
    section(k_ahead, 1, [] {});
    ahead_ = ok();
  }
  [[nodiscard]] bool ahead() const { return ahead_; }
  // The next section, which is a piece with values of this type.
  template <typename T>
  void piece(std::string_view name) {
    section(name, 1, [&] {
      bool first = false;
      static_cast<void>(refer<Piece<T>>(first));
      if (!first) return fail("a piece has the number of another one");
      auto made = std::make_shared<Piece<T>>();
      value(made->values);
      keep(std::move(made));
    });
  }
  // The values of the piece whose number stands here, which are nobody else's any more. None: they follow.
  template <typename T>
  [[nodiscard]] std::optional<std::vector<T>> take_piece() {
    if (!ahead()) return std::nullopt;
    bool first = false;
    const auto kept = refer<Piece<T>>(first);
    if (first) fail("a piece is meant that is not there");
    if (!kept || !ok()) return std::nullopt;
    return std::exchange(kept->values, {});
  }

  // --- objects ---------------------------------------------------------------------------------------------------------
  class Object {
   public:
    Object(Reader& reader, std::size_t layout, bool described);
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;
    ~Object();
    template <typename T>
    Object& operator()(std::string_view name, T&& value) {
      if (reader_.enter_field(*this, name)) reader_.value(value);
      return *this;
    }

   private:
    friend class Reader;
    Reader& reader_;
    std::size_t layout_;
    bool described_;
    std::size_t next_ = 0;  // of the fields this version has
  };
  template <typename Self>
  [[nodiscard]] Object object(Self&, std::string_view type) {
    return begin_object(&tag<std::remove_const_t<Self>>, type);
  }

  // --- values ----------------------------------------------------------------------------------------------------------
  void value(bool& flag);
  template <typename T>
    requires std::is_integral_v<T>
  void value(T& number) {
    if constexpr (std::is_signed_v<T>) {
      const std::int64_t read = number_of_any_sign(std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
      if (ok()) number = static_cast<T>(read);
    } else {
      const std::uint64_t read = count(std::numeric_limits<T>::max());
      if (ok()) number = static_cast<T>(read);
    }
  }
  template <typename T>
    requires std::is_enum_v<T>
  void value(T& enumerator) {
    std::uint64_t largest = std::numeric_limits<std::underlying_type_t<T>>::max();
    if constexpr (requires { last_of(enumerator); }) largest = static_cast<std::uint64_t>(last_of(enumerator));
    const std::uint64_t read = count(largest);
    if (ok()) enumerator = static_cast<T>(read);
  }
  template <typename T>
  void value(const UpTo<T>& limited) {
    const std::uint64_t read = count(static_cast<std::uint64_t>(limited.last));
    if (ok()) limited.value = static_cast<T>(read);
  }
  template <typename T>
  void value(const Secret<T>& secret) {
    value(secret.value);
  }
  void value(double& number);
  void value(std::string& text);
  void value(base::Buffer& octets);
  void value(base::IpAddress& address);
  void value(base::Endpoint& endpoint);
  void value(base::Prefix& prefix);
  void value(base::Location& location);
  void value(base::Duration& duration);
  void value(base::TimePoint& when);
  void value(base::WallTime& when);
  void value(base::UniqueFd& descriptor);
  template <typename T>
  void value(std::optional<T>& value) {
    value.reset();
    if (flag()) this->value(value.emplace(T{}));
  }
  template <typename T>
  void value(std::unique_ptr<T>& object) {
    object.reset();
    if (!flag()) return;
    object = std::make_unique<T>();
    value(*object);
  }
  template <typename T>
  void value(std::shared_ptr<T>& object) {
    using Value = std::remove_const_t<T>;
    bool first = false;
    std::shared_ptr<void>* const slot = refer(&tag<Value>, first);
    if (first) {
      auto made = std::make_shared<Value>();
      value(*made);
      keep(&tag<Value>, made);
      object = std::move(made);
    } else {
      object = slot == nullptr ? nullptr : std::static_pointer_cast<Value>(*slot);
    }
  }
  template <typename A, typename B>
  void value(std::pair<A, B>& both) {
    value(both.first);
    value(both.second);
  }
  template <typename T>
  void value(std::vector<T>& all) {
    all.clear();
    for (std::uint64_t left = count_of_things(); left > 0 && ok(); --left) value(all.emplace_back());
  }
  void value(std::vector<bool>& all);
  template <typename T, std::size_t Count>
  void value(std::array<T, Count>& all) {
    for (T& one : all) value(one);
  }
  template <typename T, std::size_t Count>
  void value(T (&all)[Count]) {
    for (T& one : all) value(one);
  }
  template <typename Key, typename T, typename Less>
  void value(std::map<Key, T, Less>& all) {
    all.clear();
    for (std::uint64_t left = count_of_things(); left > 0 && ok(); --left) {
      Key key{};
      value(key);
      const auto [place, added] = all.try_emplace(std::move(key));
      if (!added) fail("the same key is there twice");
      value(place->second);
    }
  }
  template <typename T>
    requires requires(Reader& reader, T& object) { T::fields(reader, object); }
  void value(T& object) {
    T::fields(*this, object);
    check(object);
  }
  template <typename T>
    requires requires(Reader& reader, T& object) { fields(reader, object); }
  void value(T& object) {
    fields(*this, object);
    check(object);
  }
  template <typename T>
    requires requires(Reader& reader, T& object) { object.load(reader); }
  void value(T& object) {
    object.load(*this);
  }
  template <typename T>
    requires requires(Reader& reader, T& object) { load(reader, object); }
  void value(T& object) {
    load(*this, object);
  }

  // --- for `load` ------------------------------------------------------------------------------------------------------
  [[nodiscard]] bool flag();
  [[nodiscard]] std::uint64_t count(std::uint64_t largest);
  // Of things that follow and take an octet each at least.
  [[nodiscard]] std::uint64_t count_of_things();
  [[nodiscard]] base::Bytes bytes();  // valid as long as the input is
  // The object of this type that is meant; null when there is none, or when it is the first time: then it follows, and is to be kept.
  template <typename T>
  [[nodiscard]] std::shared_ptr<T> refer(bool& first) {
    std::shared_ptr<void>* const slot = refer(&tag<T>, first);
    return slot == nullptr ? nullptr : std::static_pointer_cast<T>(*slot);
  }
  template <typename T>
  void keep(std::shared_ptr<T> object) {
    keep(&tag<T>, std::move(object));
  }

  // --- what the values are read into -----------------------------------------------------------------------------------
  // Something that `load` needs and that is there: the pool that attributes are interned in.
  template <typename T>
  void provide(T& thing) {
    provided_[&tag<T>] = &thing;
  }
  template <typename T>
  [[nodiscard]] T& provided() const {
    return *find_provided<T>();
  }
  template <typename T>
  [[nodiscard]] T* find_provided() const {
    const auto found = provided_.find(&tag<T>);
    return found == provided_.end() ? nullptr : static_cast<T*>(const_cast<void*>(found->second));
  }
  // What a number of a descriptor is now; without it the same one.
  void set_descriptors(std::function<base::UniqueFd(int)> descriptors) { descriptors_ = std::move(descriptors); }

 private:
  friend class Object;
  struct Layout {
    std::vector<bool> present;  // of the fields this version has, those that the writer had
    bool complete = false;
  };
  void open();
  [[nodiscard]] std::size_t begin_section(std::string_view name, std::uint16_t version);
  void end_section(std::string_view name, std::size_t end);
  [[nodiscard]] Object begin_object(const void* type, std::string_view name);
  [[nodiscard]] bool enter_field(Object& object, std::string_view name);
  void end_object(const Object& object);
  [[nodiscard]] std::string_view name();
  [[nodiscard]] std::string_view peek_name();
  [[nodiscard]] base::Bytes take(std::uint64_t count);
  [[nodiscard]] std::int64_t number_of_any_sign(std::int64_t least, std::int64_t most);
  [[nodiscard]] std::shared_ptr<void>* refer(const void* type, bool& first);
  void keep(const void* type, std::shared_ptr<void> object);
  // Those of one type, in the order of their numbers.
  struct Objects {
    std::vector<std::shared_ptr<void>> all;
    std::vector<std::size_t> open;  // that are being read: the one that is kept next stands last
  };
  // A class may say what is wrong with what was read: `std::string_view objection() const`, "" for nothing.
  template <typename T>
  void check(const T& object) {
    if constexpr (requires { object.objection(); }) {
      if (ok() && !object.objection().empty()) fail(object.objection());
    }
  }

  base::Bytes octets_;
  std::size_t position_ = 0;
  std::size_t end_ = 0;  // of the section
  base::TimePoint now_;
  bool with_secrets_ = false;
  bool ahead_ = false;
  std::optional<base::Error> error_;
  std::string_view section_;
  std::vector<Layout> layouts_;
  boost::unordered_flat_map<const void*, std::size_t> layout_of_;  // by type
  std::vector<std::string_view> path_;  // the types of the objects that are being read
  boost::unordered_flat_map<const void*, Objects> objects_;        // by type
  boost::unordered_flat_map<const void*, const void*> provided_;
  std::function<base::UniqueFd(int)> descriptors_;
};

// The sections of a state whose head and sum are right, without a look into them.
struct SectionInfo {
  std::string name;
  std::uint16_t version = 0;
  std::size_t size = 0;
};
[[nodiscard]] base::Result<std::vector<SectionInfo>> sections(base::Bytes octets);

}  // namespace tandem::state
