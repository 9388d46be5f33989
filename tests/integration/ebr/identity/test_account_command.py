"""`ebr account`: the first administrator of a plant's own database, and the start-up check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from ebr import identity
from ebr.kernel.opening import Database, reading
from ebr.settings import ROOT, Settings
from migrations import guards
from tests.builders import identity as people
from tests.plugin import verifies


def ebr(settings: Settings, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    outside = {name: text for name, text in os.environ.items() if not name.startswith("EBR_")}
    return subprocess.run(
        [sys.executable, "-m", "ebr", *words],
        check=False,
        cwd=ROOT,
        env=outside | settings.to_environment(),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
    )


@verifies("A11D-11.10-1")
def test_the_keeper_makes_the_first_administrator_from_the_console(
    settings: Settings, database: Database
) -> None:
    weak = ebr(settings, "account", "first", "w.admin", "W. Admin", typed="too short\n")
    assert weak.returncode == 1
    assert "at least 15" in weak.stderr
    made = ebr(settings, "account", "first", "w.admin", "W. Admin", typed="moss kettle ivory\n")
    assert (made.returncode, made.stderr) == (0, "")
    with reading(database) as session:
        found = identity.account_by_login(session, "w.admin")
    assert found is not None
    assert found.roles == ("administrator",)
    assert found.temporary_password
    again = ebr(settings, "account", "first", "k.other", "K. Other", typed="moss kettle ivory\n")
    assert again.returncode == 1
    assert "administrator" in again.stderr
    assert ebr(settings, "account", "check").returncode == 0


@verifies("A11D-11.10-1")
@pytest.mark.parametrize("command", [("account", "check"), ("serve",)])
def test_a_site_of_one_super_role_opens_no_door(
    settings: Settings, database: Database, tmp_path: Path, command: tuple[str, ...]
) -> None:
    people.somebody(database, "w.admin", "administrator")
    owner = sa.create_engine(settings.url("owner"))
    with owner.begin() as connection:  # no operation can: the row is forced, with its act
        connection.execute(
            sa.text(
                "INSERT INTO identity.account_role SELECT id, 'operator', true FROM"
                " identity.account"
            )
        )
        guards.append(connection, "system/test", guards.act("system.forced", {}, "a test"))
    owner.dispose()
    done = ebr(settings, *command)
    assert done.returncode == 1
    assert "administers accounts and makes" in done.stderr
