#include "host/doctor/rungs.h"

#include <array>

namespace pf::doctor {
namespace {

constexpr const char* kReinstall =
    "install punktfunk anew: all of its programs come from one build";
constexpr const char* kLog =
    "look at what the host says: punktfunk-host serve --headless --log-level debug";

constexpr std::array kRungs{
    Rung{"kernel", "the kernel is Linux 5.4 or newer", look_at_kernel, "upgrade the kernel"},
    Rung{"memory", "programs can share memory", look_at_memory,
         "sudo mount -o remount,rw,mode=1777 /dev/shm"},
    Rung{"configuration", "the configuration is understood", look_at_configuration,
         "mend the line, or move the file away; docs/settings.md lists all settings"},
    Rung{"limits", "enough files may be open", look_at_limits, "ulimit -n 4096"},
    Rung{"clock", "the clock tells a time that can be true", look_at_clock,
         "sudo timedatectl set-ntp true"},
    Rung{"state_folder", "the state folder belongs to the host alone", look_at_state_folder, ""},
    Rung{"disk", "there is room for the host's files", look_at_disk, "make room: df -h"},
    Rung{"identity", "the certificate and its key are whole", look_at_identity, ""},
    Rung{"devices", "the list of paired devices is whole", look_at_devices, ""},
    Rung{"access", "the management password and tokens are whole", look_at_access, ""},
    Rung{"left_overs", "no killed host has left anything changed", look_at_left_overs,
         "punktfunk-host undo"},
    Rung{"running_host", "a host that runs is well", look_at_running_host, "punktfunk-host status"},
    Rung{"ports", "the host's ports are free, or its own", look_at_ports, ""},
    Rung{"foreign_hosts", "no other streaming host is in the way", look_at_foreign_hosts, ""},
    Rung{"mdns", "clients can find the host", look_at_mdns, "sudo apt install avahi-daemon"},
    Rung{"graphics", "the graphics nodes may be used", look_at_graphics, ""},
    Rung{"input_devices", "virtual gamepads can be made", look_at_input_devices, ""},
    Rung{"compositor", "a display can be made", look_at_compositor, kReinstall},
    Rung{"encoders", "there is an encoder that works", look_at_encoders, kReinstall},
    Rung{"sound_server", "there is a sound server, or one can be started", look_at_sound_server,
         "sudo apt install pipewire wireplumber pipewire-pulse"},
    Rung{"decoder", "the doctor can look at pictures", look_at_decoder, kReinstall},
    Rung{"display", "a display opens, with a program in it", look_at_display, kLog},
    Rung{"capture", "what the program draws is captured", look_at_capture, kLog},
    Rung{"encode", "pictures are encoded", look_at_encode,
         "try the other encoder: punktfunk-host doctor --set video.encoder=openh264"},
    Rung{"decode", "decoded pictures are those that were captured", look_at_decode,
         "try the other encoder: punktfunk-host doctor --set video.encoder=openh264"},
    Rung{"session", "a client is let in and sees a picture", look_at_session, kLog},
    Rung{"stream", "the stream goes on although packets get lost", look_at_stream, kLog},
    Rung{"parts", "no part of the host broke meanwhile", look_at_parts, kLog},
    Rung{"pictures", "the client's pictures are those that were drawn", look_at_pictures, kLog},
    Rung{"sound", "the client hears what was played", look_at_sound, kLog},
};

}  // namespace

std::span<const Rung> rungs() noexcept { return kRungs; }

}  // namespace pf::doctor
