"""The answers to a push, read one by one where they cannot be read as a whole.

A newer server may say of one operation what this release has no word for. The others are taken as they are; that one
counts as put off, so that it holds up nobody, and is asked again until this desk can read it.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from rma.operations import Outcome, Result
from rma.record import Problem, ProblemType
from rma.wording import _
from sync.errors import UnreadableAnswer
from sync.protocol.documents import read_document, read_tree
from sync.protocol.envelopes import PushResponse


def read_results(content: bytes) -> tuple[Result, ...]:
    """The results in an answer to a push.

    Raises:
        UnreadableAnswer: if it holds no list of results.
    """
    try:
        return read_document(PushResponse, content).results
    except ValidationError:
        pass
    try:
        listed = json.loads(content)["results"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnreadableAnswer(PushResponse.__name__) from error
    if not isinstance(listed, list):
        raise UnreadableAnswer(PushResponse.__name__)
    return tuple(result for each in listed if (result := _result(each)) is not None)


def _result(tree: Any) -> Result | None:
    try:
        return read_tree(Result, tree)
    except ValueError:
        op_id = tree.get("op_id") if isinstance(tree, dict) else None
        return _put_off(op_id) if isinstance(op_id, str) else None


def _put_off(op_id: str) -> Result:
    problem = Problem(
        type=ProblemType.MALFORMED,
        detail=_("The server answered this change with words that this desk does not know."),
        remedy=_("Update csr-tui: the change is asked for again until its answer can be read."),
    )
    return Result(op_id=op_id, outcome=Outcome.NOT_YET, problem=problem)
