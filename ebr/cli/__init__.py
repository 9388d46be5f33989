"""The command line: one command a process of the plant, and one a job of its keeper.

Every command is a module of this folder with the name of the command and `main(arguments) -> int`.
The table below is the list that people see; the module is loaded when its command is given, so
that `ebr seal` needs no web. Exit status: 0 done, 1 not done, 2 asked wrongly or set up wrongly.
"""

import importlib
import pkgutil
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ebr import __version__
from ebr.settings import BadSettings

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "run": "the whole plant on this machine, under one parent",
        "demo": "a whole batch over HTTP, from order to release",
        "serve": "pages and API",
        "seal": "the site's log: order what was committed, sign checkpoints",
        "collect": "readings of devices, kept raw",
        "simulate": "a device that is not there: scale",
        "follow": "what happens after an act: notices",
        "render": "records as PDF",
        "migrate": "bring the database to the shape of this release",
        "plant": "load the demo plant into an empty database",
        "account": "people and their accounts, before anybody can sign in",
        "recipe": "judge a recipe file, or write it as YAML or BatchML",
        "verify": "recompute the ledger, and the rows from it",
        "export": "a copy of the ledger that a stranger can verify",
    }
)


def standing() -> Mapping[str, str]:
    """The commands whose modules are part of this version."""
    found = {module.name for module in pkgutil.iter_modules(__path__)}
    return {name: purpose for name, purpose in COMMANDS.items() if name in found}


def main(arguments: Sequence[str] | None = None) -> int:
    """Find the command, load its module and do it."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if not given or given[0] in ("-h", "--help", "help"):
        sys.stdout.write(overview())
        return 0
    if given[0] == "--version":
        sys.stdout.write(f"batchline {__version__}\n")
        return 0
    if given[0] not in standing():
        sys.stderr.write(f"ebr: there is no command {given[0]!r}\n\n{overview()}")
        return 2
    module = importlib.import_module(f"ebr.cli.{given[0]}")
    try:
        status: int = module.main(given[1:])
    except BadSettings as fault:
        sys.stderr.write(f"ebr: {fault}\n")
        return 2
    return status


def overview() -> str:
    """The commands with what each is for."""
    commands = standing()
    width = max(map(len, commands))
    lines = (f"  ebr {name:<{width}}  {purpose}" for name, purpose in commands.items())
    return "The electronic batch record of a plant.\n\n" + "\n".join(lines) + "\n"
