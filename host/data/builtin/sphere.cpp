#include "host/data/builtin/facts.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

DatasetFacts sphere_facts(const Json& settings) {
  const int dimension = settings.at("dimension").get<int>();
  const auto radius = settings.at("radius").get<double>();
  DatasetFacts facts{{},
                     dimension,
                     dimension + 1,
                     dimension == 1 ? "a closed curve" : "a sphere",
                     rotations(dimension + 1),
                     rotations(dimension + 1),
                     {}};
  for (int axis = 0; axis <= dimension; ++axis) facts.columns.push_back("x" + std::to_string(axis));
  facts.constraints = {sum_of_squares(facts.columns) + " = " + short_number(radius * radius)};
  return facts;
}

const RegisterDataset sphere{{
    .kind = "sphere",
    .description = "Points uniform on the sphere S^n of radius r in R^(n+1): a normalised Gaussian vector",
    .parameters = {integer_parameter("dimension", 2,
                                     "Dimension n of the sphere; the data have n + 1 features", 1, 4095),
                   positive_parameter("radius", 1.0, "Radius r")},
    .facts = sphere_facts,
    .row_sampler =
        [](const Json& settings) {
          return Sphere{settings.at("dimension").get<int>(), settings.at("radius").get<double>()};
        },
}};

}  // namespace
}  // namespace symscan
