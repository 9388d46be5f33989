"""What a fresh machine lacks is installed by root, and named exactly to everybody else."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ebr.settings import ROOT

PROGRAMS = ("bash", "dirname", "cat", "sha256sum", "cut", "grep", "head", "env", "rm")
PRESENT = """libpango-1.0.so.0 (libc6,x86-64) => /lib/libpango-1.0.so.0
libpangoft2-1.0.so.0 (libc6,x86-64) => /lib/libpangoft2-1.0.so.0
libharfbuzz-subset.so.0 (libc6,x86-64) => /lib/libharfbuzz-subset.so.0
"""


class Machine:
    """A checkout on a machine whose programs are the ones in one folder."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "programs"
        self.checkout = folder / "checkout"
        self.programs.mkdir()
        (self.checkout / ".ci").mkdir(parents=True)
        shutil.copy(ROOT / ".ci" / "set-up", self.checkout / ".ci" / "set-up")
        (folder / "somebodys" / "bin").mkdir(parents=True)
        (folder / "somebodys" / "bin" / "python").symlink_to("/usr/bin/true")
        (self.checkout / ".venv").symlink_to(folder / "somebodys")
        for name in PROGRAMS:
            found = shutil.which(name)
            assert found is not None
            (self.programs / name).symlink_to(found)
        self.has("ldconfig", f"printf '%s' '{PRESENT}'")
        self.has("chromium", "true")

    def has(self, name: str, does: str) -> None:
        (self.programs / name).write_text(f"#!/bin/bash\n{does}\n")
        (self.programs / name).chmod(0o755)

    def lacks(self, name: str) -> None:
        (self.programs / name).unlink()

    def set_up(self, verb: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.checkout / ".ci" / "set-up", verb],
            env={"PATH": str(self.programs), "HOME": os.environ.get("HOME", "/")},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_machine_that_lacks_nothing_is_left_alone(machine: Machine) -> None:
    machine.has("apt-get", "echo called; exit 1")
    done = machine.set_up("test")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_ordinary_user_is_told_the_exact_command_and_nothing_goes_on(machine: Machine) -> None:
    machine.lacks("chromium")
    machine.has("id", "echo 1000")
    machine.has("apt-get", "echo called; exit 1")
    done = machine.set_up("test")
    assert done.returncode == 1
    assert (
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium"
        in done.stderr
    )
    assert "called" not in done.stdout


def test_root_on_debian_gets_it_installed(machine: Machine, tmp_path: Path) -> None:
    machine.lacks("chromium")
    machine.has("id", "echo 0")
    asked = tmp_path / "asked"
    install = f"echo '#!/bin/bash' > {machine.programs}/chromium; chmod +x {machine.programs}/*"
    machine.has("apt-get", f'echo "$@" >> {asked}; [ "$1" = install ] && {install}; true')
    (machine.programs / "chmod").symlink_to(str(shutil.which("chmod")))
    done = machine.set_up("test")
    assert done.returncode == 0, done.stderr
    assert asked.read_text().splitlines() == [
        "update -qq",
        "install -y --no-install-recommends chromium -qq",
    ]


def test_an_installation_that_does_not_help_is_not_taken_for_one_that_does(
    machine: Machine,
) -> None:
    machine.lacks("chromium")
    machine.has("id", "echo 0")
    machine.has("apt-get", "true")
    done = machine.set_up("test")
    assert done.returncode == 1
    assert "still missing after the installation: chromium" in done.stderr


def test_another_system_is_told_the_names(machine: Machine) -> None:
    machine.has("ldconfig", "true")
    machine.has("id", "echo 1000")
    done = machine.set_up("run")
    assert done.returncode == 1
    assert "libpango-1.0-0" in done.stderr


def test_the_browser_is_wanted_for_the_tests_only(machine: Machine) -> None:
    machine.lacks("chromium")
    assert machine.set_up("run").returncode == 0
    assert machine.set_up("check").returncode == 0
