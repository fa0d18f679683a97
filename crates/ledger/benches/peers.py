"""The question of `impegno bench`, answered by numpy (with pyarrow) and by DuckDB from the same segments.

    pip install numpy pyarrow duckdb
    impegno bench --rows 248608800 --out FOLDER
    python3 peers.py FOLDER/.ledger/segments numpy|duckdb-availability|duckdb-percentile

Prints seconds of the clock and of the processor, most memory, and a sum over all probes that must be the same for all.
"""
import datetime
import glob
import resource
import sys
import time
from zoneinfo import ZoneInfo

HOLD = 180_000
# Holidays of Italy in 2025 that fall on a day from Monday to Friday.
HOLIDAYS = {(1, 1), (1, 6), (4, 21), (4, 25), (5, 1), (6, 2), (8, 15), (12, 8), (12, 25), (12, 26)}


def office(first, last):
    """Start and end of each window from Monday to Friday, 8 to 18 in Rome, without holidays, in milliseconds."""
    zone = ZoneInfo("Europe/Rome")
    day = datetime.datetime.fromtimestamp(first / 1000, zone).date()
    windows = []
    while True:
        start = datetime.datetime(day.year, day.month, day.day, 8, tzinfo=zone).timestamp() * 1000
        if start > last:
            return windows
        if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS:
            end = datetime.datetime(day.year, day.month, day.day, 18, tzinfo=zone).timestamp() * 1000
            windows.append((int(start), int(end)))
        day += datetime.timedelta(days=1)


def by_numpy(files):
    import numpy as np
    import pyarrow.parquet as pq

    spans = []
    for name in files:
        groups = pq.ParquetFile(name).metadata
        at = [groups.row_group(n).column(1).statistics for n in range(groups.num_row_groups)]
        spans.append((min(s.min for s in at), max(s.max for s in at), name))
    spans.sort()
    first = int(spans[0][0].timestamp() * 1000)
    last = max(int(s[1].timestamp() * 1000) for s in spans) + 5000
    windows = np.array(office(first, last)).reshape(-1)
    latencies, carried, seconds, inside = {}, {}, {}, {}
    for _, _, name in spans:
        table = pq.read_table(name, columns=["probe", "at", "offset", "state", "latency"])
        probe = table["probe"].unify_dictionaries().combine_chunks()
        probe = probe.chunk(0) if hasattr(probe, "chunk") else probe
        names, codes = probe.dictionary.to_pylist(), probe.indices.to_numpy()
        at = table["at"].cast("int64").to_numpy() + table["offset"].to_numpy()
        state, latency = table["state"].to_numpy(), table["latency"].to_numpy()
        cuts = np.flatnonzero(np.diff(codes)) + 1
        for start, end in zip([0, *cuts], [*cuts, len(codes)]):
            one = names[codes[start]]
            a, s, l = at[start:end], state[start:end], latency[start:end]
            sums = seconds.setdefault(one, np.zeros(4, np.int64))
            if one in carried:
                before, stood = carried[one]
                sums[stood] += min(a[0] - before, HOLD)
            holds = np.minimum(np.diff(a), HOLD)
            sums += np.bincount(s[:-1], weights=holds, minlength=4).astype(np.int64)
            carried[one] = (a[-1], s[-1])
            within = np.searchsorted(windows, a, side="right") & 1
            kept = latencies.setdefault(one, ([], []))
            kept[0].append(l)
            kept[1].append(l[within == 1])
            # Holds within windows, cut at their edges.
            ends = np.minimum(a + HOLD, np.append(a[1:], a[-1] + HOLD))
            edges = np.concatenate([a, ends])
            covered = np.concatenate([[0], np.cumsum(np.diff(windows)[::2])])
            place = np.searchsorted(windows, edges, side="right")
            open_until = covered[place // 2] + np.where(place & 1, edges - windows[np.maximum(place - 1, 0)], 0)
            time_in = open_until[len(a):] - open_until[: len(a)]
            inside[one] = inside.get(one, 0) + np.bincount(s, weights=time_in, minlength=4).astype(np.int64)
    total = 0
    for one, (whole, window) in latencies.items():
        whole, window = np.concatenate(whole), np.concatenate(window)
        for values in (whole, window):
            rank = -(-len(values) * 95 // 100)
            total += int(np.partition(values, rank - 1)[rank - 1])
        total += int(whole.max())
    return total


def by_duckdb(files, percentile):
    import duckdb

    connection = duckdb.connect()
    connection.execute("set threads = 2")
    rows = f"read_parquet({files!r})"
    if percentile:
        return connection.execute(
            f"select sum(p), sum(m) from (select quantile_disc(latency, 0.95) p, max(latency) m from {rows} group by probe)"
        ).fetchall()
    return connection.execute(
        f"""select state, sum(least(held, {HOLD})) from (
            select state, lead(epoch_ms(at) + "offset") over (partition by probe order by at, "offset")
                 - (epoch_ms(at) + "offset") held from {rows}) group by state order by state"""
    ).fetchall()


def main():
    files = sorted(glob.glob(sys.argv[1] + "/checks-*.parquet"))
    start = time.perf_counter()
    found = by_numpy(files) if sys.argv[2] == "numpy" else by_duckdb(files, sys.argv[2] == "duckdb-percentile")
    clock = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{sys.argv[2]}: {clock:.2f} s, {used.ru_utime + used.ru_stime:.2f} CPU s, {used.ru_maxrss // 1000} MB, {found}")


main()
