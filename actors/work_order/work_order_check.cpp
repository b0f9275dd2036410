#include <cmath>

#include "actors/work_order/work_order_rules.hpp"
#include "base/plain_text.hpp"

namespace mf::work_order {
namespace {

constexpr std::size_t title_max = 200, reason_max = 200, text_max = 2'000, remark_min = 10;
constexpr std::size_t windows_max = 10, skills_max = 20, tags_max = 20, tag_max = 40;
constexpr std::size_t skill_max = 64, reference_max = 64;
constexpr std::size_t parts_max = 20;
constexpr Duration duration_max = std::chrono::hours(24);

/// Collects what is wrong with a body.
struct Checker {
  std::vector<FieldError>& errors;

  void complain(std::string field, std::string code, Sentence detail) const {
    errors.push_back({std::move(field), std::move(code), std::move(detail)});
  }
  void text(const char* field, std::string_view value, std::size_t min, std::size_t max) const {
    const auto size = characters(value);
    if (min > 0 && said_characters(value) < min)
      complain(field, size == 0 ? "required" : "too_short",
               "at least {min} characters"_en.with("min", min));
    if (size > max) complain(field, "too_long", "at most {max} characters"_en.with("max", max));
  }
  void text(const char* field, const std::optional<std::string>& value, std::size_t max) const {
    if (value) text(field, *value, 0, max);
  }
  void reason(const std::string& reason, const std::optional<std::string>& note) const {
    text("reason", reason, 1, reason_max);
    text("note", note, text_max);
  }
  void id(const char* field, const char* prefix, std::string_view value) const {
    if (!is_id(prefix, value)) complain(field, "malformed", "not an id of this kind"_en);
  }
  void list_size(const char* field, std::size_t size, std::size_t max) const {
    if (size > max) complain(field, "too_long", "at most {max}"_en.with("max", max));
  }
  void windows(const std::vector<Window>& windows) const {
    list_size("windows", windows.size(), windows_max);
    for (std::size_t i = 0; i < windows.size(); ++i)
      if (windows[i].to <= windows[i].from)
        complain("windows." + std::to_string(i) + ".to", "out_of_range", "must be after from"_en);
  }
  void skills(const std::vector<Skill>& skills) const {
    list_size("skills", skills.size(), skills_max);
    for (std::size_t i = 0; i < skills.size(); ++i) {
      const auto field = "skills." + std::to_string(i);
      if (skills[i].skill.empty() || characters(skills[i].skill) > skill_max)
        complain(field + ".skill", "out_of_range",
                 "{min} to {max} characters"_en.with("min", 1).with("max", skill_max));
      if (skills[i].level < 1 || skills[i].level > 5)
        complain(field + ".level", "out_of_range",
                 "between {min} and {max}"_en.with("min", 1).with("max", 5));
    }
  }
  void tags(const std::vector<std::string>& tags) const {
    list_size("tags", tags.size(), tags_max);
    for (std::size_t i = 0; i < tags.size(); ++i)
      if (tags[i].empty() || characters(tags[i]) > tag_max)
        complain("tags." + std::to_string(i), "out_of_range",
                 "{min} to {max} characters"_en.with("min", 1).with("max", tag_max));
  }
  /// Of something that is asked about: whether it exists is found out later.
  void reference(const char* field, std::string_view id) const {
    const bool is_fine = !id.empty() && id.size() <= reference_max &&
                         std::ranges::all_of(id, [](char c) { return c > ' ' && c < 0x7f; });
    if (!is_fine) complain(field, "malformed", "must be an id"_en);
  }
  void duration(const std::optional<Duration>& value) const {
    if (value && (*value <= Duration{0} || *value > duration_max))
      complain("duration_ms", "out_of_range", "more than 0, at most 24 hours"_en);
  }
  void priority(const std::optional<int>& value) const {
    if (value && (*value < 1 || *value > 4))
      complain("priority", "out_of_range",
               "between {min} and {max}"_en.with("min", 1).with("max", 4));
  }
  void override_reason(bool is_override, const std::optional<std::string>& reason) const {
    text("reason", reason, reason_max);
    if (is_override && reason.value_or("").empty())
      complain("reason", "required", "overriding needs a reason"_en);
  }

  void operator()(const Create& c) const {
    if (c.id) id("id", "ord", *c.id);
    reference("client", c.client);
    reference("site", c.site);
    reference("type", c.type);
    text("title", c.title, 1, title_max);
    text("description", c.description, text_max);
    priority(c.priority);
    windows(c.windows);
    skills(c.skills);
    duration(c.duration_ms);
    tags(c.tags);
  }
  void operator()(const Reject& c) const { reason(c.reason, c.note); }
  void operator()(const Triage& c) const {
    if (c.type) reference("type", *c.type);
    priority(c.priority);
    duration(c.duration_ms);
    skills(c.skills);
    windows(c.windows);
  }
  void operator()(const Schedule& c) const {
    override_reason(c.override_, c.reason);
    if (c.technician) id("technician", "tec", *c.technician);
    if (c.to && (*c.to <= c.from || *c.to - c.from > duration_max))
      complain("to", "out_of_range", "after from, at most 24 hours"_en);
  }
  void operator()(const Assign& c) const {
    id("technician", "tec", c.technician);
    if (c.to && !c.from) complain("from", "required", "from and to come together"_en);
    if (c.to && c.from && (*c.to <= *c.from || *c.to - *c.from > duration_max))
      complain("to", "out_of_range", "after from, at most 24 hours"_en);
    override_reason(c.override_, c.reason);
  }
  void operator()(const Reassign& c) const { (*this)(static_cast<const Assign&>(c)); }
  void operator()(const Decline& c) const { reason(c.reason, c.note); }
  void operator()(const Unassign& c) const { reason(c.reason, c.note); }
  void operator()(const Arrive& c) const {
    if (c.lat.has_value() != c.lon.has_value())
      complain(c.lat ? "lon" : "lat", "required", "lat and lon come together"_en);
    if (c.lat && std::abs(*c.lat) > 90)
      complain("lat", "out_of_range",
               "between {min} and {max}"_en.with("min", -90).with("max", 90));
    if (c.lon && std::abs(*c.lon) > 180)
      complain("lon", "out_of_range",
               "between {min} and {max}"_en.with("min", -180).with("max", 180));
  }
  void operator()(const Pause& c) const { reason(c.reason, c.note); }
  void operator()(const FollowUp& c) const {
    reason(c.reason, c.note);
    list_size("parts", c.parts.size(), parts_max);
    for (std::size_t i = 0; i < c.parts.size(); ++i)
      if (c.parts[i].empty() || characters(c.parts[i]) > reason_max)
        complain("parts." + std::to_string(i), "out_of_range",
                 "{min} to {max} characters"_en.with("min", 1).with("max", reason_max));
  }
  void operator()(const Complete& c) const {
    text("note", c.note, text_max);
    text("signature_refusal_reason", c.signature_refusal_reason, text_max);
  }
  void operator()(const Fail& c) const { reason(c.reason, c.note); }
  void operator()(const RequestApproval& c) const { reason(c.reason, c.note); }
  void operator()(const Approve& c) const { text("note", c.note, text_max); }
  void operator()(const Return& c) const { text("remark", c.remark, remark_min, text_max); }
  void operator()(const Retry& c) const { reason(c.reason, c.note); }
  void operator()(const Cancel& c) const { reason(c.reason, c.note); }
  void operator()(const Reopen& c) const { reason(c.reason, c.note); }
  void operator()(const Comment& c) const { text("text", c.text, 1, text_max); }
  void operator()(const SetPriority& c) const {
    priority(c.priority);
    text("reason", c.reason, reason_max);
  }
  void operator()(const Edit& c) const {
    if (c.title.is_kept() && c.description.is_kept() && c.windows.is_kept() && c.skills.is_kept() &&
        c.duration_ms.is_kept() && c.tags.is_kept())
      complain("", "required", "nothing to change"_en);
    if (!c.title.is_kept()) text("title", c.title.value, 1, title_max);
    if (c.description.is_set()) text("description", c.description.value, 0, text_max);
    windows(c.windows.value);
    skills(c.skills.value);
    if (!c.duration_ms.is_kept()) duration(c.duration_ms.value);
    tags(c.tags.value);
  }
  void operator()(const Pin& c) const { text("reason", c.reason, reason_max); }
  void operator()(const Unpin& c) const { text("reason", c.reason, reason_max); }
  void operator()(const RefuseProposal& c) const {
    id("technician", "tec", c.technician);
    reason(c.reason, c.note);
  }
  void operator()(const Reschedule& c) const {
    if (c.windows.empty()) complain("windows", "required", "at least one"_en);
    windows(c.windows);
    text("note", c.note, text_max);
  }
  void operator()(const Rate& c) const {
    if (c.rating < 1 || c.rating > 5)
      complain("rating", "out_of_range",
               "between {min} and {max}"_en.with("min", 1).with("max", 5));
    text("text", c.text, text_max);
  }
  void operator()(const RequestTimeEdit& c) const {
    if (c.to <= c.from) complain("to", "out_of_range", "must be after from"_en);
  }
  void operator()(const EditTime& c) const {
    if (c.from.has_value() != c.to.has_value())
      complain(c.from ? "to" : "from", "required", "from and to come together"_en);
    if (c.from && c.to && *c.to <= *c.from) complain("to", "out_of_range", "must be after from"_en);
    if (c.from && c.refuse) complain("refuse", "out_of_range", "either times or a refusal"_en);
  }
  void operator()(const auto&) const {}
};

}  // namespace

void check(const Command& command, std::vector<FieldError>& errors) {
  std::visit(Checker{errors}, command);
}

}  // namespace mf::work_order
