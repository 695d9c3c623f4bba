#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <array>
#include <cstring>

#include "host/library/symscan.hpp"
#include "python/core/arrays.hpp"
#include "python/core/bindings.hpp"
#include "python/core/errors.hpp"

namespace symscan::python {
namespace {

using Numpy = nb::ndarray<nb::numpy, double>;

/// Throws DataError unless the array has so many columns.
std::span<const double> checked(const Rows& rows, std::size_t columns, const char* what) {
  if (rows.shape(1) != columns)
    throw DataError("the array has " + std::to_string(rows.shape(1)) + " columns, and the model has " +
                    std::to_string(columns) + " " + what);
  return values_of(rows);
}

template <class Work>
auto without_gil(const Work& work) {
  const nb::gil_scoped_release released;
  return work();
}

nb::tuple encode(const Model& model, const Rows& rows, int threads) {
  const auto values = checked(rows, model.columns().size(), "features");
  Encoding encoding = without_gil([&] { return model.encode(values, threads); });
  const std::array<std::size_t, 2> shape = {rows.shape(0), model.latents()};
  return nb::make_tuple(to_numpy(std::move(encoding.mean), shape),
                        to_numpy(std::move(encoding.deviation), shape),
                        to_numpy(std::move(encoding.latent_kl), shape));
}

Numpy decode(const Model& model, const Rows& latents, int threads) {
  const auto values = checked(latents, model.latents(), "latents");
  std::vector<double> decoded = without_gil([&] { return model.decode(values, threads); });
  return to_numpy(std::move(decoded), std::array{latents.shape(0), model.columns().size()});
}

nb::tuple reconstruct(const Model& model, const Rows& rows, int threads) {
  const auto values = checked(rows, model.columns().size(), "features");
  Reconstruction result = without_gil([&] { return model.reconstruct(values, threads); });
  const std::array<std::size_t, 1> count = {rows.shape(0)};
  return nb::make_tuple(to_numpy(std::move(result.values), std::array{count[0], model.columns().size()}),
                        to_numpy(std::move(result.error), count), to_numpy(std::move(result.kl), count),
                        to_numpy(std::move(result.loss), count));
}

Numpy sample(const Model& model, std::size_t count, std::uint64_t seed, bool noise, int threads) {
  std::vector<double> values = without_gil([&] { return model.sample(count, seed, noise, threads); });
  return to_numpy(std::move(values), std::array{count, model.columns().size()});
}

Numpy jacobian(const Model& model, const Rows& rows, int threads) {
  const auto values = checked(rows, model.columns().size(), "features");
  std::vector<double> derivatives = without_gil([&] { return model.jacobian(values, threads); });
  return to_numpy(std::move(derivatives), std::array{rows.shape(0), model.columns().size(), model.latents()});
}

nb::tuple state(const Model& model) {
  const ModelState kept = state_of(model);
  return nb::make_tuple(to_str(kept.description),
                        nb::bytes(kept.parameters.data(), kept.parameters.size() * sizeof(float)));
}

Model from_state(const std::string& description, const nb::bytes& parameters) {
  ModelState kept{description, std::vector<float>(parameters.size() / sizeof(float))};
  std::memcpy(kept.parameters.data(), parameters.data(), kept.parameters.size() * sizeof(float));
  return model_from(kept);
}

}  // namespace

void bind_models(nb::module_& module) {
  nb::class_<Model>(module, "Model")
      .def_prop_ro("columns", &Model::columns)
      .def_prop_ro("latents", &Model::latents)
      .def("state", state)
      .def(
          "export_to",
          [](const Model& model, const std::string& file, const std::string& format, const std::string& part,
             bool float32) { without_gil([&] {
                               export_model(model, file, {format, part, float32});
                             }); },
          nb::arg("file"), nb::arg("format"), nb::arg("part"), nb::arg("float32"))
      .def("card", [](const Model& model) { return to_str(model.card()); })
      .def("encode", encode, nb::arg("rows"), nb::arg("threads"))
      .def("decode", decode, nb::arg("latents"), nb::arg("threads"))
      .def("reconstruct", reconstruct, nb::arg("rows"), nb::arg("threads"))
      .def("sample", sample, nb::arg("count"), nb::arg("seed"), nb::arg("noise"), nb::arg("threads"))
      .def("jacobian", jacobian, nb::arg("rows"), nb::arg("threads"))
      .def("notes_on", [](const Model& model, const Rows& rows) {
        nb::list notes;
        for (const std::string& note : model.notes_on(checked(rows, model.columns().size(), "features")))
          notes.append(to_str(note));
        return notes;
      });
  module.def("model_from_state", from_state, nb::arg("description"), nb::arg("parameters"));
}

}  // namespace symscan::python
