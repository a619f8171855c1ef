#include "host/blackbox/matroska.h"

#include <algorithm>

#include "core/audio/opus_mapping.h"

namespace pf::blackbox {
namespace {

using audio::Speaker;

constexpr std::int64_t kUnitNs = 100'000;
// A block's time is within 32767 units of its cluster's.
constexpr std::uint64_t kMostClusterUnits = 20'000;

constexpr int kPictureTrack = 1, kSoundTrack = 2;

// Elements, by their names in RFC 9559 and RFC 8794.
enum Id : std::uint32_t {
  kEbml = 0x1A45DFA3,
  kEbmlVersion = 0x4286,
  kEbmlReadVersion = 0x42F7,
  kEbmlMaxIdLength = 0x42F2,
  kEbmlMaxSizeLength = 0x42F3,
  kDocType = 0x4282,
  kDocTypeVersion = 0x4287,
  kDocTypeReadVersion = 0x4285,
  kSegment = 0x18538067,
  kSeekHead = 0x114D9B74,
  kSeek = 0x4DBB,
  kSeekId = 0x53AB,
  kSeekPosition = 0x53AC,
  kInfo = 0x1549A966,
  kTimestampScale = 0x2AD7B1,
  kDuration = 0x4489,
  kDateUtc = 0x4461,
  kTitle = 0x7BA9,
  kMuxingApp = 0x4D80,
  kWritingApp = 0x5741,
  kTracks = 0x1654AE6B,
  kTrackEntry = 0xAE,
  kTrackNumber = 0xD7,
  kTrackUid = 0x73C5,
  kTrackType = 0x83,
  kFlagLacing = 0x9C,
  kCodecId = 0x86,
  kCodecPrivate = 0x63A2,
  kCodecDelay = 0x56AA,
  kSeekPreRoll = 0x56BB,
  kVideo = 0xE0,
  kPixelWidth = 0xB0,
  kPixelHeight = 0xBA,
  kAudio = 0xE1,
  kSamplingFrequency = 0xB5,
  kChannels = 0x9F,
  kBitDepth = 0x6264,
  kCluster = 0x1F43B675,
  kTimestamp = 0xE7,
  kSimpleBlock = 0xA3,
  kCues = 0x1C53BB6B,
  kCuePoint = 0xBB,
  kCueTime = 0xB3,
  kCueTrackPositions = 0xB7,
  kCueTrack = 0xF7,
  kCueClusterPosition = 0xF1,
};

void append(std::vector<std::byte>& to, std::uint64_t value, int byte_count) {
  for (int i = byte_count - 1; i >= 0; --i)
    to.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
}

// The AVCDecoderConfigurationRecord; lengths of NAL units take four bytes. Empty: a set is missing.
std::vector<std::byte> avc_record(Bytes parameter_sets) {
  std::vector<Bytes> sps, pps;
  video::NalReader reader(parameter_sets);
  while (const auto unit = reader.next()) {
    if (unit->type == video::kNalSps) sps.push_back(unit->bytes);
    if (unit->type == video::kNalPps) pps.push_back(unit->bytes);
  }
  std::vector<std::byte> record;
  // Counts have five and eight bits.
  if (sps.empty() || pps.empty() || sps.front().size() < 4 || sps.size() > 31 || pps.size() > 255)
    return record;
  append(record, 1, 1);
  record.insert(record.end(), sps.front().begin() + 1, sps.front().begin() + 4);
  append(record, 0xFC | 3, 1);
  append(record, 0xE0 | sps.size(), 1);
  for (const Bytes set : sps) {
    append(record, set.size(), 2);
    record.insert(record.end(), set.begin(), set.end());
  }
  append(record, pps.size(), 1);
  for (const Bytes set : pps) {
    append(record, set.size(), 2);
    record.insert(record.end(), set.begin(), set.end());
  }
  // From the High profile on it says 4:2:0 in 8 bits, which is all that our encoders make.
  const auto profile = std::to_integer<int>(sps.front()[1]);
  if (profile == 100 || profile == 110 || profile == 122 || profile == 144)
    append(record, 0xFDF8F800, 4);
  return record;
}

// What libopus adds in front at 48 kHz, low delay: 2.5 ms, which players take away again.
constexpr std::uint64_t kOpusDelaySamples = 120;
// RFC 7845 section 4.6: so much sound before a place is decoded to get there.
constexpr std::uint64_t kOpusPreRollNs = 80'000'000;

// Our channels by the places that Vorbis gives them, which players go by (RFC 7845 section
// 5.1.1.2). Empty: mono and stereo need no table.
std::vector<std::uint8_t> vorbis_order(const audio::SpeakerLayout& layout) {
  using enum Speaker;
  std::vector<Speaker> order;
  if (layout.channel_count == 6)
    order = {front_left, front_center, front_right, rear_left, rear_right, low_frequency};
  if (layout.channel_count == 8)
    order = {front_left, front_center, front_right, side_left,
             side_right, rear_left,    rear_right,  low_frequency};
  std::vector<std::uint8_t> channels;
  for (const Speaker speaker : order) {
    const auto* const end = layout.speakers.begin() + layout.channel_count;
    const auto* const at = std::find(layout.speakers.begin(), end, speaker);
    channels.push_back(
        audio::kIdentityMapping[static_cast<std::size_t>(at - layout.speakers.begin())]);
  }
  return channels;
}

std::vector<std::byte> opus_head(const audio::SpeakerLayout& layout) {
  const std::vector<std::uint8_t> channels = vorbis_order(layout);
  std::vector<std::byte> head(19);
  ByteWriter out(head);
  out.put(as_bytes("OpusHead"));
  out.little<std::uint8_t>(1);
  out.little<std::uint8_t>(layout.channel_count);
  out.little<std::uint16_t>(kOpusDelaySamples);
  out.little<std::uint32_t>(audio::kOpusRateHz);
  out.little<std::uint16_t>(0);  // gain
  out.little<std::uint8_t>(channels.empty() ? 0 : 1);
  if (channels.empty()) return head;
  append(head, layout.stream_count, 1);
  append(head, layout.coupled_count, 1);
  for (const std::uint8_t channel : channels) append(head, channel, 1);
  return head;
}

Ebml track(int number, int type, std::string_view codec) {
  Ebml entry;
  entry.number(kTrackNumber, static_cast<std::uint64_t>(number));
  entry.number(kTrackUid, static_cast<std::uint64_t>(number));
  entry.number(kTrackType, static_cast<std::uint64_t>(type));
  entry.number(kFlagLacing, 0);
  entry.text(kCodecId, codec);
  return entry;
}

Ebml picture_track(const MatroskaWriter::Facts& facts, Bytes record) {
  Ebml entry = track(kPictureTrack, 1, "V_MPEG4/ISO/AVC");
  entry.binary(kCodecPrivate, record);
  Ebml video;
  video.number(kPixelWidth, facts.size_px.width);
  video.number(kPixelHeight, facts.size_px.height);
  entry.master(kVideo, video);
  return entry;
}

Ebml sound_track(const SoundFormat& format) {
  const bool opus = format.codec == SoundFormat::Codec::opus;
  Ebml entry = track(kSoundTrack, 2, opus ? "A_OPUS" : "A_PCM/INT/LIT");
  if (opus) {
    entry.binary(kCodecPrivate, opus_head(format.layout));
    entry.number(kCodecDelay, kOpusDelaySamples * 1'000'000'000 / audio::kOpusRateHz);
    entry.number(kSeekPreRoll, kOpusPreRollNs);
  }
  Ebml sound;
  (void)sound.real(kSamplingFrequency, audio::kOpusRateHz);
  sound.number(kChannels, format.layout.channel_count);
  if (!opus) sound.number(kBitDepth, format.bits);
  entry.master(kAudio, sound);
  return entry;
}

Ebml head_of_all() {
  Ebml head, all;
  head.number(kEbmlVersion, 1);
  head.number(kEbmlReadVersion, 1);
  head.number(kEbmlMaxIdLength, 4);
  head.number(kEbmlMaxSizeLength, 8);
  head.text(kDocType, "matroska");
  head.number(kDocTypeVersion, 4);
  head.number(kDocTypeReadVersion, 2);
  all.master(kEbml, head);
  return all;
}

// Matroska counts from the beginning of 2001.
std::uint64_t matroska_date(WireTime at) noexcept {
  constexpr std::int64_t kEpoch_s = 978'307'200;
  return static_cast<std::uint64_t>(at.ns() - kEpoch_s * 1'000'000'000);
}

}  // namespace

Result<MatroskaWriter> MatroskaWriter::open(ClipFile& file, const Facts& facts) {
  const std::vector<std::byte> record = avc_record(facts.parameter_sets);
  if (record.empty())
    return fail(ErrorKind::malformed, "the first picture does not say how it is to be decoded");
  Ebml entries, tracks;
  entries.master(kTrackEntry, picture_track(facts, record));
  if (facts.sound.codec != SoundFormat::Codec::none)
    entries.master(kTrackEntry, sound_track(facts.sound));
  tracks.master(kTracks, entries);
  MatroskaWriter writer(file);
  writer.write_head(facts, tracks);
  return writer;
}

// What is not known yet has eight bytes, so that nothing moves when it is.
void MatroskaWriter::write_head(const Facts& facts, const Ebml& tracks) {
  file_->append(head_of_all().bytes());
  Ebml segment;
  segment.wide_head(kSegment, 0);
  file_->append(segment.bytes());
  segment_at_ = file_->size_bytes();

  Ebml values, info;
  values.number(kTimestampScale, kUnitNs);
  const std::size_t duration_in_values = values.real(kDuration, 0);
  (void)values.wide_number(kDateUtc, matroska_date(facts.began_at));
  values.text(kTitle, facts.title);
  values.text(kMuxingApp, "punktfunk-host");
  values.text(kWritingApp, "punktfunk-host");
  info.master(kInfo, values);

  // Where the three others lie. Its own size does not depend on what it says.
  const auto seek_head = [](std::uint64_t info_at, std::uint64_t tracks_at, std::uint64_t cues_at,
                            std::size_t& cues_value_at) {
    Ebml seeks, head;
    for (const auto& [id, position] :
         {std::pair(kInfo, info_at), std::pair(kTracks, tracks_at), std::pair(kCues, cues_at)}) {
      Ebml seek;
      std::array<std::byte, 4> name{};
      ByteWriter(name).big(static_cast<std::uint32_t>(id));
      seek.binary(kSeekId, name);
      (void)seek.wide_number(kSeekPosition, position);
      seeks.master(kSeek, seek);
    }
    head.master(kSeekHead, seeks);
    cues_value_at = head.size() - 8;
    return head;
  };
  std::size_t cues_value_at = 0;
  const std::uint64_t info_at = seek_head(0, 0, 0, cues_value_at).size();
  const Ebml head = seek_head(info_at, info_at + info.size(), 0, cues_value_at);
  cues_at_ = segment_at_ + cues_value_at;
  duration_at_ = segment_at_ + info_at + (info.size() - values.size()) + duration_in_values;
  file_->append(head.bytes());
  file_->append(info.bytes());
  file_->append(tracks.bytes());
}

std::uint64_t MatroskaWriter::time_of(Nanos at) noexcept {
  const std::int64_t units = std::max<std::int64_t>(at.count(), 0) / kUnitNs;
  last_time_ = std::max(last_time_, static_cast<std::uint64_t>(units));
  return last_time_;
}

void MatroskaWriter::add_picture(Nanos at, Bytes access_unit, bool key) {
  nals_.clear();
  std::uint64_t bytes = 0;
  video::NalReader reader(access_unit);
  while (const auto unit = reader.next()) {
    nals_.push_back(*unit);
    bytes += 4 + unit->bytes.size();
  }
  if (bytes == 0) return;
  std::uint64_t time = time_of(at);
  // Two pictures of one moment would be one to a player.
  if (last_picture_time_ && time <= *last_picture_time_)
    time = last_time_ = *last_picture_time_ + 1;
  last_picture_time_ = time;
  if (key || !cluster_at_ || time - cluster_time_ > kMostClusterUnits) begin_cluster(time);
  if (key) cues_.push_back({.time = time, .position = *cluster_at_ - segment_at_});
  begin_block(kPictureTrack, time, key, bytes);
  for (const video::NalUnit& unit : nals_) {
    std::array<std::byte, 4> length{};
    ByteWriter(length).big(static_cast<std::uint32_t>(unit.bytes.size()));
    file_->append(length);
    file_->append(unit.bytes);
  }
}

void MatroskaWriter::add_sound(Nanos at, Bytes frame) {
  const std::uint64_t time = time_of(at);
  if (!cluster_at_ || time - cluster_time_ > kMostClusterUnits) begin_cluster(time);
  begin_block(kSoundTrack, time, true, frame.size());
  file_->append(frame);
}

void MatroskaWriter::begin_block(int track, std::uint64_t time, bool key,
                                 std::uint64_t payload_bytes) {
  constexpr std::uint64_t kHeadBytes = 4;  // track, time, flags
  constexpr std::uint8_t kKey = 0x80;
  scratch_.clear();
  scratch_.head(kSimpleBlock, kHeadBytes + payload_bytes);
  file_->append(scratch_.bytes());
  std::array<std::byte, kHeadBytes> head{};
  ByteWriter out(head);
  out.big(static_cast<std::uint8_t>(0x80 | track));
  out.big(static_cast<std::uint16_t>(time - cluster_time_));
  out.big(static_cast<std::uint8_t>(key ? kKey : 0));
  file_->append(head);
}

void MatroskaWriter::begin_cluster(std::uint64_t time) {
  end_cluster();
  cluster_at_ = file_->size_bytes();
  cluster_time_ = time;
  scratch_.clear();
  scratch_.wide_head(kCluster, 0);
  scratch_.number(kTimestamp, time);
  file_->append(scratch_.bytes());
}

void MatroskaWriter::end_cluster() {
  if (!cluster_at_) return;
  constexpr std::uint64_t kIdBytes = 4, kHeadBytes = kIdBytes + 8;
  file_->patch(*cluster_at_ + kIdBytes,
               wide_length(file_->size_bytes() - *cluster_at_ - kHeadBytes));
  cluster_at_.reset();
}

void MatroskaWriter::finish() {
  end_cluster();
  const std::uint64_t cues_position = file_->size_bytes() - segment_at_;
  Ebml points, cues;
  for (const Cue& cue : cues_) {
    Ebml place, point;
    place.number(kCueTrack, kPictureTrack);
    place.number(kCueClusterPosition, cue.position);
    point.number(kCueTime, cue.time);
    point.master(kCueTrackPositions, place);
    points.master(kCuePoint, point);
  }
  cues.master(kCues, points);
  file_->append(cues.bytes());
  file_->patch(cues_at_, wide_value(cues_position));
  file_->patch(duration_at_, wide_value(static_cast<double>(last_time_)));
  file_->patch(segment_at_ - 8, wide_length(file_->size_bytes() - segment_at_));
}

std::uint64_t MatroskaWriter::overhead_bytes(std::size_t unit_count) noexcept {
  // A block's own head, a NAL's longer length, and for key frames a cluster and a cue.
  constexpr std::uint64_t kOfUnit = 64, kOfFile = 4096;
  return kOfFile + kOfUnit * unit_count;
}

}  // namespace pf::blackbox
