#include "host/analysis/real_form.hpp"

#include <algorithm>
#include <utility>

namespace symscan {
namespace {

using Names = std::vector<std::string>;

std::string with_size(const std::string& letters, int n) {
  return letters + "(" + std::to_string(n) + ")";
}
std::string with_signature(const std::string& letters, int p, int q) {
  return letters + "(" + std::to_string(p) + "," + std::to_string(q) + ")";
}
std::string over(const std::string& letters, int n, char field) {
  return letters + "(" + std::to_string(n) + "," + field + ")";
}

Names joined(Names a, const Names& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Compact algebras as sums of simple ones and so(2).
Names compact_so(int n) {
  return n < 2 ? Names{} : Names{with_size("so", n)};
}
Names compact_su(int n) {
  if (n < 2) return {};
  if (n == 2) return {"so(3)"};
  return {n == 4 ? "so(6)" : with_size("su", n)};
}
Names compact_sp(int n) {
  if (n == 0) return {};
  return {n == 1 ? "so(3)" : n == 2 ? "so(5)" : with_size("sp", n)};
}
Names compact_u(int n) {
  return joined(compact_su(n), {"so(2)"});
}

/// Real forms of so(n, C). `moves`: what the dimension of the moved space is a multiple of.
struct Candidate {
  RealForm form;
  int moves;
};
using Candidates = std::vector<Candidate>;

Candidates orthogonal_forms(int n, int noncompact) {
  Candidates found;
  for (int p = 0; 2 * p <= n; ++p) {
    const int q = n - p;
    if (p * q == noncompact)
      found.push_back(
          {{p == 0 ? with_size("so", n) : with_signature("so", p, q), joined(compact_so(q), compact_so(p))},
           n});
  }
  const int half = n / 2;
  const bool distinct = n % 2 == 0 && half > 4;  // so*(6) = su(3,1), so*(8) = so(2,6)
  if (distinct && half * (half - 1) == noncompact)
    found.push_back({{with_size("so*", n), compact_u(half)}, 2 * n});
  return found;
}

Candidates unitary_forms(int n, int noncompact) {
  Candidates found;
  for (int q = 0; 2 * q <= n; ++q) {
    const int p = n - q;
    if (2 * p * q != noncompact) continue;
    Names compact = joined(compact_su(p), compact_su(q));
    if (q > 0) compact.push_back("so(2)");
    found.push_back({{q == 0 ? with_size("su", n) : with_signature("su", p, q), compact}, 2 * n});
  }
  if ((n - 1) * (n + 2) / 2 == noncompact) found.push_back({{over("sl", n, 'R'), compact_so(n)}, n});
  if (n % 2 == 0 && n * n - 1 - n / 2 * (n + 1) == noncompact)
    found.push_back({{with_size("su*", n), compact_sp(n / 2)}, 2 * n});
  return found;
}

Candidates symplectic_forms(int n, int noncompact) {
  Candidates found;
  for (int q = 0; 2 * q <= n; ++q) {
    const int p = n - q;
    if (4 * p * q == noncompact)
      found.push_back(
          {{q == 0 ? with_size("sp", n) : with_signature("sp", p, q), joined(compact_sp(p), compact_sp(q))},
           4 * n});
  }
  if (n * (n + 1) == noncompact) found.push_back({{over("sp", 2 * n, 'R'), compact_u(n)}, 2 * n});
  return found;
}

/// so(6, C) = sl(4, C): the orthogonal name where there is one.
Candidates forms_of_so6(int noncompact) {
  Candidates found = orthogonal_forms(6, noncompact);
  return found.empty() ? unitary_forms(4, noncompact) : found;
}

Candidates exceptional_forms(int dimension, int rank, int noncompact) {
  const auto is = [&](int d, int r, int positive) {
    return dimension == d && rank == r && noncompact == positive;
  };
  if (is(14, 2, 0)) return {{{"g2", {"g2"}}, 7}};
  if (is(14, 2, 8)) return {{{"split g2", {"so(4)"}}, 7}};
  if (is(52, 4, 0)) return {{{"f4", {"f4"}}, 26}};
  if (is(52, 4, 16)) return {{{"f4(-20)", {"so(9)"}}, 26}};
  if (is(52, 4, 28)) return {{{"split f4", {"sp(3)", "so(3)"}}, 26}};
  for (const auto& [d, r] : {std::pair{78, 6}, {133, 7}, {248, 8}})
    if (dimension == d && rank == r) return {{{"a simple algebra of dimension " + std::to_string(d), {}}, 1}};
  return {};
}

bool is_special_linear(int dimension, int rank) {
  return dimension == rank * (rank + 2);
}
bool is_odd_orthogonal(int dimension, int rank) {
  return dimension == rank * (2 * rank + 1);
}
bool is_even_orthogonal(int dimension, int rank) {
  return dimension == rank * (2 * rank - 1);
}

Candidates real_candidates(int dimension, int rank, int noncompact) {
  if (dimension == 3 && rank == 1) return orthogonal_forms(3, noncompact);
  if (dimension == 15 && rank == 3) return forms_of_so6(noncompact);
  if (rank >= 2 && is_special_linear(dimension, rank)) return unitary_forms(rank + 1, noncompact);
  if (rank >= 4 && is_even_orthogonal(dimension, rank)) return orthogonal_forms(2 * rank, noncompact);
  Candidates found = exceptional_forms(dimension, rank, noncompact);
  if (rank < 2 || !is_odd_orthogonal(dimension, rank)) return found;
  for (Candidate& each : orthogonal_forms(2 * rank + 1, noncompact)) found.push_back(std::move(each));
  if (rank == 2) return found;  // so(5, C) = sp(4, C)
  for (Candidate& each : symplectic_forms(rank, noncompact)) found.push_back(std::move(each));
  return found;
}

/// `dimension` and `rank` over the complex numbers.
Candidates complex_candidates(int dimension, int rank) {
  if (dimension == 3 && rank == 1) return {{{"so(1,3)", {"so(3)"}}, 1}};
  Candidates found;
  for (const Candidate& each : real_candidates(dimension, rank, 0)) {
    std::string name = each.form.name;
    const bool unitary = name.starts_with("su");
    if (name.starts_with("sp")) {
      name = over("sp", 2 * rank, 'C');
    } else if (unitary || name.starts_with("so")) {
      name = over(unitary ? "sl" : "so", std::stoi(name.substr(3)), 'C');
    } else {
      name = "complex " + name;
    }
    const bool symplectic = name.starts_with("sp");
    found.push_back({{name, each.form.compact}, symplectic ? 4 * rank : 2 * each.moves});
  }
  return found;
}

/// Both names where the moved space allows both.
RealForm either(const Candidates& candidates, int moved) {
  Candidates likely;
  for (const Candidate& each : candidates)
    if (moved % each.moves == 0) likely.push_back(each);
  if (likely.empty()) likely = candidates;
  RealForm form = likely.front().form;
  for (std::size_t k = 1; k < likely.size(); ++k) {
    form.name += " or " + likely[k].form.name;
    if (form.compact != likely[k].form.compact) form.compact.clear();
  }
  if (form.compact.empty() && likely.size() > 1) form.compact = {"unknown"};
  return form;
}

}  // namespace

std::optional<RealForm> real_form(const SimpleInvariants& invariants) {
  const auto& [dimension, rank, noncompact, complex, moved] = invariants;
  Candidates candidates;
  if (!complex) {
    candidates = real_candidates(dimension, rank, noncompact);
  } else if (dimension % 2 == 0 && rank % 2 == 0 && 2 * noncompact == dimension) {
    candidates = complex_candidates(dimension / 2, rank / 2);
  }
  if (candidates.empty()) return std::nullopt;
  return either(candidates, moved);
}

}  // namespace symscan
