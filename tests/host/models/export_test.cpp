// Exported models: bytes of Protocol Buffers and base64, formats and what is refused, texts that nothing can
// break out of, graphs whose nodes know their inputs. That they compute the right numbers is for
// tests/oracle/onnx_test.py.
#include <algorithm>
#include <map>
#include <set>

#include "host/base/error.hpp"
#include "host/base/protobuf_writer.hpp"
#include "host/base/text.hpp"
#include "host/config/names.hpp"
#include "host/models/card_texts.hpp"
#include "host/models/export_formats.hpp"
#include "host/models/python_export.hpp"
#include "host/models/saved_model.hpp"
#include "tests/host/cli/shell.hpp"
#include "tests/host/text_checks.hpp"

namespace symscan::test {
namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    char two[4];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    text += two;
  }
  return text;
}

template <class Work>
std::string usage_error(const Work& work) {
  try {
    work();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

// ---- bytes

/// The first four are the examples of https://protobuf.dev/programming-guides/encoding.
TEST(ProtobufMessage, HasTheBytesOfTheSpecification) {
  ProtobufMessage number, text, inner, negative, late, real;
  number.integer(1, 150);
  EXPECT_EQ(hex(number.bytes()), "089601");
  text.text(2, "testing");
  EXPECT_EQ(hex(text.bytes()), "120774657374696e67");
  inner.message(3, number);
  EXPECT_EQ(hex(inner.bytes()), "1a03089601");
  negative.integer(1, -2);
  EXPECT_EQ(hex(negative.bytes()), "08feffffffffffffffff01");
  late.integer(16, 0);
  EXPECT_EQ(hex(late.bytes()), "800100");
  real.real(5, 1.5f);
  EXPECT_EQ(hex(real.bytes()), "2d0000c03f");
}

/// RFC 4648, section 10.
TEST(Base64, HasTheVectorsOfItsStandard) {
  const std::pair<const char*, const char*> vectors[] = {{"f", "Zg==\n"},         {"fo", "Zm8=\n"},
                                                         {"foo", "Zm9v\n"},       {"foob", "Zm9vYg==\n"},
                                                         {"fooba", "Zm9vYmE=\n"}, {"foobar", "Zm9vYmFy\n"}};
  EXPECT_EQ(base64_lines(""), "");
  for (const auto& [bytes, text] : vectors) EXPECT_EQ(base64_lines(bytes), text);
  EXPECT_EQ(base64_lines("\xfb\xff\xfe"), "+//+\n");
  EXPECT_EQ(base64_lines(std::string(72, '\0')), std::string(96, 'A') + "\n");
  EXPECT_EQ(base64_lines(std::string(75, '\0')), std::string(96, 'A') + "\nAAAA\n");
}

// ---- formats

TEST(ExportFormats, AreToldByTheEndingOrByName) {
  EXPECT_EQ(export_format("", "m.onnx", {}).name, "onnx");
  EXPECT_EQ(export_format("", "m.ONNX", {}).name, "onnx");
  EXPECT_EQ(export_format("", "a.b/m.safetensors", {}).name, "safetensors");
  EXPECT_EQ(export_format("", "m.py", {}).name, "python");
  EXPECT_EQ(export_format("onnx", "model", {}).name, "onnx");
  EXPECT_EQ(export_format("python", "m.txt", {ModelPart::model, false}).name, "python");
  EXPECT_EQ(part_called("decoder"), ModelPart::decoder);
  EXPECT_EQ(part_called(""), std::nullopt);
}

TEST(ExportFormats, WhatDoesNotFitIsRefusedWithWhatToDo) {
  const auto refusal = [](const std::string& name, const std::string& out, const ExportChoice& choice) {
    return usage_error([&] { export_format(name, out, choice); });
  };
  EXPECT_EQ(refusal("", "m.pt", {}),
            "the ending of 'm.pt' names no format; it must be .onnx, .safetensors or .py, or give --format");
  EXPECT_EQ(refusal("onxx", "m.onnx", {}), "there is no format 'onxx'; did you mean 'onnx'?");
  EXPECT_EQ(refusal("torchscript", "m.pt", {}),
            "there is no format 'torchscript'; the formats are onnx, safetensors and python");
  EXPECT_EQ(refusal("python", "m.onnx", {}),
            "'m.onnx' would be taken for onnx and --format is python; end it in .py");
  EXPECT_EQ(refusal("", "m.py", {std::nullopt, true}),
            "--float32 is about the inputs and outputs of an ONNX graph; leave it out for python");
  EXPECT_EQ(refusal("", "m.safetensors", {ModelPart::encoder, false}),
            "--part is about ONNX graphs, a safetensors file holds encoder and decoder; leave it out");
  EXPECT_EQ(usage_error([] { part_called("head"); }),
            "there is no part 'head'; the parts are model, encoder and decoder");
  EXPECT_EQ(usage_error([] { part_called("deocder"); }),
            "there is no part 'deocder'; did you mean 'decoder'?");
}

TEST(ExportFormats, WeightsBeyondTwoGigabytesAreNoOnnxFile) {
  EXPECT_NO_THROW(check_onnx_size(500'000'000));
  EXPECT_EQ(usage_error([] { check_onnx_size(536'870'912); }),
            "the weights are 2.1 GB and an ONNX file holds 2 GB; write them with --format safetensors");
}

// ---- a model whose names are as bad as names can be

const std::vector<std::string> bad_names = {
    "a\"\"\"b",       "'''); import os #", "end\\",   "line\nbreak\r\t",
    "\xff not UTF-8", "\u2028 \U0001f600", "r\"\"\"", ""};

SavedModel small_model(Activation activation, const std::vector<int>& hidden) {
  SavedModel model;
  model.run = "run \"\"\" \\";
  model.dataset = "data\n\"\"\"";
  model.columns = bad_names;
  const std::size_t features = bad_names.size();
  model.offset.assign(features, 1e9);
  model.scale.assign(features, 0.5);
  model.constant.assign(features, false);
  model.constant_value.assign(features, 0);
  model.network = make_network(static_cast<int>(features), hidden, 2, activation);
  for (std::size_t i = 0; i < trainable_parameters(model.network); ++i)
    model.parameters.push_back(0.25f * static_cast<float>(i % 7) - 0.5f);
  model.relevance = model.latent_kl = {1, 0.5};
  model.measure = "kl";
  model.settings = {{"comment", "\"\"\""}};
  return model;
}

TEST(PythonModule, NothingBreaksOutOfItsLiterals) {
  const SavedModel model = small_model(Activation::tanh, {3});
  const std::string text = python_module(model);
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << static_cast<int>(c);
  const std::string open = "CARD = json.loads(r\"\"\"\n";
  const std::size_t begin = text.find(open) + open.size(), end = text.find("\"\"\"", begin);
  ASSERT_NE(text.find(open), std::string::npos);
  // The first three quotes after the card are its end: what is between is the whole card.
  EXPECT_EQ(text.substr(end, 5), "\"\"\")\n");
  const Json card = Json::parse(text.substr(begin, end - begin));
  EXPECT_EQ(card.at("run"), model.run);
  EXPECT_EQ(card.at("dataset").at("label"), model.dataset);
  EXPECT_EQ(card.at("dataset").at("columns").at(3), bad_names[3]);
  EXPECT_EQ(card.at("dataset").at("columns").at(4), "\ufffd not UTF-8");
  EXPECT_EQ(card.at("settings"), model.settings);
}

TEST(PythonModule, PythonReadsTheSameTexts) {
  if (!has_command("python3")) GTEST_SKIP() << "python3 is not installed";
  const TemporaryFolder folder;
  write_text(folder / "model.py", python_module(small_model(Activation::gelu, {})));
  write_text(folder / "check.py",
             "import ast, json\n"
             "tree = ast.parse(open('model.py').read())\n"
             "card = next(x for x in tree.body if isinstance(x, ast.Assign) and x.targets[0].id == 'CARD')\n"
             "text = ast.literal_eval(card.value.args[0])\n"
             "print(json.dumps(json.loads(text)['dataset']['columns']))\n");
  const Finished run = run_shell("python3 check.py", folder.path().string());
  ASSERT_EQ(run.code, 0) << run.errors;
  std::vector<std::string> wanted = bad_names;
  wanted[4] = "\ufffd not UTF-8";
  EXPECT_EQ(Json::parse(run.output), Json(wanted));
}

/// As key of NumPy's functions and of PyTorch's.
TEST(PythonModule, KnowsEveryActivation) {
  for (const Activation activation : all_activations) {
    const std::string text = python_module(small_model(activation, {3})), name = to_string(activation);
    expect_in(text, "_ACTIVATION = \"" + name + "\"\n");
    const std::size_t first = text.find("\"" + name + "\": ");
    ASSERT_NE(first, std::string::npos) << name;
    EXPECT_NE(text.find("\"" + name + "\": nn.", first + 1), std::string::npos) << name;
  }
}

TEST(CardTexts, AreUtf8AndHaveTheMembersOfTheCard) {
  const auto texts = card_texts(small_model(Activation::tanh, {3}));
  std::map<std::string, std::string> by_key(texts.begin(), texts.end());
  EXPECT_EQ(by_key.size(), texts.size());
  for (const auto& [key, text] : texts) EXPECT_EQ(find_non_utf8(text), std::string::npos) << key;
  EXPECT_EQ(by_key.at("producer"), "symscan " SYMSCAN_VERSION);
  EXPECT_EQ(by_key.at("dataset.label"), "data\n\"\"\"");
  EXPECT_EQ(Json::parse(by_key.at("dataset.columns")).size(), bad_names.size());
  EXPECT_EQ(by_key.at("dataset.constant_columns"), "{}");
  EXPECT_EQ(by_key.at("relevance.values"), "[1.0,0.5]");
  EXPECT_EQ(by_key.at("converged"), "false");
}

// ---- graphs, read by a parser of the wire format

using Fields = std::multimap<int, std::string>;  ///< by number; varints as decimal text

std::uint64_t read_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (int shift = 0; !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

Fields fields_of(std::string_view bytes) {
  Fields fields;
  while (!bytes.empty()) {
    const std::uint64_t tag = read_varint(bytes), value = read_varint(bytes);
    const int field = static_cast<int>(tag >> 3);
    if (tag % 8 == 0) {
      fields.emplace(field, std::to_string(value));
    } else {
      EXPECT_EQ(tag % 8, 2u);
      fields.emplace(field, bytes.substr(0, value));
      bytes.remove_prefix(std::min<std::size_t>(bytes.size(), value));
    }
  }
  return fields;
}

std::vector<std::string> all_of(const Fields& fields, int field) {
  std::vector<std::string> values;
  for (auto [at, end] = fields.equal_range(field); at != end; ++at) values.push_back(at->second);
  return values;
}

std::vector<std::string> names_of(const Fields& graph, int field, int name) {
  std::vector<std::string> names;
  for (const std::string& message : all_of(graph, field))
    names.push_back(all_of(fields_of(message), name).front());
  return names;
}

/// Numbers of the fields: onnx/onnx.proto3.
Fields graph_of(const SavedModel& model, ModelPart part, bool float32) {
  return fields_of(all_of(fields_of(onnx_model(model, part, float32)), 7).front());
}

using Names = std::vector<std::string>;

TEST(OnnxModel, EveryPartHasItsInputsAndOutputs) {
  const SavedModel model = small_model(Activation::silu, {3, 4});
  const std::pair<ModelPart, std::pair<Names, Names>> parts[] = {
      {ModelPart::encoder, {{"x"}, {"mu", "log_variance"}}},
      {ModelPart::decoder, {{"z"}, {"x"}}},
      {ModelPart::model,
       {{"x"}, {"reconstruction", "mu", "log_variance", "reconstruction_error", "kl", "loss"}}}};
  for (const auto& [part, names] : parts) {
    for (const bool float32 : {false, true}) {
      const Fields graph = graph_of(model, part, float32);
      EXPECT_EQ(names_of(graph, 11, 1), names.first);
      EXPECT_EQ(names_of(graph, 12, 1), names.second);
    }
  }
}

TEST(OnnxModel, NodesFollowWhatTheyTakeAndNamesAreUnique) {
  for (const Activation activation : all_activations) {
    for (const std::vector<int>& hidden : {std::vector<int>{}, std::vector<int>{3, 4}}) {
      SavedModel model = small_model(activation, hidden);
      for (const bool constant : {false, true}) {
        model.constant[1] = constant;
        for (const ModelPart part : {ModelPart::model, ModelPart::encoder, ModelPart::decoder}) {
          const Fields graph = graph_of(model, part, constant);
          std::set<std::string> known;
          for (const std::string& name : names_of(graph, 11, 1))
            EXPECT_TRUE(known.insert(name).second) << name;
          for (const std::string& name : names_of(graph, 5, 8))
            EXPECT_TRUE(known.insert(name).second) << name;
          for (const std::string& bytes : all_of(graph, 1)) {
            const Fields node = fields_of(bytes);
            for (const std::string& input : all_of(node, 1)) EXPECT_TRUE(known.contains(input)) << input;
            EXPECT_TRUE(known.insert(all_of(node, 2).front()).second) << all_of(node, 2).front();
          }
          for (const std::string& name : names_of(graph, 12, 1)) EXPECT_TRUE(known.contains(name)) << name;
          const Names operations = names_of(graph, 1, 4);
          EXPECT_EQ(std::count(operations.begin(), operations.end(), "Where") > 0, constant);
        }
      }
    }
  }
}

TEST(OnnxModel, SaysWhatItIs) {
  const Fields model = fields_of(onnx_model(small_model(Activation::relu, {3}), ModelPart::encoder, false));
  EXPECT_EQ(all_of(model, 2), Names{"symscan"});
  EXPECT_EQ(all_of(model, 3), Names{SYMSCAN_VERSION});
  EXPECT_EQ(find_non_utf8(all_of(model, 6).front()), std::string::npos);
  std::map<std::string, std::string> metadata;
  for (const std::string& bytes : all_of(model, 14)) {
    const Fields entry = fields_of(bytes);
    metadata[all_of(entry, 1).front()] = all_of(entry, 2).front();
  }
  EXPECT_EQ(metadata.at("part"), "encoder");
  EXPECT_EQ(metadata.at("producer"), "symscan " SYMSCAN_VERSION);
}

// ---- the command

TEST(ExportCommand, WritesWholeFilesAndReplacesNoneUnasked) {
  const TemporaryFolder folder;
  const std::string run = folder / "run", out = folder / "model.onnx";
  ASSERT_EQ(run_program({"train", "circle", "dataset.n=200", "train.epochs=1", "model.hidden=[4]",
                         "model.latent_dim=2", "loss.beta=0.1", "seeds=[1,2]", "--out", run, "--no-analysis",
                         "--no-report", "--quiet"})
                .code,
            0);
  const Finished first = run_program({"export", run, "--out", out, "--replica", "1"});
  EXPECT_EQ(first.code, 0) << first.errors;
  EXPECT_EQ(first.output, out + ": model of replica 1, 2 columns, 2 latents\n");
  const std::string bytes = read_text_file(out);
  const Finished second = run_program({"export", run, "--out", out, "--replica", "0"});
  EXPECT_EQ(second.code, 2);
  expect_in(second.errors, "exists; add --overwrite to replace it");
  EXPECT_EQ(read_text_file(out), bytes);
  EXPECT_EQ(run_program({"export", run, "--out", out, "--replica", "0", "--overwrite"}).code, 0);
  EXPECT_NE(read_text_file(out), bytes);
  EXPECT_EQ(run_program({"export", run, "--out", out, "--replica", "1", "--overwrite"}).code, 0);
  EXPECT_EQ(read_text_file(out), bytes);
  for (const char* name : {"model.py", "model.safetensors"})
    EXPECT_EQ(run_program({"export", run, "--out", folder / name}).code, 0) << name;
}

TEST(ExportCommand, RefusesBeforeItWrites) {
  const TemporaryFolder folder;
  const std::string out = folder / "model.onnx";
  const Finished no_run = run_program({"export", folder / "none", "--out", out});
  EXPECT_EQ(no_run.code, 42);
  expect_in(no_run.errors, "is not a run directory");
  const Finished ending = run_program({"export", folder / "none", "--out", folder / "model.pt"});
  EXPECT_EQ(ending.code, 2);
  expect_in(ending.errors, "names no format");
  EXPECT_EQ(run_program({"export", folder / "none"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(out));
}

}  // namespace
}  // namespace symscan::test
