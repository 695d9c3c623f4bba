#pragma once
#include <vector>

#include "host/base/field.hpp"
#include "host/base/json.hpp"
#include "host/data/file_dataset.hpp"

namespace symscan {

/// Settings of `"kind": "file"` (path, format, columns, particles, ...).
const std::vector<Field>& file_dataset_fields();

/// The setting "acceptance", which datasets of every kind have. It is about the analysis: readers ignore it.
const Field& acceptance_field();
/// dataset.angles, of every kind of dataset.
const Field& angles_field();

/// The settings of `"kind": "file"` as the readers take them. Throws DataError.
FileOptions parse_file_options(const Json& settings);

}  // namespace symscan
