#pragma once
// One folding of texts for search and for telling identities apart, whatever the script. Pure.
#include <string>
#include <string_view>

namespace mf {

/// Case folded, compatibility forms and accents taken off (Unicode NFKD, case folding, no marks):
/// "Ñuño ÁVILA ﬁ １２" gives "nuno avila fi 12". Digits of any script become 0 to 9. Letters that
/// Unicode does not take apart but people type without their stroke are, too ("Łódź" gives "lodz",
/// "ø" "o", "æ" "ae"). Dashes, apostrophes, quotation marks and blanks become their ASCII kind,
/// other punctuation beyond ASCII and the degree sign (N°) a blank; what can't be seen is dropped.
/// A byte that starts no UTF-8 sequence becomes a blank.
[[nodiscard]] std::string fold(std::string_view text);

}  // namespace mf
