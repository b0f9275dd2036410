#include <fmt/format.h>

#include <array>
#include <cmath>

#include "planning/reasons.hpp"

namespace mf::planning {
namespace {

/// What is said of one technician and of several. {own} and {of} name the technician where nobody
/// else does ("Ana ", " de Ana") and are empty where it is clear who is meant.
struct Saying {
  std::string_view one, many;
};

using Sayings = std::array<Saying, reason_code_count>;

constexpr Sayings spanish_sayings = {{
    {"la visita está fija con {subject}", "la visita está fija con {subject}"},
    {"la visita está fija en otro turno de {name}", "la visita está fija en otro turno"},
    {"la visita excluye a {name}", "la visita excluye a {count}"},
    {"{own}no está entre los técnicos que la visita admite",
     "{count} no están entre los técnicos que la visita admite"},
    {"la ventana de la visita termina antes de empezar (de {from} a {to})",
     "la ventana de la visita termina antes de empezar (de {from} a {to})"},
    {"a {name} le falta la habilidad {subject} (nivel {needed})",
     "a {count} les falta la habilidad {subject} (nivel {needed})"},
    {"a {name} le falta la habilidad {subject} (nivel {needed}; tiene {held})",
     "{count} tienen {subject} por debajo del nivel {needed}"},
    {"{own}no atiende la zona {subject}", "{count} no atienden la zona {subject}"},
    {"{own}no tiene turno", "{count} no tienen turno"},
    {"no hay camino a {subject}", "no hay camino a {subject} para {count}"},
    {"no hay camino de vuelta desde {subject}",
     "no hay camino de vuelta desde {subject} para {count}"},
    {"{own}no está de turno a esa hora (trabaja de {from} a {to})",
     "{count} no están de turno a esa hora"},
    {"a la camioneta{of} le falta la herramienta {subject}",
     "a {count} camionetas les falta la herramienta {subject}"},
    {"a la camioneta{of} le falta {subject} ×{quantity}",
     "a {count} camionetas les falta {subject}"},
    {"la carga no cabe en la camioneta{of} (sobra {quantity})",
     "la carga no cabe en {count} camionetas"},
    {"{own}no puede salir: ya salen todas las camionetas permitidas ({needed})",
     "{count} no pueden salir: ya salen todas las camionetas permitidas ({needed})"},
    {"la ruta{of} ya no se puede cumplir, ni sin esta visita",
     "{count} rutas ya no se pueden cumplir, ni sin esta visita"},
    {"{own}no alcanzaría a tomar el descanso (debe empezar entre las {from} y las {to}; faltan "
     "{amount})",
     "{count} no alcanzarían a tomar el descanso"},
    {"{own}tiene fija {subject} a esa hora (llegaría {amount} tarde)",
     "{count} tienen otra visita fija a esa hora"},
    {"{own}llegaría {amount} tarde a {subject} (cierra a las {to})",
     "{count} llegarían tarde a otra visita (quien menos, {name}: {amount} a {subject})"},
    {"{own}llegaría {amount} tarde a la ventana (cierra a las {to})",
     "{count} llegarían tarde a la ventana (quien menos, {name}: {amount})"},
    {"{own}terminaría la ruta {amount} después del límite del turno ({to})",
     "{count} terminarían la ruta después del límite del turno (quien menos, {name}: {amount})"},
}};

constexpr Sayings english_sayings = {{
    {"the visit is pinned to {subject}", "the visit is pinned to {subject}"},
    {"the visit is pinned to another shift of {name}", "the visit is pinned to another shift"},
    {"the visit excludes {name}", "the visit excludes {count}"},
    {"{own}is not among the technicians the visit allows",
     "{count} are not among the technicians the visit allows"},
    {"the visit's window ends before it begins ({from} to {to})",
     "the visit's window ends before it begins ({from} to {to})"},
    {"{name} lacks the skill {subject} (level {needed})",
     "{count} lack the skill {subject} (level {needed})"},
    {"{name} lacks the skill {subject} (level {needed}; has {held})",
     "{count} have {subject} below level {needed}"},
    {"{own}does not serve zone {subject}", "{count} do not serve zone {subject}"},
    {"{own}has no shift", "{count} have no shift"},
    {"there is no road to {subject}", "there is no road to {subject} for {count}"},
    {"there is no road home from {subject}", "there is no road home from {subject} for {count}"},
    {"{own}is not on shift then (works from {from} to {to})", "{count} are not on shift then"},
    {"the van{of} lacks the tool {subject}", "{count} vans lack the tool {subject}"},
    {"the van{of} lacks {subject} ×{quantity}", "{count} vans lack {subject}"},
    {"the load does not fit in the van{of} ({quantity} too much)",
     "the load does not fit in {count} vans"},
    {"{own}can't go out: all vans allowed are out ({needed})",
     "{count} can't go out: all vans allowed are out ({needed})"},
    {"the route{of} can't be kept any more, even without this visit",
     "{count} routes can't be kept any more, even without this visit"},
    {"{own}could not take the break (it must begin between {from} and {to}; {amount} short)",
     "{count} could not take the break"},
    {"{own}has {subject} pinned then (would arrive {amount} late)",
     "{count} have another visit pinned then"},
    {"{own}would reach {subject} {amount} late (it closes at {to})",
     "{count} would reach another visit late (the least, {name}: {subject} by {amount})"},
    {"{own}would arrive {amount} late for the window (it closes at {to})",
     "{count} would arrive late for the window (the least, {name}: {amount})"},
    {"{own}would end the route {amount} past the shift's limit ({to})",
     "{count} would end the route past the shift's limit (the least, {name}: {amount})"},
}};

constexpr std::array<std::string_view, term_count> spanish_terms = {"Visitas sin atender",
                                                                    "Retraso",
                                                                    "Horas extra",
                                                                    "Rutas",
                                                                    "Distancia",
                                                                    "Viaje",
                                                                    "Espera",
                                                                    "Jornadas",
                                                                    "Holgura que falta",
                                                                    "Desigualdad",
                                                                    "Cambios a lo avisado"};
constexpr std::array<std::string_view, term_count> english_terms = {
    "Unserved visits",
    "Lateness",
    "Overtime",
    "Routes",
    "Distance",
    "Travel",
    "Waiting",
    "Working time",
    "Missing slack",
    "Unfairness",
    "Changes to what was announced"};

/// The words of one language, with what they are about.
class Speaker {
 public:
  Speaker(const Problem& problem, Language language)
      : problem_(problem), is_spanish_(language == Language::spanish) {}

  [[nodiscard]] std::string sentence(const Reason& reason) const {
    const auto& saying = saying_of(reason);
    auto text = fill(saying.one, reason, 1, "", "");
    const bool begins_with_name = saying.one.starts_with("{name}");
    if (!begins_with_name && text[0] >= 'a' && text[0] <= 'z')
      text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
  }

  /// Inside a sentence, and with the technician's name.
  [[nodiscard]] std::string clause(const Reason& reason, std::size_t technicians) const {
    const auto& saying = saying_of(reason);
    const auto& name = problem_.technicians[reason.technician].id;
    return fill(technicians == 1 ? saying.one : saying.many, reason, technicians, name + " ",
                word(" de ", " of ") + name);
  }

  /// "entre V12 y V7, empieza 10:40; añade 14 min de viaje"
  [[nodiscard]] std::string placement(const Option& option) const {
    std::string text;
    if (option.previous && option.next)
      text = fmt::format(fmt::runtime(word("entre {} y {}", "between {} and {}")),
                         name(*option.previous), name(*option.next));
    else if (option.next)
      text = word("de primera, antes de ", "first, before ") + name(*option.next);
    else if (option.previous)
      text = word("al final, después de ", "last, after ") + name(*option.previous);
    else text = word("como única visita", "as the only visit");
    text += word(", empieza ", ", starts ") + clock(option.start);
    if (option.restock) text += loading(problem_.depots[*option.restock].id);
    return text + changes(option.change);
  }

  [[nodiscard]] std::string why(const Explanation& explanation) const {
    const auto& visit = problem_.visits[explanation.visit].id;
    if (!explanation.possible.empty()) {
      const auto& best = explanation.possible.front();
      return fmt::format(fmt::runtime(word("{} sí cabe con {}: {}", "{} does fit with {}: {}")),
                         visit, problem_.technicians[best.technician].id, placement(best));
    }
    auto text = word("Nadie puede atender ", "Nobody can serve ") + visit;
    if (explanation.groups.empty())
      return text + word(": no hay técnicos", ": there are no technicians");
    std::string_view separator = ": ";
    for (const auto& [technicians, nearest] : explanation.groups) {
      text.append(separator) += clause(nearest, technicians);
      separator = "; ";
    }
    return text;
  }

  [[nodiscard]] std::string share(const TermShare& share) const {
    const auto term = static_cast<std::size_t>(share.term);
    auto text = std::string(is_spanish_ ? spanish_terms[term] : english_terms[term]) + ": ";
    if (share.term == Term::unserved && share.value > 0) text += word("prioridad ", "priority ");
    text += share.value == 0 ? word("nada", "nothing") : value(share.term, share.value);
    if (share.drivers.empty()) return text;
    std::vector<std::string> drivers;
    drivers.reserve(share.drivers.size());
    for (const auto& [visit, amount] : share.drivers)
      drivers.push_back(
          fmt::format("{} ({})", problem_.visits[visit].id, value(share.term, amount)));
    text += drivers.size() == 1 ? word("; pesa más ", "; driven by ")
                                : word("; pesan más ", "; driven by ");
    return text + list(drivers);
  }

  [[nodiscard]] std::string broken(const Reason& reason) const {
    return word("La ruta ya no se puede cumplir: ", "A route can't be kept any more: ") +
           clause(reason, 1);
  }

  [[nodiscard]] std::string word(const char* spanish, const char* english) const {
    return is_spanish_ ? spanish : english;
  }

 private:
  [[nodiscard]] const Saying& saying_of(const Reason& reason) const {
    return (is_spanish_ ? spanish_sayings : english_sayings)[static_cast<std::size_t>(reason.code)];
  }

  [[nodiscard]] std::string fill(std::string_view saying, const Reason& r, std::size_t count,
                                 const std::string& own, const std::string& of) const {
    auto text = fmt::format(
        fmt::runtime(saying), fmt::arg("own", own), fmt::arg("of", of), fmt::arg("count", count),
        fmt::arg("name", problem_.technicians[r.technician].id), fmt::arg("subject", r.subject),
        fmt::arg("needed", r.needed), fmt::arg("held", r.held),
        fmt::arg("quantity", number(r.quantity)), fmt::arg("amount", duration(r.amount)),
        fmt::arg("from", clock(r.window.from)), fmt::arg("to", clock(r.window.to)));
    if (!r.depot.empty()) text += loading(r.depot);
    return text;
  }

  [[nodiscard]] std::string loading(const std::string& depot) const {
    return word(", cargando antes en ", ", loading at ") + depot + word("", " first");
  }

  [[nodiscard]] const std::string& name(const Sequence::Stop& stop) const {
    return stop.kind == StopKind::restock ? problem_.depots[stop.which].id
                                          : problem_.visits[stop.which].id;
  }

  /// What a dispatcher sees change; what is less than a second isn't a change.
  [[nodiscard]] std::string changes(const Score& change) const {
    const std::pair<Term, std::string> seen[] = {
        {Term::travel, word(" de viaje", " of travel")},
        {Term::lateness, word(" de retraso", " of lateness")},
        {Term::overtime, word(" de horas extra", " of overtime")},
        {Term::instability, word(" de cambios a lo avisado", " of changes to what was announced")}};
    std::vector<std::string> more, less;
    for (const auto& [term, words] : seen)
      if (std::abs(change[term]) >= 1)
        (change[term] > 0 ? more : less).push_back(duration(std::abs(change[term])) + words);
    std::string text;
    if (!more.empty()) text += word("; añade ", "; adds ") + list(more);
    if (!less.empty()) text += word("; ahorra ", "; saves ") + list(less);
    if (change[Term::vehicles] > 0) text += word("; abre una ruta más", "; opens one more route");
    return text;
  }

  [[nodiscard]] std::string list(const std::vector<std::string>& parts) const {
    std::string text = parts[0];
    for (std::size_t i = 1; i < parts.size(); ++i)
      text += (i + 1 == parts.size() ? word(" y ", " and ") : ", ") + parts[i];
    return text;
  }

  [[nodiscard]] std::string value(Term term, double amount) const {
    switch (term) {
      case Term::unserved:
      case Term::vehicles:
      case Term::unfairness: return number(amount);
      case Term::distance:
        return amount < 1000 ? fmt::format("{:.0f} m", amount)
                             : decimal(fmt::format("{:.1f} km", amount / 1000));
      default: return duration(amount);
    }
  }

  /// Two decimals at most, and never 0 for what isn't.
  [[nodiscard]] std::string number(double value) const {
    constexpr double smallest = 0.01;
    const double rounded = std::round(value / smallest) * smallest;
    return decimal(fmt::format("{:.12g}", rounded == 0 && value > 0 ? smallest : rounded));
  }

  [[nodiscard]] std::string decimal(std::string text) const {
    if (const auto point = text.find('.'); is_spanish_ && point != std::string::npos)
      text[point] = ',';
    return text;
  }

  [[nodiscard]] std::string duration(Seconds seconds) const {
    if (seconds < 60) return word("menos de 1 min", "less than 1 min");
    const auto minutes = std::llround(seconds / 60);
    if (minutes < 60) return fmt::format("{} min", minutes);
    if (minutes % 60 == 0) return fmt::format("{} h", minutes / 60);
    return fmt::format("{} h {} min", minutes / 60, minutes % 60);
  }

  /// The day is told where it isn't the first.
  [[nodiscard]] std::string clock(Seconds moment) const {
    constexpr long long day_minutes = 24LL * 60;
    const auto minutes = std::llround(moment / 60);
    const auto of_day = ((minutes % day_minutes) + day_minutes) % day_minutes;
    const auto day = (minutes - of_day) / day_minutes;
    auto text = fmt::format("{:02}:{:02}", of_day / 60, of_day % 60);
    if (day != 0) text += fmt::format(fmt::runtime(word(" del día {}", " on day {}")), day);
    return text;
  }

  const Problem& problem_;
  const bool is_spanish_;
};

}  // namespace

std::string say(const Problem& problem, const Reason& reason, Language language) {
  return Speaker(problem, language).sentence(reason);
}

std::string say(const Problem& problem, const Option& option, Language language) {
  const Speaker speaker(problem, language);
  if (option.is_feasible) return speaker.word("Cabe ", "Fits ") + speaker.placement(option);
  std::string text;
  for (const auto& reason : option.reasons)
    text += (text.empty() ? "" : ". ") + speaker.sentence(reason);
  return text;
}

std::string say(const Problem& problem, const Explanation& explanation, Language language) {
  return Speaker(problem, language).why(explanation);
}

std::string say(const Problem& problem, const TermShare& share, Language language) {
  return Speaker(problem, language).share(share);
}

std::string say(const Problem& problem, const PlanExplanation& explanation, Language language) {
  const Speaker speaker(problem, language);
  std::string text;
  const auto add = [&](const std::string& line) { text += (text.empty() ? "" : "\n") + line; };
  for (const auto& share : explanation.terms)
    if (share.value != 0) add(speaker.share(share));
  for (const auto& reason : explanation.broken) add(speaker.broken(reason));
  return text.empty() ? speaker.word("El plan no cuesta nada", "The plan costs nothing") : text;
}

}  // namespace mf::planning
