#include "host/cli/errors.hpp"

#include <new>
#include <system_error>

#include "host/base/json.hpp"
#include "host/base/trouble.hpp"

namespace symscan {

ToldError describe_error() {
  try {
    throw;
  } catch (const Error& error) {
    return {error.what(), error.code()};
  } catch (const Json::exception& error) {
    return {std::string("a stored entry cannot be read (") + error.what() +
                "); a run directory that is damaged or from another version can be replaced with --overwrite",
            ExitCode::bad_input};
  } catch (const std::bad_alloc&) {
    return {no_memory_told, ExitCode::interrupted};
  } catch (const std::system_error& error) {
    return {std::string(error.what()) + ": " + trouble_text(error.code().value()),
            exit_code_of(error.code().value())};
  } catch (const std::exception& error) {
    return {std::string("unexpected error: ") + error.what(), ExitCode::some_failed};
  }
}

}  // namespace symscan
