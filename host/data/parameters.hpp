#pragma once
#include <limits>
#include <string>

#include "host/base/field.hpp"

namespace symscan {

/// Parameters of built-in datasets, in one line each.
inline Field number_parameter(const std::string& name, double value, const std::string& doc, double minimum,
                              double maximum = std::numeric_limits<double>::infinity()) {
  Field field;
  field.name = name;
  field.default_value = value;
  field.doc = doc;
  field.minimum = minimum;
  field.maximum = maximum;
  return field;
}

/// A number above zero.
inline Field positive_parameter(const std::string& name, double value, const std::string& doc,
                                double maximum = std::numeric_limits<double>::infinity()) {
  Field field = number_parameter(name, value, doc, 0.0, maximum);
  field.above_minimum = true;
  return field;
}

inline Field integer_parameter(const std::string& name, int value, const std::string& doc, int minimum,
                               int maximum) {
  Field field = number_parameter(name, 0.0, doc, minimum, maximum);
  field.type = FieldType::integer;
  field.default_value = value;
  return field;
}

}  // namespace symscan
