// Configuration text to Configuration. Pure: files are read by the caller, programs are looked at through
// ProgramProbe. A text with an error gives no configuration at all (D24).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/config/configuration.hpp"
#include "common/rib/attribute_pool.hpp"

namespace tandem::config {

// Questions about a program's file, answered by the process room (or by a test).
class ProgramProbe {
 public:
  struct Answer {
    bool exists = false;
    bool readable = false;
    bool directory = false;
    bool regular = false;
    bool set_uid = false;
    bool set_gid = false;
    bool executable = false;
    bool hidden = false;  // it may be there: we have no permission to look
  };
  virtual ~ProgramProbe() = default;
  virtual Answer probe(const std::string& path) const = 0;
  // Where a program that is a bare name is looked for last: the entries of PATH.
  virtual std::vector<std::string> search_path() const = 0;
  // What `etc/exabgp` at the beginning of a program's name stands for.
  virtual std::string etc_directory() const { return "/etc/exabgp"; }
  // A memory over several parses, for those who have one: what `run NAME` has become in a file of that folder.
  virtual std::optional<std::string> found_before(const std::string& /*folder*/, std::string_view /*name*/) const { return std::nullopt; }
  virtual void found(const std::string& /*folder*/, std::string_view /*name*/, const std::string& /*path*/) const {}
};

struct Source {
  std::string name;       // as the user wrote it; appears in errors
  std::string directory;  // of the real file; relative programs are looked for there
  std::string text;
};

struct ParseOptions {
  bool passive = false;              // setting bgp.passive
  std::vector<std::string> bound{};  // setting tcp.bind
  // A route may have a next hop that no session of its neighbor could carry: for who only writes octets and announces nothing.
  bool any_next_hop = false;
};

// All that is wrong with a text, as far as it can be told: what only follows from another error is left out.
struct Findings {
  Configuration configuration;      // of no use when there are errors, but for its warnings
  std::vector<base::Error> errors;  // in the order of the text
  bool more = false;                // reading stopped at the limit
};
[[nodiscard]] Findings examine(const Source& source, const ParseOptions& options, const ProgramProbe& probe, rib::AttributePool& pool,
                               std::size_t errors_max);

// The first error, with the warnings before it. The attributes of routes are interned in `pool`, which must outlive the configuration.
[[nodiscard]] base::Result<Configuration> parse(const Source& source, const ParseOptions& options, const ProgramProbe& probe,
                                                rib::AttributePool& pool);

// Every section and keyword with its value and its meaning, one a line.
[[nodiscard]] std::string print_keywords();

// An error as people read it: one header line "file:line:column: reason", then section, statement, token, alternatives; of long lists
// of these their length, unless they are asked for.
enum class Alternatives : std::uint8_t { few, all };
[[nodiscard]] std::string render(const base::Error& error, Alternatives alternatives = Alternatives::few);
[[nodiscard]] std::string render(const Warning& warning);

}  // namespace tandem::config
