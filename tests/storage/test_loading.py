"""A download of ref.db that was cut goes on where it was, whatever cut it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

import pytest

from storage.loading import LoadPosition, ReferenceLoad
from storage.reference import FILE, NEW_FILE, ReferenceStore
from storage.reference_rows import ReferenceRow
from tests import shop
from tests.keys import KEY


def customers(numbers: Iterable[int]) -> list[ReferenceRow]:
    values = [
        shop.customer(customer_id=f"C-{number}", name=f"Customer {number}") for number in numbers
    ]
    return [ReferenceRow("customer", value.customer_id, 1, value) for value in values]


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """A folder in which a download was cut after three customers."""
    reference = ReferenceStore.open(tmp_path, KEY)
    load = reference.begin_load("c-1")
    load.add(customers([1, 2]))
    load.add(customers([3]))
    load.close()
    reference.close()
    return tmp_path


def test_it_knows_where_it_was_after_a_restart(cut: Path) -> None:
    reference = ReferenceStore.open(cut, KEY)
    load = reference.resume_load()
    assert load is not None
    assert load.position == LoadPosition("c-1", "customer", "C-3", 3)
    reference.close()


def test_it_goes_on_with_what_it_has(cut: Path) -> None:
    reference = ReferenceStore.open(cut, KEY)
    load = reference.resume_load()
    assert load is not None
    load.add(customers([3, 4]))
    load.finish()
    assert reference.cursor() == "c-1"
    assert len(reference.customers_by_name(["customer"], 10)) == 4
    assert reference.resume_load() is None
    reference.close()


def test_a_load_without_a_row_yet_is_resumed_at_its_beginning(tmp_path: Path) -> None:
    reference = ReferenceStore.open(tmp_path, KEY)
    reference.begin_load("c-1").close()
    load = reference.resume_load()
    assert load is not None
    assert load.position == LoadPosition("c-1")
    reference.close()


def test_there_is_nothing_to_resume_without_a_load(tmp_path: Path) -> None:
    reference = ReferenceStore.open(tmp_path, KEY)
    assert reference.resume_load() is None
    assert not (tmp_path / NEW_FILE).exists()
    reference.close()


@pytest.mark.parametrize("content", [b"", b"no database at all", b"\0" * 8192])
def test_a_damaged_file_is_not_resumed_and_a_new_load_replaces_it(
    cut: Path, content: bytes
) -> None:
    (cut / NEW_FILE).write_bytes(content)
    reference = ReferenceStore.open(cut, KEY)
    assert reference.resume_load() is None
    load = reference.begin_load("c-2")
    load.add(customers([7]))
    load.finish()
    assert reference.cursor() == "c-2"
    reference.close()


def test_a_file_of_another_key_is_not_resumed(cut: Path) -> None:
    reference = ReferenceStore.open(cut, bytes(32))
    assert reference.resume_load() is None
    reference.close()


def test_a_crash_between_the_end_of_a_load_and_its_swap_is_completed_at_the_next_start(
    tmp_path: Path,
) -> None:
    class Crash(Exception):
        pass

    def crash() -> None:
        raise Crash

    ReferenceStore.open(tmp_path, KEY).close()
    load = ReferenceLoad.begin(tmp_path / NEW_FILE, KEY, "c-1", crash)
    load.add(customers([1]))
    with pytest.raises(Crash):
        load.finish()

    reference = ReferenceStore.open(tmp_path, KEY)
    assert reference.cursor() == "c-1"
    assert reference.customer("C-1") is not None
    assert not (tmp_path / NEW_FILE).exists()
    reference.close()


def test_a_crash_in_the_middle_of_the_swap_is_completed_at_the_next_start(tmp_path: Path) -> None:
    ReferenceStore.open(tmp_path, KEY).close()

    def crash() -> None:
        (tmp_path / FILE).unlink()

    load = ReferenceLoad.begin(tmp_path / NEW_FILE, KEY, "c-1", crash)
    load.finish()
    reference = ReferenceStore.open(tmp_path, KEY)
    assert reference.cursor() == "c-1"
    reference.close()


def test_a_process_that_is_killed_in_the_middle_of_a_load_loses_no_page(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from storage.reference import ReferenceStore
        from tests.keys import KEY
        from tests.storage.test_loading import customers
        load = ReferenceStore.open(Path(sys.argv[1]), KEY).begin_load("c-1")
        for page in range(5):
            load.add(customers(range(page * 10, page * 10 + 10)))
        print("five pages", flush=True)
        time.sleep(600)
    """)
    loading = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with loading:
        assert loading.stdout is not None
        assert loading.stdout.readline() == "five pages\n"
        loading.kill()
    reference = ReferenceStore.open(tmp_path, KEY)
    load = reference.resume_load()
    assert load is not None
    assert load.position.rows == 50
    load.finish()
    assert len(reference.customers_by_name(["customer"], 100)) == 50
    reference.close()
