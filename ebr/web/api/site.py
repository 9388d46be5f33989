"""The API's own description, derived from its routes and commands."""

from flask import Response, current_app

from ebr.identity import Right
from ebr.web import openapi, responses
from ebr.web.routing import Route


def openapi_json() -> Response:
    """OpenAPI 3.1: every address, what it takes, what it answers, how it refuses."""
    return responses.answer(openapi.description(current_app.extensions["ebr.routes"]))


ROUTES = (Route("GET", "/openapi.json", openapi_json, Right.USE_OWN_SESSION, answers=dict),)
