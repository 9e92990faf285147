"""The projects that the launcher's tests work on."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from launcher_kit import make_project


@pytest.fixture
def bare(tmp_path):
    """A project without any environment."""
    return make_project(tmp_path / "project", environment=False)


@pytest.fixture(scope="session")
def lent():
    """A project with our Odoo and packages, and three small add-ons; shared by the tests."""
    root = Path(tempfile.mkdtemp(prefix="cpa-test-"))
    project = make_project(root / "project")
    project.add_addon("cpa_beneficiary", ["base", "web"])
    project.add_addon("cpa_volunteer", ["cpa_beneficiary"])
    project.add_addon("cpa_survey", ["cpa_beneficiary"])
    (project.root / "cpa_beneficiary" / "demo" / "logins.csv").write_text(
        "login,role_en,role_ar\nofficer,relations officer,مسؤول العلاقات\n", encoding="utf-8"
    )
    yield project
    for pid in project.processes():
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(root, ignore_errors=True)
