#include "host/report/sentences.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <unordered_map>

#include "host/base/text.hpp"
#include "host/config/labels.hpp"
#include "host/config/names.hpp"
#include "host/config/seeds.hpp"
#include "host/data/dataset.hpp"
#include "host/report/main_group.hpp"
#include "host/report/training_counts.hpp"
#include "host/store/optima.hpp"
#include "host/store/seed_search.hpp"

namespace symscan {
namespace {

struct Sentence {
  std::string text;
  bool folded = false;  ///< on a page
};
using Sentences = std::vector<Sentence>;

/// "2 of 4 latents are active", "between 2 and 3 of 4 latents are active"
std::string active_phrase(const Group& group) {
  const auto [low, high] = std::minmax_element(group.active.begin(), group.active.end());
  const int latents = group.config->model.latent_dim;
  const std::string total = " of " + plural(static_cast<std::uint64_t>(latents), "latent");
  if (*low < *high)
    return "between " + std::to_string(*low) + " and " + std::to_string(*high) + total +
           (latents == 1 ? " is active" : " are active");
  return std::to_string(*low) + total + (latents == 1 || *low == 1 ? " is active" : " are active");
}

/// What is known of a built-in dataset; empty if nothing is.
std::string shape_sentence(const DatasetFacts& facts) {
  if (facts.intrinsic_dimension < 0 || facts.shape.empty()) return "";
  return "Known: " + facts.shape + " has " +
         plural(static_cast<std::uint64_t>(facts.intrinsic_dimension), "degree") + " of freedom.";
}

/// The relevances of the active latents, in nats.
std::vector<std::string> carried_nats(const RunResults& results, const Group& group) {
  constexpr std::size_t most_values = 8;
  std::vector<std::string> carried;
  for (const MeanAndSpread& latent : sorted_measure(results, group, RelevanceMeasure::kl))
    if (latent.mean > group.config->relevance.threshold) carried.push_back(rounded(latent.mean));
  if (carried.size() > most_values) {
    const std::string others = std::to_string(carried.size() - most_values + 1) + " smaller ones";
    carried.resize(most_values - 1);
    carried.push_back(others);
  }
  return carried;
}

std::string group_sentence(const RunResults& results, const Group& group, bool name_it) {
  const ReplicaConfig& config = *group.config;
  std::string text = name_it ? "With " + settings_text(config, results.varying) + ": " : "";
  text += active_phrase(group) + " (KL above " + rounded(config.relevance.threshold) + " nats";
  if (group.done.size() > 1) {
    const bool all = group.best.size() == group.done.size();
    text += ", " + (all ? "" : std::to_string(group.best.size()) + " of ") +
            plural(group.done.size(), "seed") + (all ? "" : ", those within 2 % of the lowest loss");
  }
  text += ").";
  const auto carried = carried_nats(results, group);
  if (!carried.empty()) text += " KL in nats: " + list_words(carried) + ".";
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

/// Groups that differ in latent_dim alone, with their other settings.
struct LatentScan {
  std::string settings;
  std::vector<const Group*> groups;  ///< by ascending latent_dim
};

std::vector<LatentScan> latent_scans(const RunResults& results, const std::vector<const Group*>& groups) {
  std::vector<std::string> others = results.varying;
  std::erase(others, "model.latent_dim");
  std::vector<LatentScan> scans;
  std::unordered_map<std::string, std::size_t> known;
  for (const Group* group : groups) {
    const std::string settings = settings_text(*group->config, others);
    const auto [at, is_new] = known.emplace(settings, scans.size());
    if (is_new) scans.push_back({settings, {}});
    scans[at->second].groups.push_back(group);
  }
  for (LatentScan& scan : scans) {
    std::stable_sort(scan.groups.begin(), scan.groups.end(), [](const Group* a, const Group* b) {
      return a->config->model.latent_dim < b->config->model.latent_dim;
    });
  }
  return scans;
}

/// Where the number of active latents stops growing, if the largest models reached the lowest loss. For three
/// sizes or more.
std::string scan_sentence(const LatentScan& scan) {
  constexpr double same = 0.5;
  const Group* const largest = scan.groups.back();
  const Group* const best = *std::min_element(scan.groups.begin(), scan.groups.end(), [](auto* a, auto* b) {
    return a->lowest_loss < b->lowest_loss;
  });
  if (!is_near_lowest(largest->lowest_loss, best->lowest_loss))
    return "The models with " + std::to_string(largest->config->model.latent_dim) +
           " latents ended in worse optima than those with " +
           std::to_string(best->config->model.latent_dim) + " (" + scan.settings +
           "): count the latents of the lowest loss.";
  std::vector<double> active;
  for (const Group* group : scan.groups) active.push_back(group->active_latents.mean);
  const auto [low, high] = std::minmax_element(active.begin(), active.end());
  const double last = active.back(), before = active[active.size() - 2];
  const std::string range = " (latent_dim " + std::to_string(scan.groups.front()->config->model.latent_dim) +
                            " to " + std::to_string(scan.groups.back()->config->model.latent_dim) + ", " +
                            scan.settings + ")";
  if (*high == 0)
    return "No latent is active at any size" + range +
           ": beta or relevance.threshold is too large for these data.";
  if (last - before >= same)
    return "The number of active latents still grows, from " + rounded(before) + " to " + rounded(last) +
           ", at the largest latent_dim" + range + ".";
  if (*high - last >= same)
    return "The number of active latents lies between " + rounded(*low) + " and " + rounded(*high) +
           " and does not settle" + range + ".";
  return "The number of active latents stops growing at " + rounded(last) + range + ".";
}

/// That of the main group leads.
void add_scan_sentences(const RunResults& results, const std::vector<const Group*>& groups, const Group* main,
                        Sentences& sentences) {
  constexpr std::size_t most_scans = 6, fewest_sizes = 3;
  auto scans = latent_scans(results, groups);
  std::erase_if(scans, [](const LatentScan& scan) { return scan.groups.size() < fewest_sizes; });
  const auto holds_main = [&](const LatentScan& scan) {
    return std::find(scan.groups.begin(), scan.groups.end(), main) != scan.groups.end();
  };
  std::stable_partition(scans.begin(), scans.end(), holds_main);
  for (std::size_t i = 0; i < std::min(scans.size(), most_scans); ++i)
    sentences.push_back({scan_sentence(scans[i]), !holds_main(scans[i])});
  if (scans.size() > most_scans)
    sentences.push_back(
        {"The figures show " + plural(scans.size() - most_scans, "more scan") + " of latent_dim.", true});
}

void linear_sentence(const RunResults& results, const Group& group, Sentences& sentences) {
  const std::vector<double>& eigenvalues = results.datasets[group.dataset].eigenvalues;
  if (group.tau <= 0 || eigenvalues.empty()) return;
  const auto above =
      std::count_if(eigenvalues.begin(), eigenvalues.end(), [&](double v) { return v > group.tau; });
  const std::string tau = "tau (" + rounded(group.tau) + " at beta " + rounded(group.config->loss.beta) + ")";
  const std::string subject = "For comparison: a linear model of the same loss ";
  if (above == 0)
    sentences.push_back(
        {subject + "uses no latent: no principal component has a variance above " + tau + ".", true});
  else
    sentences.push_back({subject + "with enough latents uses " + std::to_string(above) +
                             ", one for each principal component with a variance above " + tau + ".",
                         true});
}

/// What the end of the trainings says about their relevances.
std::string convergence_sentence(const RunResults& results, const std::vector<const Group*>& groups) {
  std::size_t trainings = 0, open = 0, unknown = 0;
  bool fixed = false;
  for (const Group* group : groups) {
    trainings += group->done.size();
    for (const int id : group->done) {
      const Convergence& convergence = results.replicas[id].result.convergence;
      open += convergence.converged ? 0 : 1;
      unknown += !convergence.converged && std::isnan(convergence.relevance_change) ? 1 : 0;
    }
    fixed = fixed || !group->config->train.automatic();
  }
  const std::string all = plural(trainings, "training");
  if (open == 0) return trainings == 1 ? "The training has converged." : "All " + all + " have converged.";
  const std::string which = trainings == 1 ? "The training has not converged"
                                           : std::to_string(open) + " of " + all +
                                                 (open == 1 ? " has not converged" : " have not converged");
  const std::string changed = unknown == open ? "whether the relevances still changed is not known"
                              : unknown > 0   ? "relevances or loss still changed, or it is not known"
                                              : "relevances or loss still changed";
  return which + ": " + changed + ". " +
         (fixed ? "Leave train.epochs out (\"auto\"), or raise it." : "Raise train.max_steps.");
}

/// Counting latents of a model that has hardly been trained is the easiest way to a wrong answer.
void training_sentence(const RunResults& results, const std::vector<const Group*>& groups,
                       Sentences& sentences) {
  std::uint64_t fewest = 0;
  std::size_t short_groups = 0, falling = 0;
  for (const Group* group : groups) {
    const TrainingVerdict state = training_state(results, *group);
    if (state.too_few_steps) {
      fewest = short_groups++ == 0 ? state.steps : std::min(fewest, state.steps);
    } else if (state.still_falling) {
      ++falling;
    }
  }
  const std::string of_groups = groups.size() > 1 ? " in " + std::to_string(short_groups + falling) + " of " +
                                                        std::to_string(groups.size()) + " groups"
                                                  : "";
  if (short_groups > 0) {
    sentences.push_back({"Not trained long enough" + of_groups + ": only " + plural(fewest, "training step") +
                         ". Raise train.epochs before you count latents."});
  } else if (falling > 0) {
    sentences.push_back({"The loss was still falling at the end of training" + of_groups +
                         ". Raise train.epochs before you count latents."});
  } else {
    sentences.push_back({convergence_sentence(results, groups)});
  }
}

/// "KL 1.93 and 1.9 nats"; those that are relevant.
std::string relevances_text(const Optimum& optimum) {
  constexpr int most_values = 8;
  std::vector<std::string> words;
  for (int j = 0; j < std::min(optimum.relevant, most_values); ++j)
    words.push_back(rounded(optimum.relevances[static_cast<std::size_t>(j)]));
  return words.empty() ? "no relevant latent" : "KL " + list_words(words) + " nats";
}

int varying_columns(const RunResults& results, int dataset) {
  const std::vector<bool>& constant = results.datasets[static_cast<std::size_t>(dataset)].constant;
  return static_cast<int>(std::count(constant.begin(), constant.end(), false));
}

std::string optimum_sentence(const RunResults& results, const Problem& problem, bool several_kinds) {
  const Optimum& best = problem.optima.front();
  const ReplicaConfig& config = results.sweep.replicas[best.best];
  std::string text = "Lowest loss at beta " + rounded(problem.beta) +
                     (several_kinds ? ", loss " + to_string(problem.loss_kind) : "") + ": " +
                     rounded(best.loss) + " (latent_dim " + std::to_string(config.model.latent_dim) +
                     ", seed " + std::to_string(config.seed) + ")";
  if (best.relevant == 0) return text + ", without a relevant latent.";
  text += ", with " + plural(static_cast<std::uint64_t>(best.relevant), "relevant latent") + ": " +
          relevances_text(best) + ", effective number " + with_decimals(best.effective, 1) + ".";
  if (problem.saturated() && problem.largest_latent_dim < varying_columns(results, problem.dataset))
    text += " No model had more latents: train a larger latent_dim before you count them.";
  if (problem.trainings == 1) return text;
  text += " " + std::to_string(best.replicas.size()) + " of " + std::to_string(problem.trainings) +
          " trainings ended there";
  if (problem.optima.size() > 1) {
    const Optimum& next = problem.optima[1];
    text += "; the next optimum has the loss " + rounded(next.loss) + " and " + relevances_text(next);
  }
  const bool converged = results.replicas[best.best].result.convergence.converged;
  if (best.replicas.size() >= enough_meetings || !converged) return text + ".";
  return text + ". So few meet it that a lower loss may exist: " +
         (seeds_are_automatic(results.sweep.resolved) ? "train a longer list of seeds in a new run."
                                                      : "add seeds.");
}

/// Of a few betas: those of the main problem, the smallest, the middle and the largest.
void add_optimum_sentences(const RunResults& results, int dataset, const Problem& main,
                           Sentences& sentences) {
  std::vector<Problem> problems = find_problems(results, dataset);
  std::erase_if(problems, [](const Problem& problem) { return problem.tau <= 0; });
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.beta < b.beta; });
  const bool several_kinds = std::any_of(problems.begin(), problems.end(), [&](const Problem& problem) {
    return problem.loss_kind != problems.front().loss_kind;
  });
  constexpr std::size_t few = 3;
  for (std::size_t p = 0; p < problems.size(); ++p) {
    const bool is_main = problems[p].beta == main.beta && problems[p].loss_kind == main.loss_kind;
    if (problems.size() <= few || p == 0 || p == problems.size() / 2 || p + 1 == problems.size() || is_main)
      sentences.push_back({optimum_sentence(results, problems[p], several_kinds), !is_main});
  }
}

/// "12 of 96 replicas are finished: what follows is of these."
std::string progress_sentence(const RunResults& results, const TrainingCounts& progress) {
  const bool one = progress.done == 1;
  const std::string at_most = seeds_are_automatic(results.sweep.resolved) ? "at most " : "";
  return std::to_string(progress.done) + " of " + at_most + plural(progress.wanted, "replica") +
         (one ? " is finished: what follows is of this one." : " are finished: what follows is of these.");
}

Sentences sentences_of(const RunResults& results, const std::vector<Group>& all, int dataset) {
  const TrainingCounts progress = training_counts(results, all, dataset);
  if (progress.done == 0) return {{unfinished_sentence(results, dataset)}};
  Sentences sentences;
  std::vector<const Group*> groups;
  for (const Group& group : all)
    if (group.dataset == dataset && !group.done.empty()) groups.push_back(&group);
  const DatasetFacts facts = dataset_facts(results.datasets[static_cast<std::size_t>(dataset)].settings);
  const MainGroup main = find_main_group(results, all, dataset);
  if (progress.done + progress.failed != progress.wanted)
    sentences.push_back({progress_sentence(results, progress)});
  training_sentence(results, groups, sentences);
  if (const std::string needs = shape_sentence(facts); !needs.empty()) sentences.push_back({needs});
  constexpr std::size_t few = 4;
  add_optimum_sentences(results, dataset, *main.problem, sentences);
  for (std::size_t g = 0; g < groups.size() && groups.size() <= few; ++g)
    sentences.push_back({group_sentence(results, *groups[g], groups.size() > 1), true});
  if (groups.size() > few) sentences.push_back({group_sentence(results, *main.group, true), true});
  add_scan_sentences(results, groups, main.group, sentences);
  linear_sentence(results, *main.group, sentences);
  if (progress.failed > 0)
    sentences.push_back({plural(progress.failed, "replica") +
                         " failed. Means are over the others; the list of failures says why."});
  return sentences;
}

}  // namespace

std::string constant_features_sentence(const DatasetRecord& record) {
  constexpr std::size_t most_named = 8;
  std::vector<std::string> constant;
  for (std::size_t d = 0; d < record.columns.size(); ++d) {
    if (record.constant[d]) constant.push_back(record.columns[d]);
  }
  if (constant.empty()) return "";
  const bool one = constant.size() == 1;
  if (constant.size() > most_named + 1) {
    const std::string others = std::to_string(constant.size() - most_named) + " more";
    constant.resize(most_named);
    constant.push_back(others);
  }
  return list_words(constant) + (one ? " is treated as constant." : " are treated as constant.");
}

std::vector<std::string> summary_sentences(const RunResults& results, const std::vector<Group>& groups,
                                           int dataset) {
  std::vector<std::string> texts;
  for (Sentence& sentence : sentences_of(results, groups, dataset)) texts.push_back(std::move(sentence.text));
  return texts;
}

StudySentences study_sentences(const RunResults& results, const std::vector<Group>& groups, int dataset) {
  StudySentences study;
  for (Sentence& sentence : sentences_of(results, groups, dataset))
    (sentence.folded ? study.details : study.summary).push_back(std::move(sentence.text));
  return study;
}

}  // namespace symscan
