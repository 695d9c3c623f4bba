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
          return DatasetFacts{{"x", "y"}, 2, 2, "a filled region of the plane", "none", "so(2)", {}};
        },
    .row_sampler = [](const Json& settings) { return Disk{settings.at("radius").get<double>()}; },
}};

}  // namespace
}  // namespace symscan
