#pragma once
// What the definitions of commands share.
#include <charconv>
#include <string>
#include <type_traits>

#include "host/base/text.hpp"
#include "host/cli/verbs.hpp"

namespace symscan {

template <class Number>
CLI::Validator between(Number low, Number high) {
  return CLI::Validator(
      [low, high](std::string& text) -> std::string {
        Number value;
        const char* const end = text.data() + text.size();
        const auto [read, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc() && read == end && value >= low && value <= high) return "";
        return "'" + text + "' is not " + (std::is_integral_v<Number> ? "a whole number" : "a number") +
               " from " + number_text(static_cast<double>(low)) + " to " +
               number_text(static_cast<double>(high));
      },
      "");
}

inline CLI::Validator not_empty() {
  return CLI::Validator([](const std::string& text) { return text.empty() ? "it is empty" : std::string(); },
                        "");
}

inline CLI::Option* add_argument(CLI::App& app, GivenOptions& given, const std::string& value,
                                 const std::string& text) {
  return app.add_option("first", given.first, text)->type_name(value);
}

inline void add_settings(CLI::App& app, GivenOptions& given, const std::string& text) {
  app.add_option("settings", given.settings, text)->type_name("KEY=VALUE");
}

}  // namespace symscan
