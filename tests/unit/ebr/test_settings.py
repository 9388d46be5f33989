"""Settings are read once; every fault is told, and a misspelt name is a fault."""

from pathlib import Path

import pytest

from ebr import embedded
from ebr.settings import BadSettings, Settings, default_data_dir

OWN = {
    "EBR_DATABASE_URL": "postgresql://batchline_app:x@db/ebr",
    "EBR_DATABASE_OWNER_URL": "postgres://batchline_owner:x@db/ebr",
    "EBR_DATABASE_SEALER_URL": "postgresql+psycopg://batchline_sealer:x@db/ebr",
    "EBR_DATABASE_AUDITOR_URL": "postgresql://batchline_auditor:x@db/ebr",
    "EBR_DATABASE_COLLECTOR_URL": "postgresql://batchline_collector:x@db/ebr",
}


def test_without_any_setting_the_database_is_the_one_that_comes_with_us() -> None:
    settings = Settings.from_environment({"PATH": "/bin"})
    assert settings.embedded
    assert settings.port == 8080
    assert settings.idle_lock_s == 600
    assert settings.key_dir == settings.data_dir / "keys"
    assert settings.data_dir == default_data_dir()


def test_a_database_of_the_plants_own_is_reached_by_five_logins() -> None:
    settings = Settings.from_environment(OWN)
    assert not settings.embedded
    assert settings.url("app") == "postgresql+psycopg://batchline_app:x@db/ebr"
    assert settings.url("owner") == "postgresql+psycopg://batchline_owner:x@db/ebr"


def test_a_process_is_told_only_the_logins_that_it_uses() -> None:
    whole = Settings.from_environment(OWN)
    told = whole.to_environment(("collector",))
    assert [name for name in told if name.endswith("_URL")] == ["EBR_DATABASE_COLLECTOR_URL"]
    own = Settings.from_environment(told, logins=("collector",))
    assert not own.embedded
    assert own.url("collector") == whole.url("collector")
    with pytest.raises(BadSettings, match="EBR_DATABASE_SEALER_URL"):
        Settings.from_environment(told, logins=("sealer",))


def test_there_is_no_sixth_login() -> None:
    with pytest.raises(ValueError, match="app, owner, sealer, auditor, collector"):
        Settings.from_environment(OWN).url("root")


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(BadSettings) as caught:
        Settings.from_environment(
            {
                "EBR_PORT": "70000",
                "EBR_IDLE_LOCK_S": "ten",
                "EBR_TIME_ZONE": "Mars/Olympus",
                "EBR_DATABASE_URL": "mysql://a@b/c",
                "EBR_DATABASE_OWNER_URL": "postgresql://a@b/c",
                "EBR_ORIGIN": "two words",
                "EBR_PASSWORD_COST": "free",
                "EBR_IDLE_LOK_S": "60",
            }
        )
    assert set(caught.value.faults) == {
        "EBR_PORT",
        "EBR_IDLE_LOCK_S",
        "EBR_TIME_ZONE",
        "EBR_DATABASE_URL",
        "EBR_DATABASE_SEALER_URL",
        "EBR_DATABASE_AUDITOR_URL",
        "EBR_DATABASE_COLLECTOR_URL",
        "EBR_ORIGIN",
        "EBR_PASSWORD_COST",
        "EBR_IDLE_LOK_S",
    }
    assert "from 1 to 65535" in str(caught.value)
    assert "there is no such setting" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("postgresql://db/ebr", "names no login"),
        ("postgresql://app@db/", "names no database"),
        ("sqlite:///x", "is no postgresql"),
    ],
)
def test_a_connection_names_login_and_database(url: str, fault: str) -> None:
    with pytest.raises(BadSettings, match=fault):
        Settings.from_environment(OWN | {"EBR_DATABASE_URL": url})


def test_a_child_process_reads_the_same_settings() -> None:
    given = OWN | {"EBR_PORT": "9000", "EBR_SITE": "Works 1"}
    settings = Settings.from_environment(given)
    assert Settings.from_environment(settings.to_environment()) == settings


def test_the_data_of_root_stand_where_another_user_may_be_let_in(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    assert default_data_dir(tmp_path, as_root=False) == tmp_path / ".batchline"
    named = default_data_dir(tmp_path, as_root=True)
    assert named.parent == Path("/var/lib/batchline")
    assert named.name == "-".join(tmp_path.resolve().parts[1:])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("security@plant.example", "is no smtp://host"),
        ("smtp://post.plant.example:25/?to=security@plant.example", "names no mailbox in from"),
        ("smtp://post.plant.example/", "names no mailbox in from and to"),
    ],
)
def test_a_mailbox_for_notices_is_named_whole(text: str, fault: str) -> None:
    with pytest.raises(BadSettings, match=fault):
        Settings.from_environment({"EBR_NOTICES_MAIL": text})


def test_a_mailbox_for_notices_may_be_named() -> None:
    address = "smtps://ebr:word@post.plant.example:465/?from=ebr@plant.example&to=a@plant.example"
    assert Settings.from_environment({"EBR_NOTICES_MAIL": address}).notices_mail == address


@pytest.mark.parametrize(
    ("own", "said", "training", "production"),
    [
        (False, "", True, False),
        (False, "training", True, False),
        (False, "production", True, True),  # its database protects nobody, whatever is said
        (True, "", False, True),
        (True, "training", True, False),
        (True, "production", False, True),
    ],
)
def test_what_a_site_is_for(*, own: bool, said: str, training: bool, production: bool) -> None:
    given = (OWN if own else {"EBR_DATA_DIR": "/srv/b"}) | ({"EBR_SITE_KIND": said} if said else {})
    settings = Settings.from_environment(given)
    assert (settings.training, settings.production) == (training, production)
    if not own:
        begun = embedded.of(settings).settings(settings)
        assert (begun.training, begun.production) == (training, production)
