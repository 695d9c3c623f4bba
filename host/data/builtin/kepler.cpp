#include <cmath>
#include <limits>

#include "host/base/error.hpp"
#include "host/data/builtin/facts.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

Kepler read_parameters(const Json& settings) {
  const Kepler orbit{settings.at("energy").get<double>(), settings.at("angular_momentum").get<double>(),
                     settings.at("orientation").get<std::string>() == "uniform"};
  if (!(orbit.energy < 0.0)) {
    throw DataError("dataset.energy is " + short_number(orbit.energy) +
                    ", but a bound orbit has an energy below 0");
  }
  if (!orbit.valid()) {
    throw DataError("dataset.angular_momentum is " + short_number(orbit.angular_momentum) +
                    ", but at the energy " + short_number(orbit.energy) +
                    " the circular orbit has the most, " +
                    short_number(1.0 / std::sqrt(-2.0 * orbit.energy)));
  }
  return orbit;
}

DatasetFacts kepler_facts(const Json& settings) {
  const Kepler orbit = read_parameters(settings);
  const double axis = -0.5 / orbit.energy;
  DatasetFacts facts{{"x", "y", "px", "py"}, 1, 2, "a closed curve", "so(2)", "so(2)", {}};
  const std::string momentum = short_number(orbit.angular_momentum);
  if (orbit.eccentricity() == 0.0) {
    const double frequency = std::pow(axis, -1.5);
    facts.constraints = {"px + " + scaled(frequency, "y") + " = 0", "py - " + scaled(frequency, "x") + " = 0",
                         circle_equation("x", "y", axis)};
    return facts;
  }
  facts.constraints = {"x py - y px = " + momentum};
  if (orbit.uniform_orientation) {
    facts.constraints.push_back("(px^2 + py^2 + " + short_number(-2.0 * orbit.energy) +
                                ")^2 (x^2 + y^2) = 4");
    facts.intrinsic_dimension = 2;
    facts.embedding_dimension = 4;
    facts.shape = "a torus (phase and direction of the orbit)";
  } else {
    // The perihelion is at +x, so that r = L^2 - e x and L px = -y / r.
    facts.symmetry = facts.density_symmetry = "none";
    const std::string radius = "(" + short_number(orbit.angular_momentum * orbit.angular_momentum) + " - " +
                               scaled(orbit.eccentricity(), "x") + ")";
    facts.constraints.push_back("x^2 + y^2 = " + radius + "^2");
    facts.constraints.push_back(momentum + " px " + radius + " + y = 0");
  }
  return facts;
}

Field orientation_parameter() {
  Field field;
  field.name = "orientation";
  field.type = FieldType::text;
  field.default_value = "uniform";
  field.doc =
      "Direction of the perihelion: uniform (all orbits turned about the centre) or fixed (one orbit, +x)";
  field.choices = {"uniform", "fixed"};
  return field;
}

const RegisterDataset kepler{{
    .kind = "kepler",
    .description =
        "Bound orbits in the plane of H = p^2/2 - 1/r (mass = coupling = 1), anticlockwise and uniform in "
        "time: (x, y, px, py)",
    .parameters = {number_parameter("energy", -0.5, "Energy, below 0; the semi-major axis is -1/(2 energy)",
                                    -std::numeric_limits<double>::infinity(), 0.0),
                   positive_parameter("angular_momentum", 0.8,
                                      "Angular momentum, at most that of the circular orbit, "
                                      "1/sqrt(-2 energy)"),
                   orientation_parameter()},
    .facts = kepler_facts,
    .row_sampler = read_parameters,
}};

}  // namespace
}  // namespace symscan
