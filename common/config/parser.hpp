// Configuration text to Configuration. Pure: files are read by the caller, programs are looked at through
// ProgramProbe. A text with an error gives no configuration at all.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/error.hpp"
#include "common/config/configuration.hpp"
#include "common/config/diagnostics.hpp"
#include "common/config/source.hpp"
#include "common/rib/attribute_pool.hpp"
#include "common/rib/discards.hpp"

namespace tandem::config {

[[nodiscard]] Findings examine(const Source& source, const ParseOptions& options, const ProgramProbe& probe, rib::AttributePool& pool,
                               std::size_t errors_max);

// The first error, with the warnings before it. The attributes of routes are interned in `pool`, which must outlive the configuration.
[[nodiscard]] base::Result<Configuration> parse(const Source& source, const ParseOptions& options, const ProgramProbe& probe,
                                                rib::AttributePool& pool);

// The same a slice at a time: a text that takes seconds must not keep whoever reads it from everything else. `probe` and `pool` must outlive it.
class Reading {
 public:
  Reading(Source source, ParseOptions options, const ProgramProbe& probe, rib::AttributePool& pool);
  ~Reading();
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  // Reads so many statements more. Nothing: there are others; otherwise what parse() would have given.
  [[nodiscard]] std::optional<base::Result<Configuration>> step(std::size_t statements);
  [[nodiscard]] const Source& source() const;
  // It ends: the routes it has read, but those of the configuration that was given, are to be freed by them.
  void discard(rib::Discards& discards);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Every section and keyword with its value and its meaning, one a line.
[[nodiscard]] std::string print_keywords();

}  // namespace tandem::config
