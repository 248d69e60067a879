"""No secret is compared letter by letter: how long that takes would tell how much of it is right.

Read from the source and not measured: the difference of a letter is nanoseconds, the noise of a request a thousand
times that. What is found by its hash, or checked by libsodium, is not compared at all.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SECRET = re.compile(
    r"secret|token|password|passphrase|pin_|signature|signed_by|private|seed|verifier|typed_code|code_sha|hash_of"
)
PUBLIC = {
    # what the names of values say, and what is meant
    "ACCESS_TOKEN.c.device",
    "ACCESS_TOKEN.c.person",
    "ACCESS_TOKEN.c.expires_at",
}
BY_HASH = {
    # the database finds a row by the SHA-256 of what was sent
    ("central_api/tokens.py", "ACCESS_TOKEN.c.token_sha256 == bindparam('token')"),
    (
        "central_api/enrolling.py",
        "ENROLLMENT_CODE.c.code_sha256 == hash_of(plain_code(request.code))",
    ),
}
OF_ITS_OWN = {
    # a desk compares what it has itself: nobody sent any of it
    ("sync/client.py", "token != stale"),
    ("sync/client.py", "self._credentials.person() != self._token_of"),
}
ROOT = Path(__file__).parents[2]


def comparisons(source: str) -> Iterator[ast.Compare]:
    """Every `==`, `!=` and `in` of a source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and any(
            isinstance(each, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for each in node.ops
        ):
            yield node


def of_secrets(source: str) -> list[str]:
    """Those with a secret on a side; an empty text or None is none."""
    found = []
    for node in comparisons(source):
        for side in (node.left, *node.comparators):
            name = ast.unparse(side)
            if SECRET.search(name.lower()) and name not in PUBLIC:
                found.append(ast.unparse(node))
                break
    return found


def test_secrets_are_found_by_their_hash_or_checked_in_constant_time() -> None:
    found = {
        (str(path.relative_to(ROOT)), comparison)
        for folder in ("central_api", "sync")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for comparison in of_secrets(path.read_text("utf-8"))
    }

    assert found == BY_HASH | OF_ITS_OWN


def test_the_look_at_the_source_sees_what_it_has_to() -> None:
    assert of_secrets("if told.token == known.token: pass")
    assert of_secrets("ok = signature != expected")
    assert of_secrets("ok = hash_of(code) in rows")
    assert not of_secrets("ok = a == b and token")
