#pragma once
#include <limits>
#include <string>
#include <vector>

#include "host/base/json.hpp"

namespace symscan {

enum class FieldType { integer, number, boolean, text, integer_list, text_list };

/// One setting of a config: the single source of its default, its check, its JSON Schema and its
/// documentation.
struct Field {
  std::string name = {};  ///< key inside its section, e.g. "beta"
  FieldType type = FieldType::number;
  Json default_value = {};  ///< null: the key is required (unless `optional`)
  std::string doc = {};     ///< one sentence, with the unit
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool above_minimum = false;             ///< the minimum itself is not allowed
  std::vector<std::string> choices = {};  ///< text: the only values allowed (empty: any)
  bool optional = false;                  ///< the key may be absent or null, and has no default
  std::string word = {};  ///< a text that is allowed beside numbers, such as "auto"; empty: none
};

}  // namespace symscan
