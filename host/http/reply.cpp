#include "host/http/reply.h"

#include <boost/asio/post.hpp>

#include "core/base/check.h"
#include "host/http/answer_text.h"
#include "host/http/connection.h"
#include "host/http/reply_state.h"

namespace pf::http {
namespace {

// Runs `act(owner)` on the I/O thread, if there is one and the connection still lives.
template <class State, class Act>
void on_connection(const State& state, Act act) {
  if (state.core->closed.load()) return;
  boost::asio::post(state.core->io, [owner = state.owner, act = std::move(act)]() mutable {
    if (const auto alive = owner.lock()) act(*alive);
  });
}

}  // namespace

Reply::Reply(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}

Reply& Reply::operator=(Reply&& other) noexcept {
  std::swap(state_, other.state_);  // what was owed here is answered when `other` goes
  return *this;
}

Reply::~Reply() {
  if (state_ != nullptr) send(text_response(500, "this request was not answered"));
}

void Reply::send(Response response) {
  PF_CHECK(state_ != nullptr);
  const std::shared_ptr<State> state = std::move(state_);
  on_connection(*state, [response = std::move(response)](Connection& connection) {
    connection.answer(response);
  });
}

Stream Reply::stream(Response head) {
  PF_CHECK(state_ != nullptr);
  const std::shared_ptr<State> state = std::move(state_);
  auto stream = std::make_shared<StreamState>();
  stream->core = state->core;
  stream->owner = state->owner;
  stream->chunked = state->http_1_1;
  if (state->abandoned || state->core->closed) stream->open = false;
  const std::string first = std::move(head.body);
  // The connection knows the stream weakly: the last writer that goes ends it.
  on_connection(*state, [head = std::move(head), weak = std::weak_ptr<StreamState>(stream)](
                            Connection& connection) { connection.begin_stream(head, weak); });
  Stream result(std::move(stream));
  if (!first.empty()) result.write(first);
  return result;
}

bool Reply::abandoned() const noexcept { return state_ == nullptr || state_->abandoned.load(); }

StreamState::~StreamState() { end(); }

void StreamState::end() {
  if (!open.exchange(false)) return;
  on_connection(*this, [](Connection& connection) { connection.end_stream(); });
}

bool Stream::write(std::string_view bytes) {
  if (!state_->open.load()) return false;
  const std::size_t queued = state_->queued_bytes.fetch_add(bytes.size()) + bytes.size();
  if (queued > state_->core->limits.max_stream_queue_bytes) {
    if (state_->open.exchange(false))
      on_connection(*state_, [](Connection& connection) { connection.drop("reads too slowly"); });
    return false;
  }
  std::string chunk;
  if (state_->chunked)
    append_chunk(chunk, bytes);
  else
    chunk = bytes;
  on_connection(*state_, [chunk = std::move(chunk), payload = bytes.size()](
                             Connection& connection) { connection.extend_stream(chunk, payload); });
  return true;
}

bool Stream::open() const noexcept { return state_->open.load(); }

void Stream::close() { state_->end(); }

}  // namespace pf::http
