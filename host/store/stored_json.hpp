#pragma once
#include <string>

#include "host/base/error.hpp"
#include "host/base/json.hpp"

namespace symscan {

/// An entry of a ledger that this program did not write so.
class DamagedEntry : public DataError {
 public:
  using DataError::DataError;
};

/// JSON of a ledger. Throws Json::exception for what is not JSON, DamagedEntry for lists and objects nested
/// more than 64 deep (copies of such values are recursive and would end the stack).
Json stored_json(const std::string& text);

}  // namespace symscan
