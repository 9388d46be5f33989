"""The address of a device, checked before anything connects."""

import pytest

from devices.endpoint import Endpoint


def test_an_address_says_how_a_device_is_reached() -> None:
    endpoint = Endpoint.of(
        "SC-04", "sics+tcp://127.0.0.1:4305?settle_s=2.5&unit=g&decimals=1", "B0210"
    )
    assert endpoint.address == "sics+tcp://127.0.0.1:4305"
    assert (endpoint.host, endpoint.port) == ("127.0.0.1", 4305)
    assert (endpoint.unit, endpoint.decimals, endpoint.settle_s) == ("g", 1, 2.5)
    assert endpoint.profile.name == "sics-1"


WRONG = [
    ("SC 04", "sics+tcp://h:1", "1", "equipment code"),
    ("SC-04", "http://h:1", "1", "scheme"),
    ("SC-04", "sics+tcp://h", "1", "port"),
    ("SC-04", "sics+tcp://h:0", "1", "port"),
    ("SC-04", "sics+tcp://h:70000", "1", "port"),
    ("SC-04", "sics+tcp://:4305", "1", "host"),
    ("SC-04", "sics+tcp://u@h:1", "1", "user"),
    ("SC-04", "sics+tcp://h:1/x", "1", "path"),
    ("SC-04", "sics+tcp://h:1", "", "serial"),
    ("SC-04", "sics+tcp://h:1?profile=sbi-1", "1", "profile"),
    ("SC-04", "sics+tcp://h:1?speed=9", "1", "unknown option"),
    ("SC-04", "sics+tcp://h:1?reply_s=0", "1", "reply_s"),
    ("SC-04", "sics+tcp://h:1?reply_s=1e2", "1", "reply_s"),
    ("SC-04", "sics+tcp://h:1?decimals=9", "1", "decimals"),
    ("SC-04", "sics+tcp://h:1?unit=lb", "1", "unit"),
    ("SC-04", "not an address", "1", "scheme"),
]


@pytest.mark.parametrize(("code", "url", "serial", "fault"), WRONG)
def test_a_wrong_address_is_refused_with_its_fault(
    code: str, url: str, serial: str, fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        Endpoint.of(code, url, serial)


def test_every_fault_of_an_address_is_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"scheme.*port.*unit") as refused:
        Endpoint.of("SC-04", "ftp://h?unit=oz", "1")
    assert "SC-04" in str(refused.value)
