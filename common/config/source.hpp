// What a configuration is read from, and what reading it gives.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/bgp/dialect.hpp"
#include "common/config/configuration.hpp"

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
  bgp::Dialect dialect = bgp::Dialect::main;  // setting compat.dialect
  // A route may have a next hop that no session of its neighbor could carry: for who only writes octets and announces nothing.
  bool any_next_hop = false;
};

// All that is wrong with a text, as far as it can be told: what only follows from another error is left out.
struct Findings {
  Configuration configuration;      // of no use when there are errors, but for its warnings
  std::vector<base::Error> errors;  // in the order of the text
  bool more = false;                // reading stopped at the limit
};

}  // namespace tandem::config
