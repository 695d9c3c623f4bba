#include "host/analysis/collider_columns.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>

#include "host/analysis/equation_text.hpp"
#include "host/base/text.hpp"
#include "host/data/table.hpp"

namespace symscan {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;

constexpr double kLargestRapidity = 20;  ///< a proton of the largest accelerator has 10
constexpr double kLargestMassless = 6;   ///< rapidity: beyond it E^2 - p^2 = 0 has lost the digits of pt^2
constexpr double kRightAngle = std::numbers::pi / 2;

/// Spellings of each quantity.
const std::vector<std::pair<std::string, std::vector<std::string>>> kSpellings = {
    {"E", {"E", "energy", "Energy", "e"}},
    {"px", {"px"}},
    {"py", {"py"}},
    {"pz", {"pz"}},
    {"pt", {"pt", "pT", "Pt", "PT"}},
    {"eta", {"eta", "Eta", "ETA"}},
    {"phi", {"phi", "Phi", "PHI"}},
    {"theta", {"theta", "Theta"}},
    {"y", {"y", "rapidity"}},
    {"m", {"m", "mass", "M", "Mass"}},
    {"p", {"p", "P"}}};

/// The columns of one particle, and the text before and after the quantity in their names.
struct Source {
  std::string before, after;
  std::map<std::string, Index> at;

  bool has(const std::string& quantity) const { return at.contains(quantity); }
  std::string column(const std::string& quantity) const { return before + quantity + after; }
  /// As find_particles() calls it.
  std::string name() const {
    if (!before.empty()) return before.substr(0, before.size() - 1);
    if (after.starts_with('(')) return after.substr(1, after.size() - 2);
    return after.starts_with('_') ? after.substr(1) : after;
  }
};

/// What stands around a spelling in a column's name; see find_particles().
std::optional<std::pair<std::string, std::string>> around(const std::string& column,
                                                          const std::string& spelling) {
  if (column.starts_with(spelling)) {
    const std::string rest = column.substr(spelling.size());
    const bool in_brackets = rest.size() > 2 && rest.front() == '(' && rest.back() == ')';
    const bool number =
        std::all_of(rest.begin(), rest.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    if (in_brackets || number || (rest.size() > 1 && rest.front() == '_')) return std::pair{"", rest};
  }
  if (column.size() > spelling.size() + 1 && column.ends_with("_" + spelling))
    return std::pair{column.substr(0, column.size() - spelling.size()), ""};
  return std::nullopt;
}

std::vector<Source> sources_of(const std::vector<std::string>& columns) {
  std::vector<Source> sources;
  for (std::size_t d = 0; d < columns.size(); ++d)
    for (const auto& [quantity, spellings] : kSpellings)
      for (const std::string& spelling : spellings) {
        const auto place = around(columns[d], spelling);
        if (!place) continue;
        auto own = std::find_if(sources.begin(), sources.end(), [&](const Source& source) {
          return source.before == place->first && source.after == place->second;
        });
        if (own == sources.end()) own = sources.insert(own, {place->first, place->second, {}});
        own->at.emplace(quantity, static_cast<Index>(d));
      }
  return sources;
}

/// One particle's columns in place of others.
struct Replacement {
  std::vector<Index> from;  ///< columns that go
  std::vector<std::string> names;
  std::vector<ArrayXd> values;
  std::vector<double> precision;
};

class Kinematics {
 public:
  Kinematics(const NamedRows& table, const Source& source) : table_(table), source_(source) {}

  /// Momenta from angles; none if the columns do not suffice or their values are no kinematics.
  std::optional<Replacement> momentum() {
    if (!source_.has("phi") || source_.has("px") || source_.has("py") || source_.has("pz"))
      return std::nullopt;
    const auto phi = radians("phi", 4 * kRightAngle);
    if (!phi || !transverse()) return std::nullopt;
    add("px", *pt_ * phi->cos(), across_);
    add("py", *pt_ * phi->sin(), across_);
    if (!along()) return std::nullopt;
    if (std::any_of(made_.values.begin(), made_.values.end(),
                    [](const ArrayXd& values) { return !values.isFinite().all(); }))
      return std::nullopt;
    return std::move(made_);
  }
  bool massless() const { return massless_; }
  const std::vector<std::string>& used() const { return used_; }

  /// Columns that agree with the momentum of the same particle.
  std::vector<std::string> redundant() const {
    std::vector<std::string> same;
    const ArrayXd px = values("px"), py = values("py"), pt = (px.square() + py.square()).sqrt();
    if (source_.has("phi")) {
      const auto phi = radians("phi", 4 * kRightAngle);
      if (phi && agree((phi->cos() * pt - px).abs() + (phi->sin() * pt - py).abs(), pt))
        same.push_back("phi");
    }
    if (!source_.has("pz")) return same;
    const ArrayXd pz = values("pz"), p = (pt.square() + pz.square()).sqrt();
    if (source_.has("eta") && values("eta").abs().maxCoeff() <= kLargestRapidity &&
        agree((pt * values("eta").sinh() - pz).abs(), p))
      same.push_back("eta");
    if (source_.has("theta")) {
      const auto theta = radians("theta", 2 * kRightAngle);
      if (theta && agree((p * theta->cos() - pz).abs(), p)) same.push_back("theta");
    }
    if (source_.has("y") && source_.has("E") && agree((values("E") * values("y").tanh() - pz).abs(), p))
      same.push_back("y");
    return same;
  }

 private:
  ArrayXd values(const std::string& quantity) const {
    return table_.rows.col(source_.at.at(quantity)).array();
  }
  double precision(const std::string& quantity) const {
    const auto place = static_cast<std::size_t>(source_.at.at(quantity));
    return std::max(place < table_.precision.size() ? table_.precision[place] : 0.0, kFloat64Precision);
  }

  static bool agree(const ArrayXd& distance, const ArrayXd& size) {
    constexpr double rounded_to_few_digits = 2e-3;
    return (distance <= rounded_to_few_digits * size + 1e-300).all();
  }

  /// An angle of at most `most` radians, or of as much in degrees.
  std::optional<ArrayXd> radians(const std::string& quantity, double most) const {
    constexpr double slack = 1e-3, per_degree = kRightAngle / 90;
    const ArrayXd angle = values(quantity);
    if (angle.size() == 0) return angle;
    const double low = angle.minCoeff(), high = angle.maxCoeff();
    if (high - low <= most * (1 + slack) && std::max(-low, high) <= most * (1 + slack)) return angle;
    const double turn = most / per_degree;
    const bool degrees =
        high - low >= 90 && high - low <= turn * (1 + slack) && std::max(-low, high) <= turn * (1 + slack);
    return degrees ? std::optional<ArrayXd>(angle * per_degree) : std::nullopt;
  }

  void add(const std::string& quantity, const ArrayXd& values, double precision) {
    made_.names.push_back(source_.column(quantity));
    made_.values.push_back(settled(values, precision));
    made_.precision.push_back(precision);
  }

  /// What varies by no more than its rounding is one number: the energies of a collision at rest.
  static ArrayXd settled(const ArrayXd& values, double precision) {
    constexpr double few_roundings = 8;
    if (values.size() == 0) return values;
    const double low = values.minCoeff(), high = values.maxCoeff(),
                 rounding = precision * std::max(std::abs(low), std::abs(high));
    if (high - low > few_roundings * rounding) return values;
    return ArrayXd::Constant(values.size(), short_number(0.5 * (low + high), rounding));
  }

  void use(const std::string& quantity) {
    used_.push_back(quantity);
    made_.from.push_back(source_.at.at(quantity));
  }

  /// pt and the rounding of px and py.
  bool transverse() {
    if (source_.has("pt")) {
      pt_ = values("pt");
      use("pt");
      across_ = precision("pt");
    } else if (source_.has("p") && source_.has("theta")) {
      const auto theta = radians("theta", 2 * kRightAngle);
      if (!theta) return false;
      pt_ = values("p") * theta->sin();
      use("p");
      across_ = std::hypot(precision("p"), 2 * kRightAngle * precision("theta"));
    } else {
      return false;
    }
    use("phi");
    across_ = std::hypot(across_, 2 * kRightAngle * precision("phi"));
    return (*pt_ >= 0).all();
  }

  /// pz and E; true as well if there is nothing to make them of.
  bool along() {
    const bool massive = source_.has("m"), energetic = source_.has("E");
    ArrayXd pz;
    std::string by;
    if (source_.has("eta")) {
      by = "eta";
      if (!small("eta")) return false;
      pz = *pt_ * values("eta").sinh();
    } else if (source_.has("theta")) {
      by = "theta";
      const auto theta = radians("theta", 2 * kRightAngle);
      if (!theta || (*theta <= 0).any() || (*theta >= 2 * kRightAngle).any()) return false;
      pz = *pt_ / theta->tan();
    } else if (source_.has("y") && (massive || energetic)) {
      by = "y";
      if (!small("y")) return false;
      pz = energetic ? ArrayXd(values("E") * values("y").tanh())
                     : ArrayXd((pt_->square() + square_of_mass()).sqrt() * values("y").sinh());
    } else {
      return true;
    }
    use(by);
    const double rounding = std::hypot(across_, precision(by) * std::max(1.0, largest(values(by))));
    add("pz", pz, rounding);
    // What the file itself says of the energy goes before what follows from the mass.
    if (energetic) {
      use("E");
      add("E", values("E"), precision("E"));
    } else {
      if (!massive && largest(pz / *pt_) > std::sinh(kLargestMassless)) return true;
      if (massive) use("m");
      massless_ = !massive;
      const ArrayXd square = pt_->square() + pz.square();
      const ArrayXd energy = (massive ? ArrayXd(square + square_of_mass()) : square).sqrt();
      add("E", energy, rounding);
    }
    // E, px, py, pz
    const auto last_first = [](auto& list) { std::rotate(list.begin(), list.end() - 1, list.end()); };
    last_first(made_.names);
    last_first(made_.values);
    last_first(made_.precision);
    return true;
  }

  ArrayXd square_of_mass() const { return values("m") * values("m").abs(); }
  bool small(const std::string& rapidity) const { return largest(values(rapidity)) <= kLargestRapidity; }
  static double largest(const ArrayXd& values) { return values.size() > 0 ? values.abs().maxCoeff() : 0.0; }

  const NamedRows& table_;
  const Source& source_;
  std::optional<ArrayXd> pt_;
  double across_ = 0;
  bool massless_ = false;
  Replacement made_;
  std::vector<std::string> used_;
};

std::string of_particle(const Source& source) {
  return source.name().empty() ? "" : " of " + printable_line(source.name());
}

/// "E, px, py, pz of mu- are computed from its pt, eta, phi, m."
std::string note_of(const Source& source, const Kinematics& kinematics, std::size_t made) {
  const auto uses = [&](const char* quantity) {
    const std::vector<std::string>& all = kinematics.used();
    return std::find(all.begin(), all.end(), quantity) != all.end();
  };
  const std::string what = made == 2 ? "px, py" : made == 3 || uses("E") ? "px, py, pz" : "E, px, py, pz";
  std::vector<std::string> used;
  for (const char* quantity : {"pt", "p", "eta", "theta", "y", "phi", "m", "E"})
    if (uses(quantity)) used.emplace_back(quantity);
  std::string note = what + of_particle(source) + " are computed from " +
                     (source.name().empty() ? "" : "its ") + join_words(used);
  if (kinematics.massless()) note += ", with E = |p| since there is neither a mass nor an energy";
  return note + ".";
}

/// The table with each replacement at the place of its first column.
void replace_columns(const std::vector<Replacement>& replacements, NamedRows& table) {
  std::vector<int> by(static_cast<std::size_t>(table.rows.cols()), -1);
  for (std::size_t r = 0; r < replacements.size(); ++r)
    for (const Index column : replacements[r].from)
      by[static_cast<std::size_t>(column)] = static_cast<int>(r);
  NamedRows result;
  std::vector<Eigen::VectorXd> values;
  std::vector<bool> placed(replacements.size());
  for (std::size_t d = 0; d < by.size(); ++d) {
    if (by[d] < 0) {
      values.emplace_back(table.rows.col(static_cast<Index>(d)));
      result.columns.push_back(table.columns[d]);
      result.precision.push_back(d < table.precision.size() ? table.precision[d] : kFloat64Precision);
      continue;
    }
    const auto r = static_cast<std::size_t>(by[d]);
    if (placed[r]) continue;
    placed[r] = true;
    const Replacement& made = replacements[r];
    for (std::size_t k = 0; k < made.names.size(); ++k) {
      values.emplace_back(made.values[k].matrix());
      result.columns.push_back(made.names[k]);
      result.precision.push_back(made.precision[k]);
    }
  }
  result.rows.resize(table.rows.rows(), static_cast<Index>(values.size()));
  for (std::size_t k = 0; k < values.size(); ++k) result.rows.col(static_cast<Index>(k)) = values[k];
  table = std::move(result);
}

}  // namespace

ColliderChange momenta_from_angles(NamedRows& table) {
  ColliderChange change;
  std::vector<Replacement> replacements;
  for (const Source& source : sources_of(table.columns)) {
    Kinematics kinematics(table, source);
    std::vector<std::string> gone;
    if (source.has("px") && source.has("py")) {
      if (table.rows.rows() > 0) gone = kinematics.redundant();
      if (gone.empty()) continue;
      Replacement& none = replacements.emplace_back();
      for (const std::string& quantity : gone) none.from.push_back(source.at.at(quantity));
      change.notes.push_back(join_words(gone) + of_particle(source) + (gone.size() > 1 ? " are" : " is") +
                             " left out: the momentum says the same.");
    } else if (auto made = kinematics.momentum()) {
      gone = kinematics.used();
      change.notes.push_back(note_of(source, kinematics, made->names.size()));
      replacements.push_back(std::move(*made));
    }
    for (const std::string& quantity : gone) {
      change.transverse_angles |= quantity == "phi";
      change.rapidities |= quantity == "eta" || quantity == "y" || quantity == "theta";
      const std::string& column = table.columns[static_cast<std::size_t>(source.at.at(quantity))];
      if ((quantity == "pt" || quantity == "eta") && !source.name().empty())
        change.renamed.emplace_back(column, quantity + "(" + source.name() + ")");
    }
  }
  if (!replacements.empty()) replace_columns(replacements, table);
  return change;
}

}  // namespace symscan
