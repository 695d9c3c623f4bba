#include "host/report/picture_files.hpp"

#include <dlfcn.h>

#include <cmath>

#include "host/base/error.hpp"

namespace symscan {
namespace {

// The few functions of librsvg 2.52 or newer and Cairo that are used; both keep their binary interfaces.
struct Rectangle {
  double x, y, width, height;
};
using WriteBytes = int(void* closure, const unsigned char* bytes, unsigned length);

constexpr const char* missing =
    "PNG and PDF are made by librsvg, which is not installed (Debian and Ubuntu: librsvg2-2); SVG needs "
    "nothing.";

int append_bytes(void* closure, const unsigned char* bytes, unsigned length) {
  try {
    static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(bytes), length);
    return 0;
  } catch (...) {
    return 1;  // CAIRO_STATUS_NO_MEMORY
  }
}

template <class Function>
Function* function_of(void* library, const char* name) {
  void* found = dlsym(library, name);
  if (found == nullptr) throw Error(std::string(missing) + " The one that is installed lacks " + name + ".");
  return reinterpret_cast<Function*>(found);
}

/// Cairo's surface of a format, in memory.
void* new_surface(void* cairo, std::string& bytes, double width, double height, PictureFormat format) {
  if (format == PictureFormat::pdf)
    return function_of<void*(WriteBytes*, void*, double, double)>(
        cairo, "cairo_pdf_surface_create_for_stream")(append_bytes, &bytes, 0.75 * width, 0.75 * height);
  return function_of<void*(int, int, int)>(cairo, "cairo_image_surface_create")(
      0, static_cast<int>(std::lround(2 * width)), static_cast<int>(std::lround(2 * height)));
}

}  // namespace

PictureWriter::PictureWriter()
    : rsvg_(dlopen("librsvg-2.so.2", RTLD_NOW | RTLD_LOCAL)),
      cairo_(dlopen("libcairo.so.2", RTLD_NOW | RTLD_LOCAL)),
      gobject_(dlopen("libgobject-2.0.so.0", RTLD_NOW | RTLD_LOCAL)) {
  if (rsvg_ == nullptr || cairo_ == nullptr || gobject_ == nullptr) throw Error(missing);
}

std::string PictureWriter::picture(std::string_view svg, double width, double height,
                                   PictureFormat format) const {
  const auto unref = function_of<void(void*)>(gobject_, "g_object_unref");
  void* drawing =
      function_of<void*(const unsigned char*, std::size_t, void*)>(rsvg_, "rsvg_handle_new_from_data")(
          reinterpret_cast<const unsigned char*>(svg.data()), svg.size(), nullptr);
  if (drawing == nullptr) throw Error("librsvg does not read a figure of this report; take SVG.");
  std::string bytes;
  void* surface = new_surface(cairo_, bytes, width, height, format);
  void* context = function_of<void*(void*)>(cairo_, "cairo_create")(surface);
  const double scale = format == PictureFormat::pdf ? 0.75 : 2;
  function_of<void(void*, double, double)>(cairo_, "cairo_scale")(context, scale, scale);
  const Rectangle whole{0, 0, width, height};
  const int drawn = function_of<int(void*, void*, const Rectangle*, void*)>(
      rsvg_, "rsvg_handle_render_document")(drawing, context, &whole, nullptr);
  function_of<void(void*)>(cairo_, "cairo_destroy")(context);
  int status = 0;
  if (format == PictureFormat::png)
    status = function_of<int(void*, WriteBytes*, void*)>(cairo_, "cairo_surface_write_to_png_stream")(
        surface, append_bytes, &bytes);
  function_of<void(void*)>(cairo_, "cairo_surface_finish")(surface);
  status = status != 0 ? status : function_of<int(void*)>(cairo_, "cairo_surface_status")(surface);
  function_of<void(void*)>(cairo_, "cairo_surface_destroy")(surface);
  unref(drawing);
  if (drawn == 0 || status != 0) throw Error("librsvg could not draw a figure of this report; take SVG.");
  return bytes;
}

std::string why_no_pictures() {
  try {
    const PictureWriter writer;
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace symscan
