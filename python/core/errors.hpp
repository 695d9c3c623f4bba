#pragma once
#include <nanobind/nanobind.h>

namespace symscan::python {

namespace nb = nanobind;

/// Text of the library as a Python str. Names of files and columns need not be UTF-8: other bytes are
/// replaced.
inline nb::str to_str(const std::string& text) {
  return nb::steal<nb::str>(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
}

/// symscan::Error becomes symscan.Error of _errors.py, or what is derived from it, with the same sentence.
void register_errors();

}  // namespace symscan::python
