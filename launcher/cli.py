"""The command line."""

import argparse
import errno
import sys

from . import process
from .console import Failure, say

_MORE = """\
run:
  --port PORT  port on 127.0.0.1 (8069)
  --no-demo    a new database stays empty
  --lang CODE  language of users and website, as en_US (ar_001)

verify:
  --database NAME  another database than the one of ./cpa run (cpa)
  Exit code 1, and a line for each finding: session, record, field.

test:
  --workers N  processes that share the tests (one for each core, at most 4; one for given paths)
  --drills     the heavy tests at full size
  --reuse      update the last test database, no fresh one
  further words go to pytest

run, test, bench, verify:
  --odoo PATH  use this Odoo 19 instead of fetching one

variables:
  ODOO_PATH   a folder that holds Odoo 19, as --odoo
  PGHOST      use this PostgreSQL (with PGPORT, PGUSER, PGPASSWORD) and start none
  CPA_HOME    the folder for all that is downloaded or generated (.odoo)
"""


def main(arguments):
    """Run `./cpa ARGUMENTS`.

    :param arguments: the words after `cpa`
    :returns: the exit code: 0, 1 for a failure, 128 + n after signal n, else the program's
    """
    process.guard_signals()
    try:
        options = _read(arguments)
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


def _read(arguments):
    """Parse the words; those of `odoo`, and unknown ones of `test`, are for that program."""
    if arguments[:1] == ["odoo"]:
        return argparse.Namespace(start=_odoo, rest=arguments[1:])
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.start is not _test:
        raise Failure("This call is not understood", f"{rest[0]} has no meaning here", "See ./cpa --help")
    options.rest = rest
    return options


def _complain(failure):
    print(f"cpa: {failure}", file=sys.stderr, flush=True)
    return 1


def _failure_of(error):
    """The clear line for an error of the system."""
    where = error.filename or "the project's folder"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure(
            "The disk is full",
            f"{where} could not be written",
            "Free about 5 GB there and start again.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Failure(
            "No permission to write",
            f"{where}: {error.strerror}",
            "Give yourself the right, or name another folder: CPA_HOME=FOLDER ./cpa …",
        )
    return Failure("The system refuses", str(error), "Mend that and start again.")


def _run(options):
    from . import serve

    serve.serve(options.port, odoo=options.odoo, demo=options.demo, language=options.lang)


def _test(options):
    from . import testing

    return testing.test(
        options.rest, odoo=options.odoo, drills=options.drills, reuse=options.reuse, workers=options.workers
    )


def _verify(options):
    from . import verify

    return verify.verify(options.database, odoo=options.odoo)


def _odoo(options):
    from . import environment

    with environment.prepared("run") as ready:
        command = ready.python("-m", "odoo", *options.rest)
        return process.pass_through(command, env=ready.configured())


def _bench(options):
    from . import bench

    bench.bench(odoo=options.odoo)


def _lint(options):
    from . import lint

    lint.lint(fix=options.fix)


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are failures: one line."""

    def error(self, message):
        raise Failure("This call is not understood", message, f"See {self.prog} --help")


def _port(text):
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise Failure(f"Port {text} is none", "a port is a number from 1 to 65535", "Try --port 8069")


def _count(text):
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise Failure(f"{text} workers are none", "their number is 1 or more", "Try --workers 2")


def _parser():
    parser = _Parser(
        prog="./cpa",
        description="Runs and tests the add-ons on a real Odoo 19.",
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name, start, text, **options):
        added = commands.add_parser(name, help=text, description=text, allow_abbrev=False, **options)
        added.set_defaults(start=start)
        return added

    run = command("run", _run, "set everything up and serve it with demo data")
    run.add_argument("--port", type=_port, default=8069, help="port on 127.0.0.1 (8069)")
    run.add_argument("--no-demo", dest="demo", action="store_false", help="a new database stays empty")
    run.add_argument("--lang", metavar="CODE", help="language of users and website (ar_001), as en_US")
    test = command(
        "test",
        _test,
        "set everything up and run every test",
        usage="./cpa test [--workers N] [--drills] [--reuse] [--odoo PATH] [pytest arguments]",
    )
    test.add_argument("--workers", metavar="N", type=_count, help="processes that share the tests")
    test.add_argument("--drills", action="store_true", help="the heavy tests at full size")
    test.add_argument("--reuse", action="store_true", help="update the last test database, no fresh one")
    bench = command("bench", _bench, "compare with peers")
    verify = command("verify", _verify, "hold the committees' sealed minutes against their seals")
    verify.add_argument("--database", metavar="NAME", default="cpa", help="the database to verify (cpa)")
    for each in (run, test, bench, verify):
        each.add_argument("--odoo", metavar="PATH", help="use this Odoo 19 (or set ODOO_PATH)")
    lint = command("lint", _lint, "run the linters")
    lint.add_argument("--fix", action="store_true", help="let ruff mend what it can")
    # Its words are taken as they are, see `main`.
    command("odoo", _odoo, "Odoo's own command line on that environment: ./cpa odoo --help")
    return parser
