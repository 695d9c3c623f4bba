#pragma once
// What the definitions of commands share.
#include <charconv>
#include <optional>
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

/// --replica, --out (a file with one of `endings`) and --overwrite of commands on a trained model.
inline void add_model_options(CLI::App& app, std::optional<int>& replica, std::string& out, bool& overwrite,
                              const std::string& endings) {
  app.add_option("--replica", replica,
                 "Which trained model, by its number in summary.json (default: the one with the lowest loss, "
                 "where all can be compared)")
      ->type_name("R")
      ->check(between(0, 999999));
  app.add_option("--out", out, "File to write: " + endings)
      ->type_name("FILE")
      ->required()
      ->check(not_empty());
  app.add_flag("--overwrite", overwrite, "Replace the file if there is one");
}

}  // namespace symscan
