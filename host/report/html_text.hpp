#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace symscan {

/// Text that can stand in HTML, within elements and in quoted attributes.
std::string escape_html(std::string_view text);

/// The asset (assets.hpp) with every {{NAME}} replaced by what `fill` says. One pass: braces in what is
/// filled in are never taken for placeholders.
std::string filled_page(std::string_view asset, const std::function<std::string(std::string_view)>& fill);

}  // namespace symscan
