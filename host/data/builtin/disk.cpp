#include <cmath>
#include <numbers>

#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

const RegisterDataset disk{{
    .kind = "disk",
    .description = "Points (x, y) with x^2 + y^2 < r^2, uniform in area: rho = r sqrt(u), phi uniform",
    .parameters = {positive_parameter("radius", 1.0, "Radius r")},
    .facts =
        [](const Json&) {
          return DatasetFacts{{"x", "y"}, 2, 2, "a filled region of the plane"};
        },
    .make_row =
        [](const Json& settings) {
          return [radius = settings.at("radius").get<double>()](RowRandom& random, double* row) {
            const double rho = radius * std::sqrt(random.uniform());
            const double phi = random.uniform(0.0, 2.0 * std::numbers::pi);
            row[0] = rho * std::cos(phi);
            row[1] = rho * std::sin(phi);
          };
        },
}};

}  // namespace
}  // namespace symscan
