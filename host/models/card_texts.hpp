#pragma once
#include <string>
#include <utility>
#include <vector>

namespace symscan {

struct SavedModel;

/// The model card (model_card() in saved_model.hpp) as keys and texts, for files whose metadata are texts.
/// Members of "dataset" and "relevance" are keys of their own: "dataset.columns", "relevance.values". Texts
/// stay as they are, everything else is JSON. All is UTF-8: other bytes become U+FFFD.
std::vector<std::pair<std::string, std::string>> card_texts(const SavedModel& model);

/// Sentences for people: what was trained on what, and with which result.
std::string card_sentences(const SavedModel& model);

}  // namespace symscan
