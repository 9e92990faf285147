"""Tasks within Odoo: python -m launcher.inside TASK WORDS, configured by ODOO_RC.

A task is all or nothing: it runs in one transaction, as superuser.
"""

import logging
import sys
import threading

import odoo.init  # noqa: F401  (sets Odoo up, has to come first)
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.module import Manifest
from odoo.modules.registry import Registry
from odoo.tools import config
from odoo.tools.convert import convert_file

from .console import say

_logger = logging.getLogger(__name__)


def load_demo(env, *modules):
    """Load the files that the modules' manifests list as demo data.

    :raises Exception: if a file is missing or wrong; nothing is kept then
    """
    env = env(context={"no_reset_password": True, "tracking_disable": False})
    for module in modules:
        for name in Manifest.for_addon(module)["demo"]:
            _logger.info("loading %s/%s", module, name)
            convert_file(env, module, name, {}, mode="init", noupdate=True)


def set_language(env, code):
    """Make a language the one of users, new contacts and website.

    :raises ValueError: if Odoo has no language of this code
    """
    language = env["res.lang"].with_context(active_test=False).search([("code", "=", code)])
    if not language:
        raise ValueError(f"Odoo has no language {code}")
    if not language.active:
        install = env["base.language.install"].create({"lang_ids": language.ids, "overwrite": False})
        install.lang_install()
    env["ir.default"].set("res.partner", "lang", code)
    env["res.users"].search([]).partner_id.lang = code
    for website in env["website"].search([]) if "website" in env else ():
        website.language_ids |= language
        website.default_lang_id = language


def build_assets(env):
    """Build the scripts and styles of the back office and of the website, in both directions."""
    if "website" not in env:
        return
    website = env["website"].search([], limit=1).id
    for bundle, website_id in (
        ("web.assets_web", False),
        ("web.assets_web_print", False),
        ("bus.websocket_worker_assets", False),
        ("web.assets_frontend", website),
        ("web.assets_frontend_minimal", website),
        ("web.assets_frontend_lazy", website),
    ):
        for rtl in (False, True):
            built = env["ir.qweb"]._get_asset_bundle(bundle, rtl=rtl, assets_params={"website_id": website_id})
            if built.stylesheets:
                built.css()
            if built.javascripts and not rtl:  # scripts have no direction
                built.js()


def verify_minutes(env):
    """Hold the committees' sealed minutes against their seals and say each finding in a line.

    :returns: 1 if something is not as it was sealed, else 0
    """
    findings, sessions = env["cpa.committee.seal"]._report_lines()
    for line in findings:
        say(line)
    if findings:
        say(f"{len(findings)} findings in {sessions} sealed sessions: something was changed behind the application.")
        return 1
    say(f"{sessions} sealed sessions: everything is as it was sealed.")
    return 0


def main(task, *words):
    """Run a task; what it returns is the exit code, an error is logged and ends it with code 1."""
    config.parse_config([], setup_logging=True)
    (database,) = config["db_name"]
    threading.current_thread().dbname = database  # for the log
    try:
        with Registry(database).cursor() as cr:
            code = globals()[task](Environment(cr, SUPERUSER_ID, {}), *words)
    except Exception:
        _logger.exception("%s failed", task)
        code = 1
    sys.exit(code or 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
