#include "host/report/assets.hpp"

#include <stdexcept>
#include <string>

namespace symscan {

struct EmbeddedFile {
  const char* name;
  const char* begin;
  const char* end;
};

/// Every file of host/report/assets, and figures.es5.js (host/report/assets.cmake); a file without a name
/// ends it (host/report/assets.S.in).
extern "C" const EmbeddedFile symscan_assets[];

std::string_view report_asset(std::string_view name) {
  for (const EmbeddedFile* asset = symscan_assets; asset->name != nullptr; ++asset) {
    if (asset->name == name) return {asset->begin, static_cast<std::size_t>(asset->end - asset->begin)};
  }
  throw std::out_of_range("no asset of the report is called " + std::string(name));
}

}  // namespace symscan
