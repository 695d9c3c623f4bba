#include "host/base/error.hpp"
#include "host/data/builtin/facts.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

Pendulum read_parameters(const Json& settings) {
  const Pendulum pendulum{settings.at("energy").get<double>(), settings.at("energy_spread").get<double>(),
                          settings.at("direction").get<std::string>() == "positive"};
  if (pendulum.energy == 2.0 && pendulum.energy_spread == 0.0) {
    throw DataError(
        "dataset.energy is 2, where the pendulum never passes its highest point and has no period; give less "
        "for libration or more for rotation");
  }
  return pendulum;
}

DatasetFacts pendulum_facts(const Json& settings) {
  const Pendulum pendulum = read_parameters(settings);
  DatasetFacts facts{{"cos(theta)", "sin(theta)", "p"}, 1, 3, "", "none", "none", {}};
  facts.constraints = {circle_equation("cos(theta)", "sin(theta)", 1.0)};
  if (pendulum.energy_spread > 0.0) {
    facts.intrinsic_dimension = 2;
    facts.shape = "a cylinder (angle and momentum)";
    facts.symmetry = "so(2)";
    return facts;
  }
  facts.constraints.push_back("0.5 p^2 - cos(theta) = " + short_number(pendulum.energy - 1.0));
  if (pendulum.energy > 2.0 && !pendulum.only_positive) {
    facts.shape = "two closed curves (one per direction of rotation)";
  } else {
    facts.embedding_dimension = 2;
    facts.shape = "a closed curve";
  }
  return facts;
}

Field direction_parameter() {
  Field field;
  field.name = "direction";
  field.type = FieldType::text;
  field.default_value = "both";
  field.doc = "Rotation (energy above 2): both signs of p, equally probable, or only positive ones";
  field.choices = {"both", "positive"};
  return field;
}

const RegisterDataset pendulum{{
    .kind = "pendulum",
    .description =
        "Pendulum of energy E = p^2/2 + 1 - cos(theta) in units of mass = length = gravity = 1, uniform in "
        "time: (cos theta, sin theta, p)",
    .parameters = {positive_parameter("energy", 1.0,
                                      "Energy E: libration below 2, rotation above, 2 itself is refused"),
                   number_parameter("energy_spread", 0.0,
                                    "Relative Gaussian spread of the energy (standard deviation; negative "
                                    "energies are drawn again)",
                                    0, 1),
                   direction_parameter()},
    .facts = pendulum_facts,
    .row_sampler = read_parameters,
}};

}  // namespace
}  // namespace symscan
