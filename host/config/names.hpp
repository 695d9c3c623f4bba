#pragma once
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/config/replica.hpp"

namespace symscan {

/// One row of the table that joins an enum with its text in configs. Each enum has one table, in names.cpp.
template <typename Enum>
struct Named {
  Enum value;
  const char* name;
};

template <typename Enum>
std::span<const Named<Enum>> names_of();
template <>
std::span<const Named<Activation>> names_of();
template <>
std::span<const Named<LossKind>> names_of();
template <>
std::span<const Named<Optimizer>> names_of();
template <>
std::span<const Named<Schedule>> names_of();
template <>
std::span<const Named<Precision>> names_of();
template <>
std::span<const Named<RelevanceMeasure>> names_of();
template <>
std::span<const Named<Preprocess>> names_of();

/// The texts a config may hold for this enum.
template <typename Enum>
std::vector<std::string> choices_of() {
  std::vector<std::string> choices;
  for (const auto& row : names_of<Enum>()) choices.emplace_back(row.name);
  return choices;
}

/// The value of a text that has passed the check of its field.
template <typename Enum>
Enum value_of(const std::string& name) {
  for (const auto& row : names_of<Enum>()) {
    if (name == row.name) return row.value;
  }
  throw std::logic_error("unchecked config text '" + name + "'");
}

std::string to_string(Activation);
std::string to_string(LossKind);
std::string to_string(Optimizer);
std::string to_string(Schedule);
std::string to_string(Precision);
std::string to_string(RelevanceMeasure);
std::string to_string(Preprocess);

}  // namespace symscan
