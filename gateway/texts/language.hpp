#pragma once
// In which language we answer. Spanish is the company's first, English the second and the one of
// programs: whoever says nothing and is nobody gets English.
#include <cstdint>
#include <optional>
#include <string_view>

namespace mf::gateway::texts {

enum class Language : std::uint8_t { english, spanish };
[[nodiscard]] std::string_view tag_of(Language language);  ///< "en", "es", as Content-Language

/// The one an Accept-Language (RFC 9110, 12.5.4) likes better, the first of two it likes alike;
/// "es-CO" is Spanish. Nothing when it names neither, or only "*"; broken members are passed over.
[[nodiscard]] std::optional<Language> preferred(std::string_view accept_language);

/// What the request prefers, else the account's own language ("es", "en", or empty for nobody),
/// else English.
[[nodiscard]] Language language_for(std::optional<Language> preferred,
                                    std::string_view account_language);

}  // namespace mf::gateway::texts
