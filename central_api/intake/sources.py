"""Physical lines of an input file: plain, gzip or xz, UTF-8, of bounded length."""

from __future__ import annotations

import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple, cast

from central_api.intake.errors import IntakeRefused

MAX_LINE_BYTES = 64 * 1024
"""A longer line is no row of ours; what is beyond it is skipped, never held in memory."""

_BROKEN_PACKING = (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError)
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_BOM = b"\xef\xbb\xbf"


class PhysicalLine(NamedTuple):
    """One line of a file, without its line end."""

    number: int
    """From 1."""
    text: str
    problem: str
    """Why it cannot be read; empty for a good line."""


def format_of(path: Path) -> str:
    """`csv` or `jsonl`, by the name of the file.

    Raises:
        IntakeRefused: if the name tells neither.
    """
    name = path.name.lower()
    for packing in (".gz", ".xz"):
        name = name.removesuffix(packing)
    if name.endswith(".csv"):
        return "csv"
    if name.endswith((".jsonl", ".ndjson")):
        return "jsonl"
    raise IntakeRefused(
        f"{path}: the name has to end in .csv or .jsonl (or .csv.gz, .csv.xz, .jsonl.gz, .jsonl.xz)."
    )


def physical_lines(path: Path) -> Iterator[PhysicalLine]:
    """The lines of a file, one after the other; a line that cannot be read says why.

    Raises:
        IntakeRefused: if the file cannot be opened or unpacked, or is not UTF-8 from its first line on.
    """
    try:
        with _open(path) as stream:
            yield from _lines(path, stream)
    except _BROKEN_PACKING as error:
        raise IntakeRefused(
            f"{path}: the packed file is damaged or cut off ({error}). Copy it again, then import again."
        ) from error
    except OSError as error:
        raise IntakeRefused(f"{path}: cannot be read: {error.strerror or error}.") from error


def _open(path: Path) -> IO[bytes]:
    name = path.name.lower()
    packed: gzip.GzipFile | lzma.LZMAFile
    if name.endswith(".gz"):
        packed = gzip.GzipFile(path, "rb")
    elif name.endswith(".xz"):
        packed = lzma.LZMAFile(path, "rb")  # noqa: SIM115 - closed with its reader
    else:
        return path.open("rb")
    return io.BufferedReader(cast("io.RawIOBase", packed), 1 << 16)


def _lines(path: Path, stream: IO[bytes]) -> Iterator[PhysicalLine]:
    number = 0
    while data := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if number == 1:
            data = _without_mark(path, data)
        ended = data.endswith(b"\n")
        if len(data) > MAX_LINE_BYTES and not ended:
            _skip_to_line_end(stream)
            text = data[:200].decode(errors="backslashreplace")
            yield PhysicalLine(number, text, f"the line is longer than {MAX_LINE_BYTES} bytes")
            continue
        data = data.rstrip(b"\r\n")
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            problem = (
                f"byte {error.start + 1} of the line (0x{data[error.start]:02X}) is not UTF-8: "
                "save the file as UTF-8"
            )
            yield PhysicalLine(number, data.decode(errors="backslashreplace"), problem)
            continue
        yield PhysicalLine(number, text, "the line holds a NUL byte" if "\0" in text else "")


def _without_mark(path: Path, first: bytes) -> bytes:
    if first.startswith(_WIDE_MARKS):
        raise IntakeRefused(f"{path}: line 1, byte 1: this is UTF-16 or UTF-32. Save it as UTF-8.")
    return first.removeprefix(_BOM)


def _skip_to_line_end(stream: IO[bytes]) -> None:
    while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass
