#include "tandem/trace/event_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

#include "tandem/trace/labels.hpp"

namespace tandem::trace {

namespace {

constexpr std::string_view k_between = ",\n";
constexpr std::string_view k_duration = R"(,"dur":)";
constexpr std::string_view k_arguments = R"(,"args":{)";
constexpr std::string_view k_names_of_amounts[] = {R"("messages in":)", R"("messages out":)", R"("octets":)", R"("slices":)"};
constexpr std::size_t k_digits = std::numeric_limits<std::uint64_t>::digits10 + 1;
// The most that an event has besides what its label says: two times, two amounts, and what stands between all that.
constexpr std::size_t k_numbers = 4 * (k_digits + 1) + 96;

char* put(std::string_view text, char* at) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

char* put_number(std::uint64_t number, char* at) { return std::to_chars(at, at + k_digits, number).ptr; }

// Microseconds, to the nanosecond.
char* put_time(base::Duration time, char* at) {
  const auto nanoseconds = static_cast<std::uint64_t>(std::max(time, base::Duration::zero()).count());
  at = put_number(nanoseconds / 1000, at);
  const auto rest = static_cast<unsigned>(nanoseconds % 1000);
  at[0] = '.';
  at[1] = static_cast<char>('0' + rest / 100);
  at[2] = static_cast<char>('0' + rest / 10 % 10);
  at[3] = static_cast<char>('0' + rest % 10);
  return at + 4;
}

// What is 0 is left out.
class Arguments {
 public:
  explicit Arguments(char* at) : at_(at) {}
  void text(std::string_view members) {
    if (!members.empty()) at_ = put(members, next());
  }
  void amount(std::string_view name, std::uint32_t amount) {
    if (amount != 0) at_ = put_number(amount, put(name, next()));
  }
  char* end() {
    if (any_) *at_++ = '}';
    return at_;
  }

 private:
  char* next() {
    if (!any_) at_ = put(k_arguments, at_);
    else *at_++ = ',';
    any_ = true;
    return at_;
  }
  char* at_;
  bool any_ = false;
};

char* put_arguments(const Slice& slice, char* at) {
  const auto& [in, out, octets, slices] = k_names_of_amounts;
  Arguments arguments(at);
  arguments.text(slice.label->arguments);
  switch (slice.label->kind) {
    case SliceKind::turn:
      arguments.amount(in, slice.amount);
      arguments.amount(out, slice.amount_out);
      break;
    case SliceKind::work: arguments.amount(octets, slice.amount); break;
    case SliceKind::lost: arguments.amount(slices, slice.amount); break;
    case SliceKind::engine:
    case SliceKind::begin:
    case SliceKind::wait:
    case SliceKind::driver:
    case SliceKind::step: break;
  }
  return arguments.end();
}

constexpr bool lasts(SliceKind kind) { return kind != SliceKind::engine && kind != SliceKind::lost; }

}  // namespace

// Written out by hand: this is most of what a timeline costs, and it is all that its thread does.
void EventText::append(const Slice& slice) {
  const Label& label = *slice.label;
  const std::size_t most = k_between.size() + label.front.size() + label.arguments.size() + k_numbers;
  if (room_.size() - used_ < most) room_.resize(std::max(2 * room_.size(), used_ + most));
  char* at = room_.data() + used_;
  if (origin_) at = put(k_between, at);
  else origin_ = slice.begin;
  at = put_time(slice.begin - *origin_, put(label.front, at));
  if (lasts(label.kind)) at = put_time(slice.length, put(k_duration, at));
  at = put_arguments(slice, at);
  *at++ = '}';
  used_ = static_cast<std::size_t>(at - room_.data());
}

}  // namespace tandem::trace
