#include "python/core/errors.hpp"

#include "host/base/error.hpp"

namespace symscan::python {
namespace {

const char* class_of(const Error& error) {
  if (error.code() == ExitCode::interrupted) return "TemporaryError";
  if (dynamic_cast<const ConfigError*>(&error) != nullptr) return "ConfigError";
  if (dynamic_cast<const DataError*>(&error) != nullptr) return "DataError";
  if (dynamic_cast<const UsageError*>(&error) != nullptr) return "UsageError";
  return "Error";
}

}  // namespace

void register_errors() {
  nb::register_exception_translator([](const std::exception_ptr& raised, void*) {
    try {
      std::rethrow_exception(raised);
    } catch (const Error& error) {
      const nb::object type = nb::module_::import_("symscan._errors").attr(class_of(error));
      PyErr_SetObject(type.ptr(), to_str(error.what()).ptr());
    }
  });
}

}  // namespace symscan::python
