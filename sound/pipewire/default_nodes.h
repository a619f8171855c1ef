// Which sink programs play to and which source they record from when they name none: read, chosen,
// and given back.
//
// PipeWire keeps both in the metadata object "default", which belongs to the session manager. What
// somebody chose stands in default.configured.audio.*, what the manager made of it in
// default.audio.*. A choice survives us and even the server (wireplumber writes it to a file), so
// whoever makes one notes the old one first: host/restore.
//
// The connection must not have a Stream besides. PipeWire 0.3.65 does not listen to a client while
// it waits for another one on its behalf; when the manager asks about our stream in the instant in
// which we ask for its metadata, it listens to neither of us ever again.
//
// And it tells changes only to the newcomer while a program begins to look at the metadata, as each
// one that plays does (metadata_property() in module-metadata/metadata.c). So what is told is not
// all that happens, and whoever must know asks: look_again().
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "sound/pipewire/connection.h"

namespace pf::sound {

enum class DefaultNode : std::uint8_t { sink, source };

// One owner, any thread. The connection outlives it.
class DefaultNodes {
 public:
  // Waits for the session manager's object. `timed_out` when none runs.
  static Result<std::unique_ptr<DefaultNodes>> open(Connection& connection,
                                                    Nanos patience = seconds(2));
  ~DefaultNodes();
  DefaultNodes(const DefaultNodes&) = delete;
  DefaultNodes& operator=(const DefaultNodes&) = delete;

  // `lost` when the session manager or the server has gone: then open anew.
  Result<void> check() const;

  // Asks for all values anew; when it returns, they are what they were at the call.
  Result<void> look_again(Nanos patience = seconds(2));

  // What was told last, or at look_again().
  // The node.name that somebody chose; empty: nobody did, the manager elects by priority.
  std::optional<std::string> chosen(DefaultNode which) const;
  // The node.name that programs get now; empty: there is no such device.
  std::optional<std::string> elected(DefaultNode which) const;

  // Chooses. Returns when the session manager has noted it; the election follows.
  Result<void> choose(DefaultNode which, const std::string& node_name);
  // Takes any choice back.
  Result<void> clear(DefaultNode which);

 private:
  struct Insides;
  explicit DefaultNodes(std::unique_ptr<Insides> insides) noexcept;
  std::unique_ptr<Insides> insides_;
};

// The value of the metadata, {"name": "<node_name>"}, and back. Empty for anything else.
std::string write_node_name(const std::string& node_name);
std::optional<std::string> parse_node_name(const std::string& json);

}  // namespace pf::sound
