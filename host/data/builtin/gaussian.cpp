#include "host/data/builtin/facts.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

DatasetFacts gaussian_facts(const Json& settings) {
  const int dimension = settings.at("dimension").get<int>();
  // Unequal variances are an affine image of equal ones.
  DatasetFacts facts{{}, dimension, dimension, "a Gaussian cloud", "none", rotations(dimension), {}};
  for (int axis = 0; axis < dimension; ++axis) facts.columns.push_back("x" + std::to_string(axis));
  return facts;
}

const RegisterDataset gaussian{{
    .kind = "gaussian",
    .description = "Independent normal variables with mean 0; axis i = 0, 1, ... has the variance decay^i",
    .parameters = {integer_parameter("dimension", 2, "Number of axes", 1, 4096),
                   positive_parameter(
                       "decay", 1.0,
                       "Variance of an axis divided by that of the axis before it (the first has variance 1)",
                       1)},
    .facts = gaussian_facts,
    .row_sampler =
        [](const Json& settings) {
          return Gaussian{settings.at("dimension").get<int>(), settings.at("decay").get<double>()};
        },
}};

}  // namespace
}  // namespace symscan
