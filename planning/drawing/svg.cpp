#include "planning/drawing/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/json.hpp"
#include "base/text.hpp"

namespace mf::planning_files::svg {
namespace {

// Okabe and Ito's colours, those too pale for thin lines darkened, and three of Tol's. The second
// column is for dark paper.
constexpr std::array<std::string_view, 2> colours[] = {
    {"#0072b2", "#4ba8e8"}, {"#d55e00", "#ff8d42"}, {"#008f68", "#2fc79c"},
    {"#b8478a", "#ec9dcb"}, {"#a87900", "#f0b93a"}, {"#3a9ad9", "#93d3f8"},
    {"#43349b", "#a397f5"}, {"#882255", "#e0709f"}, {"#6f7a1f", "#c3cc5e"}};

// Classes instead of variables: viewers that know no var() would draw everything black, those that
// know no media queries just stay light.
constexpr std::string_view shapes =
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu "
    "Sans',sans-serif}"
    ".middle{text-anchor:middle}.right{text-anchor:end}.bold{font-weight:600}"
    ".stroke{stroke:currentColor;fill:none}.solid{fill:currentColor}"
    ".tint{fill:currentColor;fill-opacity:.26;stroke:currentColor;stroke-width:1}"
    ".route{stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}"
    ".faint{stroke-opacity:.38;stroke-width:1.2}"
    ".thin{stroke-width:1.1;stroke-linejoin:round}.hair{stroke-width:.8}.window{stroke-opacity:.75;"
    "stroke-width:1}"
    ".missing{stroke-width:1.3;stroke-linejoin:round}.overrun{stroke-width:2.4}"
    ".halo{paint-order:stroke;stroke-width:2.6;stroke-linejoin:round}";
constexpr std::string_view light =
    ".paper{fill:#fafaf7}.panel{fill:#fff;stroke:#dcdcd5}.ink{fill:#1f2328}.soft{fill:#596370}"
    ".grid{stroke:#e4e5df}.band{fill:#f0f1ec}.home{fill:#1f2328;stroke:#fff}"
    ".idle{fill:#fff;stroke:#8c95a0}.depot{fill:#fff;stroke:#1f2328}.dot{stroke:#fff}"
    ".rest{fill:#b9bfc6}.hatch{stroke:#8c95a0}.late{fill:#c4141d}.overrun{stroke:#c4141d}"
    ".missing{fill:#fff;stroke:#c4141d}.halo{stroke:#fff}";
constexpr std::string_view dark =
    ".paper{fill:#14171b}.panel{fill:#1b1f24;stroke:#343a42}.ink{fill:#e6e9ed}.soft{fill:#9aa5b1}"
    ".grid{stroke:#2b3038}.band{fill:#22272e}.home{fill:#e6e9ed;stroke:#1b1f24}"
    ".idle{fill:#1b1f24;stroke:#7d8794}.depot{fill:#1b1f24;stroke:#e6e9ed}.dot{stroke:#1b1f24}"
    ".rest{fill:#59626d}.hatch{stroke:#7d8794}.late{fill:#ff6b70}.overrun{stroke:#ff6b70}"
    ".missing{fill:#1b1f24;stroke:#ff6b70}.halo{stroke:#1b1f24}";

std::string colour_rules(std::size_t column) {
  std::string rules;
  for (std::size_t i = 0; i < std::size(colours); ++i)
    rules += fmt::format(".c{}{{color:{}}}", i, colours[i][column]);
  return rules;
}

/// Through our JSON printer, which replaces what isn't UTF-8.
std::string valid_utf8(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return std::string(text);
  return parse_json(to_text(nlohmann::json(text))).get<std::string>();
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  const auto valid = valid_utf8(text);
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const char c = valid[i];
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default:
        // XML has no control characters, and not the two last code points of the first plane.
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) out += ' ';
        else if (const auto three = std::string_view(valid).substr(i, 3);
                 three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") {
          out += "\xEF\xBF\xBD";
          i += 2;
        } else out += c;
    }
  }
  return out;
}

std::string number(double value, int decimals) {
  if (!std::isfinite(value)) return "0";
  auto text = fmt::format("{:.{}f}", value, decimals);
  if (text.find('.') != text.npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string shortened(std::string_view text, std::size_t characters_max) {
  auto valid = valid_utf8(text);
  if (characters(valid) <= characters_max) return valid;
  std::size_t size = 0;
  for (std::size_t count = 0; size < valid.size(); ++size)
    if ((valid[size] & 0xC0) != 0x80 && ++count == characters_max) break;
  return valid.substr(0, size) + "…";
}

double text_width(std::string_view text, double font_size) {
  return static_cast<double>(characters(text)) * font_size * 0.62;
}

std::string text(double x, double y, double font_size, std::string_view classes,
                 std::string_view text) {
  return fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" class=\"{}\">{}</text>\n", number(x),
                     number(y), number(font_size), classes, escaped(text));
}

std::string line(double x1, double y1, double x2, double y2, std::string_view classes) {
  return fmt::format("<path d=\"M{} {}L{} {}\" class=\"{}\"/>\n", number(x1), number(y1),
                     number(x2), number(y2), classes);
}

std::string rectangle(const Box& box, std::string_view classes, double radius) {
  return fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{} class=\"{}\"/>\n",
                     number(box.x), number(box.y), number(std::max(0.0, box.width)),
                     number(std::max(0.0, box.height)),
                     radius > 0 ? fmt::format(" rx=\"{}\"", number(radius)) : "", classes);
}

std::string colour(std::size_t i) { return fmt::format("c{}", i % std::size(colours)); }

std::string dashes(std::size_t i) {
  constexpr std::string_view patterns[] = {"", " stroke-dasharray=\"7 3\"",
                                           " stroke-dasharray=\"2 3\"",
                                           " stroke-dasharray=\"8 3 2 3\""};
  return std::string(patterns[i / std::size(colours) % std::size(patterns)]);
}

std::string document(double width, double height, std::string_view title, std::string_view body) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" role=\"img\">\n<title>{2}</title>\n<style>\n:root{{color-scheme:light "
      "dark}}\n{3}\n{4}\n{5}\n@media (prefers-color-scheme:dark){{\n{6}\n{7}}}\n</style>\n"
      "<defs><pattern id=\"waiting\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
      "patternTransform=\"rotate(45)\"><path d=\"M0 0V5\" class=\"hatch\" "
      "stroke-width=\"2\"/></pattern></defs>\n<rect width=\"{0}\" height=\"{1}\" "
      "class=\"paper\"/>\n{8}</svg>\n",
      number(width), number(height), escaped(title), shapes, light, colour_rules(0), dark,
      colour_rules(1), body);
}

std::vector<double> ticks(double from, double to, double count) {
  std::vector<double> values;
  if (!(to > from) || !std::isfinite(to - from)) return values;
  const double rough = (to - from) / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double factor = rough / power;
  const double step = power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
  const auto first = std::ceil(from / step - 1e-9);
  for (double i = first; i * step <= to + step * 1e-9 && values.size() < 200; ++i)
    values.push_back(i * step);
  return values;
}

}  // namespace mf::planning_files::svg
