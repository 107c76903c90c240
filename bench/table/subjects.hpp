// The daemons that are measured; all_subjects() has them as rows.
#pragma once

#include "bench/table/subject.hpp"

namespace tandem::bench {

[[nodiscard]] std::unique_ptr<Subject> make_tandem(const std::string& name, const std::string& program);
[[nodiscard]] std::unique_ptr<Subject> make_exabgp(const std::string& name, const std::string& program);
[[nodiscard]] std::unique_ptr<Subject> make_bird(const std::string& name, const std::string& program);
[[nodiscard]] std::unique_ptr<Subject> make_frr(const std::string& name, const std::string& program);
[[nodiscard]] std::unique_ptr<Subject> make_openbgpd(const std::string& name, const std::string& program);
[[nodiscard]] std::unique_ptr<Subject> make_gobgp(const std::string& name, const std::string& program);

// Calls `line(prefix, med)` for each route that is configured.
template <class Line>
void for_each_route(const Plan& plan, Line&& line) {
  for (std::size_t i = 0; i < plan.routes; ++i) {
    line(dotted(k_first_announced + static_cast<std::uint32_t>(i)) + "/32", i / plan.per_set + (i < plan.changed ? 1'000'000 : 1));
  }
}

// Calls `line(number, address, kind)` for each neighbor; its kind is "told" or "quiet".
template <class Line>
void for_each_neighbor(const Plan& plan, Line&& line) {
  for (std::size_t i = 0; i < plan.sessions + plan.quiet; ++i) line(i, dotted(session_address(i)), i < plan.sessions ? "told" : "quiet");
}

}  // namespace tandem::bench
