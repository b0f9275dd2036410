#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/decision.hpp"
#include "base/geo.hpp"
#include "base/patch.hpp"
#include "base/text.hpp"

namespace mf {

/// Checks the values of a command's fields one after the other and keeps the first complaint.
class FieldCheck {
 public:
  /// Between `min` and `max` characters (not bytes).
  FieldCheck& text(std::string_view field, std::string_view value, std::size_t min,
                   std::size_t max) {
    const auto size = characters(value);
    if (size >= min && size <= max) return *this;
    return that(field, false, min > 0 && size < min ? "too_short" : "too_long",
                "between {min} and {max} characters"_en.with("min", min).with("max", max));
  }
  template <class Number>
  FieldCheck& range(std::string_view field, Number value, Number min, Number max) {
    if (value >= min && value <= max) return *this;
    return that(field, false, "out_of_range",
                "between {min} and {max}"_en.with("min", min).with("max", max));
  }
  FieldCheck& latitude(std::string_view field, double value) {
    return that(field, value >= -90 && value <= 90, "out_of_range",
                "between {min} and {max}"_en.with("min", -90).with("max", 90));
  }
  FieldCheck& longitude(std::string_view field, double value) {
    return that(field, value >= -180 && value <= 180, "out_of_range",
                "between {min} and {max}"_en.with("min", -180).with("max", 180));
  }
  /// Somebody's or something's own place, `lat` and `lon` below `prefix`: on the globe, and where
  /// people live.
  FieldCheck& place(const std::string& prefix, const Point& at) {
    return latitude(prefix + "lat", at.lat)
        .longitude(prefix + "lon", at.lon)
        .that(prefix + "lat", !is_null_island(at), "null_island", "0, 0 is no place"_en)
        .axes(prefix + "lat", !is_uninhabited(at));
  }
  /// Latitude and longitude stand each in its own place.
  FieldCheck& axes(std::string_view field, bool are_right) {
    return that(field, are_right, "axes_swapped",
                "latitude and longitude were taken for each other"_en);
  }
  FieldCheck& that(std::string_view field, bool is_fine, std::string_view code, Sentence detail) {
    if (!is_fine && !rejection_)
      rejection_ = Rejection{RejectionKind::invalid, std::string(code), std::move(detail),
                             std::string(field)};
    return *this;
  }
  /// A member that may not be removed.
  template <class T>
  FieldCheck& stays(std::string_view field, const Patch<T>& patch) {
    return that(field, !patch.is_removal(), "required", "this field can't be removed"_en);
  }

  [[nodiscard]] const std::optional<Rejection>& rejection() const { return rejection_; }

 private:
  std::optional<Rejection> rejection_;
};

}  // namespace mf
