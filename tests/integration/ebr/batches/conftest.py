"""A batch that has just begun, and the operator at its screen."""

import pytest
from flask import Flask

from ebr.web import create_app
from tests.builders.batch import Line
from tests.builders.operator import Operator


@pytest.fixture
def app(line: Line) -> Flask:
    """The site of the line's plant."""
    return create_app(line.database.settings, line.database)


@pytest.fixture
def operator(app: Flask, line: Line) -> Operator:
    """M. Keller at the screen, before a batch that has just begun."""
    line.start()
    return Operator(app, line)
