#pragma once
#include <nanobind/nanobind.h>

namespace symscan::python {

namespace nb = nanobind;

void bind_models(nb::module_& module);
void bind_tables(nb::module_& module);
void bind_runs(nb::module_& module);

}  // namespace symscan::python
