#include <cmath>
#include <numbers>

#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

const RegisterDataset circle{{
    .kind = "circle",
    .description = "Points (r cos phi, r sin phi), phi uniform: the circle S^1 in the plane",
    .parameters = {positive_parameter("radius", 1.0, "Radius r")},
    .facts =
        [](const Json&) {
          return DatasetFacts{{"x", "y"}, 1, 2, "a closed curve"};
        },
    .make_row =
        [](const Json& settings) {
          return [radius = settings.at("radius").get<double>()](RowRandom& random, double* row) {
            const double phi = random.uniform(0.0, 2.0 * std::numbers::pi);
            row[0] = radius * std::cos(phi);
            row[1] = radius * std::sin(phi);
          };
        },
}};

}  // namespace
}  // namespace symscan
