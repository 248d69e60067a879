"""Secrets in files: what was kept is found again, and nothing but the right passphrase opens a vault."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.secrets import Secrets
from storage.secrets.errors import DamagedSecrets, WrongPassphrase
from storage.secrets.open_file import OpenFile
from storage.secrets.vault import FILE, Vault

PASSPHRASE = "correct horse battery"
SECRET = bytes(range(32))

Opening = Callable[[Path], Secrets]
BOTH = pytest.mark.parametrize(
    "opening", [OpenFile, lambda folder: Vault(folder, PASSPHRASE)], ids=["open", "vault"]
)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A vault's file."""
    folder = tmp_path_factory.mktemp("vault")
    Vault(folder, PASSPHRASE).set("one", SECRET)
    return (folder / FILE).read_bytes()


@contextmanager
def vault_of(content: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / FILE).write_bytes(content)
        yield Path(folder)


@BOTH
def test_what_was_kept_is_found_again(opening: Opening, tmp_path: Path) -> None:
    secrets = opening(tmp_path)
    secrets.set("one", SECRET)
    secrets.set("two", b"")
    secrets.set("one", SECRET[::-1])

    again = opening(tmp_path)
    assert (again.get("one"), again.get("two"), again.get("three")) == (SECRET[::-1], b"", None)
    again.delete("one")
    again.delete("three")
    assert (secrets.get("one"), secrets.get("two")) == (None, b"")


@BOTH
def test_only_the_owner_can_read_the_file(opening: Opening, tmp_path: Path) -> None:
    secrets = opening(tmp_path)
    secrets.set("one", SECRET)
    files = [path for path in tmp_path.iterdir() if path.stat().st_size]
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600]


@BOTH
def test_of_two_writers_neither_loses_the_other_s_secret(opening: Opening, tmp_path: Path) -> None:
    writers = [opening(tmp_path), opening(tmp_path)]
    names = [f"{n}" for n in range(40)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: writers[n % 2].set(names[n], SECRET), range(len(names))))
    assert all(writers[0].get(name) == SECRET for name in names)


def test_a_vault_holds_nothing_in_clear(content: bytes) -> None:
    for part in (SECRET, SECRET.hex().encode(), b"one", PASSPHRASE.encode()):
        assert part not in content


@settings(max_examples=10, deadline=None)
@given(typed=st.text(max_size=30).filter(lambda typed: typed != PASSPHRASE))
def test_no_other_passphrase_opens_a_vault_or_changes_it(typed: str, content: bytes) -> None:
    with vault_of(content) as folder:
        with pytest.raises(WrongPassphrase, match="try again"):
            Vault(folder, typed)
        assert (folder / FILE).read_bytes() == content


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_an_altered_byte_is_found_and_the_file_left_alone(
    data: st.DataObject, content: bytes
) -> None:
    at = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(1, 255))
    altered = content[:at] + bytes([content[at] ^ other]) + content[at + 1 :]
    with vault_of(altered) as folder:
        with pytest.raises(DamagedSecrets, match="put back a copy"):
            Vault(folder, PASSPHRASE)
        assert (folder / FILE).read_bytes() == altered


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_truncated_file_is_found(data: st.DataObject, content: bytes) -> None:
    length = data.draw(st.integers(0, len(content) - 1))
    with vault_of(content[:length]) as folder, pytest.raises(DamagedSecrets):
        Vault(folder, PASSPHRASE)


def test_a_vault_whose_sum_was_made_anew_still_does_not_open(content: bytes) -> None:
    import hashlib

    body = bytearray(content[:-32])
    body[-1] ^= 1
    forged = bytes(body) + hashlib.sha256(body).digest()
    with vault_of(forged) as folder, pytest.raises(WrongPassphrase):
        Vault(folder, PASSPHRASE)


def test_an_open_vault_refuses_a_file_that_was_put_in_its_place(tmp_path: Path) -> None:
    vault = Vault(tmp_path, PASSPHRASE)
    vault.set("one", SECRET)
    (tmp_path / FILE).unlink()
    Vault(tmp_path, "of somebody else").set("one", b"theirs")
    with pytest.raises(WrongPassphrase):
        vault.get("one")
    with pytest.raises(WrongPassphrase):
        vault.set("one", SECRET)


def test_an_umlaut_opens_however_the_keyboard_composes_it(tmp_path: Path) -> None:
    Vault(tmp_path, "gr\u00fcner Baum").set("one", SECRET)
    assert Vault(tmp_path, "gru\u0308ner Baum").get("one") == SECRET


@pytest.mark.parametrize("garbage", [b"", b"[]", b'{"one": 1}', b'{"one": "zz"}', b"\xff"])
def test_a_damaged_open_file_is_said_and_left_alone(tmp_path: Path, garbage: bytes) -> None:
    secrets = OpenFile(tmp_path)
    (tmp_path / "desk.secrets").write_bytes(garbage)
    with pytest.raises(DamagedSecrets):
        secrets.get("one")
    with pytest.raises(DamagedSecrets):
        secrets.set("one", SECRET)
    assert (tmp_path / "desk.secrets").read_bytes() == garbage
