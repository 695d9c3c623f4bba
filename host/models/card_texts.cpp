#include "host/models/card_texts.hpp"

#include "host/base/text.hpp"
#include "host/models/saved_model.hpp"

namespace symscan {
namespace {

/// In UTF-8.
std::string card_text(const Json& value) {
  if (!value.is_string()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string text;
  for (const char32_t character : decode_utf8(value.get_ref<const std::string&>()))
    append_utf8(text, character);
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> card_texts(const SavedModel& model) {
  std::vector<std::pair<std::string, std::string>> texts;
  const Json card = model_card(model);
  for (const auto& [key, value] : card.items()) {
    if (key == "dataset" || key == "relevance") {
      for (const auto& [member, inner] : value.items())
        texts.emplace_back(std::string(key).append(".").append(member), card_text(inner));
    } else {
      texts.emplace_back(key, card_text(value));
    }
  }
  return texts;
}

std::string card_sentences(const SavedModel& model) {
  return "Replica " + std::to_string(model.replica) + " of the run '" + printable_line(model.run) +
         "', an autoencoder that symscan " SYMSCAN_VERSION " trained on " + plural(model.rows, "row") +
         " of '" + printable_line(model.dataset) + "' with " + plural(model.features(), "column") +
         ". It has " + plural(model.latents(), "latent") + ", the most relevant one first. " + "Beta is " +
         number_text(model.beta) + ", the loss " + rounded(model.loss, 6) +
         (model.converged ? "; the training has converged." : "; the training has not converged.");
}

}  // namespace symscan
