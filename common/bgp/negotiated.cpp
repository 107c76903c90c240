#include "common/bgp/negotiated.hpp"

namespace tandem::bgp {

std::string_view to_string(RefreshMode mode) {
  switch (mode) {
    case RefreshMode::absent: return "absent";
    case RefreshMode::normal: return "normal";
    case RefreshMode::enhanced: return "enhanced";
  }
  return "absent";
}

}  // namespace tandem::bgp
