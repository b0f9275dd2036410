#pragma once
// Parts that all pictures share.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mf::planning_files::svg {

struct Box {
  double x = 0, y = 0, width = 0, height = 0;
};

/// For text and for attributes. Bytes that XML or UTF-8 doesn't allow are replaced.
[[nodiscard]] std::string escaped(std::string_view text);
/// At most `decimals`, without zeros at the end; 0 for what isn't finite.
[[nodiscard]] std::string number(double value, int decimals = 1);
/// At most so many characters, the last one "…" where some are missing.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t characters_max);
/// An estimate for the fonts in use; rather too wide.
[[nodiscard]] double text_width(std::string_view text, double font_size);

/// A text element. `classes` are those of the style sheet: a colour (ink, soft, late) and an anchor
/// (left, middle, right). `text` is escaped here.
[[nodiscard]] std::string text(double x, double y, double font_size, std::string_view classes,
                               std::string_view text);
[[nodiscard]] std::string line(double x1, double y1, double x2, double y2,
                               std::string_view classes);
[[nodiscard]] std::string rectangle(const Box& box, std::string_view classes, double radius = 0);

/// Class of the i-th colour that is easily told from its neighbours, also by the colour-blind. It
/// sets `color`; elements use it as currentColor through the classes stroke and tint.
[[nodiscard]] std::string colour(std::size_t i);
/// An attribute that makes lines differ where colours come again; with a blank in front.
[[nodiscard]] std::string dashes(std::size_t i);

/// The whole file.
[[nodiscard]] std::string document(double width, double height, std::string_view title,
                                   std::string_view body);

/// Multiples of a round step between `from` and `to`, about `count` of them.
[[nodiscard]] std::vector<double> ticks(double from, double to, double count);

}  // namespace mf::planning_files::svg
