#include "gateway/routes/agenda.hpp"

#include "base/json_member.hpp"
#include "base/json_text.hpp"
#include "gateway/api/event_json.hpp"
#include "gateway/io/contact.hpp"
#include "gateway/routes/answers.hpp"

namespace mf::gateway::routes {
namespace {

/// The lines of one answer, whose rows come one by one, in any order.
struct Lines {
  CallPtr call;
  std::vector<std::string> texts;
  std::size_t awaited = 0;
  std::optional<entity::Fault> fault;
};
using LinesPtr = std::shared_ptr<Lines>;

void respond(const Lines& lines) {
  // A row that could not be read is no row that may not be seen.
  if (lines.fault) return lines.call->respond(problem(*lines.fault));
  std::string array = "[";
  for (const auto& text : lines.texts) {
    if (array.back() != '[') array += ',';
    array += text;
  }
  answer_array(lines.call, array += ']');
}

void put_row(const LinesPtr& lines, std::size_t index, const views::ReadReply& order) {
  if (order.fault) lines->fault = order.fault;
  auto& text = lines->texts[index];
  text.pop_back();
  text += ",\"row\":";
  text += order.no || order.fault ? "null" : with_version(order.json, order.version);
  text += '}';
  if (--lines->awaited == 0) respond(*lines);
}

void ask_row(const LinesPtr& lines, std::size_t index, const nlohmann::json& line) {
  auto& thread = *lines->call->thread;
  const auto body = json::Object().add_some("visit", text_member(line, "visit")).text();
  thread.ask({EntityKind::work_order, text_member(line, "order")}, "agenda_row", body,
             caller(lines->call), [lines, index](views::ReadReply order) {
               // The order answers this to nobody who may not see its contact.
               order.viewpoint = entity::Viewpoint::technician;
               with_contact(*lines->call->thread, std::move(order),
                            [lines, index](const views::ReadReply& joined, bool) {
                              put_row(lines, index, joined);
                            });
             });
}

}  // namespace

void agenda(const CallPtr& call) {
  const EntityRef technician{EntityKind::technician, std::string(call->params[0])};
  if (!may_exist(call, technician)) return;
  call->thread->ask(technician, "agenda", "{}", caller(call),
                    [call](const views::ReadReply& reply) {
                      if (reply.fault) return call->respond(problem(*reply.fault));
                      if (reply.no) return call->respond(problem(*reply.no));
                      const auto found = parse_ordered_json(reply.json);
                      const auto lines = std::make_shared<Lines>(Lines{call, {}, 0, {}});
                      if (found.contains("agenda"))
                        for (const auto& line : found["agenda"])
                          lines->texts.push_back(to_text(line));
                      lines->awaited = lines->texts.size();
                      if (lines->awaited == 0) return respond(*lines);
                      // After all are there: an answer may come at once.
                      for (std::size_t i = 0; i < lines->texts.size(); ++i)
                        ask_row(lines, i, parse_json(lines->texts[i]));
                    });
}

}  // namespace mf::gateway::routes
