#include "simulator/person.hpp"

namespace mf::simulator {

asio::awaitable<bool> Person::go_online() {
  // Named, because g++ 12 destroys a function object twice that is made inside a co_await.
  Stream::OnPush listener = [weak = weak_from_this()](std::string_view verb,
                                                      const std::string& json) {
    if (const auto self = weak.lock()) self->hear(verb, json);
  };
  stream = co_await Stream::open(day.io, day.options.server, user.token, std::move(listener));
  if (stream) ++day.figures.connected;
  co_return stream != nullptr;
}

void Person::hear(std::string_view verb, const std::string& json) {
  if (verb != "closed") return on_push(verb, json);
  if (!day.is_over()) --day.figures.connected;
}

}  // namespace mf::simulator
