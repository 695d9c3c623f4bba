#include "host/library/chosen_settings.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>

#include "host/base/error.hpp"
#include "host/base/statistics.hpp"
#include "host/base/text.hpp"
#include "host/config/config.hpp"
#include "host/data/dataset.hpp"
#include "host/data/file_fields.hpp"
#include "host/data/file_set.hpp"
#include "host/data/preprocess.hpp"

namespace symscan {
namespace {

constexpr std::size_t most_rows = 4000, most_queries = 400, most_latents = 8;

/// A section that is no object is left to the check of the config.
bool is_open(const Json& document, const char* section, const char* key) {
  if (!document.contains(section)) return true;
  return document[section].is_object() && !document[section].contains(key);
}

/// The median over some of the first rows of the squared distance to the nearest other one.
double neighbour_distance(const PreparedData& data) {
  const std::size_t rows = std::min(data.rows, most_rows),
                    stride = std::max<std::size_t>(1, rows / most_queries);
  std::vector<double> nearest;
  for (std::size_t a = 0; a < rows; a += stride) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t b = 0; b < rows; ++b) {
      double distance = 0;
      for (std::size_t d = 0; d < data.features; ++d) {
        const double apart = data.values[a * data.features + d] - data.values[b * data.features + d];
        distance += apart * apart;
      }
      if (b != a && distance < least) least = distance;
    }
    nearest.push_back(least);
  }
  return upper_median(std::move(nearest));
}

/// A pipe is empty after the first time.
bool can_be_read_twice(const Json& document) {
  const Json& dataset = document.at("dataset");
  if (!dataset.is_object() || !dataset.value("path", Json()).is_string()) return false;
  try {
    const std::vector<std::string> files = files_of(parse_file_options(dataset));
    std::error_code error;
    return std::all_of(files.begin(), files.end(),
                       [&](const auto& file) { return std::filesystem::is_regular_file(file, error); });
  } catch (const Error&) {
    return false;  // told when the data are read
  }
}

PreparedData read_prepared(Json dataset, std::size_t most) {
  const Json limit = dataset.value("max_rows", Json());
  dataset["max_rows"] = limit.is_number() ? std::min(limit.get<std::size_t>(), most) : most;
  return prepare(load_dataset(dataset), Preprocess::standardize);
}

/// The only dataset, prepared as for training: its first rows, or all where those do not do (a selection
/// keeps none of them, say). None if training will say why. The first rows are tried twice, so that what is
/// chosen is the same after a trouble that has passed; a trouble that is told as such ends the command.
std::optional<PreparedData> read_some(const Json& document) {
  const Json given = {{"dataset", document.at("dataset")}};
  constexpr std::size_t all = std::numeric_limits<std::int64_t>::max();
  for (const std::size_t most : {most_rows, most_rows, all}) {
    try {
      return read_prepared(parse_config(given).replicas.at(0).dataset, most);
    } catch (const ConfigError&) {
      return std::nullopt;
    } catch (const DataError& error) {
      if (error.code() == ExitCode::interrupted) throw;
    }
  }
  return std::nullopt;
}

Json latent_scan(std::size_t columns) {
  Json scan = Json::array();
  for (const std::size_t latents : {1, 2, 3, 4, 6, 8})
    if (latents <= std::clamp<std::size_t>(columns, 1, most_latents)) scan.push_back(latents);
  if (scan.back() != std::min(columns, most_latents)) scan.push_back(columns);
  return scan;
}

std::string list_text(const Json& list) {
  std::vector<std::string> words;
  for (const Json& value : list) words.push_back(number_text(value.get<double>()));
  return join_words(words);
}

}  // namespace

std::vector<double> betas_for(double squared_distance) {
  const std::vector<double> series = {0.01, 0.03, 0.1, 0.3, 1};
  const double least = 2 * squared_distance;  // tau = beta / 2
  std::size_t first = 1;                      // 0.01 resolves more than most data hold
  while (first + 3 < series.size() && series[first] < least) ++first;
  return {series.begin() + static_cast<std::ptrdiff_t>(first),
          series.begin() + static_cast<std::ptrdiff_t>(first) + 3};
}

namespace {

/// What a document leaves open.
struct OpenSettings {
  explicit OpenSettings(const Json& document)
      : latents(is_open(document, "model", "latent_dim")),
        beta(is_open(document, "loss", "beta")),
        seeds(!document.contains("seeds") && !document.contains("seed")) {
    if (document.contains("zip")) latents = beta = seeds = false;
  }
  bool any() const { return latents || beta || seeds; }

  bool latents, beta, seeds;
};

std::vector<std::string> choose_from(const PreparedData& data, const OpenSettings& open, Json& document) {
  std::vector<std::string> chosen;
  if (open.latents) {
    document["model"]["latent_dim"] = latent_scan(data.features);
    chosen.push_back("model.latent_dim " + list_text(document["model"]["latent_dim"]) + " (" +
                     plural(data.features, "column") + ")");
  }
  if (open.beta) {
    document["loss"]["beta"] = betas_for(neighbour_distance(data) / static_cast<double>(data.features));
    chosen.push_back("loss.beta " + list_text(document["loss"]["beta"]));
  }
  if (open.seeds) {
    document["seeds"] = "auto";
    chosen.emplace_back("seeds auto");
  }
  return {"chosen from the data: " + join_words(chosen, "; ") + "; write them as settings to choose others"};
}

/// The first rows of a table.
Table head_of(const Table& table, std::size_t most) {
  Table head;
  head.columns = table.columns;
  head.precision = table.precision;
  head.rows = std::min(table.rows, most);
  const auto values = static_cast<std::ptrdiff_t>(head.rows * table.features());
  head.values.assign(table.values.begin(), table.values.begin() + values);
  if (!table.weights.empty())
    head.weights.assign(table.weights.begin(),
                        table.weights.begin() + static_cast<std::ptrdiff_t>(head.rows));
  return head;
}

}  // namespace

std::vector<std::string> choose_settings(Json& document) {
  const OpenSettings open(document);
  if (!open.any() || !can_be_read_twice(document)) return {};
  const std::optional<PreparedData> data = read_some(document);
  return data ? choose_from(*data, open, document) : std::vector<std::string>();
}

std::vector<std::string> choose_settings(Json& document, const Table& table) {
  const OpenSettings open(document);
  if (!open.any()) return {};
  try {
    return choose_from(prepare(head_of(table, most_rows), Preprocess::standardize), open, document);
  } catch (const DataError&) {
    return {};  // training says why
  }
}

}  // namespace symscan
