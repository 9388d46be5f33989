"""Small drawings in the page's own text: SVG with attributes and classes, never styles (CSP)."""

from markupsafe import Markup


def track(percent: object, label: str) -> Markup:
    """A thin bar of progress or time used."""
    return Markup(
        '<svg class="track" role="img" aria-label="{}">'
        '<rect class="bg" width="100%" height="6" rx="3"/>'
        '<rect class="fg" width="{}%" height="6" rx="3"/></svg>'
    ).format(label, percent)


def ghost() -> Markup:
    """The outline of a page whose content is not shown."""
    cards = "".join(f'<div class="card">{"<i></i>" * lines}</div>' for lines in (6, 3, 3))
    return Markup(f'<div class="cols ghost" aria-hidden="true">{cards}</div>')  # noqa: S704 - no input
