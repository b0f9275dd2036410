#include "actors/entity/street_words.hpp"

#include <algorithm>
#include <array>

namespace mf::entity {
namespace {

using enum StreetWord::Where;

// DIAN's and IGAC's nomenclatures of addresses, and what people write beside them. Sorted.
constexpr std::array abbreviations{
    StreetWord{"ac", "avenida", before_number},
    StreetWord{"ac", "calle", before_number},
    StreetWord{"adm", "administracion", always},
    StreetWord{"admin", "administracion", always},
    StreetWord{"admon", "administracion", always},
    StreetWord{"ak", "avenida", before_number},
    StreetWord{"ak", "carrera", before_number},
    StreetWord{"ap", "apartamento", always},
    StreetWord{"apart", "apartamento", always},
    StreetWord{"aparta", "apartamento", always},
    StreetWord{"apartam", "apartamento", always},
    StreetWord{"apt", "apartamento", always},
    StreetWord{"apto", "apartamento", always},
    StreetWord{"aptos", "apartamento", always},
    StreetWord{"aut", "autopista", always},
    StreetWord{"auto", "autopista", always},
    StreetWord{"autop", "autopista", always},
    StreetWord{"av", "avenida", always},
    StreetWord{"avda", "avenida", always},
    StreetWord{"ave", "avenida", always},
    StreetWord{"aven", "avenida", always},
    StreetWord{"b", "bloque", before_number},
    StreetWord{"bario", "barrio", always},
    StreetWord{"bdg", "bodega", always},
    StreetWord{"bl", "bloque", always},
    StreetWord{"blo", "bloque", always},
    StreetWord{"bloq", "bloque", always},
    StreetWord{"blq", "bloque", always},
    StreetWord{"bo", "barrio", always},
    StreetWord{"bod", "bodega", always},
    StreetWord{"bq", "bloque", always},
    StreetWord{"br", "barrio", always},
    StreetWord{"brr", "barrio", always},
    StreetWord{"c", "calle", before_number},
    StreetWord{"c", "casa", before_number},
    StreetWord{"call", "calle", always},
    StreetWord{"carr", "carrera", always},
    StreetWord{"carret", "carretera", always},
    StreetWord{"cc", "centro", always},
    StreetWord{"cc", "comercial", always},
    StreetWord{"cdla", "ciudadela", always},
    StreetWord{"cir", "circular", always},
    StreetWord{"circ", "circular", always},
    StreetWord{"circunv", "circunvalar", always},
    StreetWord{"cj", "conjunto", always},
    StreetWord{"cjto", "conjunto", always},
    StreetWord{"cl", "calle", always},
    StreetWord{"cle", "calle", always},
    StreetWord{"cll", "calle", always},
    StreetWord{"clle", "calle", always},
    StreetWord{"conj", "conjunto", always},
    StreetWord{"consult", "consultorio", always},
    StreetWord{"cq", "circular", always},
    StreetWord{"cr", "carrera", always},
    StreetWord{"cra", "carrera", always},
    StreetWord{"crr", "carrera", always},
    StreetWord{"crra", "carrera", always},
    StreetWord{"crt", "carretera", always},
    StreetWord{"cs", "casa", always},
    StreetWord{"cto", "conjunto", always},
    StreetWord{"ctra", "carretera", always},
    StreetWord{"d", "diagonal", before_number},
    StreetWord{"dep", "deposito", always},
    StreetWord{"dg", "diagonal", always},
    StreetWord{"diag", "diagonal", always},
    StreetWord{"e", "este", behind_number},
    StreetWord{"ed", "edificio", always},
    StreetWord{"edf", "edificio", always},
    StreetWord{"edif", "edificio", always},
    StreetWord{"et", "etapa", always},
    StreetWord{"etp", "etapa", always},
    StreetWord{"fca", "finca", always},
    StreetWord{"garage", "garaje", always},
    StreetWord{"gj", "garaje", always},
    StreetWord{"gta", "glorieta", always},
    StreetWord{"i", "interior", before_number},
    StreetWord{"in", "interior", before_number},
    StreetWord{"int", "interior", always},
    StreetWord{"k", "carrera", before_number},
    StreetWord{"kilom", "kilometro", always},
    StreetWord{"km", "kilometro", always},
    StreetWord{"kms", "kilometro", always},
    StreetWord{"kr", "carrera", always},
    StreetWord{"kra", "carrera", always},
    StreetWord{"krra", "carrera", always},
    StreetWord{"l", "local", before_number},
    StreetWord{"l", "lote", before_number},
    StreetWord{"lc", "local", always},
    StreetWord{"loc", "local", always},
    StreetWord{"lt", "lote", always},
    StreetWord{"lte", "lote", always},
    StreetWord{"m", "manzana", before_number},
    StreetWord{"manz", "manzana", always},
    StreetWord{"mnz", "manzana", always},
    StreetWord{"mz", "manzana", always},
    StreetWord{"mza", "manzana", always},
    StreetWord{"n", "norte", behind_number},
    StreetWord{"nte", "norte", always},
    StreetWord{"o", "oeste", behind_number},
    StreetWord{"occ", "occidente", always},
    StreetWord{"occte", "occidente", always},
    StreetWord{"of", "oficina", always},
    StreetWord{"ofc", "oficina", always},
    StreetWord{"ofi", "oficina", always},
    StreetWord{"ofic", "oficina", always},
    StreetWord{"ote", "oriente", always},
    StreetWord{"p", "piso", before_number},
    StreetWord{"parq", "parqueadero", always},
    StreetWord{"port", "porteria", always},
    StreetWord{"pq", "parque", always},
    StreetWord{"ps", "piso", always},
    StreetWord{"s", "sur", behind_number},
    StreetWord{"sec", "sector", always},
    StreetWord{"sect", "sector", always},
    StreetWord{"sm", "supermanzana", always},
    StreetWord{"smz", "supermanzana", always},
    StreetWord{"sot", "sotano", always},
    StreetWord{"ss", "semisotano", always},
    StreetWord{"t", "torre", before_number},
    StreetWord{"t", "transversal", before_number},
    StreetWord{"to", "torre", always},
    StreetWord{"tor", "torre", always},
    StreetWord{"tr", "transversal", always},
    StreetWord{"trans", "transversal", always},
    StreetWord{"transv", "transversal", always},
    StreetWord{"trasv", "transversal", always},
    StreetWord{"trasversal", "transversal", always},
    StreetWord{"trv", "transversal", always},
    StreetWord{"tv", "transversal", always},
    StreetWord{"u", "unidad", before_number},
    StreetWord{"un", "unidad", before_number},
    StreetWord{"und", "unidad", always},
    StreetWord{"ur", "unidad", always},
    StreetWord{"urb", "urbanizacion", always},
    StreetWord{"urba", "urbanizacion", always},
    StreetWord{"urbaniz", "urbanizacion", always},
    StreetWord{"vda", "vereda", always},
    StreetWord{"vrd", "vereda", always},
    StreetWord{"w", "oeste", behind_number},
};
static_assert(std::ranges::is_sorted(abbreviations, {}, &StreetWord::word));

constexpr std::array<std::string_view, 43> full_words{
    "administracion", "apartamento",  "autopista", "avenida",     "barrio",      "bloque",
    "bodega",         "calle",        "carrera",   "carretera",   "casa",        "centro",
    "circular",       "circunvalar",  "ciudadela", "conjunto",    "consultorio", "deposito",
    "diagonal",       "edificio",     "etapa",     "finca",       "garaje",      "glorieta",
    "interior",       "kilometro",    "local",     "lote",        "manzana",     "oficina",
    "parque",         "parqueadero",  "piso",      "porteria",    "sector",      "semisotano",
    "sotano",         "supermanzana", "torre",     "transversal", "unidad",      "urbanizacion",
    "vereda"};
static_assert(std::ranges::is_sorted(full_words));

}  // namespace

std::span<const StreetWord> street_words(std::string_view word) {
  const auto found = std::ranges::equal_range(abbreviations, word, {}, &StreetWord::word);
  return {found.begin(), found.end()};
}

bool is_full_street_word(std::string_view word) {
  return std::ranges::binary_search(full_words, word);
}

bool is_street_word(std::string_view word) {
  const auto stands_before = [](const StreetWord& w) { return w.where != behind_number; };
  return is_full_street_word(word) || std::ranges::any_of(street_words(word), stands_before);
}

}  // namespace mf::entity
