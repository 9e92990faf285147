"""`./cpa verify`: the chain of the committees' sealed minutes, held against the database."""

from . import environment, process
from .console import Failure
from .database import Database
from .places import PROJECT


def verify(name, *, odoo=None):
    """Say what is not as it was sealed, a line for each finding.

    :param name: of the database
    :param odoo: a folder that holds Odoo 19
    :returns: 1 if there are findings, else 0
    :raises Failure: if there is no such database
    """
    with environment.prepared("run", odoo=odoo) as ready:
        database = Database(ready, name)
        if not database.exists():
            raise Failure(
                f"There is no database {name}", "nothing can be verified", "Make it with ./cpa run, or name it."
            )
        database.check_series()
        env = ready.configured(db_name=name, http_enable=False, log_handler=":ERROR")
        return process.pass_through(ready.python("-m", "launcher.inside", "verify_minutes"), env=env, cwd=PROJECT)
