#include "host/audio/pipewire/default_device_lease.h"

#include "core/runtime/log.h"

namespace pf::audio::pipewire {
namespace {

using sound::DefaultNode;
using sound::DefaultNodes;

constexpr const char* kCategory = "sound";

const char* setting_of(DefaultNode which) {
  return which == DefaultNode::sink ? "default-sink" : "default-source";
}

// Only if it is still ours: it may never have been changed, or somebody chose another since.
Result<void> give_back(DefaultNodes& nodes, DefaultNode which, const restore::Change& change) {
  PF_TRY_VOID(nodes.look_again());
  if (nodes.chosen(which) != change.ours) return {};
  return change.before ? nodes.choose(which, *change.before) : nodes.clear(which);
}

Result<void> undo(DefaultNode which, const restore::Change& change) {
  PF_TRY(const auto connection, sound::Connection::open({change.place}, nullptr));
  PF_TRY(const auto nodes, DefaultNodes::open(*connection));
  return give_back(*nodes, which, change);
}

}  // namespace

DefaultDeviceLease::DefaultDeviceLease(std::unique_ptr<DefaultNodes> nodes,
                                       restore::UndoJournal* journal, DefaultNode which,
                                       restore::Change change)
    : nodes_(std::move(nodes)), journal_(journal), which_(which), change_(std::move(change)) {}

Result<std::unique_ptr<DefaultDeviceLease>> DefaultDeviceLease::take(
    sound::Connection& connection, const sound::ServerAddress& address,
    restore::UndoJournal* journal, DefaultNode which, const std::string& node_name) {
  PF_TRY(auto nodes, DefaultNodes::open(connection));
  restore::Change change{.setting = setting_of(which),
                         .place = address.socket_path,
                         .before = nodes->chosen(which),
                         .ours = node_name};
  if (journal != nullptr) {
    PF_TRY_VOID(journal->note(change));
    // A left-over of ours knows better what was there before.
    if (auto noted = journal->find(change)) change = *std::move(noted);
  }
  // From here on the destructor undoes what there is to undo.
  std::unique_ptr<DefaultDeviceLease> lease(
      new DefaultDeviceLease(std::move(nodes), journal, which, std::move(change)));
  PF_TRY_VOID(lease->nodes_->choose(which, node_name));
  return lease;
}

DefaultDeviceLease::~DefaultDeviceLease() {
  auto given_back = give_back(*nodes_, which_, change_);
  if (given_back && journal_ != nullptr) given_back = journal_->strike(change_);
  if (given_back) return;
  log::warning(kCategory, "{} stays {} for now: {}", change_.setting, change_.ours,
               given_back.error().what);
  if (journal_ != nullptr) journal_->leave(change_);
}

restore::Undos default_device_undos() {
  restore::Undos undos;
  for (const DefaultNode which : {DefaultNode::sink, DefaultNode::source})
    undos[setting_of(which)] = {
        .put_back = [which](const restore::Change& change) { return undo(which, change); }};
  return undos;
}

}  // namespace pf::audio::pipewire
