"""The command line."""

import argparse
import errno
import os
import sys

from . import process
from .console import Failure, say


def main(arguments):
    """Run `./cpa ARGUMENTS`.

    :param arguments: the words after `cpa`
    :returns: the exit code: 0, 1 for a failure, 2 for a wrong call, 128 + n after signal n
    """
    options = _parser().parse_args(arguments)
    process.guard_signals()
    try:
        return options.start(options) or 0
    except Failure as failure:
        return _complain(failure)
    except process.Stopped as stop:
        say("• Stopped")
        return 128 + stop.number
    except process.CommandFailed as error:
        return _complain(Failure(str(error), error.reason, process.quoted(error.command)))
    except OSError as error:
        return _complain(_failure_of(error))
    finally:
        process.end_all()


def _complain(failure):
    print(f"cpa: {failure}", file=sys.stderr, flush=True)
    return 1


def _failure_of(error):
    """The clear line for an error of the system, or the error itself if it has none."""
    where = error.filename or "the project's folder"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure(
            "The disk is full", f"{where} could not be written", "Free about 5 GB there and start again."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Failure(
            "No permission to write",
            f"{where}: {error.strerror}",
            "Give yourself the right, or name another folder: CPA_HOME=FOLDER ./cpa …",
        )
    raise error


def _odoo(options):
    from . import environment

    with environment.prepared("run", odoo=options.odoo) as ready:
        command = ready.python("-m", "odoo", *options.arguments)
        return process.pass_through(command, env=ready.configured())


def _parser():
    parser = argparse.ArgumentParser(
        prog="cpa", description="Runs and tests the CPA add-ons on a real Odoo 19."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    given = argparse.ArgumentParser(add_help=False)
    given.add_argument("--odoo", metavar="PATH", help="a folder that holds Odoo 19 (else: ODOO_PATH)")

    odoo = commands.add_parser("odoo", help="Odoo's own command line on that environment", add_help=False, prefix_chars="\0")
    odoo.add_argument("arguments", nargs=argparse.REMAINDER)
    odoo.set_defaults(start=_odoo, odoo=None)
    return parser
