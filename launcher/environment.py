"""Puts the environment together and writes down what Odoo is told about it."""

import contextlib
import os
from dataclasses import dataclass

from . import native, node, odoo_source, packages, places, postgres, postgres_programs
from .console import say


@dataclass(frozen=True)
class Environment:
    """A ready environment.

    :param odoo: the Odoo found
    :param variables: the variables of its processes
    :param database_server: the name of the cluster, "run" or "test"
    """

    odoo: odoo_source.Odoo
    variables: dict
    database_server: str

    def python(self, *words):
        """A command line of the environment's Python."""
        return [packages.python(), *words]

    def configured(self, **settings):
        """The variables with an Odoo configuration file of these settings."""
        addons = [*self.odoo.addons, places.PROJECT]
        settings = {
            "addons_path": ",".join(map(str, addons)),
            "data_dir": postgres.data_dir(self.database_server),
            "http_interface": "127.0.0.1",
            "list_db": False,
            "log_handler": ":INFO",
        } | settings
        lines = ["[options]", *(f"{key} = {value}" for key, value in settings.items())]
        path = places.folder("conf") / f"{os.getpid()}.conf"
        path.write_text("\n".join(lines) + "\n")
        return self.variables | {"ODOO_RC": str(path)}


@contextlib.contextmanager
def prepared(database_server, *, odoo=None, browser=False):
    """Have an `Environment` with its PostgreSQL for the duration of a `with`.

    :param database_server: "run" or "test"
    :param odoo: a folder that holds Odoo 19, else one is found or fetched
    :param browser: have a browser for tests too
    :raises Failure: if a part of it cannot be had
    """
    with places.lock("setup", waiting=lambda: say("• Waiting for another ./cpa that sets up …")):
        places.clear_scratch()
        source = odoo_source.find(odoo)
        packages.ensure()
        packages.use()
        if not os.environ.get("PGHOST"):
            postgres_programs.ensure()
        variables = _inherited() | native.variables(browser=browser)
        tools = [str(packages.python().parent), *map(str, node.search_path()), variables["PATH"]]
    say(f"• Odoo {odoo_source.SERIES}: {source.origin}")
    with postgres.server(database_server) as connection:
        variables |= connection
        variables |= {
            "PATH": os.pathsep.join(tools),
            "PYTHONPATH": str(source.import_path),
            "PYTHONPYCACHEPREFIX": str(places.folder("cache", "python")),
            "XDG_CACHE_HOME": str(places.folder("cache")),
            "XDG_CONFIG_HOME": str(places.folder("cache", "config")),
        }
        try:
            yield Environment(source, variables, database_server)
        finally:
            (places.home() / "conf" / f"{os.getpid()}.conf").unlink(missing_ok=True)


def _inherited():
    """Our own variables, without those that would tell Odoo or PostgreSQL something else."""
    foreign = ("ODOO_",) if os.environ.get("PGHOST") else ("ODOO_", "PG")
    return {key: value for key, value in os.environ.items() if key != "PGDATABASE" and not key.startswith(foreign)}
