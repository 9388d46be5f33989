"""`ebr account`: the first administrator of a site, and whether its duties are parted.

On a plant's own database nobody can sign in at first. `ebr account first` makes one administrator,
once; every other account is made by an administrator in the browser.
"""

import argparse
import getpass
import sys
from collections.abc import Sequence

from ebr import embedded, identity
from ebr.identity import Finding, Right
from ebr.kernel import Actor, EbrError, Secret, new_id
from ebr.kernel.opening import Database, perform, reading
from ebr.settings import Settings

INSTALLER = Actor.service("installer", "CONSOLE", (Right.MANAGE_ACCOUNTS,))


def main(arguments: Sequence[str]) -> int:
    """Make the first administrator, or judge how the duties of the site are parted."""
    parser = argparse.ArgumentParser("ebr account", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    first = verbs.add_parser("first", help="make the first administrator of an empty site")
    first.add_argument("login")
    first.add_argument("name", help="as it will be printed beside signatures")
    verbs.add_parser("check", help="tell what this site must not run with")
    asked = parser.parse_args(arguments)
    settings = embedded.start(Settings.from_environment())
    if asked.verb == "check":
        return check(settings)
    return _first(settings, asked.login, asked.name)


def check(settings: Settings) -> int:
    """Say every finding about the accounts of this site; 0 when there is none."""
    found = findings_of(settings)
    for finding in found:
        sys.stderr.write(f"ebr account: {finding.text} {finding.remedy}\n")
    return 1 if found else 0


def findings_of(settings: Settings) -> tuple[Finding, ...]:
    """What this site must not run with (Annex 11 draft 11)."""
    database = Database.connect(settings)
    try:
        with reading(database) as session:
            return identity.findings(session)
    finally:
        database.close()


def _first(settings: Settings, login: str, name: str) -> int:
    command = identity.CreateFirstAdministrator(login=login, name=name, secret=_password())
    database = Database.connect(settings)
    try:
        perform(database, INSTALLER, identity.create_first_administrator, command, str(new_id()))
    except EbrError as fault:
        sys.stderr.write(f"ebr account: {fault}\n")
        return 1
    finally:
        database.close()
    sys.stdout.write("ebr account: made; the password must be replaced at the first sign-in\n")
    return 0


def _password() -> Secret:
    """The temporary password, from the keyboard unseen or from a pipe."""
    if sys.stdin.isatty():
        return Secret(getpass.getpass("Temporary password: "))
    return Secret(sys.stdin.readline().rstrip("\n"))
