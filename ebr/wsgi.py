"""The callable that a server loads: `gunicorn ebr.wsgi:application`."""

import gc

from ebr.settings import Settings
from ebr.web import create_app

application = create_app(Settings.from_environment())
# What was made up to here lives as long as the process: the collector of cycles need not walk it,
# and the workers go on sharing its memory. A request makes few cycles, so they may wait for more.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 50, 100)
