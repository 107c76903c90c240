// The words that narrow a selector, each with a value behind it. Apart from selector.hpp: only completion asks for them.
#pragma once

#include <span>
#include <string_view>

namespace tandem::api {

[[nodiscard]] std::span<const std::string_view> selector_filters();

}  // namespace tandem::api
