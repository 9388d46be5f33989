"""The callable that a server loads: `gunicorn ebr.wsgi:application`."""

from ebr.settings import Settings
from ebr.web import create_app

application = create_app(Settings.from_environment())
