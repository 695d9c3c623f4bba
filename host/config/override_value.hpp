#pragma once
#include <string>

#include "host/base/field.hpp"
#include "host/base/json.hpp"

namespace symscan {

/// How the value of an override may be written. Shells take quotes away, so that ["x","y"] arrives as [x,y].
struct OverrideForm {
  bool list = false;    ///< one value, or values between commas, are a list
  bool words = false;   ///< entries of a list need no quotes
  bool digits = false;  ///< numbers are texts, e.g. the column 1 or the weight 1001
};

/// The form of one setting; `of_file`: of a dataset of the kind "file".
OverrideForm override_form(const Field& field, bool of_file);

/// The value in `text`: JSON, else what the form allows, else the text itself. Throws ConfigError that shows
/// how to quote if the text starts like JSON and is not. `path` is the setting.
Json override_value(const std::string& path, const std::string& text, const OverrideForm& form);

}  // namespace symscan
