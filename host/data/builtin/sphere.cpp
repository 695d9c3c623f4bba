#include <cmath>

#include "host/data/dataset.hpp"

namespace symscan {
namespace {

DatasetFacts sphere_facts(const Json& settings) {
  const int dimension = settings.at("dimension").get<int>();
  DatasetFacts facts{{}, dimension, dimension + 1, dimension == 1 ? "a closed curve" : "a sphere"};
  for (int axis = 0; axis <= dimension; ++axis) facts.columns.push_back("x" + std::to_string(axis));
  return facts;
}

const RegisterDataset sphere{{
    .kind = "sphere",
    .description = "Points uniform on the sphere S^n of radius r in R^(n+1): a normalised Gaussian vector",
    .parameters = {{.name = "dimension",
                    .type = FieldType::integer,
                    .default_value = 2,
                    .doc = "Dimension n of the sphere; the data have n + 1 features",
                    .minimum = 1,
                    .maximum = 4095},
                   {.name = "radius", .default_value = 1.0, .doc = "Radius r", .minimum = 0, .above_minimum = true}},
    .facts = sphere_facts,
    .make_row =
        [](const Json& settings) {
          return [axes = settings.at("dimension").get<int>() + 1,
                  radius = settings.at("radius").get<double>()](RowRandom& random, double* row) {
            double square = 0.0;
            while (square == 0.0) {
              for (int axis = 0; axis < axes; ++axis) {
                row[axis] = random.normal();
                square += row[axis] * row[axis];
              }
            }
            const double scale = radius / std::sqrt(square);
            for (int axis = 0; axis < axes; ++axis) row[axis] *= scale;
          };
        },
}};

}  // namespace
}  // namespace symscan
