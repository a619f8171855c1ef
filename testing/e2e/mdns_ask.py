"""Asks the local network by multicast DNS (RFC 6762 section 6.7, one-shot queries) for a service of a type, and prints
what it hears as JSON: {"name", "target", "port", "address"}, or null. For tests in network namespaces.

    mdns_ask.py 10.77.0.2 _nvstream._tcp.local
"""
import json
import socket
import struct
import sys
import time

A, PTR, SRV = 1, 12, 33
GROUP = ("224.0.0.251", 5353)


def name_bytes(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def read_name(message, at):
    """(the name, where it ends); follows compression (RFC 1035 section 4.1.4)."""
    labels, end = [], None
    while message[at]:
        if message[at] >= 0xC0:
            end = end or at + 2
            at = struct.unpack_from(">H", message, at)[0] & 0x3FFF
            continue
        labels.append(message[at + 1:at + 1 + message[at]].decode())
        at += 1 + message[at]
    return ".".join(labels), end or at + 1


def records(message):
    """Yields (name, type, value) of what the tests look at."""
    questions, *counts = struct.unpack_from(">4H", message, 4)
    at = 12
    for _ in range(questions):
        at = read_name(message, at)[1] + 4
    for _ in range(sum(counts)):
        name, at = read_name(message, at)
        kind, _, _, size = struct.unpack_from(">HHIH", message, at)
        at += 10
        if kind == PTR:
            yield name, kind, read_name(message, at)[0]
        elif kind == SRV:
            yield name, kind, (struct.unpack_from(">H", message, at + 4)[0], read_name(message, at + 6)[0])
        elif kind == A:
            yield name, kind, socket.inet_ntoa(message[at:at + size])
        at += size


def ask(endpoint, name, kind, seconds=1.0):
    """The first value of this kind for the name, or None."""
    endpoint.sendto(struct.pack(">6H", 7, 0, 1, 0, 0, 0) + name_bytes(name) + struct.pack(">HH", kind, 1), GROUP)
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        endpoint.settimeout(left)
        try:
            message = endpoint.recv(9000)
        except socket.timeout:
            return None
        for owner, its_kind, value in records(message):
            if owner.lower() == name.lower() and its_kind == kind:
                return value
    return None


def main():
    own_address, service = sys.argv[1:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as endpoint:
        endpoint.bind((own_address, 0))
        endpoint.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own_address))
        endpoint.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        name = ask(endpoint, service, PTR)
        found = ask(endpoint, name, SRV) if name else None
        address = ask(endpoint, found[1], A) if found else None
    print(json.dumps(address and {"name": name, "target": found[1], "port": found[0], "address": address}))


if __name__ == "__main__":
    main()
