// Any bytes as text frames of a client: a message, a refusal with a problem, never more. A message
// that was read is read the same again, and topics print as they were written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/ws/message_codec.hpp"

namespace {

struct NoKind final : mf::entity::Kind {
  explicit NoKind(mf::EntityKind k) : of(k) {}
  mf::EntityKind of;
  mf::EntityKind kind() const override { return of; }
  std::unique_ptr<mf::entity::Entity> empty(std::string_view) const override { return nullptr; }
  mf::Result<std::unique_ptr<mf::entity::Entity>> decode(std::string_view,
                                                         std::string_view) const override {
    return mf::fail(mf::ErrorCode::unsupported, "none");
  }
  std::expected<mf::entity::CommandBody, std::vector<mf::FieldError>> parse(
      std::string_view, std::string_view) const override {
    return mf::entity::CommandBody{};
  }
  std::vector<Verb> public_verbs() const override { return {{"create", "{}"}, {"start", "{}"}}; }
  mf::Status seal(std::string_view, mf::entity::EventBody&, mf::entity::KeyRing&) const override {
    return {};
  }
  mf::Result<mf::entity::EventBody> open(std::string_view, std::string_view, std::uint16_t,
                                         std::string_view, mf::entity::KeyRing&) const override {
    return mf::fail(mf::ErrorCode::unsupported, "none");
  }
  std::vector<mf::entity::Reaction> react(std::string_view,
                                          const mf::entity::EventBody&) const override {
    return {};
  }
  std::optional<std::string> event_view(const mf::entity::EventBody&,
                                        const mf::entity::Viewer&) const override {
    return {};
  }
};

const mf::gateway::Operations& operations() {
  static const auto made = [] {
    static mf::entity::Kinds kinds;
    for (int kind = 1; kind <= 6; ++kind)
      kinds.add(std::make_unique<NoKind>(static_cast<mf::EntityKind>(kind)));
    return mf::gateway::Operations(kinds);
  }();
  return made;
}

void check(const mf::gateway::ws::Message& message) {
  using namespace mf::gateway;
  if (const auto* sub = std::get_if<ws::Subscribe>(&message.verb)) {
    const auto again = topics::parse_topic(topics::to_string(sub->topic));
    if (!again || !(*again == sub->topic)) std::abort();
    if (sub->since) (void)topics::parse_token("era", *sub->since);
  }
  if (const auto* rpc = std::get_if<ws::Rpc>(&message.verb))
    if (!rpc->operation || rpc->key.size() > 255) std::abort();
  if (const auto* report = std::get_if<ws::Report>(&message.verb))
    for (const auto& p : report->positions)
      if (!(p.lat >= -90 && p.lat <= 90 && p.lon >= -180 && p.lon <= 180)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view frame(reinterpret_cast<const char*>(data), size);
  while (!frame.empty()) {
    const auto end = std::min(frame.find('\n'), frame.size());
    const auto message = mf::gateway::ws::parse_message(frame.substr(0, end), operations());
    if (message) check(*message);
    else if (message.error().problem.status < 400) std::abort();
    frame.remove_prefix(std::min(end + 1, frame.size()));
  }
  return 0;
}
