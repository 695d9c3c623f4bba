// symscan._core: the library as Python calls it. Thin: what is nice to use is in python/symscan.
#include "python/core/bindings.hpp"
#include "python/core/errors.hpp"

NB_MODULE(_core, module) {
  module.attr("__version__") = SYMSCAN_VERSION;
  symscan::python::register_errors();
  symscan::python::bind_tables(module);
  symscan::python::bind_models(module);
  symscan::python::bind_runs(module);
}
