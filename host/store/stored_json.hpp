#pragma once
#include <string>

#include "host/base/error.hpp"
#include "host/base/json.hpp"
#include "host/store/sqlite_errors.hpp"

namespace symscan {

/// JSON of a ledger. Throws Json::exception for what is not JSON, DataError for lists and objects nested
/// more than 64 deep (copies of such values are recursive and would end the stack).
Json stored_json(const std::string& text);

/// How messages name a row of the table replica.
inline std::string name_of_replica(int id) {
  return "replica " + std::to_string(id);
}

/// What `read` returns. What it cannot make sense of is damage of `what` in the ledger `file`.
template <class Read>
auto understood(const std::string& file, const std::string& what, const Read& read) {
  try {
    return read();
  } catch (const Json::exception& error) {
    throw damaged_ledger(file, what + " cannot be read (" + error.what() + ")");
  } catch (const ConfigError& error) {
    throw damaged_ledger(file, what + " cannot be read (" + error.what() + ")");
  } catch (const DataError& error) {
    throw damaged_ledger(file, what + " cannot be read (" + error.what() + ")");
  }
}

}  // namespace symscan
