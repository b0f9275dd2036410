#include "actors/entity/street_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mf::entity {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// DIAN's and IGAC's nomenclatures of addresses, and what people write beside them. Sorted.
constexpr std::array abbreviations{
    Pair{"ac", "avenida"},
    Pair{"adm", "administracion"},
    Pair{"ak", "avenida"},
    Pair{"ap", "apartamento"},
    Pair{"apt", "apartamento"},
    Pair{"apto", "apartamento"},
    Pair{"aut", "autopista"},
    Pair{"autop", "autopista"},
    Pair{"av", "avenida"},
    Pair{"avda", "avenida"},
    Pair{"ave", "avenida"},
    Pair{"bl", "bloque"},
    Pair{"blq", "bloque"},
    Pair{"bq", "bloque"},
    Pair{"br", "barrio"},
    Pair{"brr", "barrio"},
    Pair{"cc", "centro"},
    Pair{"cir", "circular"},
    Pair{"circ", "circular"},
    Pair{"cj", "conjunto"},
    Pair{"cl", "calle"},
    Pair{"cle", "calle"},
    Pair{"cll", "calle"},
    Pair{"clle", "calle"},
    Pair{"conj", "conjunto"},
    Pair{"cq", "circular"},
    Pair{"cr", "carrera"},
    Pair{"cra", "carrera"},
    Pair{"crr", "carrera"},
    Pair{"crra", "carrera"},
    Pair{"cs", "casa"},
    Pair{"dg", "diagonal"},
    Pair{"diag", "diagonal"},
    Pair{"ed", "edificio"},
    Pair{"edf", "edificio"},
    Pair{"edif", "edificio"},
    Pair{"et", "etapa"},
    Pair{"fca", "finca"},
    Pair{"gj", "garaje"},
    Pair{"in", "interior"},
    Pair{"int", "interior"},
    Pair{"k", "carrera"},
    Pair{"km", "kilometro"},
    Pair{"kr", "carrera"},
    Pair{"kra", "carrera"},
    Pair{"krra", "carrera"},
    Pair{"lc", "local"},
    Pair{"lt", "lote"},
    Pair{"mnz", "manzana"},
    Pair{"mz", "manzana"},
    Pair{"mza", "manzana"},
    Pair{"no", "numero"},
    Pair{"nro", "numero"},
    Pair{"nte", "norte"},
    Pair{"num", "numero"},
    Pair{"occ", "occidente"},
    Pair{"of", "oficina"},
    Pair{"ofc", "oficina"},
    Pair{"ofi", "oficina"},
    Pair{"ofic", "oficina"},
    Pair{"pq", "parque"},
    Pair{"ps", "piso"},
    Pair{"sec", "sector"},
    Pair{"sm", "supermanzana"},
    Pair{"to", "torre"},
    Pair{"tr", "transversal"},
    Pair{"transv", "transversal"},
    Pair{"trv", "transversal"},
    Pair{"tv", "transversal"},
    Pair{"un", "unidad"},
    Pair{"und", "unidad"},
    Pair{"ur", "unidad"},
    Pair{"urb", "urbanizacion"},
    Pair{"vda", "vereda"},
    Pair{"vrd", "vereda"},
};
static_assert(std::ranges::is_sorted(abbreviations, {}, &Pair::first));

}  // namespace

std::string_view full_street_word(std::string_view word) {
  const auto found = std::ranges::lower_bound(abbreviations, word, {}, &Pair::first);
  return found != abbreviations.end() && found->first == word ? found->second : std::string_view{};
}

}  // namespace mf::entity
