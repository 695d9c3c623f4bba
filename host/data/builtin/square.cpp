#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

const RegisterDataset square{{
    .kind = "square",
    .description = "Points (x, y) uniform in the square |x| < a, |y| < a",
    .parameters = {positive_parameter("half_width", 1.0, "Half the side, a")},
    .facts =
        [](const Json&) {
          return DatasetFacts{{"x", "y"}, 2, 2, "a filled region of the plane", "none", "none", {}, -1, "D4"};
        },
    .row_sampler = [](const Json& settings) { return Square{settings.at("half_width").get<double>()}; },
}};

}  // namespace
}  // namespace symscan
