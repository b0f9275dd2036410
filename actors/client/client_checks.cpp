#include "actors/client/client_checks.hpp"

#include <algorithm>

#include "base/plain_text.hpp"

namespace mf::client {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

struct Nit {
  std::string digits;              ///< without the check digit
  std::optional<int> check_digit;  ///< as it was given
};

/// `900.123.456-8`, `900123456`, `9001234568`. A company's number has nine digits and begins with 8
/// or 9, so a tenth is its check digit; a person's is the number of the identity card.
std::optional<Nit> nit_of(std::string_view number) {
  auto digits = identity_of(number);
  if (!is_number(digits)) return {};
  const auto dash = number.rfind('-');
  const bool is_set_apart = dash != number.npos && identity_of(number.substr(dash)).size() == 1;
  const bool is_companys = digits.size() == 10 && (digits[0] == '8' || digits[0] == '9');
  if (digits.size() < 2 || (!is_set_apart && !is_companys)) return Nit{std::move(digits), {}};
  const int check_digit = digits.back() - '0';
  digits.pop_back();
  return Nit{std::move(digits), check_digit};
}

std::string without_leading_zeros(std::string digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return digits;
}

bool is_in(const Point& place, const std::optional<Point>& centre) {
  return centre && distance_m(place, *centre) <= zone_distance_max_m;
}

}  // namespace

int nit_check_digit(std::string_view digits) {
  constexpr int weights[] = {3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71};
  int sum = 0;
  std::size_t i = 0;
  for (auto d = digits.rbegin(); d != digits.rend() && i < std::size(weights); ++d, ++i)
    sum += (*d - '0') * weights[i];
  const int rest = sum % 11;
  return rest > 1 ? 11 - rest : rest;
}

std::string document_name(std::string_view type, std::string_view number) {
  const auto folded_type = identity_of(type);
  auto folded = identity_of(number);
  if (folded_type == "nit")
    if (auto nit = nit_of(number)) folded = std::move(nit->digits);
  // Identity cards and NITs are numbers; a passport's zeros are part of it.
  const bool is_a_number = folded_type == "cc" || folded_type == "ti" || folded_type == "nit";
  if (is_a_number && is_number(folded)) folded = without_leading_zeros(std::move(folded));
  return "document:" + folded_type + ":" +
         to_hex(blake2b_128({"document", folded_type, folded}).view());
}

void check_document(FieldCheck& check, std::string_view type, std::string_view number) {
  check.text("document_type", type, 1, 10)
      .text("document_number", number, 1, 32)
      .that("document_type", !identity_of(type).empty(), "malformed", "letters or digits"_en)
      .that("document_number", !identity_of(number).empty(), "malformed", "letters or digits"_en);
  if (check.rejection() || identity_of(type) != "nit") return;
  const auto nit = nit_of(number);
  check.that("document_number", nit.has_value(), "malformed", "a NIT is digits"_en);
  if (nit && nit->check_digit)
    check.that("document_number", nit_check_digit(nit->digits) == *nit->check_digit,
               "wrong_check_digit", "the check digit does not belong to this NIT"_en);
}

void check_place(FieldCheck& check, const Point& place, const std::optional<Point>& zone_centre) {
  check.place("", place);
  if (check.rejection()) return;
  const Point swapped{place.lon, place.lat};
  const bool is_far = zone_centre && !is_in(place, zone_centre);
  check.axes("lat", !(is_far && is_in(swapped, zone_centre)))
      .that("lon", !(is_far && is_in({place.lat, -place.lon}, zone_centre)), "sign_missing",
            "west of Greenwich longitudes are negative"_en)
      .that("lat", !(is_far && is_in({-place.lat, place.lon}, zone_centre)), "sign_missing",
            "south of the equator latitudes are negative"_en)
      .that("lat", !is_far, "far_from_zone", "more than 100 km from the centre of its zone"_en);
}

bool is_doubtful(const Point& place, const std::optional<Point>& zone_centre) {
  return zone_centre && distance_m(place, *zone_centre) > zone_distance_max_m / 2;
}

}  // namespace mf::client
