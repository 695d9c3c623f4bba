#include "host/models/model_state.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/error.hpp"
#include "host/base/json_record.hpp"
#include "host/config/json_text.hpp"
#include "host/config/names.hpp"
#include "host/models/model.hpp"
#include "host/models/saved_model.hpp"

namespace symscan {

/// All but the weights and the network, which follows from settings.model and the number of columns.
template <>
struct JsonRecord<SavedModel> {
  static constexpr const char* doc = "a trained model";
  static constexpr auto members = std::make_tuple(
      json_member("replica", &SavedModel::replica), json_member("seed", &SavedModel::seed),
      json_member("run", &SavedModel::run), json_member("dataset", &SavedModel::dataset),
      json_member("settings", &SavedModel::settings), json_member("rows", &SavedModel::rows),
      json_member("columns", &SavedModel::columns), json_member("offset", &SavedModel::offset),
      json_member("scale", &SavedModel::scale), json_member("constant", &SavedModel::constant),
      json_member("constant_value", &SavedModel::constant_value), json_member("beta", &SavedModel::beta),
      json_member("tau", &SavedModel::tau),
      json_member("reconstruction_scale", &SavedModel::reconstruction_scale),
      json_member("loss", &SavedModel::loss), json_member("reconstruction", &SavedModel::reconstruction),
      json_member("kl", &SavedModel::kl), json_member("converged", &SavedModel::converged),
      json_member("measure", &SavedModel::measure), json_member("relevance", &SavedModel::relevance),
      json_member("latent_kl", &SavedModel::latent_kl), json_member("order", &SavedModel::order));
};

namespace {

constexpr int state_version = 1;

/// settings.model, whose texts are not checked yet.
struct ModelShape {
  std::vector<int> hidden;
  int latent_dim = 0;
  std::string activation;
};

}  // namespace

template <>
struct JsonRecord<ModelShape> {
  static constexpr const char* doc = "settings.model";
  static constexpr auto members = std::make_tuple(json_member("hidden", &ModelShape::hidden),
                                                  json_member("latent_dim", &ModelShape::latent_dim),
                                                  json_member("activation", &ModelShape::activation));
};

namespace {

Network network_from(const SavedModel& model) {
  ModelShape shape;
  read_record(model.settings.is_object() ? model.settings.value("model", Json()) : Json(), shape,
              "settings.model");
  const auto positive = [](int width) { return width > 0; };
  if (model.columns.empty() || model.columns.size() > 65536 || shape.latent_dim < 1 ||
      shape.hidden.size() > max_hidden_layers ||
      !std::all_of(shape.hidden.begin(), shape.hidden.end(), positive))
    throw DataError("its network has impossible sizes");
  const auto known = choices_of<Activation>();
  if (std::find(known.begin(), known.end(), shape.activation) == known.end())
    throw DataError("there is no activation '" + shape.activation + "'");
  const auto activation = value_of<Activation>(shape.activation);
  check_network_size({shape.hidden, activation, shape.latent_dim}, model.columns.size());
  return make_network(static_cast<int>(model.columns.size()), shape.hidden, shape.latent_dim, activation);
}

/// Throws DataError unless all lists have the lengths that columns and latents say.
void check_lengths(const SavedModel& model) {
  const std::size_t features = model.features(), latents = model.latents();
  const bool fits = model.offset.size() == features && model.scale.size() == features &&
                    model.constant.size() == features && model.constant_value.size() == features &&
                    model.relevance.size() == latents && model.latent_kl.size() == latents &&
                    model.order.size() == latents;
  if (!fits) throw DataError("its lists have different lengths");
  if (model.parameters.size() != trainable_parameters(model.network))
    throw DataError("it has " + std::to_string(model.parameters.size()) + " weights in place of " +
                    std::to_string(trainable_parameters(model.network)));
  const auto is_used = [](double value) { return std::isfinite(value) && value != 0; };
  if (!std::all_of(model.scale.begin(), model.scale.end(), is_used))
    throw DataError("a scale is 0 or no number");
}

}  // namespace

ModelState state_of(const Model& model) {
  const SavedModel& saved = model.saved();
  return {versioned_json(saved, state_version).dump(-1, ' ', false, Json::error_handler_t::replace),
          saved.parameters};
}

Model model_from(const ModelState& state) {
  try {
    auto model =
        read_versioned<SavedModel>(parse_json_text(state.description, "the model", true), state_version);
    model.parameters = state.parameters;
    model.network = network_from(model);
    check_lengths(model);
    return Model(std::move(model));
  } catch (const Error& error) {
    throw DataError(std::string("this is no model of symscan: ") + error.what());
  }
}

}  // namespace symscan
