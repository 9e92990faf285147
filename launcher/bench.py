"""`./cpa bench`: runs the scripts of tests/bench and prints what they measured.

A script `bench_*.py` runs in the environment (its Odoo, its PostgreSQL) and prints one line of JSON
per figure: {"what": …, "ours": …, "peer": …, "unit": …}.
"""

import json

from . import environment
from .console import Failure, Step, say
from .places import PROJECT
from .process import CommandFailed, run

_COLUMNS = ("what", "ours", "peer", "unit")


def bench(*, odoo=None):
    """Run every benchmark.

    :param odoo: a folder that holds Odoo 19
    :raises Failure: if one fails
    """
    scripts = sorted((PROJECT / "tests" / "bench").glob("bench_*.py"))
    if not scripts:
        say("There are no benchmarks yet: tests/bench holds no bench_*.py.")
        return
    rows = [_COLUMNS]
    with environment.prepared("test", odoo=odoo) as ready:
        for script in scripts:
            with Step(script.stem):
                rows += _measure(ready, script)
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _measure(ready, script):
    try:
        said = run(ready.python(script), env=ready.configured(), cwd=PROJECT)
    except CommandFailed as error:
        raise Failure(f"{script.name} failed", error.reason, f"Its output:\n{error.output}") from error
    figures = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return [tuple(str(figure.get(column, "")) for column in _COLUMNS) for figure in figures]
