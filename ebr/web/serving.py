"""Serving over HTTP: a few worker processes with threads, stopped cleanly, restarted now and then."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from ebr.settings import Settings
from ebr.web.app import create_app

WORKERS, THREADS = 2, 8


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with our options; each worker makes its own application after it was forked."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self.settings, self.options = settings, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self.settings)


def options(settings: Settings, workers: int = WORKERS) -> dict[str, Any]:
    """Gunicorn's options; the control socket under the home folder is not wanted."""
    return {
        "bind": f"{settings.host}:{settings.port}",
        "worker_class": "gthread",
        "workers": workers,
        "threads": THREADS,
        "keepalive": 15,
        "timeout": 60,
        "graceful_timeout": 20,
        "max_requests": 5000,
        "max_requests_jitter": 500,
        "control_socket_disable": True,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "limit_request_line": 4094,
        "limit_request_fields": 60,
    }


def serve(settings: Settings, workers: int = WORKERS) -> None:
    """Serve until told to stop (`ebr serve`)."""
    _Server(settings, options(settings, workers)).run()
