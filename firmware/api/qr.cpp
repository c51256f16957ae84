#include "firmware/api/qr.hpp"

#include <cstdint>
#include <memory>
#include <vector>

#include <png.h>
#include <qrencode.h>

#include "firmware/base/text.hpp"

namespace genkan::api {

namespace {

constexpr std::size_t most_text = 1000;
constexpr std::size_t quiet = 4;   // modules around it, by the standard
constexpr std::size_t pixels = 8;  // a module, in a PNG

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

// A square of modules with its quiet zone; true is dark.
class Picture {
 public:
  static Result<Picture> of(std::string_view text) {
    if (text.empty() || text.size() > most_text) {
      return fail(ErrorCode::invalid,
                  cat("a QR code here takes 1 to ", most_text, " bytes, not ", text.size()));
    }
    const std::unique_ptr<QRcode, FreeCode> code(
        QRcode_encodeData(static_cast<int>(text.size()),
                          reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_M));
    if (!code) return fail(ErrorCode::internal, "the QR code could not be made");
    return Picture(*code);
  }

  std::size_t width() const { return width_; }
  bool dark(std::size_t x, std::size_t y) const { return dark_[y * width_ + x]; }

 private:
  explicit Picture(const QRcode& code)
      : width_(static_cast<std::size_t>(code.width) + 2 * quiet), dark_(width_ * width_) {
    const auto inner = static_cast<std::size_t>(code.width);
    for (std::size_t i = 0; i < inner * inner; ++i) {
      const bool is_dark = (code.data[i] & 1U) != 0;
      dark_[(i / inner + quiet) * width_ + i % inner + quiet] = is_dark;
    }
  }

  std::size_t width_;
  std::vector<bool> dark_;
};

// Each run of dark modules of a row as one rectangle.
std::string path_of(const Picture& picture) {
  std::string path;
  for (std::size_t y = 0; y < picture.width(); ++y) {
    std::size_t x = 0;
    while (x < picture.width()) {
      std::size_t end = x;
      while (end < picture.width() && picture.dark(end, y)) ++end;
      if (end > x) path += cat("M", x, " ", y, "h", end - x, "v1h-", end - x, "z");
      x = end + 1;
    }
  }
  return path;
}

std::vector<std::uint8_t> grey_of(const Picture& picture) {
  const std::size_t side = picture.width() * pixels;
  std::vector<std::uint8_t> grey(side * side);
  for (std::size_t y = 0; y < side; ++y) {
    for (std::size_t x = 0; x < side; ++x) {
      grey[y * side + x] = picture.dark(x / pixels, y / pixels) ? 0x00 : 0xFF;
    }
  }
  return grey;
}

}  // namespace

Result<std::string> qr_svg(std::string_view text) {
  const auto picture = Picture::of(text);
  if (!picture) return fail(picture.error());
  const std::size_t side = picture->width();
  return cat("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", side, " ", side,
             "\" shape-rendering=\"crispEdges\">\n<rect width=\"", side, "\" height=\"", side,
             "\" fill=\"#fff\"/>\n<path d=\"", path_of(*picture), "\"/>\n</svg>\n");
}

Result<std::string> qr_png(std::string_view text) {
  const auto picture = Picture::of(text);
  if (!picture) return fail(picture.error());
  const auto grey = grey_of(*picture);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture->width() * pixels);
  image.height = image.width;
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = 0;
  const auto write = [&](void* into) {
    return png_image_write_to_memory(&image, into, &size, 0, grey.data(), 0, nullptr) != 0;
  };
  std::string bytes;
  bool written = write(nullptr);  // asks for the size
  if (written) {
    bytes.resize(size);
    written = write(bytes.data());
  }
  if (!written) {
    return fail(ErrorCode::internal, cat("the picture could not be made: ", image.message));
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace genkan::api
