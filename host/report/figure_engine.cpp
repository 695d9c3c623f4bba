#include "host/report/figure_engine.hpp"

#include <cstdlib>
#include <string_view>

#include "host/base/error.hpp"
#include "host/report/assets.hpp"
#ifdef SYMSCAN_HAS_DUKTAPE
#include <duktape.h>
#endif

namespace symscan {

#ifdef SYMSCAN_HAS_DUKTAPE

struct FigureEngine::Heap {
  duk_context* context = nullptr;
  ~Heap() {
    if (context != nullptr) duk_destroy_heap(context);
  }
};

namespace {

/// One call into the engine: a script to run, or a function of `symscan` with one argument.
struct EngineCall {
  std::string_view script = {};
  const char* function = nullptr;
  std::string_view text = {};
  double number = 0;
  bool has_text = false;
};

/// Nothing here may throw: an error of the engine leaves by a jump.
duk_ret_t make_call(duk_context* context, void* data) {
  const auto& call = *static_cast<const EngineCall*>(data);
  if (call.function == nullptr) {
    duk_push_string(context, "figures.js");
    duk_compile_lstring_filename(context, 0, call.script.data(), call.script.size());
    duk_push_global_object(context);
    duk_call_method(context, 0);
    return 1;
  }
  duk_get_global_string(context, "symscan");
  duk_push_string(context, call.function);
  if (call.has_text)
    duk_push_lstring(context, call.text.data(), call.text.size());
  else
    duk_push_number(context, call.number);
  duk_call_prop(context, -3, 1);
  return 1;
}

std::string called(duk_context* context, EngineCall call) {
  const duk_int_t failed = duk_safe_call(context, make_call, &call, 0, 1);
  duk_size_t size = 0;
  const char* text = duk_safe_to_lstring(context, -1, &size);
  std::string result(text, size);
  duk_pop(context);
  if (failed != DUK_EXEC_SUCCESS) throw Error("The figures could not be drawn: " + result);
  return result;
}

}  // namespace

FigureEngine::FigureEngine(const Json& data)
    : heap_(std::make_unique<Heap>()), data_(data.dump(-1, ' ', false, Json::error_handler_t::replace)) {
  heap_->context = duk_create_heap_default();
  if (heap_->context == nullptr) throw Error("There is too little memory to draw figures.");
  (void)called(heap_->context, {.script = report_asset("figures.es5.js")});
}

const std::vector<std::string>& FigureEngine::names() {
  if (!names_)
    names_ = Json::parse(called(heap_->context, {.function = "exportNames", .text = data_, .has_text = true}))
                 .get<std::vector<std::string>>();
  return *names_;
}

std::string FigureEngine::svg(std::size_t index) {
  (void)names();
  return called(heap_->context, {.function = "exportFigure", .number = static_cast<double>(index)});
}

std::string FigureEngine::latex_table() {
  return called(heap_->context, {.function = "latexTable", .text = data_, .has_text = true});
}

std::string FigureEngine::typeset(const Json& texts) {
  const std::string list = texts.dump();
  return called(heap_->context, {.function = "typesetTexts", .text = list, .has_text = true});
}

bool figures_are_built() {
  return true;
}

#else

struct FigureEngine::Heap {};

FigureEngine::FigureEngine(const Json&) {
  throw Error(
      "This symscan was built without the engine that draws figures: install duktape-dev and "
      "node-typescript, "
      "and build it again. report.html has the figures, too.");
}

const std::vector<std::string>& FigureEngine::names() {
  return names_.emplace();
}

std::string FigureEngine::svg(std::size_t) {
  return "";
}

std::string FigureEngine::latex_table() {
  return "";
}

std::string FigureEngine::typeset(const Json&) {
  return "";
}

bool figures_are_built() {
  return false;
}

#endif

FigureEngine::~FigureEngine() = default;

}  // namespace symscan
