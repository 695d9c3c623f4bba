#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/base/field.hpp"
#include "host/data/table.hpp"
#include "kernels/generate/samplers.hpp"

namespace symscan {

/// What is known about a built-in dataset for given settings.
struct DatasetFacts {
  std::vector<std::string> columns;  ///< [D]
  int intrinsic_dimension = -1;      ///< directions along which a point can move; -1: unknown
  int embedding_dimension = -1;      ///< Gaussian axes a continuous map of the data, in the form given,
                                     ///< needs (flat torus T^k: 2k, not k + 1); -1: unknown
  std::string shape = {};            ///< e.g. "a closed curve"; used in sentences
  /// The Lie algebra of the rotations, in the widest sense: of the continuous groups of affine maps of the
  /// features that are conjugate to rotations, e.g. "so(3)" or "so(2)+so(2)". "none": there is none; "": not
  /// stated. `symmetry` is that of the set on which the data lie; directions in which this set is flat and
  /// without bound, or a filled region, count for nothing, since the set says nothing about them.
  /// `density_symmetry` is that of the distribution of the data.
  std::string symmetry = {}, density_symmetry = {};
  /// Exact relations among the features as equations, e.g. "px(mu-) + px(mu+) = 0"; together they fix the set
  /// on which the data lie, and they are empty where that is a filled region.
  std::vector<std::string> constraints = {};
  int laws = -1;  ///< functionally independent quantities that trajectories conserve; -1: not stated
  std::string discrete = {};  ///< finite group of the distribution beside its continuous one; "": not stated
};

/// Rows that are made together, such as those of trajectories.
struct MadeRows {
  std::vector<double> values;  ///< [n][D], row-major
  std::vector<double> groups;  ///< [n] see Table
};

/// A dataset that the program can make itself. One file in host/data/builtin defines one and registers it,
/// with one of row_sampler, make_row and make_rows.
struct BuiltinDataset {
  std::string kind;               ///< config: dataset.kind
  std::string description;        ///< one sentence with formula or source
  std::vector<Field> parameters;  ///< besides kind, n and seed
  std::function<DatasetFacts(const Json& settings)> facts;
  /// For rows that host and device make with the same code (kernels/generate). Settings are validated.
  std::function<RowSampler(const Json& settings)> row_sampler = {};
  /// For rows that only the host can make: returns the function that fills one row ([D] values). Called once
  /// per dataset; settings are validated. Registration sets it where there is a row_sampler.
  std::function<std::function<void(RowRandom&, double* row)>(const Json& settings)> make_row = {};
  /// For rows that depend on each other. Settings are validated and hold n and seed.
  std::function<MadeRows(const Json& settings)> make_rows = {};
};

/// Registers at static initialisation: `const RegisterDataset circle{{...}};`
struct RegisterDataset {
  explicit RegisterDataset(BuiltinDataset dataset);
};

/// All built-in datasets, ordered by kind.
const std::vector<BuiltinDataset>& builtin_datasets();
/// nullptr if there is none of that kind.
const BuiltinDataset* find_builtin_dataset(const std::string& kind);
/// The sentence that there is no dataset of that kind, with what was meant or where they are listed.
std::string no_such_dataset(const std::string& kind);

/// Makes or reads the dataset that a validated, default-filled `dataset` section describes (built-in or
/// file). Throws DataError with one sentence (file, row, column, what to do).
Table load_dataset(const Json& settings);

/// How a device makes the rows of a built-in dataset; none for files and for datasets that only the host can
/// make. Throws DataError for settings that contradict each other.
std::optional<RowSampler> row_sampler(const Json& settings);

/// Facts of a built-in dataset; for files only -1 and an empty shape.
DatasetFacts dataset_facts(const Json& settings);

}  // namespace symscan
