"""Time per byte against the number of data shards, as SVG: does the time grow with the work, or faster?"""
from math import log10

WIDTH, HEIGHT = 440, 320  # of a panel, in pixels
LEFT, RIGHT, ABOVE, BELOW, TITLE = 72, 132, 40, 52, 40
X_RANGE = (10, 20000)
PANELS = (("Encode, m = k/5, 1344 B", lambda op, lost, k: op == "gf16-encode"),
          ("Decode, 2 % lost, 1216 B", lambda op, lost, k: op == "gf16-decode" and lost == max(1, k // 50)))
# Okabe and Ito, "Color Universal Design", 2008.
COLOURS = {"punktfunk-gf16": "#0072B2", "reed-solomon-simd": "#D55E00", "klauspost-gf16": "#009E73"}


def curves(times, chosen):
    """{name: [(k, ns per kB of original data)]}, by the best rounds."""
    found = {}
    for (op, k, _, bytes_, lost), by_peer in sorted(times.items()):
        if chosen(op, lost, k):
            for peer, ns in by_peer.items():
                found.setdefault(peer, []).append((k, min(ns) / (k * bytes_) * 1000))
    return found


def decades(values):
    """The powers of ten around all values."""
    low, high = min(values), max(values)
    first = 0
    while 10 ** first > low:
        first -= 1
    while 10 ** (first + 1) <= low:
        first += 1
    last = first + 1
    while 10 ** last < high:
        last += 1
    return first, last


def text(x, y, words, anchor="middle", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{words}</text>'


def panel(left, title, found):
    first, last = decades([value for points in found.values() for _, value in points])
    top = TITLE + ABOVE

    def x(k):
        return left + WIDTH * log10(k / X_RANGE[0]) / log10(X_RANGE[1] / X_RANGE[0])

    def y(value):
        return top + HEIGHT * (last - log10(value)) / (last - first)

    lines = [text(left, top - 12, title, "start", ' font-weight="bold"')]
    for power in range(first, last + 1):
        lines += [f'<path class="grid" d="M{left} {y(10 ** power):.1f}h{WIDTH}"/>',
                  text(left - 8, y(10 ** power) + 4, f"{10 ** power:g}", "end")]
    for k in (10, 100, 1000, 10000):
        lines += [f'<path class="grid" d="M{x(k):.1f} {top}v{HEIGHT}"/>', text(x(k), top + HEIGHT + 18, str(k))]
    lines.append(text(left + WIDTH / 2, top + HEIGHT + 38, "data shards k"))
    middle = top + HEIGHT / 2
    lines.append(text(left - 58, middle, "ns per kB of original data",
                      more=f' transform="rotate(-90 {left - 58} {middle})"'))
    labels = []
    for name, points in sorted(found.items(), key=lambda item: item[1][-1][1]):
        colour = COLOURS.get(name, "#222")
        lines.append(f'<polyline stroke="{colour}" points="' + " ".join(f"{x(k):.1f},{y(v):.1f}" for k, v in points) + '"/>')
        lines += [f'<circle cx="{x(k):.1f}" cy="{y(v):.1f}" r="3" fill="{colour}"/>' for k, v in points]
        labels.append((y(points[-1][1]), name, colour))
    # Names stand at the ends of their lines, apart from each other.
    lowest = float("-inf")
    for at, name, colour in sorted(labels):
        lowest = max(at + 4, lowest + 15)
        lines.append(text(left + WIDTH + 8, lowest, name, "start", f' fill="{colour}"'))
    return lines


def svg(times):
    panels = [(title, curves(times, chosen)) for title, chosen in PANELS]
    panels = [(title, found) for title, found in panels if found]
    width = max(1, len(panels)) * (LEFT + WIDTH + RIGHT)
    height = TITLE + ABOVE + HEIGHT + BELOW
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
             'font-family="sans-serif" font-size="12" fill="#222">',
             "<style>.grid{stroke:#ddd;fill:none} polyline{fill:none;stroke-width:1.8}</style>",
             f'<rect width="{width}" height="{height}" fill="#fff"/>',
             text(LEFT, 30, "GF(2¹⁶): time per byte against block size (best round, one core)", "start",
                  ' font-size="17" font-weight="bold"')]
    for number, (title, found) in enumerate(panels):
        lines += panel(number * (LEFT + WIDTH + RIGHT) + LEFT, title, found)
    return "\n".join([*lines, "</svg>"]) + "\n"
