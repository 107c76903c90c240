#include "tandem/trace/labels.hpp"

#include <fmt/format.h>

#include "common/base/json_writer.hpp"

namespace tandem::trace {

namespace {

constexpr std::size_t k_names = 65'536;

constexpr std::string_view k_kinds[] = {"engine", "begin", "wait", "driver", "step", "turn", "work", "lost"};

char phase(SliceKind kind) { return kind == SliceKind::engine ? 'M' : kind == SliceKind::lost ? 'i' : 'X'; }

std::string quoted(std::string_view text) {
  std::string out;
  base::append_json_string(out, text);
  return out;
}

Label label(SliceKind kind, std::string_view name, std::size_t row, std::string arguments = {}) {
  return {kind, fmt::format(R"({{"name":{},"cat":"{}","ph":"{}","pid":1,"tid":{},"ts":)", quoted(name), k_kinds[static_cast<std::size_t>(kind)], phase(kind), row),
          std::move(arguments)};
}

Label wait(speaker::WakeCause cause, std::size_t row) {
  return label(SliceKind::wait, "wait", row, fmt::format(R"("woken":"{}")", speaker::to_string(cause)));
}

Label step(speaker::RoundStep step, std::size_t row) { return label(SliceKind::step, speaker::to_string(step), row); }

}  // namespace

const Label& NamedLabels::at(std::string_view name) {
  constexpr std::uint64_t k_spread = 0x9E37'79B9'7F4A'7C15;
  const std::uint64_t place = reinterpret_cast<std::uintptr_t>(name.data()) * k_spread >> 54U;
  static_assert(k_recent == 1U << (64 - 54));
  const Known::value_type*& recent = recent_[place];
  if (recent == nullptr || recent->first != name) recent = &find(name);
  return recent->second;
}

const NamedLabels::Known::value_type& NamedLabels::find(std::string_view name) {
  if (const auto known = known_.find(name); known != known_.end()) return *known;
  if (known_.size() >= k_names) name = "others";
  const bool of_work = kind_ == SliceKind::work;
  std::string arguments = of_work && !name.empty() ? R"("of":)" + quoted(name) : std::string();
  return *known_.try_emplace(std::string(name), label(kind_, of_work ? std::string_view(work_) : name, row_, std::move(arguments))).first;
}

Labels::Labels(std::string_view engine, std::size_t row)
    : row_(row), engine_(label(SliceKind::engine, "thread_name", row, R"("name":)" + quoted(fmt::format("engine {}", engine)))),
      begin_(label(SliceKind::begin, "begin", row)), lost_(label(SliceKind::lost, "slices are missing", row)),
      drivers_(SliceKind::driver, {}, row), turns_(SliceKind::turn, {}, row) {
  for (std::size_t i = 0; i < waits_.size(); ++i) waits_[i] = trace::wait(static_cast<speaker::WakeCause>(i), row);
  for (std::size_t i = 0; i < steps_.size(); ++i) steps_[i] = trace::step(static_cast<speaker::RoundStep>(i), row);
}

const Label& Labels::work(const char* what, std::string_view whose) {
  return work_.try_emplace(what, SliceKind::work, what, row_).first->second.at(whose);
}

}  // namespace tandem::trace
