#include "host/http/connection.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <chrono>

#include "core/runtime/log.h"
#include "host/http/answer_text.h"
#include "host/http/tls_context.h"

namespace pf::http {
namespace {

namespace asio = boost::asio;

// Until a connection that was ended is forced shut; the peer has its last answer to read.
constexpr Nanos kEndPatience = seconds(2);
// What a peer may go on sending meanwhile: enough for what is under way, not for a whole upload.
constexpr std::size_t kMaxDiscardedBytes = 4 << 20;
// A peer that vanished without a word takes no acknowledgement with it.
constexpr unsigned kUnacknowledgedMs = 30'000;
// How slowly an answer may be read: modems were faster.
constexpr std::size_t kSlowestBytesPerSecond = 16 * 1024;
// Of a file, in memory at once.
constexpr std::size_t kFilePartBytes = 256 * 1024;

Endpoint to_endpoint(const asio::ip::tcp::endpoint& from) {
  return Endpoint::from_sockaddr(from.data(), from.size()).value_or(Endpoint());
}

void set_options(asio::ip::tcp::socket& socket) {
  boost::system::error_code ignored;  // a socket that is gone already is noticed by its first read
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnacknowledgedMs,
               sizeof kUnacknowledgedMs);
}

Nanos time_to_take(Nanos patience, std::size_t byte_count) {
  return patience + seconds(byte_count / kSlowestBytesPerSecond);
}

}  // namespace

std::string date_now() {
  return http_date(std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count());
}

void Connection::begin(const std::shared_ptr<ServerCore>& core, Socket socket,
                       asio::ssl::context* tls) {
  const auto connection = std::make_shared<Connection>(core, std::move(socket), tls);
  connection->place_ = core->connections.insert(core->connections.end(), connection);
  core->connection_count.fetch_add(1);
  connection->start();
}

Connection::Connection(std::shared_ptr<ServerCore> core, Socket socket, asio::ssl::context* tls)
    : core_(std::move(core)),
      socket_(std::move(socket)),
      timer_(core_->io),
      reader_(core_->limits.max_header_bytes, core_->limits.max_body_bytes) {
  if (tls != nullptr) tls_.emplace(socket_, *tls);
}

void Connection::start() {
  Error error;
  peer_ = to_endpoint(socket_.remote_endpoint(error));
  if (!error) local_ = to_endpoint(socket_.local_endpoint(error));
  if (error) return close();  // gone before it began
  set_options(socket_);
  if (tls_) return handshake();
  phase_ = Phase::reading;
  advance();
}

void Connection::handshake() {
  arm(core_->limits.handshake_patience);
  tls_->async_handshake(asio::ssl::stream_base::server,
                        [self = shared_from_this()](const Error& error) {
                          if (self->phase_ == Phase::closed) return;
                          if (error) return self->close();
                          self->certificate_ = peer_certificate(self->tls_->native_handle());
                          self->phase_ = Phase::reading;
                          self->advance();
                        });
}

template <class Buffer, class Done>
void Connection::async_read_some(const Buffer& buffer, Done done) {
  if (tls_ && !drains_)
    tls_->async_read_some(buffer, std::move(done));
  else
    socket_.async_read_some(buffer, std::move(done));
}

template <class Done>
void Connection::async_write(Done done) {
  if (tls_)
    asio::async_write(*tls_, asio::buffer(out_), std::move(done));
  else
    asio::async_write(socket_, asio::buffer(out_), std::move(done));
}

void Connection::read() {
  if (read_pending_ || input_ended_ || phase_ == Phase::closed) return;
  // Enough of the next requests waits already: the rest may wait in the peer.
  const bool busy = phase_ != Phase::reading && phase_ != Phase::ending;
  if (busy && reader_.waiting_bytes() >= core_->limits.max_header_bytes) return;
  read_pending_ = true;
  async_read_some(asio::buffer(input_),
                  [self = shared_from_this()](const Error& error, std::size_t byte_count) {
                    self->read_pending_ = false;
                    self->on_read(error, byte_count);
                  });
}

void Connection::on_read(const Error& error, std::size_t byte_count) {
  if (phase_ == Phase::closed) return;
  if (error) return on_input_ended();
  if (phase_ == Phase::ending) {
    discarded_bytes_ += byte_count;
    if (discarded_bytes_ > kMaxDiscardedBytes) return close();
    return read();
  }
  reader_.append(Bytes(input_).first(byte_count));
  if (phase_ == Phase::reading)
    advance();
  else
    read();
}

void Connection::on_input_ended() {
  input_ended_ = true;
  switch (phase_) {
    case Phase::answering:
      reply_->abandoned = true;  // it may be a half-close: the answer is written all the same
      return;
    case Phase::writing:
      return;
    default:
      return close();
  }
}

void Connection::advance() {
  if (continuing_) return;  // on_read() and this meet again when it has been written
  const RequestReader::Progress progress = reader_.parse();
  switch (progress) {
    case RequestReader::Progress::whole:
      return hand_over(reader_.take());
    case RequestReader::Progress::failed:
      return refuse(reader_.refusal());
    default:
      return wait_for_more(progress);
  }
}

void Connection::wait_for_more(RequestReader::Progress progress) {
  if (input_ended_) return close();
  // Once for each stage, however slowly its bytes trickle in.
  if (waiting_for_ != progress) {
    waiting_for_ = progress;
    switch (progress) {
      case RequestReader::Progress::between:
        arm(core_->limits.idle_patience);
        break;
      case RequestReader::Progress::header:
        arm(core_->limits.header_patience);
        break;
      default:
        arm(core_->limits.body_patience);
        break;
    }
  }
  if (reader_.take_expectation()) return write_continue();
  read();
}

void Connection::write_continue() {
  continuing_ = true;
  out_ = kContinue;
  async_write([self = shared_from_this()](const Error& error, std::size_t) {
    self->continuing_ = false;
    if (error) return self->close();
    if (self->phase_ == Phase::reading) self->advance();
  });
}

void Connection::hand_over(RequestReader::Whole whole) {
  waiting_for_.reset();
  has_asked_ = true;
  core_->requests.fetch_add(1);
  phase_ = Phase::answering;
  keep_alive_ = whole.keep_alive;
  head_only_ = whole.request.method == "HEAD";
  http_1_1_ = whole.http_1_1;
  Request& request = whole.request;
  request.peer = peer_;
  request.local = local_;
  request.over_tls = tls_.has_value();
  request.client_certificate = certificate_;
  reply_ = std::make_shared<Reply::State>();
  reply_->core = core_;
  reply_->owner = weak_from_this();
  reply_->http_1_1 = http_1_1_;
  reply_->abandoned = input_ended_;
  arm(core_->limits.answer_patience);
  read();
  core_->handler(std::move(request), Reply(reply_));
}

void Connection::refuse(const Response& response) {
  core_->dropped.fetch_add(1);
  log::debug(core_->name, "{}: {}", peer_.to_string(), response.body);
  keep_alive_ = false;
  head_only_ = false;
  write(write_answer(response, {.date = date_now()}));
}

void Connection::answer(const Response& response) {
  if (phase_ != Phase::answering) return;  // it came too late
  reply_.reset();
  keep_alive_ = keep_alive_ && !response.last;
  if (!head_only_) file_ = response.file;
  write(write_answer(response,
                     {.keep_alive = keep_alive_, .head_only = head_only_, .date = date_now()}));
}

void Connection::write(std::string bytes) {
  phase_ = Phase::writing;
  out_ = std::move(bytes);
  arm(time_to_take(core_->limits.write_patience, out_.size()));
  async_write(
      [self = shared_from_this()](const Error& error, std::size_t) { self->on_written(error); });
}

void Connection::on_written(const Error& error) {
  if (phase_ == Phase::closed) return;
  if (error) return close();
  std::string().swap(out_);  // a long answer's memory goes back
  if (write_file_part()) return;
  if (!keep_alive_) return end();
  phase_ = Phase::reading;
  advance();
}

// The others wait while a part is read: a millisecond from a disk, and nothing from memory.
bool Connection::write_file_part() {
  if (!file_ || file_->bytes == 0) {
    file_.reset();
    return false;
  }
  std::string part(static_cast<std::size_t>(std::min<std::uint64_t>(file_->bytes, kFilePartBytes)),
                   '\0');
  const ssize_t count =
      pread(file_->file->get(), part.data(), part.size(), static_cast<off_t>(file_->at));
  if (count <= 0) {
    drop("asked for a file that is shorter by now");
    return true;
  }
  part.resize(static_cast<std::size_t>(count));
  file_->at += part.size();
  file_->bytes -= part.size();
  write(std::move(part));
  return true;
}

void Connection::begin_stream(const Response& head, std::weak_ptr<StreamState> stream) {
  if (phase_ != Phase::answering) return;
  reply_.reset();
  phase_ = Phase::streaming;
  stream_ = std::move(stream);
  stream_chunked_ = http_1_1_;
  stream_next_ = write_stream_head(head, stream_chunked_, date_now());
  if (input_ended_) return close();
  if (head_only_) stream_ends_ = true;
  write_stream();
}

void Connection::extend_stream(const std::string& bytes, std::size_t payload_bytes) {
  if (phase_ != Phase::streaming || stream_ends_) return;
  stream_next_ += bytes;
  stream_next_payload_ += payload_bytes;
  write_stream();
}

void Connection::end_stream() {
  if (phase_ != Phase::streaming || stream_ends_) return;
  stream_ends_ = true;
  if (stream_chunked_) stream_next_ += kLastChunk;
  write_stream();
}

void Connection::write_stream() {
  if (stream_writing_) return;
  if (stream_next_.empty()) {
    if (stream_ends_) return end();
    return disarm();
  }
  stream_writing_ = true;
  out_ = std::move(stream_next_);
  stream_next_.clear();
  const std::size_t payload_bytes = std::exchange(stream_next_payload_, 0);
  arm(time_to_take(core_->limits.write_patience, out_.size()));
  async_write([self = shared_from_this(), payload_bytes](const Error& error, std::size_t) {
    self->on_stream_written(error, payload_bytes);
  });
}

void Connection::on_stream_written(const Error& error, std::size_t payload_bytes) {
  stream_writing_ = false;
  if (phase_ == Phase::closed) return;
  if (error) return close();
  if (const auto stream = stream_.lock()) stream->queued_bytes.fetch_sub(payload_bytes);
  write_stream();
}

void Connection::end() {
  phase_ = Phase::ending;
  arm(kEndPatience);
  if (input_ended_) return close();
  // Closing with unread input would reset the connection and the last answer with it: what still
  // comes is read and thrown away, until the peer has hung up too.
  if (!tls_) return hang_up();
  tls_->async_shutdown([self = shared_from_this()](const Error&) { self->hang_up(); });
}

void Connection::hang_up() {
  if (phase_ == Phase::closed) return;
  Error ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  drains_ = true;  // TLS has said goodbye and reads no more
  read();
}

void Connection::drop(const char* reason) {
  if (phase_ == Phase::closed) return;
  core_->dropped.fetch_add(1);
  log::debug(core_->name, "{} {}: dropped", peer_.to_string(), reason);
  close();
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  const auto alive = shared_from_this();  // until this returns
  phase_ = Phase::closed;
  if (reply_ != nullptr) std::exchange(reply_, nullptr)->abandoned = true;
  if (const auto stream = stream_.lock()) stream->open = false;
  Error ignored;
  timer_.cancel(ignored);
  socket_.close(ignored);
  core_->connections.erase(place_);
  core_->connection_count.fetch_sub(1);
}

void Connection::arm(Nanos patience) {
  timer_.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(patience));
  timer_.async_wait([weak = weak_from_this()](const Error& error) {
    if (error == asio::error::operation_aborted) return;
    if (const auto self = weak.lock()) self->on_deadline();
  });
}

void Connection::disarm() {
  Error ignored;
  timer_.cancel(ignored);
}

void Connection::on_deadline() {
  // A timer that had expired when it was armed again comes here too.
  if (phase_ == Phase::closed || timer_.expiry() > std::chrono::steady_clock::now()) return;
  switch (phase_) {
    case Phase::reading:
      if (waiting_for_ == RequestReader::Progress::between) return end();
      return refuse(text_response(408, "the request did not arrive in time"));
    case Phase::answering:
      reply_->abandoned = true;
      reply_.reset();
      return refuse(text_response(504, "this request found no answer in time"));
    case Phase::ending:
      return close();
    case Phase::handshake:
      return drop("does not finish its TLS handshake");
    default:
      return drop("reads too slowly");
  }
}

}  // namespace pf::http
