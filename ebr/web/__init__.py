"""HTTP, and nothing but: pages for people, an API for programs, thin skins over the same acts."""

from ebr.web.app import create_app

__all__ = ["create_app"]
