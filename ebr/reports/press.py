"""The press: a process of its own for each document, with an end to the memory it may take.

What is printed goes in as JSON, the document comes out; a press that dies takes nothing with it.
"""

import json
import subprocess
import sys

from ebr.kernel import plain
from ebr.reports.prints import Print, Rendered
from ebr.reports.seal import Seal

TIME_MOST_S = 900
WORDS_MOST = 500


class PressFailed(Exception):
    """The press ended without a document; its last words are told."""


def printed(content: bytes, seal: Seal, print_: Print) -> Rendered:
    """The document of a record, rendered in another process."""
    work = {"record": content.decode(), "seal": plain(seal), "print": plain(print_)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ebr.reports"],
            input=json.dumps(work).encode(),
            capture_output=True,
            timeout=TIME_MOST_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PressFailed(f"not done within {TIME_MOST_S} s") from error
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip()[-WORDS_MOST:]
        raise PressFailed(words or f"ended with {done.returncode}")
    pages, _, pdf = done.stdout.partition(b"\n")
    return Rendered(pdf=pdf, pages=int(pages))
