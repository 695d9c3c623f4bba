// p p -> mu+ mu-: kinematics, and its distributions against cross sections from helicity amplitudes that are
// integrated numerically here.
#include <array>
#include <complex>
#include <numbers>

#include "tests/host/data/raw_rows.hpp"

namespace symscan::test {
namespace {

constexpr int kRows = 40000;
constexpr double kSqrtS = 13000.0, kZMass = 91.1876, kZWidth = 2.4952, kSin2 = 0.2312;
using Row = std::vector<double>;
using Rows = std::vector<Row>;

const Rows& default_rows() {
  static const Rows rows = raw_rows(builtin_settings("pp_ll", kRows, 17));
  return rows;
}

double pair(const Row& x, std::size_t component) {
  return x[component] + x[4 + component];
}

double mass_of(const Row& x) {
  return std::sqrt(pair(x, 0) * pair(x, 0) - pair(x, 1) * pair(x, 1) - pair(x, 2) * pair(x, 2) -
                   pair(x, 3) * pair(x, 3));
}

double rapidity_of(const Row& x) {
  return std::log((pair(x, 0) + pair(x, 3)) / (pair(x, 0) - pair(x, 3))) / 2;
}

/// Cosine of the angle of mu- to the beam after a boost along the beam; for pairs without transverse
/// momentum.
double cosine_of(const Row& x) {
  const double y = rapidity_of(x), pz = x[3] * std::cosh(y) - x[0] * std::sinh(y);
  return pz / std::sqrt(pz * pz + x[1] * x[1] + x[2] * x[2]);
}

/// dsigma / dm^2 dy dcos(theta) from amplitudes of the four helicity combinations.
double cross_section(double mass, double y, double cosine) {
  const double s = mass * mass, x1 = mass / kSqrtS * std::exp(y), x2 = mass / kSqrtS * std::exp(-y);
  if (x1 >= 1 || x2 >= 1) return 0;
  const auto densities = [](double x) {
    const double down_sea = 0.1939875 * std::pow(x, -0.1) * std::pow(1 - x, 6), up_sea = (1 - x) * down_sea;
    const double up = 5.1072 * std::pow(x, 0.8) * std::pow(1 - x, 3) + up_sea;
    const double down = 3.06432 * std::pow(x, 0.8) * std::pow(1 - x, 4) + down_sea;
    const double strange = 0.2 * (up_sea + down_sea);
    return std::array<std::array<double, 2>, 3>{{{up, up_sea}, {down, down_sea}, {strange, strange}}};
  };
  const auto first = densities(x1), second = densities(x2);
  const std::complex<double> propagator = s / std::complex<double>(s - kZMass * kZMass, kZMass * kZWidth);
  double total = 0;
  for (std::size_t flavour = 0; flavour < 3; ++flavour) {
    const double charge = flavour == 0 ? 2.0 / 3 : -1.0 / 3, isospin = flavour == 0 ? 0.5 : -0.5;
    for (const bool left_quark : {true, false}) {
      for (const bool left_lepton : {true, false}) {
        const double quark = (left_quark ? isospin : 0) - charge * kSin2;
        const double lepton = (left_lepton ? -0.5 : 0) + kSin2;
        const double amplitude = std::norm(-charge + quark * lepton / (kSin2 * (1 - kSin2)) * propagator);
        const double sign = left_quark == left_lepton ? 1 : -1;
        total += amplitude * (first[flavour][0] * second[flavour][1] * std::pow(1 + sign * cosine, 2) +
                              first[flavour][1] * second[flavour][0] * std::pow(1 - sign * cosine, 2));
      }
    }
  }
  return total / (s * s);
}

/// Sum of f at the middles of n equal cells.
double integral(double low, double high, int n, const std::function<double(double)>& f) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += f(low + (i + 0.5) * (high - low) / n);
  return sum * (high - low) / n;
}

/// Distribution function of a density, tabulated at the edges of the bins of chi_square.
std::function<double(double)> cumulative(double low, double high, int cells,
                                         const std::function<double(double)>& density) {
  std::vector<double> sums = {0};
  const double width = (high - low) / kBins;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const double start = low + width * static_cast<double>(bin);
    sums.push_back(sums.back() + integral(start, start + width, cells, density));
  }
  return [=](double value) { return sums[static_cast<std::size_t>(std::lround((value - low) / width))]; };
}

/// Integrated over cos(theta), where the odd term drops out: 8/3 of the value at 0.
double mass_spectrum(double mass) {
  return mass * integral(-5.5, 5.5, 110, [&](double y) { return cross_section(mass, y, 0); });
}

TEST(PartonDensities, ObeyTheSumRules) {
  double up = 0, down = 0, momentum = 0;
  constexpr int cells = 20000;
  for (int i = 0; i < cells; ++i) {
    // x = t^4 makes the integrands smooth at 0.
    const double t = (i + 0.5) / cells, x = t * t * t * t, dx = 4 * t * t * t / cells;
    const PartonDensities f = PartonDensities::at(x);
    up += f.up_valence / x * dx;
    down += f.down_valence / x * dx;
    momentum += (f.up_valence + f.down_valence + 2 * (f.up_sea + f.down_sea + f.strange)) * dx;
  }
  EXPECT_NEAR(up, 2.0, 2e-5);
  EXPECT_NEAR(down, 1.0, 2e-5);
  // The gluon of the same source, 1.7 x^-0.1 (1-x)^5, has the rest.
  EXPECT_NEAR(momentum + 1.7 * std::beta(0.9, 6.0), 1.0, 1e-4);
}

TEST(PpLl, RatesAreThoseOfTheHelicityAmplitudes) {
  const PpLl process{kSqrtS, 1.0, kSqrtS, 0.1, 0.0};
  for (const double mass : {2.0, 60.0, 89.0, 91.2, 95.0, 120.0, 2000.0}) {
    for (const double y : {-7.0, -3.0, 0.0, 1.5, 4.5}) {
      const PpLl::Rate rate = process.rate(mass * mass, y);
      for (const double cosine : {-1.0, -0.3, 0.0, 0.8}) {
        // The amplitudes of four helicity combinations are summed, not averaged.
        const double expected = cross_section(mass, y, cosine) / 4;
        EXPECT_NEAR(rate.even * (1 + cosine * cosine) + 2 * rate.odd * cosine, expected, 1e-11 * expected);
      }
    }
  }
}

TEST(PpLl, MuonsAreOnShellAndBalanceAcrossTheBeam) {
  for (const Row& x : default_rows()) {
    for (const std::size_t muon : {0u, 4u}) {
      ASSERT_NEAR(x[muon] * x[muon] - x[muon + 1] * x[muon + 1] - x[muon + 2] * x[muon + 2] -
                      x[muon + 3] * x[muon + 3],
                  0.1056583755 * 0.1056583755, 1e-14 * pair(x, 0) * pair(x, 0));
    }
    ASSERT_EQ(x[1], -x[5]);
    ASSERT_EQ(x[2], -x[6]);
    ASSERT_GE(mass_of(x), 60 - 1e-6);
    ASSERT_LE(mass_of(x), 120 + 1e-6);
    ASSERT_LE(mass_of(x) * std::exp(std::abs(rapidity_of(x))), kSqrtS);
  }
  const auto phi = each_row(default_rows(), [](const Row& x) { return std::atan2(x[2], x[1]); });
  EXPECT_LT(uniform_chi_square(phi, -std::numbers::pi, std::numbers::pi), kChiSquareLimit);
}

TEST(PpLl, MassFollowsPhotonAndZ) {
  const auto masses = each_row(default_rows(), mass_of);
  EXPECT_LT(chi_square(masses, 60, 120, cumulative(60, 120, 40, mass_spectrum)), kChiSquareLimit);
  std::vector<double> peak;
  for (const double mass : masses) {
    if (std::abs(mass - kZMass) < 5) peak.push_back(mass);
  }
  EXPECT_GT(peak.size(), 0.8 * kRows);
  const double low = kZMass - 5, high = kZMass + 5;
  EXPECT_LT(chi_square(peak, low, high, cumulative(low, high, 10, mass_spectrum)), kChiSquareLimit);
  // Half of a Breit-Wigner line is within half of its width; the cut at 5 GeV takes 15.6 % of the tails.
  std::sort(peak.begin(), peak.end());
  const double median = peak[peak.size() / 2];
  EXPECT_NEAR(median, kZMass, 0.1);
  double within = 0;
  for (const double mass : peak) within += std::abs(mass - median) < kZWidth / 2;
  EXPECT_NEAR(within / static_cast<double>(peak.size()), 0.5 / 0.844, 0.02);
}

TEST(PpLl, PhotonAloneFarBelowTheZ) {
  const Rows rows = raw_rows(builtin_settings("pp_ll", kRows, 3, {{"mass_min", 5.0}, {"mass_max", 15.0}}));
  // Rapidities reach log(13000 / 5) = 7.9.
  const auto spectrum = [](double mass) {
    return mass * integral(-7.9, 7.9, 158, [&](double y) { return cross_section(mass, y, 0); });
  };
  EXPECT_LT(chi_square(each_row(rows, mass_of), 5, 15, cumulative(5, 15, 20, spectrum)), kChiSquareLimit);
}

TEST(PpLl, RapidityFollowsThePartonDensities) {
  const auto density = [](double y) {
    return integral(60, 120, 240, [&](double mass) { return mass * cross_section(mass, y, 0); });
  };
  EXPECT_LT(chi_square(each_row(default_rows(), rapidity_of), -5, 5, cumulative(-5, 5, 10, density)),
            kChiSquareLimit);
}

/// cos(theta) of rows in a window of mass and with y of one sign, and its chi-square.
double angle_chi_square(const Rows& rows, double low, double high, double sign) {
  std::vector<double> cosines;
  for (const Row& x : rows) {
    if (mass_of(x) > low && mass_of(x) < high && sign * rapidity_of(x) > 0) cosines.push_back(cosine_of(x));
  }
  EXPECT_GT(cosines.size(), 5000u);
  const auto density = [&](double cosine) {
    return integral(low, high, 60, [&](double mass) {
      return mass * integral(0, 5.5, 55, [&](double y) { return cross_section(mass, sign * y, cosine); });
    });
  };
  return chi_square(cosines, -1, 1, cumulative(-1, 1, 3, density));
}

TEST(PpLl, AngleIsThatOfTheQuarkOnEitherSide) {
  EXPECT_LT(angle_chi_square(default_rows(), 60, 120, 1), kChiSquareLimit);
  EXPECT_LT(angle_chi_square(default_rows(), 60, 120, -1), kChiSquareLimit);
  const Rows above =
      raw_rows(builtin_settings("pp_ll", kRows, 4, {{"mass_min", 110.0}, {"mass_max", 300.0}}));
  EXPECT_LT(angle_chi_square(above, 110, 300, 1), kChiSquareLimit);
}

/// (forward - backward) / all, forward with respect to the pair's direction along the beam.
double asymmetry(const Rows& rows) {
  double sum = 0;
  for (const Row& x : rows) sum += cosine_of(x) * rapidity_of(x) > 0 ? 1 : -1;
  return sum / static_cast<double>(rows.size());
}

TEST(PpLl, AsymmetryIsNegativeBelowTheZAndPositiveAboveIt) {
  const auto rows_between = [](double low, double high) {
    return raw_rows(builtin_settings("pp_ll", kRows, 8, {{"mass_min", low}, {"mass_max", high}}));
  };
  const double error = 5 / std::sqrt(kRows);
  EXPECT_LT(asymmetry(rows_between(60, 80)), -error);
  EXPECT_GT(asymmetry(rows_between(110, 200)), error);
  // On both sides of the beam together only 1 + cos^2 is left.
  EXPECT_LT(
      chi_square(each_row(default_rows(), cosine_of), -1, 1, [](double c) { return c + c * c * c / 3; }),
      kChiSquareLimit);
}

TEST(PpLl, RecoilGivesThePairATransverseMomentumAndKeepsItsMass) {
  const Rows rows = raw_rows(builtin_settings("pp_ll", kRows, 17, {{"recoil", 8.0}}));
  double squares[2] = {};
  for (const Row& x : rows) {
    for (const std::size_t axis : {0u, 1u}) squares[axis] += std::pow(pair(x, 1 + axis), 2) / kRows;
    for (const std::size_t muon : {0u, 4u}) {
      ASSERT_NEAR(x[muon] * x[muon] - x[muon + 1] * x[muon + 1] - x[muon + 2] * x[muon + 2] -
                      x[muon + 3] * x[muon + 3],
                  0.1056583755 * 0.1056583755, 1e-14 * pair(x, 0) * pair(x, 0));
    }
  }
  for (const double square : squares) EXPECT_NEAR(square, 64.0, 5 * 64 * std::sqrt(2.0 / kRows));
  // The recoil is drawn last: masses and rapidities are those without it.
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_NEAR(mass_of(rows[i]), mass_of(default_rows()[i]), 1e-6);
    ASSERT_NEAR(rapidity_of(rows[i]), rapidity_of(default_rows()[i]), 1e-9);
  }
}

TEST(PpLl, TheBoundOfTheRejectionHolds) {
  for (const auto& [sqrt_s, low, high] : {std::array{13000.0, 60.0, 120.0},
                                          {13000.0, 1.0, 13000.0},
                                          {400.0, 100.0, 400.0},
                                          {30.0, 1.0, 30.0}}) {
    const PpLl process{sqrt_s, low, high, 0.1, 0.0};
    ASSERT_TRUE(process.valid());
    const PpLl::RateBound bound = process.rate_bound();
    double largest = 0;
    for (double mass = low; mass <= high; mass *= 1.002) {
      const double s = mass * mass, y_max = std::log(sqrt_s / mass);
      const double width = kZMass * kZWidth, distance = s - kZMass * kZMass;
      const double limit = bound.photon / (s * s) + bound.z / (distance * distance + width * width);
      for (int step = -100; step <= 100; ++step) {
        const PpLl::Rate rate = process.rate(s, y_max * step / 100);
        ASSERT_LE(std::abs(rate.odd), rate.even);
        largest = std::max(largest, rate.even / limit);
      }
    }
    EXPECT_LE(largest, 1.0);
    EXPECT_GT(largest, 0.1);  // a looser bound would make rows slowly
  }
}

TEST(PpLl, ContradictingSettingsAreRefusedInASentence) {
  const auto refused = [](const Json& changes) {
    return error_of([&] { load_dataset(builtin_settings("pp_ll", 5, 1, changes)); });
  };
  EXPECT_NE(refused({{"mass_min", 130.0}}).find("below mass_max = 120 GeV"), std::string::npos);
  EXPECT_NE(refused({{"mass_max", 14000.0}}).find("sqrt_s = 13000 GeV"), std::string::npos);
  EXPECT_NE(refused({{"sqrt_s", 200.0}}).find("a quarter of sqrt_s = 200 GeV"), std::string::npos);
  EXPECT_NE(refused({{"muon_mass", 30.0}}).find("2 * muon_mass = 60 GeV"), std::string::npos);
  const double nan = std::nan("");
  for (const PpLl& wrong :
       {PpLl{13000, 60, 60, 0.1, 0}, PpLl{200, 60, 120, 0.1, 0}, PpLl{13000, 60, 120, 30, 0},
        PpLl{13000, 60, 120, 0.1, -1}, PpLl{nan, 60, 120, 0.1, 0}, PpLl{13000, 60, nan, 0.1, 0}}) {
    EXPECT_FALSE(wrong.valid());
  }
}

}  // namespace
}  // namespace symscan::test
