"""What the OpenAPI document says beside the routes: every problem that an address may answer with, and who may ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from central_api.problems import MEDIA_TYPE, TITLES
from sync.protocol.envelopes import ProblemDetails

Answers = dict[int | str, dict[str, Any]]
"""Answers by status, as FastAPI takes them."""

SENDING = ("unauthorized", "unavailable")
"""Problems of the address that a revoked desk may still send to."""

SIGNED_IN = (*SENDING, "device-revoked")
"""Problems of every other one that asks who is calling."""

READING = (*SIGNED_IN, "too-many")
"""Problems of every address that may be asked too often."""

OF_A_BODY = ("bad-request", "too-slow", "too-large", "unsupported-encoding")
"""Problems of every address that reads a body."""

_SCHEME = "device"


def problems(*kinds: str) -> Answers:
    """These problems (keys of `TITLES`) as documented answers."""
    schema = TypeAdapter(ProblemDetails).json_schema()
    answers: Answers = {}
    for kind in kinds:
        status, title = TITLES[kind]
        answer = {"description": title, "content": {MEDIA_TYPE: {"schema": schema}}}
        answers.setdefault(status, answer)
    return answers


def text_of(media_type: str) -> Answers:
    """A good answer that is text of this media type."""
    return {200: {"content": {media_type: {"schema": {"type": "string"}}}}}


def document_of(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """Makes the document when it is first asked for.

    FastAPI adds an answer 422 that is never given here (parameters that cannot be read are a 400), and does not see who
    has to show a token.
    """

    def made() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title, version=app.version, summary=app.summary, routes=app.routes
            )
            for addresses in document["paths"].values():
                for operation in addresses.values():
                    operation["responses"].pop("422", None)
                    if "401" in operation["responses"]:
                        operation["security"] = [{_SCHEME: []}]
            components = document.setdefault("components", {})
            components["securitySchemes"] = {_SCHEME: {"type": "http", "scheme": "bearer"}}
            for unused in ("HTTPValidationError", "ValidationError"):
                components.get("schemas", {}).pop(unused, None)
            app.openapi_schema = document
        return app.openapi_schema

    return made
