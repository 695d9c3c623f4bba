#include "host/data/builtin/facts.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

DatasetFacts annulus_facts(const Json& settings) {
  const auto radius = settings.at("radius").get<double>();
  if (settings.at("width").get<double>() == 0.0) {
    return {{"x", "y"}, 1, 2, "a closed curve", "so(2)", "so(2)", {circle_equation("x", "y", radius)}};
  }
  return {{"x", "y"}, 2, 2, "a ring with radial noise", "none", "so(2)", {}};
}

const RegisterDataset annulus{{
    .kind = "annulus",
    .description =
        "A circle with radial noise: rho = r + w N(0,1), phi uniform (the rotation stays exact, the "
        "radius is only approximately fixed)",
    .parameters = {positive_parameter("radius", 1.0, "Radius r"),
                   number_parameter(
                       "width", 0.1,
                       "Standard deviation w of the radial Gaussian noise, in the units of the radius", 0)},
    .facts = annulus_facts,
    .row_sampler =
        [](const Json& settings) {
          return Annulus{settings.at("radius").get<double>(), settings.at("width").get<double>()};
        },
}};

}  // namespace
}  // namespace symscan
