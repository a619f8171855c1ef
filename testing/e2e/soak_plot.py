"""Draws what a soak saw: memory over time, and how long each fault took to heal."""

WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 900, 220, 70, 50, 40, 60
COLOURS = {"host": "#1f77b4", "desktop": "#2ca02c", "probe": "#ff7f0e"}
FAULT_COLOURS = ("#d62728", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#bcbd22")


def round_up(value):
    """The next of 1, 2, 5, 10, 20, …: a scale that people can read."""
    scale = 1
    while True:
        for step in (1, 2, 5):
            if step * scale >= value:
                return step * scale
        scale *= 10


class Panel:
    def __init__(self, top, title, seconds, most):
        self.top, self.seconds, self.most = top, seconds, round_up(most)
        self.parts = [f'<text x="{LEFT}" y="{top - 10}" font-weight="bold">{title}</text>']
        for share in (0, 0.5, 1):
            y = self.y(share * self.most)
            self.parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ddd"/>'
                              f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share * self.most:g}</text>')
        for share in (0, 0.25, 0.5, 0.75, 1):
            at = f"{share * seconds / 60:.3g} min" if seconds >= 300 else f"{share * seconds:.0f} s"
            self.parts.append(f'<text x="{self.x(share * seconds):.1f}" y="{top + PANEL + 16}" text-anchor="middle">'
                              f'{at}</text>')

    def x(self, at_s):
        return LEFT + (WIDTH - RIGHT - LEFT) * at_s / self.seconds

    def y(self, value):
        return self.top + PANEL * (1 - max(0, min(value, self.most)) / self.most)

    def legend(self, place, text, colour):
        x = LEFT + 290 + 170 * place
        self.parts.append(f'<rect x="{x}" y="{self.top - 20}" width="10" height="10" fill="{colour}"/>'
                          f'<text x="{x + 15}" y="{self.top - 11}">{text}</text>')


def draw(seconds, samples, recoveries):
    """The SVG. `samples`: {program: [(at_s, rss_kib, …)]}; `recoveries`: [{fault, at_s, healed_ms}]."""
    most = max((one[1] / 1024 for all_of in samples.values() for one in all_of), default=1)
    memory = Panel(TOP, "resident memory, MiB", seconds, most)
    for place, (name, all_of) in enumerate(samples.items()):
        points = " ".join(f"{memory.x(one[0]):.1f},{memory.y(one[1] / 1024):.1f}" for one in all_of)
        memory.parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[name]}" stroke-width="1.5"/>')
        memory.legend(place, name, COLOURS[name])
    worst = max((one["healed_ms"] or 0 for one in recoveries), default=1)
    healing = Panel(TOP + PANEL + GAP, "back since it could be mended, ms", seconds, max(worst, 1))
    for place, name in enumerate(sorted({one["fault"] for one in recoveries})):
        colour = FAULT_COLOURS[place % len(FAULT_COLOURS)]
        healing.legend(place, name, colour)
        for one in recoveries:
            if one["fault"] == name and one["healed_ms"] is not None:
                healing.parts.append(f'<circle cx="{healing.x(one["at_s"]):.1f}" cy="{healing.y(one["healed_ms"]):.1f}" '
                                     f'r="3" fill="{colour}"/>')
    height = TOP + 2 * PANEL + GAP + 30
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
            f'font-size="12"><rect width="{WIDTH}" height="{height}" fill="white"/>'
            + "".join(memory.parts + healing.parts) + "</svg>\n")
