"""Pages of what is held in memory: nothing twice, nothing skipped, whatever arrives meanwhile."""

import pytest

from ebr.kernel import Malformed, Page, paged


def page_of(numbers: range, after: str | None = None, size: int = 4) -> Page[int]:
    return paged(numbers, lambda number: (-number,), after=after, size=size)


def test_the_pages_together_are_the_whole_newest_first() -> None:
    found: list[int] = []
    page = page_of(range(10))
    while page.next:
        found += page.items
        page = page_of(range(10), page.next)
    assert [*found, *page.items] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]


def test_what_arrives_while_somebody_turns_pages_is_neither_repeated_nor_in_the_way() -> None:
    first = page_of(range(10))
    second = page_of(range(13), first.next)
    assert (first.items, second.items) == ((9, 8, 7, 6), (5, 4, 3, 2))


def test_a_page_that_ends_with_the_last_has_no_next() -> None:
    assert page_of(range(4)).next is None
    assert page_of(range(0)) == Page(())


@pytest.mark.parametrize("mark", ["x", "!", "é", "eyJhIjoxfQ", "WyJhIl0", "W3RydWVd"])
def test_a_mark_that_is_not_ours_is_a_fault(mark: str) -> None:
    with pytest.raises(Malformed):
        page_of(range(10), mark)
