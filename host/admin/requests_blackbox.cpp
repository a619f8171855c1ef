#include <array>

#include "host/admin/arguments.h"
#include "host/admin/request_tables.h"
#include "host/blackbox/blackbox.h"

namespace pf::admin {
namespace {

using blackbox::BoxStatus;
using blackbox::Clip;

constexpr std::array kSaveArguments{kOnlySession};
constexpr std::array kBoxArguments{kSession};
constexpr std::array kClipArguments{
    Argument{"clip", ArgumentType::text, true, "its id, as the list shows it"}};

Result<blackbox::BlackBox*> blackbox_of(Administration& host) {
  blackbox::BlackBox* const box = host.controls().blackbox;
  if (box == nullptr) return fail(ErrorKind::unavailable, "this host has no black box");
  return box;
}

const char* name_of(BoxStatus::State state) {
  switch (state) {
    case BoxStatus::State::off:
      return "off";
    case BoxStatus::State::waiting:
      return "waiting";
    case BoxStatus::State::recording:
      return "recording";
    case BoxStatus::State::unsupported:
      return "unsupported";
  }
  return "off";
}

const char* name_of(Clip::State state) {
  switch (state) {
    case Clip::State::saving:
      return "saving";
    case Clip::State::ready:
      return "ready";
    case Clip::State::failed:
      return "failed";
  }
  return "failed";
}

Json to_json(const BoxStatus& box) {
  const auto& cost = box.cost;
  const std::uint64_t share_ppm =
      cost.picture_bytes == 0 ? 0 : cost.key_frame_bytes * 1'000'000 / cost.picture_bytes;
  return {{"session", box.session},
          {"state", name_of(box.state)},
          {"reason", box.reason.empty() ? Json() : Json(box.reason)},
          {"held",
           {{"span_ms", std::chrono::duration_cast<milliseconds>(box.span).count()},
            {"bytes", box.bytes},
            {"frames", box.frames}}},
          {"cost",
           {{"key_frames", cost.key_frames},
            {"key_frame_bytes", cost.key_frame_bytes},
            {"video_bytes", cost.picture_bytes},
            {"key_frame_share_ppm", share_ppm},
            {"left_out", cost.left_out}}}};
}

Json to_json(const Clip& clip) {
  return {{"id", clip.id},
          {"session", clip.session.number},
          {"device", clip.session.device},
          {"kind", clip.session.door == "gamestream" ? "moonlight" : "native"},
          {"mode", clip.session.mode},
          {"state", name_of(clip.state)},
          {"error", clip.error.empty() ? Json() : Json(clip.error)},
          {"why", clip.why == Clip::Why::hitch ? "hitch" : "asked"},
          {"saved_at_s", clip.saved_at_s},
          {"began_at_us", clip.began_at_us},
          {"length_ms", clip.length_ms},
          {"frames", clip.frames},
          {"sound", clip.sound},
          {"bytes", clip.bytes},
          {"trace_bytes", clip.trace_bytes},
          {"path", clip.path}};
}

Result<Json> boxes(Administration& host, const Json&) {
  PF_TRY(blackbox::BlackBox* const box, blackbox_of(host));
  const blackbox::Rules rules = box->rules();
  return Json{{"enabled", rules.enabled},
              {"seconds", std::chrono::duration_cast<seconds>(rules.span).count()},
              {"megabytes", rules.bytes >> 20},
              {"save_on_hitch", rules.save_on_hitch},
              {"sessions", list_of(box->sessions(), [](const auto& one) { return to_json(one); })}};
}

Result<Json> session_blackbox(Administration& host, const Json& arguments) {
  PF_TRY(blackbox::BlackBox* const box, blackbox_of(host));
  PF_TRY(const auto session, session_of(arguments));
  for (const BoxStatus& one : box->sessions())
    if (one.session == session) return to_json(one);
  return fail(ErrorKind::unavailable, "there is no session {}", *session);
}

Result<Json> save(Administration& host, const Json& arguments) {
  PF_TRY(blackbox::BlackBox* const box, blackbox_of(host));
  PF_TRY(auto session, session_of(arguments));
  if (!session) {
    const auto all = box->sessions();
    if (all.empty()) return fail(ErrorKind::unavailable, "no session runs");
    if (all.size() > 1) return fail(ErrorKind::malformed, "several sessions run: say which");
    session = all.front().session;
  }
  PF_TRY(const Clip clip, box->save(*session));
  return to_json(clip);
}

Result<Json> clips(Administration& host, const Json&) {
  PF_TRY(blackbox::BlackBox* const box, blackbox_of(host));
  return Json{
      {"clips", list_of(box->clips().list(), [](const auto& clip) { return to_json(clip); })}};
}

Result<Json> clip(Administration& host, const Json& arguments) {
  PF_TRY(blackbox::BlackBox* const box, blackbox_of(host));
  PF_TRY(const Clip found, box->clips().find(text(arguments, "clip")));
  return to_json(found);
}

Result<Json> clip_trace(Administration& host, const Json& arguments) {
  PF_TRY(blackbox::BlackBox* const box, blackbox_of(host));
  PF_TRY(std::string trace, box->clips().trace(text(arguments, "clip")));
  return Json(std::move(trace));
}

Result<Json> clip_delete(Administration& host, const Json& arguments) {
  PF_TRY(blackbox::BlackBox* const box, blackbox_of(host));
  PF_TRY_VOID(box->clips().remove(text(arguments, "clip")));
  return Json::object();
}

}  // namespace

std::span<const Request> blackbox_requests() {
  static const std::array rows{
      Request{"blackbox", "What the black box keeps.", {}, boxes},
      Request{"session-blackbox", "What the black box keeps of one session.", kBoxArguments,
              session_blackbox},
      Request{"blackbox-save", "Begins to save what the black box keeps of a session.",
              kSaveArguments, save},
      Request{"clips", "The clips that were saved.", {}, clips},
      Request{"clip", "One clip.", kClipArguments, clip},
      Request{"clip-trace", "A clip's trace, for ui.perfetto.dev, as a text.", kClipArguments,
              clip_trace},
      Request{"clip-delete", "Deletes a clip.", kClipArguments, clip_delete},
  };
  return rows;
}

}  // namespace pf::admin
