// e+ e- -> mu+ mu- through one photon, QED at tree level, electron mass neglected (Peskin & Schroeder,
// eq. 5.12):
//   dsigma/dcos(theta) ~ beta [1 + cos^2 theta + (1 - beta^2) sin^2 theta],  beta^2 = 1 - 4 m^2 / s.
// theta is the angle between the incoming electron (+z) and the outgoing mu-; the azimuth is uniform.
#include <cmath>
#include <numbers>

#include "host/base/error.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

struct Beams {
  double sqrt_s, spread, mass;
};

Beams read_beams(const Json& settings) {
  const Beams beams{settings.at("sqrt_s").get<double>(), settings.at("beam_energy_spread").get<double>(),
                    settings.at("muon_mass").get<double>()};
  if (!(beams.sqrt_s >= 2.0 * beams.mass)) {
    throw DataError(
        "dataset.sqrt_s is " + std::to_string(beams.sqrt_s) +
        " GeV, but a muon pair needs at least 2 * muon_mass = " + std::to_string(2.0 * beams.mass) + " GeV");
  }
  return beams;
}

DatasetFacts ee_mumu_facts(const Json& settings) {
  const Beams beams = read_beams(settings);
  DatasetFacts facts;
  for (const char* particle : {"mu-", "mu+"}) {
    for (const char* feature : {"E", "px", "py", "pz"}) {
      facts.columns.push_back(std::string(feature) + "(" + particle + ")");
    }
  }
  if (beams.spread > 0.0) {
    facts.intrinsic_dimension = facts.embedding_dimension = 3;
    facts.shape = "a spherical shell (direction and energy of the muon)";
  } else if (beams.sqrt_s == 2.0 * beams.mass) {
    facts.intrinsic_dimension = facts.embedding_dimension = 0;
    facts.shape = "a point (muons at rest)";
  } else {
    facts.intrinsic_dimension = 2;
    facts.embedding_dimension = 3;
    facts.shape = "a sphere (directions of the muon)";
  }
  return facts;
}

double draw_energy(const Beams& beams, RowRandom& random) {
  if (beams.spread == 0.0) return beams.sqrt_s;
  for (;;) {
    const double sqrt_s = beams.sqrt_s * (1.0 + beams.spread * random.normal());
    if (sqrt_s > 2.0 * beams.mass) return sqrt_s;
  }
}

double draw_cos_theta(double beta_squared, RowRandom& random) {
  for (;;) {  // the density is at most 2 and on average at least 4/3: two of three tries succeed
    const double cosine = random.uniform(-1.0, 1.0);
    if (2.0 * random.uniform() < 2.0 - beta_squared * (1.0 - cosine * cosine)) return cosine;
  }
}

void fill_event(const Beams& beams, RowRandom& random, double* row) {
  const double energy = 0.5 * draw_energy(beams, random);
  const double beta_squared = std::max(0.0, 1.0 - beams.mass * beams.mass / (energy * energy));
  const double momentum = energy * std::sqrt(beta_squared);
  const double cosine = draw_cos_theta(beta_squared, random);
  const double transverse = momentum * std::sqrt(1.0 - cosine * cosine);
  const double phi = random.uniform(0.0, 2.0 * std::numbers::pi);
  const double p[3] = {transverse * std::cos(phi), transverse * std::sin(phi), momentum * cosine};
  row[0] = row[4] = energy;
  for (int axis = 0; axis < 3; ++axis) {
    row[1 + axis] = p[axis];
    row[5 + axis] = -p[axis];
  }
}

const RegisterDataset ee_mumu{{
    .kind = "ee_mumu",
    .description =
        "e+ e- -> mu+ mu- in QED at tree level, centre-of-mass frame: four-momenta in GeV of mu-, then "
        "mu+; 1 + cos^2 theta + (4 m^2/s) sin^2 theta",
    .parameters =
        {positive_parameter("sqrt_s", 10.0, "Centre-of-mass energy in GeV (at least twice the muon mass)"),
         number_parameter(
             "beam_energy_spread", 0.0,
             "Relative Gaussian spread of sqrt_s (standard deviation; the change of the total cross "
             "section over the spread is neglected)",
             0, 1),
         number_parameter("muon_mass", 0.1056583755, "Muon mass in GeV (default: Particle Data Group 2022)",
                          0)},
    .facts = ee_mumu_facts,
    .make_row =
        [](const Json& settings) {
          return [beams = read_beams(settings)](RowRandom& random, double* row) {
            fill_event(beams, random, row);
          };
        },
}};

}  // namespace
}  // namespace symscan
