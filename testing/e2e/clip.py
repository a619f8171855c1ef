"""What a clip of the black box shows and sounds like, found out by Debian's ffmpeg and nothing of ours."""
import json
import math
import os
import struct
import subprocess

from harness import PATIENCE_S

BAND_BITS = 96


def band(width, height):
    """Where the upper code of the coded picture lies (pattern/layout.cpp): x, y, block, columns, rows."""
    columns = next((columns for columns in (48, 24) if width >= columns * 16), 20)
    rows = -(-BAND_BITS // columns)
    block = min(max(min(height // 30, width // columns) & ~1, 16), 128)
    spare = height - 2 * block * rows
    margin = (block // 2) & ~1 if spare > 12 * block else 0
    return ((width - block * columns) // 2) & ~1, margin, block, columns, rows


def number_of(luma, stride, block, columns):
    """The frame number (pattern/stamp.h), or None where the check bits disagree."""
    bits = []
    for index in range(BAND_BITS):
        x, y = (index % columns) * block, (index // columns) * block
        row = (y + block // 2) * stride + x
        middle = luma[row + block // 4:row + 3 * block // 4]
        bits.append(sum(middle) > 126 * len(middle))
    crc = 0xFFFF
    for bit in bits[:80]:
        feed = (crc >> 15 & 1) != bit
        crc = crc << 1 & 0xFFFF
        if feed:
            crc ^= 0x1021
    if crc != int("".join("01"[bit] for bit in bits[80:]), 2):
        return None
    return int("".join("01"[bit] for bit in bits[:32]), 2)


def run(*command, env=None):
    done = subprocess.run([str(word) for word in command], capture_output=True, timeout=4 * PATIENCE_S, check=False, env=env)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} says {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done


def streams(path):
    """What ffprobe says of the file, by kind of stream, and of the file itself."""
    told = json.loads(run("ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", path).stdout)
    return {one["codec_type"]: one for one in told["streams"]}, told["format"]


def frame_numbers(path, width, height):
    """[number or None], of every picture that a decoder makes of the file, in its order; and what it complained of."""
    x, y, block, columns, rows = band(width, height)
    wide, high = block * columns, block * rows
    done = run("ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-vsync", "passthrough", "-vf",
               f"crop={wide}:{high}:{x}:{y}", "-pix_fmt", "gray", "-enc_time_base", "-1", "-f", "rawvideo", "-")
    size = wide * high
    return ([number_of(done.stdout[at:at + size], wide, block, columns) for at in range(0, len(done.stdout), size)],
            done.stderr.decode())


def picture_times(path):
    """Seconds, of every picture."""
    told = run("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0",
               path).stdout.decode()
    rows = [line.split(",") for line in told.split()]
    return [float(row[0]) for row in rows], [("K" in row[1]) for row in rows]


def samples(path, channel=0, channels=2):
    """Of one channel, full scale 1, at 48 kHz; and what the decoder complained of."""
    done = run("ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-f", "s16le", "-ac", channels, "-ar", 48000, "-")
    values = struct.unpack(f"<{len(done.stdout) // 2}h", done.stdout)
    return [value / 32768 for value in values[channel::channels]], done.stderr.decode()


def loudness_at(sound, hz):
    """The amplitude of this frequency in it (Goertzel)."""
    turn = 2 * math.cos(2 * math.pi * hz / 48000)
    before, last = 0.0, 0.0
    for value in sound:
        before, last = last, value + turn * last - before
    power = before * before + last * last - turn * before * last
    return 2 * math.sqrt(max(power, 0)) / len(sound)


def play(path, seconds):
    """What ffplay complains of, without a screen and without loudspeakers."""
    done = run("ffplay", "-v", "error", "-autoexit", "-t", seconds, path,
               env=dict(os.environ, SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy"))
    return done.returncode, done.stderr.decode()
