"""What each entry point loads: nothing that it does not need, so that it starts at once and stays small.

Not the standard library, which is there anyway: our own packages, and what was installed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SCREEN = ("textual", "rich", "platformdirs", "csr_tui", "screens")
FIRST_PAINT = (*SCREEN, "rma.errors", "rma.money", "rma.numbers", "rma.states")
"""Before it nothing reads a return: the rules cost as much as a third of Textual."""
STORES = (
    *("sqlalchemy", "sqlmodel", "pydantic", "pydantic_core", "annotated_types"),
    *("typing_inspection", "filelock", "sqlcipher3", "storage", "desk", "rma"),
)
ANYWHERE = ("typing_extensions", "cython_runtime", "rma.wording", "rma.harmless", "rma.spelling")
"""Small and everywhere: what every text for people passes through, and what every enumeration is made of."""

COMMAND = """
import sys
from {program}.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print()
print(*sys.modules)
"""
DESK = """
import asyncio, sys
from pathlib import Path
from csr_tui.app import DeskApp
from csr_tui.desk_program import open_session
from csr_tui.terminal_input import driver_class

async def opening():
    if sys.argv[1:]:
        session = await open_session(Path(sys.argv[1]))
        await asyncio.to_thread(session.desk.lookup.search, "be")
        await session.close()
    loaded.extend(sys.modules)
    app.exit()
    await asyncio.Event().wait()

loaded = []
app = DeskApp(opening, driver_class=driver_class())
app.run(headless=True, mouse=False)
print(*loaded)
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a program had loaded."""

    modules: tuple[str, ...]
    times: str
    """What `python -X importtime` said: a module below those that it imported, which are further to the right."""

    def only(self, *allowed: str) -> None:
        """Fail with the names of other packages and modules, and who imported them."""
        foreign = [name for name in self.modules if not _is_one_of(name, (*allowed, *ANYWHERE))]
        packages = [name.split(".")[0] for name in foreign]
        named = {
            top if top in foreign else name: None
            for name, top in zip(foreign, packages, strict=True)
        }
        said = [f"{name}, imported by {self._importers(name)}" for name in named]
        assert not said, "loaded too early; import it where it is used:\n" + "\n".join(said)

    def _importers(self, name: str) -> str:
        found = [(len(m[1]), m[2]) for m in re.finditer(r"\|( +)(\S+)$", self.times, re.MULTILINE)]
        names = [module for _, module in found]
        at = names.index(name)
        depth, chain = found[at][0], []
        for outer, module in found[at + 1 :]:
            if outer < depth:
                depth = outer
                chain.append(module)
        return ", by ".join(chain[:6]) or "the program itself"


def _is_one_of(name: str, allowed: tuple[str, ...]) -> bool:
    top = name.split(".")[0]
    if top in sys.stdlib_module_names or top.startswith("_"):
        return True
    return any(f"{name}.".startswith(f"{a}.") or f"{a}.".startswith(f"{name}.") for a in allowed)


def loaded_by(script: str, *arguments: str) -> Loaded:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return Loaded(tuple(done.stdout.splitlines()[-1].split()), done.stderr)


def test_the_version_is_told_by_the_command_line_alone() -> None:
    loaded_by(COMMAND.format(program="csr_tui"), "--version").only("csr_tui", "rma.errors")


def test_the_cheat_sheet_loads_neither_rules_nor_stores() -> None:
    loaded_by(COMMAND.format(program="csr_tui"), "keys").only(*SCREEN, "rma.errors")


def test_the_servers_help_loads_no_server() -> None:
    loaded_by(COMMAND.format(program="central_api"), "--help").only(
        "central_api", "rma.errors", "rma.money", "rma.request", "rma.typed_order"
    )


def test_the_first_paint_needs_the_screen_alone() -> None:
    loaded_by(DESK).only(*FIRST_PAINT)


def test_the_desk_answers_before_the_wire_is_loaded_and_without_migrations(own_shop: Path) -> None:
    loaded = loaded_by(DESK, str(own_shop / "desks" / "agent"))
    loaded.only(*SCREEN, *STORES)


def test_a_look_up_without_a_screen_loads_neither_screen_nor_wire(own_shop: Path) -> None:
    folder = own_shop / "desks" / "agent"
    loaded = loaded_by(COMMAND.format(program="csr_tui"), "lookup", "be", "--data", str(folder))
    loaded.only("csr_tui", "platformdirs", *STORES)


def test_a_module_that_is_loaded_too_early_is_named_with_its_importers() -> None:
    loaded = loaded_by("import sys, sync.client; print(*sys.modules)")
    with pytest.raises(AssertionError, match=r"\n *httpx, imported by sync\.client\n"):
        loaded.only("sync", "rma", "pydantic", "pydantic_core")
