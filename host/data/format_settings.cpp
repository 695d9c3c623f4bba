// Which settings are for which formats.
#include "host/data/format_settings.hpp"

#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

struct FormatSetting {
  const char* name;
  bool given;  ///< other than the default
  std::vector<std::string> formats;
};

std::vector<FormatSetting> settings_given(const FileOptions& options) {
  static const FileOptions usual;
  const std::vector<std::string> text = {"csv"}, events = {"lhe", "hepmc", "lheh5", "hdf5"},
                                 arrays = {"npz", "hdf5", "root"},
                                 particles = {"npy", "npz", "hdf5", "root", "parquet", "feather"},
                                 tables = {"csv", "npy", "npz", "hdf5", "root", "parquet", "feather"};
  return {{"header", options.header != usual.header, text},
          {"delimiter", options.delimiter != usual.delimiter, text},
          {"skip_rows", options.skip_rows != usual.skip_rows, text},
          {"decimal", options.decimal_comma, text},
          {"array", !options.array.empty(), arrays},
          {"flatten", options.flatten != 0, particles},
          {"flatten_order", options.order_by_pt, particles},
          {"padding", options.mask_padding, particles},
          {"on_text", options.on_text == OnText::one_hot, tables},
          {"particles", !options.particles.empty(), events},
          {"statuses", options.statuses != usual.statuses, events},
          {"features", options.features != usual.features, events}};
}

}  // namespace

void check_settings_of_format(const std::string& format, const std::string& path,
                              const FileOptions& options) {
  for (const FormatSetting& setting : settings_given(options)) {
    const auto& formats = setting.formats;
    if (!setting.given || std::find(formats.begin(), formats.end(), format) != formats.end()) continue;
    throw DataError(std::string("dataset.") + setting.name + " is only for the formats " +
                    list_words(formats) + ", and " + path + " is read as " + format + "; leave it out");
  }
}

}  // namespace symscan
