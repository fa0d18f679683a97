"""A million random pairs by a table of minutes in numpy, to hold the figures of working.rs against.

    impegno calendar CENTRE CODE --from 2016-01-01 --to 2025-12-31 --format json | python3 minute_table.py

Builds the usual table (working minutes up to each minute of ten years) from the openings that the command prints, and times
looking up random pairs in it. Openings that do not begin and end on whole minutes would make the table wrong: it has no
seconds. Prints pairs a second, the best of a hundred runs.
"""
import json
import sys
import time
from datetime import datetime

import numpy

PAIRS = 1_000_000
FIRST, LAST = 1_451_606_400, 1_767_139_200


def second(text):
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


working = numpy.zeros((LAST - FIRST) // 60 + 1, dtype=numpy.int64)
for day in json.load(sys.stdin)[0]["days"]:
    for opening in day["open"]:
        start, end = (max(0, (second(opening[key]) - FIRST) // 60) for key in ("start", "end"))
        working[start + 1 : end + 1] = 1
table = numpy.cumsum(working)
print(f"{table[-1] / 60:.1f} working hours")

random = numpy.random.default_rng(2017)
pairs = numpy.sort(random.integers(FIRST, LAST, (PAIRS, 2)), axis=1)
starts, ends = pairs[:, 0].copy(), pairs[:, 1].copy()
best = min(
    (lambda begun: (table[(ends - FIRST) // 60] - table[(starts - FIRST) // 60], time.perf_counter() - begun)[1])(
        time.perf_counter()
    )
    for _ in range(100)
)
print(f"{PAIRS / best / 1e6:.1f} million pairs a second")
