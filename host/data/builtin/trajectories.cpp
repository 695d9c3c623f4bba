#include <algorithm>

#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"
#include "host/data/trajectory_systems.hpp"

namespace symscan {
namespace {

const TrajectorySystem& system_of(const Json& settings) {
  return *find_trajectory_system(settings.at("system").get<std::string>());
}

Field system_parameter() {
  Field field;
  field.name = "system";
  field.type = FieldType::text;
  field.default_value = "oscillator_2d";
  field.doc = "Equations of motion";
  for (const TrajectorySystem& system : trajectory_systems()) {
    field.choices.push_back(system.name);
    field.doc += (field.choices.size() > 1 ? "; " : ": ") + system.name + ": " + system.description;
  }
  return field;
}

/// Row i is step i % steps of trajectory i / steps; step 0 is the initial state.
MadeRows trajectory_set(const Json& settings) {
  const TrajectorySystem& system = system_of(settings);
  const auto n = settings.at("n").get<std::size_t>(), steps = settings.at("steps").get<std::size_t>();
  MadeRows made;
  for (std::size_t done = 0, k = 0; done < n; ++k) {
    const std::size_t rows = std::min(steps, n - done);
    const std::vector<double> states =
        trajectory(system, static_cast<int>(rows), settings.at("noise").get<double>(),
                   settings.at("seed").get<std::uint64_t>(), k);
    made.values.insert(made.values.end(), states.begin(), states.end());
    made.groups.insert(made.groups.end(), rows, static_cast<double>(k));
    done += rows;
  }
  return made;
}

DatasetFacts trajectory_facts(const Json& settings) {
  DatasetFacts facts;
  facts.columns = system_of(settings).columns;
  facts.shape = "trajectories of a system of differential equations";
  facts.laws = system_of(settings).independent;
  return facts;
}

const RegisterDataset trajectories{{
    .kind = "trajectories",
    .description =
        "Trajectories of mechanical and other systems from random initial states; which trajectory a row "
        "belongs to is known, so that their conserved quantities are looked for",
    .parameters = {system_parameter(),
                   integer_parameter("steps", 250, "Rows of each trajectory", 1, 1'000'000),
                   number_parameter(
                       "noise", 0.0,
                       "Gaussian noise on every value, in units of the columns' standard deviations", 0, 10)},
    .facts = trajectory_facts,
    .make_rows = trajectory_set,
}};

}  // namespace
}  // namespace symscan
