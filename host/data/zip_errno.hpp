#pragma once
#include <zip.h>

#include <cerrno>

namespace symscan {

/// What the system said when libzip failed: an errno, or 0 if the archive itself is at fault.
inline int zip_errno(const zip_error_t* error) {
  if (zip_error_code_zip(error) == ZIP_ER_MEMORY) return ENOMEM;
  return zip_error_system_type(error) == ZIP_ET_SYS ? zip_error_code_system(error) : 0;
}

}  // namespace symscan
