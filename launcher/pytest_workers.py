"""A pytest plugin: whole files of tests are shared out to workers, each with its own copy of the database.

pytest-xdist starts the workers and hands each the next file when it is through; here are the copy that a worker uses,
the order of the files (the longest of the last run first) and a line for each that is through.
"""

import os
import time
from collections import Counter

import pytest

_SECONDS = "cpa/seconds"


def database(name, worker):
    """The name of a worker's copy.

    :param name: the database that is copied
    :param worker: pytest-xdist's name of the worker, as "gw0"
    """
    return f"{name}_{worker}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    """Lead a worker's Odoo to its copy, before pytest-odoo reads it; that would make one, with a shared filestore."""
    if worker := os.environ.pop("PYTEST_XDIST_WORKER", None):
        config.option.odoo_database = database(config.option.odoo_database, worker)
    return (yield)


def pytest_configure(config):
    if config.getoption("numprocesses", None):
        config.pluginmanager.register(_Progress(config))


def pytest_collection_modifyitems(config, items):
    """The longest file of the last run first, before them those that nothing is known of, as they were given."""
    seconds = config.cache.get(_SECONDS, {})
    items.sort(key=lambda item: -seconds.get(_file(item.nodeid), float("inf")))


class _Progress:
    """What is said while the workers work: failures at once, and a line for each file that is through."""

    def __init__(self, config):
        self._config = config
        self._tests, self._through, self._failed, self._seconds = Counter(), Counter(), Counter(), Counter()
        self._since = {}  # when a worker last reported; by the clock of this process, which no test freezes

    def pytest_xdist_node_collection_finished(self, node, ids):
        self._since[node] = time.monotonic()
        self._tests = Counter(map(_file, ids))

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self):
        """No letter for each test."""
        category, _letter, word = yield
        return category, "", word

    def pytest_runtest_logreport(self, report):
        name, now = _file(report.nodeid), time.monotonic()
        self._seconds[name] += now - self._since.get(report.node, now)
        self._since[report.node] = now
        if report.failed:
            self._failed[name] += 1
            self._say(f"FAILED {report.nodeid}")
        if report.when == "teardown":
            self._through[name] += 1
            if self._through[name] == self._tests[name]:
                self._say(self._line(name))

    def pytest_sessionfinish(self):
        known = self._config.cache.get(_SECONDS, {})
        self._config.cache.set(_SECONDS, known | {name: round(took, 1) for name, took in self._seconds.items()})

    def _line(self, name):
        files = sum(self._through[each] == tests for each, tests in self._tests.items())
        failed = f", {self._failed[name]} failed" if self._failed[name] else ""
        return f"{files:3}/{len(self._tests)} {name}: {self._tests[name]} tests{failed}, {self._seconds[name]:.0f} s"

    def _say(self, line):
        self._config.pluginmanager.get_plugin("terminalreporter").write_line(line)


def _file(nodeid):
    return nodeid.partition("::")[0]
