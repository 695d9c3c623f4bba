#include "host/data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/table_limits.hpp"
#include "kernels/generate/prepared_row.hpp"

namespace symscan {
namespace {

// Local to a function: files register themselves in an order that nobody knows.
std::vector<BuiltinDataset>& registry() {
  static std::vector<BuiltinDataset> datasets;
  return datasets;
}

std::string kind_of(const Json& settings) {
  const auto kind = settings.find("kind");
  if (kind == settings.end() || !kind->is_string()) {
    throw DataError("the dataset section has no kind; write for example \"kind\": \"circle\"");
  }
  return kind->get<std::string>();
}

const BuiltinDataset& builtin_of(const std::string& kind) {
  if (const BuiltinDataset* dataset = find_builtin_dataset(kind)) return *dataset;
  std::string known = "file";
  for (const BuiltinDataset& dataset : builtin_datasets()) known += ", " + dataset.kind;
  throw DataError("there is no dataset of the kind '" + kind + "'; known kinds: " + known);
}

Table make_table(const BuiltinDataset& dataset, const Json& settings) {
  const auto n = settings.value("n", std::int64_t{0});
  const auto seed = settings.value("seed", std::uint64_t{1});
  if (n < 1) throw DataError("dataset.n is " + std::to_string(n) + "; a dataset needs at least one row");

  Table table;
  table.columns = dataset.facts(settings).columns;
  table.rows = static_cast<std::size_t>(n);
  const std::size_t features = table.features();
  check_table_size("dataset '" + dataset.kind + "'", table.rows, features, "dataset.n");
  table.precision.assign(features, kFloat32Precision);
  if (dataset.make_rows) {
    MadeRows made = dataset.make_rows(settings);
    table.values = std::move(made.values);
    table.groups = std::move(made.groups);
  } else {
    table.values.resize(table.rows * features);
    const auto fill_row = dataset.make_row(settings);
    for (std::size_t row = 0; row < table.rows; ++row) {
      RowRandom random(seed, row);
      fill_row(random, table.values.data() + row * features);
    }
  }
  check_magnitudes(table, "dataset '" + dataset.kind + "'");
  constexpr double largest_float32 = 3.4e38;
  const auto beyond = std::find_if(table.values.begin(), table.values.end(),
                                   [](double value) { return std::abs(value) > largest_float32; });
  if (beyond != table.values.end())
    throw DataError(
        "dataset '" + dataset.kind + "', row " +
        std::to_string((beyond - table.values.begin()) / static_cast<std::ptrdiff_t>(features) + 1) +
        ": the value would be " + rounded(*beyond, 6) +
        ", and built-in datasets are float32, which ends at 3.4e38; choose smaller parameters");
  // What is kept is what a float32 file would hold: a dataset made here and one written and read are equal.
  for (double& value : table.values) value = PreparedRow::as_float32(value);
  return table;
}

}  // namespace

RegisterDataset::RegisterDataset(BuiltinDataset dataset) {
  auto& datasets = registry();
  const auto place =
      std::lower_bound(datasets.begin(), datasets.end(), dataset.kind,
                       [](const BuiltinDataset& a, const std::string& kind) { return a.kind < kind; });
  if (place != datasets.end() && place->kind == dataset.kind) {
    throw std::logic_error("two datasets are called " + dataset.kind);
  }
  const int ways = (dataset.row_sampler ? 1 : 0) + (dataset.make_row ? 1 : 0) + (dataset.make_rows ? 1 : 0);
  if (ways != 1)
    throw std::logic_error("the dataset " + dataset.kind +
                           " needs one of row_sampler, make_row and make_rows");
  if (dataset.row_sampler) {
    dataset.make_row = [read = dataset.row_sampler](const Json& settings) {
      return [sampler = read(settings)](RowRandom& random, double* row) { sampler.fill_row(random, row); };
    };
  }
  datasets.insert(place, std::move(dataset));
}

const std::vector<BuiltinDataset>& builtin_datasets() {
  return registry();
}

const BuiltinDataset* find_builtin_dataset(const std::string& kind) {
  for (const BuiltinDataset& dataset : registry()) {
    if (dataset.kind == kind) return &dataset;
  }
  return nullptr;
}

std::string no_such_dataset(const std::string& kind) {
  std::vector<std::string> kinds;
  for (const BuiltinDataset& dataset : registry()) kinds.push_back(dataset.kind);
  const std::string hint = did_you_mean(kind, kinds);
  return "there is no dataset '" + printable_line(kind) + "'" +
         (hint.empty() ? "; symscan datasets lists them" : hint);
}

Table load_dataset(const Json& settings) {
  const std::string kind = kind_of(settings);
  return kind == "file" ? load_file_dataset(settings) : make_table(builtin_of(kind), settings);
}

std::optional<RowSampler> row_sampler(const Json& settings) {
  const std::string kind = kind_of(settings);
  if (kind == "file") return std::nullopt;
  const BuiltinDataset& dataset = builtin_of(kind);
  if (!dataset.row_sampler) return std::nullopt;
  return dataset.row_sampler(settings);
}

DatasetFacts dataset_facts(const Json& settings) {
  const std::string kind = kind_of(settings);
  return kind == "file" ? DatasetFacts{} : builtin_of(kind).facts(settings);
}

}  // namespace symscan
