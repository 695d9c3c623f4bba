#include "host/analysis/candidates.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "host/analysis/particle_columns.hpp"
#include "host/base/error.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Columns = std::vector<std::string>;

constexpr std::size_t kMostColumns = 4096;
constexpr std::size_t kMostPermutations = 10;  ///< of equal particles, among the natural candidates
const Columns kKinds = {"rotation",          "rotations", "boost",       "boosts",      "lorentz",
                        "reflection",        "parity",    "permutation", "translation", "scaling",
                        "charge_conjugation"};

std::string quoted(const std::string& text) {
  return "'" + shortened(printable_line(text), 60) + "'";
}

class Parser {
 public:
  Parser(const std::string& text, const Columns& columns)
      : text_(text), columns_(columns), particles_(find_particles(columns)) {}

  std::vector<Candidate> parse() const {
    if (columns_.size() > kMostColumns) {
      throw DataError("named transformations are for at most " + std::to_string(kMostColumns) +
                      " columns, and the data have " + std::to_string(columns_.size()));
    }
    const std::string whole = trimmed(text_);
    const std::size_t open = whole.find('(');
    const bool bare = open == std::string::npos;
    if (!bare && whole.back() != ')') fail("has no ')' at its end");
    const std::string word = trimmed(whole.substr(0, open));
    const std::string argument = bare ? "" : trimmed(whole.substr(open + 1, whole.size() - open - 2));
    const auto kind =
        std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& k) { return same_word(k, word); });
    if (kind == kKinds.end()) fail("is not known" + hint(word));
    const bool takes_argument = *kind == "rotation" || *kind == "boost" || *kind == "reflection" ||
                                *kind == "permutation" || *kind == "translation";
    if (takes_argument && argument.empty()) fail("does not say of what, in parentheses");
    if (!takes_argument && *kind != "scaling" && !bare) fail("takes nothing in parentheses");
    return build(*kind, argument);
  }

 private:
  std::vector<Candidate> build(const std::string& kind, const std::string& argument) const {
    if (kind == "rotation") return {rotation(argument)};
    if (kind == "boost") return {boost(argument)};
    if (kind == "reflection") return {reflection(argument)};
    if (kind == "permutation") return {permutation(argument)};
    if (kind == "translation") return {translation(argument)};
    if (kind == "scaling") return {scaling(argument)};
    if (kind == "parity") return {parity()};
    if (kind == "charge_conjugation") return {charge_conjugation()};
    std::vector<Candidate> all;
    if (kind != "boosts") {
      for (int i = 0; i < 3; ++i) all.push_back(momentum_rotation(kMomenta[i], kMomenta[(i + 1) % 3]));
    }
    if (kind != "rotations") {
      for (const char* axis : {"x", "y", "z"}) all.push_back(boost(axis));
    }
    return all;
  }

  Candidate generator(const std::string& name) const {
    const auto size = static_cast<Index>(columns_.size());
    return {name, true, MatrixXd::Zero(size, size), VectorXd::Zero(size)};
  }

  Candidate finite_map(const std::string& name) const {
    const auto size = static_cast<Index>(columns_.size());
    return {name, false, MatrixXd::Identity(size, size), VectorXd::Zero(size)};
  }

  Candidate rotation(const std::string& argument) const {
    const auto [first, second] = split_pair(argument, [&](const std::string& a, const std::string& b) {
      return find_column(a) && find_column(b);
    });
    if (first == second) fail("names the same column twice");
    if (is_momentum(first) && is_momentum(second)) return momentum_rotation(first, second);
    const auto a = find_column(first), b = find_column(second);
    if (!a || !b) fail_for_column(a || (is_momentum(first) && !b) ? second : first);
    Candidate result = generator("rotation(" + first + "," + second + ")");
    add_rotation(result.matrix, *a, *b);
    return result;
  }

  Candidate momentum_rotation(const std::string& first, const std::string& second) const {
    Candidate result = generator("rotation(" + first + "," + second + ")");
    bool any = false;
    const bool about_z = first != "pz" && second != "pz";
    for (const ParticleColumns& particle : particles_) {
      if (!particle.has(first) && !particle.has(second)) continue;
      const Index a = need(particle, first), b = need(particle, second);
      if (about_z)
        refuse_columns(particle, {"phi"});
      else
        refuse_columns(particle, {"pt", "eta", "phi", "y", "theta"});
      add_rotation(result.matrix, a, b);
      any = true;
    }
    if (!any) fail("needs columns of momenta, like px(mu-)");
    return result;
  }

  static void add_rotation(MatrixXd& matrix, Index from, Index to) {
    matrix(to, from) = 1;
    matrix(from, to) = -1;
  }

  Candidate boost(const std::string& axis) const {
    const std::string momentum = axis.size() == 1 ? "p" + axis : axis;
    if (!is_momentum(momentum)) fail("wants one of the directions x, y, z");
    Candidate result = generator("boost(" + momentum.substr(1) + ")");
    if (particles_.empty()) fail("needs columns of four-momenta, like E(mu-) and " + momentum + "(mu-)");
    for (const ParticleColumns& particle : particles_) {
      const Index energy = need(particle, "E"), along = need(particle, momentum);
      if (momentum == "pz")
        refuse_columns(particle, {"eta", "y", "theta"});
      else
        refuse_columns(particle, {"pt", "eta", "phi", "y", "theta"});
      result.matrix(energy, along) = result.matrix(along, energy) = 1;
    }
    return result;
  }

  Candidate reflection(const std::string& argument) const {
    Candidate result = finite_map("reflection(" + argument + ")");
    for (const Index column : columns_of(argument)) result.matrix(column, column) = -1;
    if (argument == "pz") refuse_columns_with(argument, {"eta", "y", "theta"});
    if (argument == "px" || argument == "py") refuse_columns_with(argument, {"phi"});
    if (argument == "E") refuse_columns_with(argument, {"y"});
    return result;
  }

  Candidate parity() const {
    Candidate result = finite_map("parity");
    if (particles_.empty()) fail("needs columns of momenta, like px(mu-)");
    for (const ParticleColumns& particle : particles_) {
      refuse_columns(particle, {"eta", "phi", "y", "theta"});
      for (const std::string& momentum : kMomenta) {
        if (particle.has(momentum)) result.matrix(particle.at.at(momentum), particle.at.at(momentum)) = -1;
      }
    }
    return result;
  }

  Candidate permutation(const std::string& argument) const {
    const auto known = [&](const std::string& a, const std::string& b) {
      return (find_column(a) && find_column(b)) || (find_particle_columns(a) && find_particle_columns(b));
    };
    const auto [first, second] = split_pair(argument, known);
    if (first == second) fail("names the same twice");
    Candidate result = finite_map("permutation(" + first + "," + second + ")");
    const auto a = find_column(first), b = find_column(second);
    if (a && b) {
      swap(result.matrix, *a, *b);
    } else {
      const ParticleColumns *left = find_particle_columns(first), *right = find_particle_columns(second);
      if (!left || !right) fail_for_column(left || a ? second : first);
      swap(result.matrix, *left, *right);
    }
    return result;
  }

  Candidate charge_conjugation() const {
    Candidate result = finite_map("charge_conjugation");
    if (particles_.empty()) fail("needs columns of particles, like px(mu-) and px(mu+)");
    bool any = false;
    for (const ParticleColumns& particle : particles_) {
      const auto name = antiparticle(particle.name);
      if (!name)
        fail("needs to know the antiparticle of " + quoted(particle.name) + "; use permutation(a,b)");
      if (*name == particle.name) continue;
      const ParticleColumns* partner = find_particle_columns(*name);
      if (!partner)
        fail("finds no columns of " + quoted(*name) + ", the antiparticle of " + quoted(particle.name));
      swap(result.matrix, particle, *partner);
      any = true;
    }
    if (!any) fail("finds no particle that differs from its antiparticle");
    return result;
  }

  Candidate translation(const std::string& argument) const {
    Candidate result = generator("translation(" + argument + ")");
    for (const Index column : columns_of(argument)) result.shift(column) = 1;
    if (is_momentum(argument)) refuse_columns_with(argument, {"pt", "eta", "phi", "y", "theta", "m"});
    if (argument == "E") refuse_columns_with(argument, {"y", "m"});
    return result;
  }

  Candidate scaling(const std::string& argument) const {
    if (argument.empty()) {
      Candidate result = generator("scaling");
      result.matrix.setIdentity();
      return result;
    }
    const auto column = find_column(argument);
    if (!column) fail_for_column(argument);
    Candidate result = generator("scaling(" + argument + ")");
    result.matrix(*column, *column) = 1;
    return result;
  }

  /// At the first comma that gives two known names (names may hold commas), else at the first comma.
  template <typename Known>
  std::pair<std::string, std::string> split_pair(const std::string& argument, Known known) const {
    const auto parts = [&](std::size_t comma) {
      return std::pair{trimmed(argument.substr(0, comma)), trimmed(argument.substr(comma + 1))};
    };
    const std::size_t first = argument.find(',');
    if (first == std::string::npos) fail("wants two names with a comma between them");
    for (std::size_t comma = first; comma != std::string::npos; comma = argument.find(',', comma + 1)) {
      auto pair = parts(comma);
      if (known(pair.first, pair.second)) return pair;
    }
    return parts(first);
  }

  static bool is_momentum(const std::string& name) {
    return std::find(kMomenta.begin(), kMomenta.end(), name) != kMomenta.end();
  }

  std::optional<Index> find_column(const std::string& name) const {
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    if (found == columns_.end()) return std::nullopt;
    return found - columns_.begin();
  }

  /// That component of every particle, or the column of that name.
  std::vector<Index> columns_of(const std::string& name) const {
    std::vector<Index> result;
    for (const ParticleColumns& particle : particles_) {
      if ((is_momentum(name) || name == "E") && particle.has(name)) result.push_back(particle.at.at(name));
    }
    if (!result.empty()) return result;
    const auto column = find_column(name);
    if (!column) fail_for_column(name);
    return {*column};
  }

  const ParticleColumns* find_particle_columns(const std::string& name) const {
    const auto found = std::find_if(particles_.begin(), particles_.end(),
                                    [&](const ParticleColumns& particle) { return particle.name == name; });
    return found == particles_.end() ? nullptr : &*found;
  }

  Index need(const ParticleColumns& particle, const std::string& feature) const {
    if (!particle.has(feature)) {
      const std::string of = particle.name.empty() ? "" : " of the particle " + quoted(particle.name);
      fail("needs the column " + feature + of);
    }
    return particle.at.at(feature);
  }

  void refuse_columns(const ParticleColumns& particle, const Columns& features) const {
    for (const std::string& feature : features) {
      if (!particle.has(feature)) continue;
      const std::string& column = columns_[static_cast<std::size_t>(particle.at.at(feature))];
      fail("would also change the column " + quoted(column) + ", by no linear map; leave that column out");
    }
  }

  /// Of the particles whose component `changed` is transformed.
  void refuse_columns_with(const std::string& changed, const Columns& features) const {
    for (const ParticleColumns& particle : particles_) {
      if (particle.has(changed)) refuse_columns(particle, features);
    }
  }

  static void swap(MatrixXd& matrix, Index a, Index b) {
    matrix.row(a).setZero();
    matrix.row(b).setZero();
    matrix(a, b) = matrix(b, a) = 1;
  }

  void swap(MatrixXd& matrix, const ParticleColumns& a, const ParticleColumns& b) const {
    for (const auto& [feature, column] : a.at) swap(matrix, column, need(b, feature));
    for (const auto& [feature, column] : b.at) need(a, feature);
  }

  static std::string hint(const std::string& word) {
    const std::string guess = did_you_mean(word, kKinds);
    return guess.empty() ? "; known are " + join_words(kKinds) : guess;
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw DataError("the transformation " + quoted(text_) + " " + why);
  }

  [[noreturn]] void fail_for_column(const std::string& name) const {
    Columns known;
    for (const ParticleColumns& particle : particles_) {
      if (!particle.name.empty()) known.push_back(particle.name);
    }
    std::string of_particles;
    if (!particles_.empty()) of_particles = "; px, py, pz mean those of all particles";
    if (!known.empty())
      of_particles.append(", which are ").append(shortened(printable_line(join_words(known)), 200));
    fail("names " + quoted(name) + ", but the columns are " +
         shortened(printable_line(join_words(columns_)), 300) + of_particles);
  }

  const std::string& text_;
  const Columns& columns_;
  std::vector<ParticleColumns> particles_;
};

/// "g 1" and "g 2" are equal particles.
std::string without_number(const std::string& name) {
  const std::size_t blank = name.rfind(' ');
  return blank == std::string::npos ? name : name.substr(0, blank);
}

}  // namespace

std::vector<Candidate> parse_candidate(const std::string& text, const Columns& columns) {
  return Parser(text, columns).parse();
}

std::vector<std::string> natural_candidates(const Columns& columns) {
  if (columns.size() > kMostColumns) return {};
  std::vector<std::string> names;
  const std::vector<ParticleColumns> particles = find_particles(columns);
  if (!particles.empty()) {
    names = {"rotation(px,py)", "rotation(py,pz)", "rotation(pz,px)", "boost(z)",          "parity",
             "reflection(px)",  "reflection(py)",  "reflection(pz)",  "charge_conjugation"};
    std::size_t permutations = 0;
    for (std::size_t j = 0; j < particles.size() && permutations < kMostPermutations; ++j) {
      for (std::size_t i = 0; i < j && permutations < kMostPermutations; ++i) {
        const std::string &a = particles[i].name, &b = particles[j].name;
        if (a.find(' ') == std::string::npos || without_number(a) != without_number(b)) continue;
        names.push_back("permutation(" + a + "," + b + ")");
        ++permutations;
      }
    }
  } else if (columns.size() <= 8) {
    for (std::size_t b = 0; b < columns.size() && columns.size() <= 4; ++b)
      for (std::size_t a = 0; a < b; ++a) names.push_back("rotation(" + columns[a] + "," + columns[b] + ")");
    for (const std::string& column : columns) names.push_back("reflection(" + column + ")");
  }
  std::erase_if(names, [&](const std::string& name) {
    try {
      return parse_candidate(name, columns).front().name != name;  // a column named "" or "a,b", say
    } catch (const DataError&) {                                   // some columns it needs are not there
      return true;
    }
  });
  return names;
}

}  // namespace symscan
