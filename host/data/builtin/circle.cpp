#include "host/data/builtin/facts.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

const RegisterDataset circle{{
    .kind = "circle",
    .description = "Points (r cos phi, r sin phi), phi uniform: the circle S^1 in the plane",
    .parameters = {positive_parameter("radius", 1.0, "Radius r")},
    .facts =
        [](const Json& settings) {
          return DatasetFacts{{"x", "y"},
                              1,
                              2,
                              "a closed curve",
                              "so(2)",
                              "so(2)",
                              {circle_equation("x", "y", settings.at("radius").get<double>())}};
        },
    .row_sampler = [](const Json& settings) { return Circle{settings.at("radius").get<double>()}; },
}};

}  // namespace
}  // namespace symscan
