#include "host/report/sentences.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "host/base/text.hpp"
#include "host/config/labels.hpp"
#include "host/data/dataset.hpp"

namespace symscan {
namespace {

/// "2 of 4 latents are active", "between 2 and 3 of 4 latents are active"
std::string active_phrase(const Group& group) {
  const auto [low, high] = std::minmax_element(group.active.begin(), group.active.end());
  const std::string total =
      " of " + plural(static_cast<std::uint64_t>(group.config->model.latent_dim), "latent");
  if (*low == *high) return std::to_string(*low) + total + (*low == 1 ? " is active" : " are active");
  return "between " + std::to_string(*low) + " and " + std::to_string(*high) + total + " are active";
}

/// What is known of a built-in dataset; empty if nothing is.
std::string shape_sentence(const DatasetFacts& facts) {
  if (facts.embedding_dimension <= 0 || facts.shape.empty()) return "";
  const int needed = facts.embedding_dimension, freedom = facts.intrinsic_dimension;
  const std::string latents = plural(static_cast<std::uint64_t>(needed), "latent") + ".";
  std::string shape = facts.shape;
  shape[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(shape[0])));
  if (freedom < 0 || freedom >= needed) return shape + " needs " + latents;
  return shape + " has " + plural(static_cast<std::uint64_t>(freedom), "degree") +
         " of freedom. A continuous map of it without a tear needs " + latents;
}

/// Why a group has other latents active than the shape needs; empty if it has not.
std::string difference_sentence(const DatasetFacts& facts, const Group& group) {
  const int needed = facts.embedding_dimension;
  const int found = *std::max_element(group.active.begin(), group.active.end());
  if (needed <= 0 || found == needed) return "";
  if (found > needed)
    return " These are more than the shape needs: some describe how it bends, or training is not finished.";
  if (group.config->model.latent_dim < needed) return " latent_dim is smaller than the shape needs.";
  return " At a smaller beta more latents may carry information.";
}

/// The relevances of the active latents, in nats.
std::vector<std::string> carried_nats(const RunResults& results, const Group& group) {
  constexpr std::size_t most_values = 8;
  std::vector<std::string> carried;
  for (const MeanAndSpread& latent : sorted_measure(results, group, RelevanceMeasure::kl)) {
    if (latent.mean > group.config->relevance.threshold && carried.size() < most_values)
      carried.push_back(rounded(latent.mean));
  }
  return carried;
}

std::string group_sentence(const RunResults& results, const Group& group, const DatasetFacts& facts,
                           bool name_it) {
  const ReplicaConfig& config = *group.config;
  std::string text = name_it ? settings_text(config, results.varying) + ": " : "";
  text += active_phrase(group) + " (KL above " + rounded(config.relevance.threshold) + " nats";
  if (group.done.size() > 1) text += ", " + plural(group.done.size(), "seed");
  text += ").";
  const auto carried = carried_nats(results, group);
  if (!carried.empty()) text += " KL: " + list_words(carried) + " nats.";
  text += difference_sentence(facts, group);
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
  for (const Group* group : groups) {
    const std::string settings = settings_text(*group->config, others);
    auto at = std::find_if(scans.begin(), scans.end(),
                           [&](const LatentScan& scan) { return scan.settings == settings; });
    if (at == scans.end()) at = scans.insert(scans.end(), {settings, {}});
    at->groups.push_back(group);
  }
  for (LatentScan& scan : scans) {
    std::stable_sort(scan.groups.begin(), scan.groups.end(), [](const Group* a, const Group* b) {
      return a->config->model.latent_dim < b->config->model.latent_dim;
    });
  }
  return scans;
}

/// Where the number of active latents stops growing; empty for fewer than three sizes.
std::string scan_sentence(const LatentScan& scan) {
  std::set<int> sizes;
  for (const Group* group : scan.groups) sizes.insert(group->config->model.latent_dim);
  if (sizes.size() < 3) return "";
  const double last = scan.groups.back()->active_latents.mean;
  const std::string range = " (latent_dim " + std::to_string(*sizes.begin()) + " to " +
                            std::to_string(*sizes.rbegin()) + ", " + scan.settings + ")";
  if (last == 0)
    return "All latents have collapsed at every size" + range + ": beta is too large for these data.";
  const double before = scan.groups[scan.groups.size() - 2]->active_latents.mean;
  if (last - before < 0.5)
    return "The number of active latents stops growing at " + rounded(last) + range + ".";
  return "The number of active latents still grows, from " + rounded(before) + " to " + rounded(last) +
         ", at the largest latent_dim" + range + ".";
}

void add_scan_sentences(const RunResults& results, const std::vector<const Group*>& groups,
                        std::vector<std::string>& sentences) {
  constexpr std::size_t most_scans = 6;
  const auto scans = latent_scans(results, groups);
  for (std::size_t i = 0; i < std::min(scans.size(), most_scans); ++i) {
    const std::string sentence = scan_sentence(scans[i]);
    if (!sentence.empty()) sentences.push_back(sentence);
  }
  if (scans.size() > most_scans)
    sentences.push_back("The figures show the other " + std::to_string(scans.size() - most_scans) +
                        " scans.");
}

void linear_sentence(const RunResults& results, const Group& group, std::vector<std::string>& sentences) {
  const std::vector<double>& eigenvalues = results.datasets[group.dataset].eigenvalues;
  if (group.tau <= 0 || eigenvalues.empty()) return;
  const auto above =
      std::count_if(eigenvalues.begin(), eigenvalues.end(), [&](double v) { return v > group.tau; });
  sentences.push_back("For comparison: a linear model of the same loss uses " +
                      plural(static_cast<std::uint64_t>(above), "latent") +
                      ", one for each principal component with a variance above tau (" + rounded(group.tau) +
                      ").");
}

/// Counting latents of a model that has hardly been trained is the easiest way to a wrong answer.
void training_sentence(const RunResults& results, const std::vector<const Group*>& groups,
                       std::vector<std::string>& sentences) {
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
    sentences.push_back("Not trained long enough" + of_groups + ": only " + plural(fewest, "training step") +
                        ". Raise train.epochs before you count latents.");
  } else if (falling > 0) {
    sentences.push_back("The loss was still falling at the end of training" + of_groups +
                        ". Raise train.epochs before you count latents.");
  }
}

}  // namespace

const Group* main_group(const std::vector<Group>& groups, int dataset) {
  const Group* best = nullptr;
  for (const Group& group : groups) {
    if (group.dataset != dataset || group.done.empty()) continue;
    if (best == nullptr || group.config->model.latent_dim > best->config->model.latent_dim) best = &group;
  }
  return best;
}

std::string constant_features_sentence(const DatasetRecord& record) {
  std::vector<std::string> constant;
  for (std::size_t d = 0; d < record.columns.size(); ++d) {
    if (record.constant[d]) constant.push_back(record.columns[d]);
  }
  if (constant.empty()) return "";
  const bool one = constant.size() == 1;
  return list_words(constant) + (one ? " is constant" : " are constant") + ": centred, not scaled.";
}

std::vector<std::string> summary_sentences(const RunResults& results, const std::vector<Group>& all,
                                           int dataset) {
  std::vector<std::string> sentences;
  std::vector<const Group*> groups;
  std::size_t failed = 0;
  for (const Group& group : all) {
    if (group.dataset != dataset) continue;
    failed += group.failed.size();
    if (!group.done.empty()) groups.push_back(&group);
  }
  const DatasetRecord& record = results.datasets[dataset];
  if (groups.empty()) {
    sentences.push_back("No replica of this study has finished.");
  } else {
    const DatasetFacts facts = dataset_facts(record.settings);
    const Group* main = main_group(all, dataset);
    training_sentence(results, groups, sentences);
    if (const std::string needs = shape_sentence(facts); !needs.empty()) sentences.push_back(needs);
    constexpr std::size_t few = 4;
    for (std::size_t g = 0; g < groups.size() && groups.size() <= few; ++g) {
      sentences.push_back(group_sentence(results, *groups[g], facts, groups.size() > 1));
    }
    if (groups.size() > few) {
      sentences.push_back(group_sentence(results, *main, facts, true));
    }
    add_scan_sentences(results, groups, sentences);
    linear_sentence(results, *main, sentences);
  }
  if (failed > 0) {
    sentences.push_back(plural(failed, "replica") +
                        " failed. Means are over the others; the list of failures "
                        "says why.");
  }
  return sentences;
}

}  // namespace symscan
