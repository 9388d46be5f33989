"""How a login is read: one person's name for ever, however it is typed.

NFKC, case folding and trimming make one login of what looks the same; the skeleton also folds the
signs that a hasty reader takes for each other, so that no second login imitates a first. Signs of
other scripts, which imitate Latin ones, have no place in a login (21 CFR 11.100(a), 11.300(a)).
"""

import re
import unicodedata

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
_ALIKE = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("-", "."), ("_", "."))
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
MOST_NAME = 120


def normalised(typed: str) -> str:
    """The login as it is kept and compared; whether it may be one is another question."""
    return unicodedata.normalize("NFKC", typed).casefold().strip()


def may_be_login(login: str) -> bool:
    """Whether a normalised login has only signs that cannot imitate others."""
    return _LOGIN.fullmatch(login) is not None


def skeleton(login: str) -> str:
    """The login as a hasty reader sees it: two logins with one skeleton are one too many."""
    for sign, seen in _ALIKE:
        login = login.replace(sign, seen)
    return login


def printed_name(typed: str) -> str:
    """A person's name as it will be printed; ValueError says what is wrong with it."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not any(sign.isalpha() for sign in name):
        raise ValueError("A name has at least one letter.")
    if len(name) > MOST_NAME:
        raise ValueError(f"A name has at most {MOST_NAME} characters; this one has {len(name)}.")
    if any(unicodedata.category(sign) in _INVISIBLE for sign in name):
        raise ValueError("A name has no invisible or control characters.")
    return name
