#include "host/models/model_state.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/error.hpp"
#include "host/config/json_text.hpp"
#include "host/config/names.hpp"
#include "host/models/model.hpp"
#include "host/models/saved_model.hpp"

namespace symscan {
namespace {

constexpr int state_version = 1;

Json description_of(const SavedModel& model) {
  const Json& settings = model.settings.at("model");
  return {{"version", state_version},
          {"replica", model.replica},
          {"seed", model.seed},
          {"run", model.run},
          {"dataset", model.dataset},
          {"settings", model.settings},
          {"rows", model.rows},
          {"columns", model.columns},
          {"offset", model.offset},
          {"scale", model.scale},
          {"constant", model.constant},
          {"constant_value", model.constant_value},
          {"hidden", settings.at("hidden")},
          {"latents", model.latents()},
          {"activation", to_string(model.network.activation)},
          {"beta", model.beta},
          {"tau", model.tau},
          {"reconstruction_scale", model.reconstruction_scale},
          {"loss", model.loss},
          {"reconstruction", model.reconstruction},
          {"kl", model.kl},
          {"converged", model.converged},
          {"measure", model.measure},
          {"relevance", model.relevance},
          {"latent_kl", model.latent_kl},
          {"order", model.order}};
}

Activation activation_called(const std::string& name) {
  for (const auto& [value, known] : names_of<Activation>())
    if (name == known) return value;
  throw DataError("there is no activation '" + name + "'");
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

SavedModel saved_from(const Json& given) {
  if (given.at("version") != state_version) throw DataError("it was written by another version of symscan");
  SavedModel model;
  given.at("replica").get_to(model.replica);
  given.at("seed").get_to(model.seed);
  given.at("run").get_to(model.run);
  given.at("dataset").get_to(model.dataset);
  model.settings = given.at("settings");
  given.at("rows").get_to(model.rows);
  given.at("columns").get_to(model.columns);
  given.at("offset").get_to(model.offset);
  given.at("scale").get_to(model.scale);
  given.at("constant").get_to(model.constant);
  given.at("constant_value").get_to(model.constant_value);
  given.at("beta").get_to(model.beta);
  given.at("tau").get_to(model.tau);
  given.at("reconstruction_scale").get_to(model.reconstruction_scale);
  given.at("loss").get_to(model.loss);
  given.at("reconstruction").get_to(model.reconstruction);
  given.at("kl").get_to(model.kl);
  given.at("converged").get_to(model.converged);
  given.at("measure").get_to(model.measure);
  given.at("relevance").get_to(model.relevance);
  given.at("latent_kl").get_to(model.latent_kl);
  given.at("order").get_to(model.order);
  ModelConfig shape;
  given.at("hidden").get_to(shape.hidden);
  given.at("latents").get_to(shape.latent_dim);
  const auto positive = [](int width) { return width > 0; };
  if (model.columns.empty() || model.columns.size() > 65536 || shape.latent_dim < 1 ||
      shape.hidden.size() > max_hidden_layers ||
      !std::all_of(shape.hidden.begin(), shape.hidden.end(), positive))
    throw DataError("its network has impossible sizes");
  check_network_size(shape, model.columns.size());
  model.network = make_network(static_cast<int>(model.columns.size()), shape.hidden, shape.latent_dim,
                               activation_called(given.at("activation").get<std::string>()));
  return model;
}

}  // namespace

ModelState state_of(const Model& model) {
  const SavedModel& saved = model.saved();
  return {description_of(saved).dump(-1, ' ', false, Json::error_handler_t::replace), saved.parameters};
}

Model model_from(const ModelState& state) {
  try {
    SavedModel model = saved_from(parse_json_text(state.description, "the model", true));
    model.parameters = state.parameters;
    check_lengths(model);
    return Model(std::move(model));
  } catch (const Json::exception&) {
    throw DataError("this is no model of symscan: a member is missing or of another type");
  } catch (const Error& error) {
    throw DataError(std::string("this is no model of symscan: ") + error.what());
  }
}

}  // namespace symscan
