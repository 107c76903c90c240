#include "common/state/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "common/base/json_writer.hpp"

namespace tandem::state {

namespace {

constexpr std::size_t k_deepest = 64;  // objects in each other

std::string printable(std::string_view text) {
  std::string out;
  base::append_printable(out, text);
  return out;
}

}  // namespace

Reader::Reader(base::Bytes octets, base::TimePoint now) : octets_(octets), now_(now) { open(); }

// The head, and the sum that ends it all: what is read behind this is as it was written, or was written by somebody else.
void Reader::open() {
  const base::Bytes head = octets_.first(std::min(octets_.size(), k_head_size));
  if (!base::as_text(head).starts_with(k_magic)) return fail("this is no state of tandem");
  base::ByteReader reader(head);
  reader.skip(k_magic.size());
  const std::uint16_t format = reader.u16();
  const std::uint16_t flags = reader.u16();
  position_ = end_ = reader.position();
  if (!reader.ok()) return fail("the head is cut");
  if (format != k_format) return fail(fmt::format("it has format {}, this version of tandem reads format {}", format, k_format));
  if ((flags & ~k_with_secrets) != 0) return fail(fmt::format("it has flags ({:#x}) that this version of tandem does not know", flags));
  with_secrets_ = (flags & k_with_secrets) != 0;
  // u8 length, name, u16 version, u64 size, u64 sum
  constexpr std::size_t k_tail = 1 + k_end.size() + 2 + 8 + 8;
  if (octets_.size() < position_ + k_tail) return fail("it is cut");
  const base::Bytes all = octets_.first(octets_.size() - k_tail);
  base::ByteReader tail(octets_.last(k_tail));
  const bool named = tail.u8() == k_end.size() && base::as_text(tail.take(k_end.size())) == k_end;
  const bool sized = tail.u16() == 1 && tail.u64() == 8;
  if (!named || !sized) return fail("it is cut, or something stands behind its end");
  if (tail.u64() != sum(all)) return fail("its sum is wrong: it was changed or damaged");
  octets_ = all;
}

void Reader::fail(std::string_view reason) {
  if (error_) return;
  std::string where = section_.empty() ? std::string() : fmt::format(", section '{}'", printable(section_));
  for (const std::string_view type : path_) where += fmt::format(", {}", type);
  error_ = base::Error(fmt::format("octet {}{}: {}", position_, where, reason));
}

// --- sections ----------------------------------------------------------------------------------------------------------------

std::size_t Reader::begin_section(std::string_view name, std::uint16_t version) {
  if (!ok()) return 0;
  end_ = octets_.size();
  if (position_ == end_) {
    fail(fmt::format("section '{}' is missing", name));
    return 0;
  }
  const std::string_view found = this->name();
  base::ByteReader head(take(10));
  const std::uint16_t its_version = head.u16();
  const std::uint64_t size = head.u64();
  if (!ok()) return 0;
  if (found != name) fail(fmt::format("section '{}' stands where '{}' is expected", printable(found), name));
  else if (its_version > version) {
    fail(fmt::format("section '{}' has version {}, this version of tandem reads {} and older ones", name, its_version, version));
  } else if (size > end_ - position_) {
    fail(fmt::format("section '{}' says that it has {} octets, and {} are left", name, size, end_ - position_));
  }
  if (!ok()) return 0;
  section_ = name;
  end_ = position_ + static_cast<std::size_t>(size);
  return end_;
}

void Reader::end_section(std::string_view name, std::size_t end) {
  if (ok() && position_ != end) fail(fmt::format("{} octets of section '{}' are left over", end - position_, name));
  section_ = {};
}

bool Reader::at(std::string_view name) {
  if (!ok() || position_ == octets_.size()) return false;
  end_ = octets_.size();
  return peek_name() == name && ok();
}

void Reader::skip_to(std::string_view name) {
  while (ok() && position_ < octets_.size() && !at(name)) {
    static_cast<void>(this->name());
    base::ByteReader head(take(10));
    static_cast<void>(head.u16());
    const std::uint64_t size = head.u64();
    static_cast<void>(take(size));
  }
}

base::Result<void> Reader::finish() {
  if (ok() && position_ != octets_.size()) {
    end_ = octets_.size();
    const std::string_view found = name();
    fail(fmt::format("section '{}' is not known to this version of tandem", printable(found)));
  }
  return result();
}

// --- objects -----------------------------------------------------------------------------------------------------------------

Reader::Object::Object(Reader& reader, std::size_t layout, bool described) : reader_(reader), layout_(layout), described_(described) {}
Reader::Object::~Object() { reader_.end_object(*this); }

Reader::Object Reader::begin_object(const void* type, std::string_view name) {
  path_.push_back(name);
  if (path_.size() > k_deepest) fail("objects stand in each other too deep");
  const auto [known, added] = layout_of_.try_emplace(type, layouts_.size());
  if (!added) {
    if (!layouts_[known->second].complete) fail("an object stands in the first one of its type");
    return {*this, known->second, true};
  }
  layouts_.emplace_back();
  if (const std::string_view found = this->name(); ok() && found != name) {
    fail(fmt::format("a '{}' stands where a '{}' is expected", printable(found), name));
  }
  return {*this, layouts_.size() - 1, false};
}

bool Reader::enter_field(Object& object, std::string_view name) {
  const std::size_t field = object.next_++;
  if (!ok()) return false;
  Layout& layout = layouts_[object.layout_];
  if (object.described_) return layout.present[field];
  const bool present = peek_name() == name;
  layout.present.push_back(present);
  if (present) static_cast<void>(this->name());
  return present;
}

void Reader::end_object(const Object& object) {
  if (ok() && !object.described_) {
    const std::string_view left = name();
    if (!left.empty()) {
      fail(fmt::format("its field '{}' is not known to this version of tandem", printable(left)));
    }
    layouts_[object.layout_].complete = true;
  }
  path_.pop_back();
}

// --- values ------------------------------------------------------------------------------------------------------------------

base::Bytes Reader::take(std::uint64_t count) {
  if (ok() && count > end_ - position_) fail(fmt::format("{} octets are needed, and {} are left", count, end_ - position_));
  if (!ok()) return {};
  const base::Bytes taken = octets_.subspan(position_, static_cast<std::size_t>(count));
  position_ += taken.size();
  return taken;
}

std::string_view Reader::name() {
  const base::Bytes size = take(1);
  if (size.empty()) return {};
  if (size.front() > k_longest_name) {
    fail("a name is too long");
    return {};
  }
  return base::as_text(take(size.front()));
}

std::string_view Reader::peek_name() {
  const std::size_t before = position_;
  const std::string_view found = name();
  position_ = before;
  return found;
}

bool Reader::flag() {
  const base::Bytes octet = take(1);
  if (octet.empty()) return false;
  if (octet.front() > 1) fail(fmt::format("{} is neither 0 nor 1", octet.front()));
  return octet.front() == 1;
}

std::uint64_t Reader::count(std::uint64_t largest) {
  std::uint64_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    const base::Bytes octet = take(1);
    if (octet.empty()) return 0;
    const std::uint64_t bits = octet.front() & 0x7FU;
    if (shift > 63 || (shift == 63 && bits > 1)) {
      fail("a number has more than 64 bits");
      return 0;
    }
    number |= bits << shift;
    if ((octet.front() & 0x80U) == 0) break;
  }
  if (number > largest) {
    fail(fmt::format("{} is more than {}", number, largest));
    return 0;
  }
  return number;
}

std::uint64_t Reader::count_of_things() {
  const std::uint64_t things = count(~std::uint64_t{0});
  if (ok() && things > end_ - position_) {
    fail(fmt::format("{} things cannot stand in the {} octets that are left", things, end_ - position_));
    return 0;
  }
  return things;
}

std::int64_t Reader::number_of_any_sign(std::int64_t least, std::int64_t most) {
  const std::uint64_t bits = count(~std::uint64_t{0});
  const auto number = static_cast<std::int64_t>((bits >> 1) ^ ((bits & 1) != 0 ? ~std::uint64_t{0} : 0));
  if (number >= least && number <= most) return number;
  fail(fmt::format("{} is not between {} and {}", number, least, most));
  return 0;
}

base::Bytes Reader::bytes() { return take(count_of_things()); }

void Reader::value(bool& flag) {
  const bool read = this->flag();
  if (ok()) flag = read;
}

void Reader::value(double& number) {
  base::ByteReader reader(take(8));
  if (!ok()) return;
  const double read = std::bit_cast<double>(reader.u64());
  if (!std::isfinite(read)) return fail("a number that is none");
  number = read;
}

void Reader::value(std::string& text) { text = std::string(base::as_text(bytes())); }

void Reader::value(base::Buffer& octets) {
  const base::Bytes read = bytes();
  octets.assign(read.begin(), read.end());
}

void Reader::value(base::IpAddress& address) {
  const base::Bytes octets = bytes();
  address = base::IpAddress::from_bytes(octets);
  if (!octets.empty() && !address) fail(fmt::format("an address has {} octets", octets.size()));
}

void Reader::value(base::Endpoint& endpoint) {
  value(endpoint.address);
  value(endpoint.port);
}

void Reader::value(base::Prefix& prefix) {
  value(prefix.address);
  value(prefix.length);
  if (ok() && prefix.length > prefix.address.bits()) fail("a prefix is longer than its address");
}

void Reader::value(base::Location& location) {
  value(location.file);
  value(location.line);
  value(location.column);
}

void Reader::value(base::Duration& duration) {
  duration = base::Duration(number_of_any_sign(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()));
}

// Of instants so far away that nothing can be said in nanoseconds nobody has written one.
void Reader::value(base::TimePoint& when) {
  constexpr std::int64_t k_furthest = std::numeric_limits<std::int64_t>::max() / 4;
  const base::Duration left(number_of_any_sign(-k_furthest, k_furthest));
  if (ok()) when = now_ + left;
}

void Reader::value(base::WallTime& when) {
  base::Duration since{};
  value(since);
  if (ok()) when = base::WallTime(since);
}

void Reader::value(base::UniqueFd& descriptor) {
  const auto number = static_cast<int>(number_of_any_sign(-1, std::numeric_limits<int>::max()));
  if (!ok()) return;
  if (number < 0) descriptor.reset();
  else descriptor = descriptors_ ? descriptors_(number) : base::UniqueFd(number);
}

void Reader::value(std::vector<bool>& all) {
  all.clear();
  const std::uint64_t size = count(8 * (end_ - position_));
  const base::Bytes octets = take((size + 7) / 8);
  if (!ok()) return;
  all.reserve(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < size; ++i) all.push_back((octets[i / 8] >> (i % 8) & 1U) != 0);
}

// --- objects that several hold -----------------------------------------------------------------------------------------------

std::shared_ptr<void>* Reader::refer(const void* type, bool& first) {
  auto& [all, open] = objects_[type];
  const std::uint64_t number = count(all.size() + 1);
  first = number == all.size() + 1;
  if (first) {  // its number is taken: others may be met in it
    open.push_back(all.size());
    all.emplace_back();
  }
  return number == 0 || first ? nullptr : &all[static_cast<std::size_t>(number - 1)];
}

void Reader::keep(const void* type, std::shared_ptr<void> object) {
  auto& [all, open] = objects_[type];
  if (open.empty()) return;
  all[open.back()] = std::move(object);
  open.pop_back();
}

base::Result<std::vector<SectionInfo>> sections(base::Bytes octets) {
  Reader reader(octets, {});
  if (!reader.ok()) return reader.result().error();
  std::vector<SectionInfo> found;
  base::ByteReader walk(octets.subspan(k_head_size));
  while (walk.ok() && !walk.empty()) {
    SectionInfo one;
    one.name = base::as_text(walk.take(walk.u8()));
    one.version = walk.u16();
    one.size = static_cast<std::size_t>(walk.u64());
    walk.skip(one.size);
    if (walk.ok() && one.name != k_end) found.push_back(std::move(one));
  }
  if (!walk.ok()) return base::Error(fmt::format("octet {}: a section is longer than the state", k_head_size + walk.position()));
  return found;
}

}  // namespace tandem::state
