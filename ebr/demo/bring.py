"""A recipe that another system wrote comes into force over HTTP: in, approved, effective."""

import base64
from collections.abc import Callable
from importlib import resources

from ebr.demo.client import Person
from ebr.demo.scripts import Brought


def bring_in(
    brought: Brought, author: Person, approver: Person, say: Callable[[str], None]
) -> None:
    """The author brings file and companion in; another person weighs the remarks and signs."""
    draft = author.post(
        "/recipes/import",
        {
            "name": brought.file,
            "content": base64.b64encode(_content(brought.file)).decode(),
            "companion": _content(brought.companion).decode(),
        },
    )
    errors = [each for each in draft["findings"] if each["severity"] == "error"]
    say(
        f"{brought.file} is version {draft['number']} of {draft['code']}: {len(errors)} errors, "
        f"{len(draft['findings']) - len(errors)} remarks"
    )
    path = f"/recipes/{draft['id']}"
    seen = approver.get(path)
    meaning = seen["statement"]["meaning"]
    approver.sign_alone(f"{path}/approve", seen["shown"], meaning, {"remarks_accepted": True})
    approver.post(f"{path}/effective")
    say(f"{draft['code']} version {draft['number']} approved and effective")


def _content(name: str) -> bytes:
    return resources.files("ebr.demo").joinpath("recipes", name).read_bytes()
