#include "host/report/comparison_problems.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/text.hpp"
#include "host/config/names.hpp"
#include "host/report/comparison_facts.hpp"
#include "host/store/optima.hpp"

namespace symscan {
namespace {

/// A run whose problems are compared.
struct Side {
  explicit Side(const RunResults& run) : results(run), groups(make_groups(run)) {}
  const RunResults& results;
  std::vector<Group> groups;
};

ComparedOptimum compared_optimum(const Side& side, const Problem& problem) {
  const RunResults& results = side.results;
  const Optimum& best = problem.optima.front();
  const std::vector<bool>& constant = results.datasets[static_cast<std::size_t>(problem.dataset)].constant;
  ComparedOptimum optimum;
  optimum.tau = problem.tau;
  optimum.loss = best.loss;
  optimum.relevances = best.relevances;
  optimum.relevant = best.relevant;
  optimum.effective = best.effective;
  optimum.latent_dims = best.latent_dims;
  optimum.met = best.replicas.size();
  optimum.trainings = problem.trainings;
  // What the analysis calls preliminary is not judged here either.
  const auto group =
      static_cast<std::size_t>(results.sweep.replicas[static_cast<std::size_t>(best.best)].group);
  const TrainingVerdict state = training_state(results, side.groups[group]);
  optimum.converged = results.replicas[static_cast<std::size_t>(best.best)].result.convergence.converged &&
                      !state.too_few_steps;
  optimum.limited =
      problem.saturated() && problem.largest_latent_dim < std::count(constant.begin(), constant.end(), false);
  return optimum;
}

/// Why relevances of two optima say nothing of each other; empty if they do.
std::string problems_apart(const ComparedOptimum& a, const ComparedOptimum& b, bool same_preprocessing) {
  if (!same_preprocessing) return "the data are preprocessed differently";
  if (a.converged && b.converged) return "";
  return a.converged ? "B has not converged" : b.converged ? "A has not converged" : "neither has converged";
}

/// Why a larger count in one run may be for want of latents in the other; empty if it is not.
std::string want_of_latents(const ComparedOptimum& a, const ComparedOptimum& b) {
  if (!a.limited && !b.limited) return "";
  return std::string(a.limited && b.limited ? "both runs"
                     : a.limited            ? "A"
                                            : "B") +
         (a.limited && b.limited ? " have" : " has") + " no model with more latents";
}

ComparedFact loss_fact(const ComparedOptimum& a, const ComparedOptimum& b, bool same_preprocessing) {
  const bool near = is_near_lowest(std::max(a.loss, b.loss), std::min(a.loss, b.loss));
  ComparedFact fact{"lowest loss", rounded(a.loss, 4), rounded(b.loss, 4),
                    near ? Agreement::same : Agreement::different,
                    near && a.loss != b.loss ? "within 2 %" : ""};
  if (!same_preprocessing) {
    fact.agreement = Agreement::not_comparable;
    fact.note = "the data are preprocessed differently";
  }
  return fact;
}

std::string relevances_line(const ComparedOptimum& optimum) {
  constexpr std::size_t most = 12;
  std::vector<std::string> words;
  for (std::size_t j = 0; j < std::min(most, optimum.relevances.size()); ++j)
    words.push_back(with_decimals(optimum.relevances[j], 2));
  if (optimum.relevances.size() > most)
    words.push_back("and " + std::to_string(optimum.relevances.size() - most) + " more");
  return join_words(words);
}

ComparedFact relevances_fact(const ComparedProblem& problem, const std::string& apart) {
  ComparedFact fact{"relevances (nats)", relevances_line(problem.a), relevances_line(problem.b),
                    Agreement::same, ""};
  const bool near = problem.largest_difference <= same_relevance;
  const std::string difference = rounded(problem.largest_difference, 2) + " nats";
  const std::string limited = want_of_latents(problem.a, problem.b);
  if (problem.largest_difference == 0 && apart.empty()) return fact;
  fact.note = near ? "they differ by " + difference + " at most; up to " + rounded(same_relevance) +
                         " is one class of optima"
                   : "they differ by up to " + difference;
  if (!near) fact.agreement = Agreement::different;
  if (!apart.empty() || (!near && !limited.empty())) {
    fact.agreement = Agreement::not_comparable;
    fact.note = (apart.empty() ? limited : apart) + "; they differ by up to " + difference;
  }
  return fact;
}

ComparedFact relevant_fact(const ComparedProblem& problem, const std::string& apart) {
  const auto text = [](const ComparedOptimum& optimum) {
    return std::to_string(optimum.relevant) + " (effective number " + with_decimals(optimum.effective, 1) +
           ")";
  };
  ComparedFact fact{"relevant latents", text(problem.a), text(problem.b), Agreement::same, apart};
  if (!apart.empty()) {
    fact.agreement = Agreement::not_comparable;
  } else if (problem.a.relevant != problem.b.relevant) {
    fact.note = want_of_latents(problem.a, problem.b);
    // The relevances are those of one optimum, and one of them lies at the limit of a tenth of the largest.
    if (fact.note.empty() && problem.largest_difference <= same_relevance)
      fact.note = "a latent has about a tenth of the largest relevance, where counting begins";
    fact.agreement = fact.note.empty() ? Agreement::different : Agreement::not_comparable;
  }
  return fact;
}

ComparedFact convergence_fact(const ComparedOptimum& a, const ComparedOptimum& b) {
  const auto text = [](const ComparedOptimum& optimum) {
    return std::string(optimum.converged ? "converged" : "not converged") + "; " +
           std::to_string(optimum.met) + " of " + plural(optimum.trainings, "training") + " ended there";
  };
  return {"training of lowest loss", text(a), text(b),
          a.converged == b.converged ? Agreement::same : Agreement::different, ""};
}

ComparedProblem compared_problem(const Side& a_run, const Problem& a, const Side& b_run, const Problem& b,
                                 bool same_run, bool same_preprocessing) {
  ComparedProblem problem;
  problem.loss_kind = to_string(a.loss_kind);
  problem.beta = a.beta;
  problem.a = compared_optimum(a_run, a);
  problem.b = compared_optimum(b_run, b);
  problem.largest_difference = largest_relevance_difference(problem.a.relevances, problem.b.relevances);
  const std::string apart = same_run ? "" : problems_apart(problem.a, problem.b, same_preprocessing);
  problem.facts = {loss_fact(problem.a, problem.b, same_preprocessing), relevances_fact(problem, apart),
                   relevant_fact(problem, apart), convergence_fact(problem.a, problem.b)};
  return problem;
}

/// "beta 0.1, loss sum"
std::string alone_name(const Problem& problem) {
  return "beta " + rounded(problem.beta, 6) + ", loss " + to_string(problem.loss_kind);
}

}  // namespace

std::string problem_name(const DatasetPair& pair, const ComparedProblem& problem) {
  const bool several_kinds =
      std::any_of(pair.problems.begin(), pair.problems.end(),
                  [&](const ComparedProblem& other) { return other.loss_kind != problem.loss_kind; });
  return "beta " + rounded(problem.beta, 6) + (several_kinds ? ", loss " + problem.loss_kind : "");
}

void add_problems(const RunResults& a_run, int a, const RunResults& b_run, int b, bool same_run,
                  DatasetPair& pair) {
  const std::vector<Problem> first = find_problems(a_run, a), second = find_problems(b_run, b);
  const Side a_side(a_run), b_side(b_run);
  const bool same_preprocessing = a_run.datasets[static_cast<std::size_t>(a)].preprocess ==
                                  b_run.datasets[static_cast<std::size_t>(b)].preprocess;
  const auto in = [](const std::vector<Problem>& problems, const Problem& wanted) {
    return std::find_if(problems.begin(), problems.end(), [&](const Problem& problem) {
      return problem.loss_kind == wanted.loss_kind && problem.beta == wanted.beta;
    });
  };
  for (const Problem& problem : first) {
    const auto partner = in(second, problem);
    if (partner == second.end())
      pair.problems_only_a.push_back(alone_name(problem));
    else
      pair.problems.push_back(
          compared_problem(a_side, problem, b_side, *partner, same_run, same_preprocessing));
  }
  for (const Problem& problem : second)
    if (in(first, problem) == first.end()) pair.problems_only_b.push_back(alone_name(problem));
}

}  // namespace symscan
