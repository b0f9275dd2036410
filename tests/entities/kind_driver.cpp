#include "tests/entities/kind_driver.hpp"

#include "tests/source_dir.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/environment.hpp"
namespace mf::test {
namespace {

class MarkingCipher final : public PersonalCipher {
 public:
  explicit MarkingCipher(std::string person) : mark_("sealed(" + std::move(person) + "): ") {}
  std::string seal(std::string_view plain) const override { return mark_ + std::string(plain); }
  std::optional<std::string> open(std::string_view sealed) const override {
    if (!sealed.starts_with(mark_)) return {};
    return std::string(sealed.substr(mark_.size()));
  }

 private:
  std::string mark_;
};

void compare_or_write(const std::filesystem::path& path, const std::string& actual) {
  if (environment_value("MF_WRITE")) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << actual;
  }
  std::ifstream file(path, std::ios::binary);
  INFO(path.filename().string() << " differs; MF_WRITE=1 writes it");
  REQUIRE(file.good());
  std::stringstream committed;
  committed << file.rdbuf();
  CHECK(committed.str() == actual);
}

}  // namespace

std::shared_ptr<const PersonalCipher> MarkingKeys::cipher_of(std::string_view person, bool create) {
  if (erased.contains(person)) return nullptr;
  if (create) persons.emplace(person);
  if (!persons.contains(person)) return nullptr;
  return std::make_shared<MarkingCipher>(std::string(person));
}
Status MarkingKeys::erase(std::string_view person) {
  persons.erase(std::string(person));
  erased.emplace(person);
  return {};
}

Id id_of(std::string_view prefix, char letter) {
  return std::string(prefix) + "_" + std::string(26, letter);
}
Timestamp at(std::string_view rfc3339) {
  const auto time = parse_rfc3339(rfc3339);
  REQUIRE(time);
  return *time;
}

Principal administrator() { return {id_of("acc", 'Z'), {Role::administrator}, {}, {}, {}, {}}; }
Principal supervisor_of(std::vector<Id> zones) {
  return {id_of("acc", 'S'), {Role::supervisor}, std::move(zones), {}, {}, {}};
}
Principal technician_named(const Id& technician) {
  return {id_of("acc", 'T'), {Role::technician}, {}, technician, {}, {}};
}
Principal client_named(const Id& client) {
  return {id_of("acc", 'C'), {Role::client}, {}, {}, client, {}};
}

std::string Said::text() const {
  if (no) return no->code;
  if (!invalid.empty()) return invalid[0].field + ": " + invalid[0].code;
  std::string out;
  for (const auto& event : events) (out += out.empty() ? "" : ", ") += event;
  return out;
}

Driver::Driver(std::shared_ptr<const entity::Kind> kind, Id id)
    : kind_(std::move(kind)),
      id_(std::move(id)),
      now_(at("2026-11-24T13:00:00Z")),
      responder_([](const entity::Need&) { return std::string("{\"used\":true}"); }),
      entity_(kind_->empty(id_)) {}

Driver& Driver::as(Principal by) {
  by_ = std::move(by);
  return *this;
}
Driver& Driver::now(Timestamp time) {
  now_ = time;
  return *this;
}
Driver& Driver::later(Duration by) { return now(now_ + by); }
Driver& Driver::answering(Responder responder) {
  responder_ = std::move(responder);
  return *this;
}
Driver Driver::copy() const {
  auto other = *this;
  other.keys_ = std::make_shared<MarkingKeys>(*keys_);
  return other;
}

Said Driver::does(const std::string& verb, const std::string& body_json) {
  Said said;
  const auto body = kind_->parse(verb, body_json);
  if (!body) {
    said.invalid = body.error();
    return said;
  }
  Context context{.by = by_,
                  .now = now_,
                  .occurred_at = body->occurred_at.value_or(now_),
                  .device_time = body->occurred_at,
                  .attempt = ++attempt_,
                  .on_behalf_of = body->on_behalf_of,
                  .justification = body->justification};
  asked_ = entity_->needs(*body, context);
  entity::Answers answers;
  for (const auto& need : asked_) answers.push_back({need.name, 1, responder_(need)});
  auto events = entity_->decide(*body, answers, context);
  if (!events) {
    said.no = events.error();
    return said;
  }
  auto after = entity_->clone();
  for (auto& event : *events) {
    REQUIRE(kind_->seal(id_, event, *keys_));
    const auto opened = kind_->open(id_, event.type, event.schema, event.json, *keys_);
    REQUIRE(opened);
    after->apply(*opened, context);
    for (auto& reaction : kind_->react(id_, *opened)) reactions_.push_back(std::move(reaction));
    said.events.push_back(event.type);
    said.stored.push_back(event.json);
    said.schemas.push_back(event.schema);
    history_.push_back({event.type, event.json, event.schema, context});
  }
  const auto encoded = after->encode();
  auto decoded = kind_->decode(id_, encoded);
  REQUIRE(decoded);
  REQUIRE((*decoded)->encode() == encoded);
  // Unless the person is gone, what is stored tells the same, sealed or as older programs wrote it.
  const auto stored = after->seal(*keys_);
  for (const auto& text : {stored, encoded}) {
    const auto opened = kind_->unseal(id_, text, *keys_);
    REQUIRE(opened);
    if (keys_->erased.empty()) REQUIRE((*opened)->encode() == encoded);
  }
  entity_ = std::move(*decoded);
  return said;
}

Driver& Driver::given(const std::string& verb, const std::string& body) {
  const auto said = does(verb, body);
  INFO(verb << " " << body << ": " << said.text());
  REQUIRE_FALSE(said.events.empty());
  return *this;
}

std::string Driver::rebuilt_state() const {
  auto entity = kind_->empty(id_);
  for (const auto& stored : history_) {
    const auto event = kind_->open(id_, stored.type, stored.schema, stored.json, *keys_);
    REQUIRE(event);
    entity->apply(*event, stored.context);
  }
  return entity->encode();
}

std::string Driver::ask(std::string_view query, std::string_view body, const Principal& by) const {
  const auto answer = entity_->answer(query, body, by, now_);
  return answer ? *answer : answer.error().code;
}

void check_matrix(const std::string& name, const std::string& intro,
                  const std::vector<std::pair<std::string, Driver>>& states,
                  const std::vector<MatrixCommand>& commands) {
  std::string page =
      "# " + name + "\n\n" + intro +
      "\n\nWritten by a test (tests/entities): every command in every state. A cell is "
      "the events of a yes and the status after it, or the *code* of the no.\n\n| |";
  for (const auto& [state, driver] : states) page += " " + state + " |";
  page += "\n|---|";
  for (std::size_t i = 0; i < states.size(); ++i) page += "---|";
  for (const auto& command : commands) {
    page += "\n| " + command.label + " |";
    for (const auto& [state, driver] : states) {
      auto tried = driver.copy();
      tried.as(command.by);
      if (command.responder) tried.answering(command.responder);
      const auto said = tried.does(command.verb, command.body);
      if (said.events.empty()) {
        page += " *" + said.text() + "* |";
        continue;
      }
      const auto status = tried.entity().status();
      page += " " + said.text() + (status.empty() ? "" : " → " + status) + " |";
    }
  }
  compare_or_write(source_dir() / "docs/states" / (name + ".md"), page + "\n");
}

void check_golden_events(const std::string& kind,
                         const std::map<std::string, std::string>& events) {
  for (const auto& [type, json] : events) {
    const auto name = type.find(".v") == type.npos ? type + ".v1" : type;
    compare_or_write(source_dir() / "tests/golden/events" / kind / (name + ".json"), json + "\n");
  }
}

}  // namespace mf::test
