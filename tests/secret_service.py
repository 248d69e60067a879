"""A real Secret Service for tests: a message bus and a keyring of their own, unlocked, gone at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECRET_SERVICE = "CSR_SECRET_SERVICE"
"""Set where the programs must be there: then no test is skipped without them."""

_PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
_BUS = "DBUS_SESSION_BUS_ADDRESS"


def is_installed() -> bool:
    """Whether the programs are there.

    Raises:
        AssertionError: if they have to be, and are not.
    """
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    assert not missing or not os.environ.get(SECRET_SERVICE), f"{missing} are not installed"
    return not missing


@dataclass(frozen=True, slots=True)
class SecretService:
    """A running keyring, and how programs find it."""

    environment: dict[str, str]
    daemon: subprocess.Popen[bytes]


@contextmanager
def running() -> Iterator[SecretService]:
    """A new, empty keyring."""
    home = Path(tempfile.mkdtemp(prefix="csr-keys-"))
    places = ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    environment = {**os.environ, **dict.fromkeys(places, str(home))}
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
    )
    assert bus.stdout
    environment[_BUS] = bus.stdout.readline().strip()
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        assert daemon.stdin
        daemon.stdin.write(b"password of the keyring")
        daemon.stdin.close()
        _wait_for_it(environment)
        yield SecretService({_BUS: environment[_BUS]}, daemon)
    finally:
        for process in (daemon, bus):
            process.kill()
            process.wait()
        bus.stdout.close()
        shutil.rmtree(home, ignore_errors=True)


def _wait_for_it(environment: dict[str, str]) -> None:
    """Until it has the name by which programs find it, and an unlocked place to keep things.

    Whoever asks before it has the name starts a second one, which is locked; whoever asks before it has the place is
    refused.
    """
    import jeepney
    from jeepney.io.blocking import open_dbus_connection

    name = "org.freedesktop.secrets"
    until = time.monotonic() + 20
    with open_dbus_connection(environment[_BUS]) as connection:

        def answer(message: jeepney.Message) -> Any:
            return connection.send_and_get_reply(message).body[0]

        def is_there() -> bool:
            if not answer(jeepney.bus_messages.message_bus.NameHasOwner(name)):
                return False
            service = jeepney.DBusAddress(
                "/org/freedesktop/secrets", name, "org.freedesktop.Secret.Service"
            )
            place = answer(jeepney.new_method_call(service, "ReadAlias", "s", ("default",)))
            if not str(place).startswith("/org/"):
                return False
            collection = jeepney.DBusAddress(place, name, "org.freedesktop.Secret.Collection")
            locked = answer(jeepney.Properties(collection).get("Locked"))
            return bool(locked == ("b", False))

        while not is_there():
            assert time.monotonic() < until, "the keyring does not come up"
            time.sleep(0.01)
