"""The callable that a server loads: `gunicorn ebr.wsgi:app`."""

from ebr.settings import Settings
from ebr.web import create_app

app = create_app(Settings.from_environment())
