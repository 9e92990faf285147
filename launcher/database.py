"""The databases: made whole or not at all, filled with the add-ons, brought up to date."""

import contextlib
import hashlib
import os
import shutil

from . import odoo_log, postgres
from .console import Failure, Step
from .odoo_source import SERIES
from .places import ADDONS, PROJECT, folder
from .process import CommandFailed, run

_DEMO, _DIGEST, _LANGUAGE = "cpa.launcher.demo", "cpa.launcher.digest", "cpa.launcher.language"
_NOT_INSTALLED = {"static", "tests", "demo", "readme", "__pycache__"}


class Database:
    """A database of the environment.

    :param ready: the `environment.Environment`
    :param name: its name
    """

    def __init__(self, ready, name):
        self.ready, self.name = ready, name
        self.log = folder("log") / f"{name}.log"

    def exists(self):
        """Whether there is a database of this name."""
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        return bool(self._sql(query, self.name, database="postgres"))

    def check_series(self):
        """Refuse a database that these add-ons cannot use.

        :raises Failure: if it is not one of Odoo 19
        """
        known = self._sql("SELECT to_regclass('ir_module_module')")[0][0] and self._sql(
            "SELECT latest_version FROM ir_module_module WHERE name = 'base'"
        )
        version = (known and known[0][0]) or "none"
        if not version.startswith(SERIES + "."):
            raise Failure(
                f"Database {self.name} does not fit",
                f"its Odoo is {version} and this is {SERIES}",
                "Upgrade it with Odoo's own tools, or rename it: a new one is made then.",
            )

    def install(self, language):
        """Make it with the three add-ons, Arabic and English, without demo data.

        :param language: code of a further language to load
        :returns: the warnings and errors that Odoo logged
        :raises Failure: if an add-on could not be installed
        """
        languages = ",".join(dict.fromkeys(["ar_001", "en_US", language]))
        with Step(f"Database {self.name}: installing {', '.join(ADDONS)}") as step:
            words = ["-i", ",".join(ADDONS), f"--load-language={languages}"]
            loud = self._odoo("-m", "odoo", "server", *words, "--stop-after-init", step=step)
        self._check_installed()
        self._set(_DIGEST, _digest())
        return loud

    def update(self, *, terms=False):
        """Bring the add-ons up to date if their files have changed since.

        :param terms: also replace translations that are there (a user may have changed them)
        :returns: the warnings and errors that Odoo logged
        :raises Failure: if that fails
        """
        digest = _digest()
        if self._get(_DIGEST) == digest:
            return []
        with Step(f"Database {self.name}: the add-ons have changed, updating") as step:
            installed = self._installed()
            words = ["-u", ",".join(installed), "--stop-after-init"]
            words += ["--i18n-overwrite"] if terms else []
            if missing := set(ADDONS) - installed:  # installing again would undo a user's settings
                words += ["-i", ",".join(missing)]
            loud = self._odoo("-m", "odoo", "server", *words, step=step)
        self._check_installed()
        self._set(_DIGEST, digest)
        return loud

    def load_demo(self):
        """Load the demo data of our add-ons, all or nothing; core's stays out.

        :raises Failure: if a file is missing or wrong
        """
        with Step(f"Database {self.name}: loading the demo data") as step:
            self._inside("load_demo", *ADDONS, step=step)
        self._set(_DEMO, "yes")

    def has_demo(self):
        """Whether the demo data were loaded."""
        return self._get(_DEMO) == "yes"

    def set_language(self, language):
        """Make `language` (a code) the one of users and website, if it is not yet.

        :raises Failure: if Odoo has no such language
        """
        if self._get(_LANGUAGE) != language:
            with Step(f"Database {self.name}: setting the language to {language}") as step:
                self._inside("set_language", language, step=step)
            self._set(_LANGUAGE, language)

    def set_address(self, address):
        """Let links in messages lead to `address`, unless a real one has been set."""
        self._sql(
            "UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url' "
            r"AND value ~ '^http://(localhost|127\.0\.0\.1)(:\d+)?$'",
            address,
        )

    def build_assets(self):
        """Build the scripts and styles of its pages, which else the first page does that needs them.

        :raises Failure: if that fails
        """
        with Step(f"Database {self.name}: building scripts and styles") as step:
            self._inside("build_assets", step=step)

    def copy_to(self, other):
        """Fill another `Database`, which does not exist yet, with all that this one holds."""
        self._sql(f'CREATE DATABASE "{other.name}" TEMPLATE "{self.name}"', database="postgres")
        with contextlib.suppress(FileNotFoundError):  # Odoo never changes a file: the copies may share it
            shutil.copytree(self._files(self.name), self._files(other.name), copy_function=os.link)

    def drop(self):
        """Delete it with its files; nothing happens if it is not there."""
        self._sql(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)', database="postgres")
        shutil.rmtree(self._files(self.name), ignore_errors=True)

    def rename(self, name):
        """Give it its final name, which no database has. Interrupted, it keeps the old one."""
        shutil.rmtree(self._files(name), ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            self._files(self.name).rename(self._files(name))
        self._sql(f'ALTER DATABASE "{self.name}" RENAME TO "{name}"', database="postgres")
        self.name = name

    def _files(self, name):
        return postgres.data_dir(self.ready.database_server) / "filestore" / name

    def _installed(self):
        query = "SELECT name FROM ir_module_module WHERE state = 'installed' AND name = ANY(%s)"
        return {name for (name,) in self._sql(query, list(ADDONS))}

    def _check_installed(self):
        if missing := set(ADDONS) - self._installed():
            raise Failure(
                f"Database {self.name} is not complete",
                f"Odoo did not install {', '.join(sorted(missing))}",
                f"Its log is {self.log}",
            )

    def _inside(self, task, *words, step):
        self._odoo("-m", "launcher.inside", task, *words, step=step)

    def _odoo(self, *words, step):
        env = self.ready.configured(db_name=self.name, http_enable=False, unaccent=True)
        with odoo_log.Reader(self.log, progress=step.progress) as reader:
            try:
                run(self.ready.python(*words), on_line=reader, env=env, cwd=PROJECT)
            except CommandFailed as error:
                reason = reader.reason() or error.reason
                raise Failure(f"{step.name} failed", reason, f"The whole log is {self.log}") from error
        return reader.loud

    def _get(self, key):
        found = self._sql("SELECT value FROM ir_config_parameter WHERE key = %s", key)
        return found[0][0] if found else None

    def _set(self, key, value):
        self._sql(
            "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key,
            value,
        )

    def _sql(self, query, *values, database=None):
        """Run one statement in a transaction of its own and return its rows."""
        import psycopg2  # from the environment's packages

        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user"}
        server = {names[key]: value for key, value in self.ready.variables.items() if key in names}
        try:
            connection = psycopg2.connect(dbname=database or self.name, **server)
            connection.autocommit = True
            with contextlib.closing(connection), connection.cursor() as cursor:
                cursor.execute(query, values or None)
                return cursor.fetchall() if cursor.description else []
        except psycopg2.OperationalError as error:
            raise Failure(
                "The database server refuses",
                str(error).strip().replace("\n", " "),
                "Check PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset them for a private server.",
            ) from error


def _digest():
    """A digest of all that an update of the add-ons would read."""
    digest = hashlib.sha256()
    for addon in ADDONS:
        root = PROJECT / addon
        for path in sorted(root.rglob("*")):
            if path.is_file() and not _NOT_INSTALLED & set(path.relative_to(root).parts):
                digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()
