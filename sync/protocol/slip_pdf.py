"""A return slip as a PDF: the same bytes for the same slip, on the desk that saves it and on the server that mails it.

Loading this costs tenths of a second and making one tens of milliseconds: only when asked, and in a thread. Letters
of Latin, Greek and Cyrillic scripts are in the file; those of China, Japan and Korea are drawn by the reader's own
fonts; what has no letter in either stands as a mark.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

import segno
from font_roboto import Roboto, RobotoBold
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from rma.return_slip import Slip, SlipPart, SlipRow

_REGULAR, _BOLD = "Slip", "SlipBold"
_CHINESE, _KOREAN = "STSong-Light", "HYGothic-Medium"
_MARGIN = 20 * mm
_PADDING = 6
"""Of the library's own frame around the text."""
_WIDTH = A4[0] - 2 * _MARGIN
_LABEL, _AMOUNT, _CODE = 34 * mm, 42 * mm, 32 * mm
_NO_LETTER = "\ufffd"
_PLAIN = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]

_one_at_a_time = Lock()
"""The library keeps its fonts in tables of the process."""
_letters: frozenset[int] = frozenset()


def slip_pdf(slip: Slip) -> bytes:
    """The slip as a PDF of one page or more."""
    with _one_at_a_time:
        _register()
        out = BytesIO()
        document = SimpleDocTemplate(
            out,
            pagesize=A4,
            leftMargin=_MARGIN - _PADDING,
            rightMargin=_MARGIN - _PADDING,
            topMargin=_MARGIN,
            bottomMargin=_MARGIN,
            title=f"{slip.title} {slip.spoken}",
            author=slip.shop,
            invariant=1,  # no date of today in the file
        )
        story = [_head(slip)]
        if slip.notice:
            story += [Spacer(0, 4 * mm), _paragraph(slip.notice, _BOLD, 12, 16)]
        for part in slip.parts:
            story += _part(part)
        foot = _foot(slip)
        document.build(story, onFirstPage=foot, onLaterPages=foot)
        return out.getvalue()


def _register() -> None:
    global _letters  # noqa: PLW0603  the library's fonts are the process's too
    if _letters:
        return
    regular = TTFont(_REGULAR, Roboto)
    for font in (regular, TTFont(_BOLD, RobotoBold)):
        registerFont(font)
    for name in (_CHINESE, _KOREAN):
        registerFont(UnicodeCIDFont(name))
        registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)
    _letters = frozenset(regular.face.charToGlyph)


def _head(slip: Slip) -> Any:
    text = [
        _paragraph(slip.shop, _BOLD, 12, 16),
        _paragraph(slip.title, _REGULAR, 12, 20),
        _paragraph(slip.spoken, _BOLD, 26, 34),
        Code128(slip.number, barHeight=12 * mm, barWidth=0.4 * mm, quiet=0),
    ]
    return Table(
        [[text if slip.shop else text[1:], _square_code(slip.number)]],
        colWidths=[_WIDTH - _CODE, _CODE],
        style=_PLAIN,
    )


def _square_code(number: str) -> Any:
    """A QR code with its quiet zone."""
    rows = list(segno.make_qr(number, error="m").matrix_iter(border=4))
    size = _CODE / len(rows)
    drawing = Drawing(_CODE, _CODE)
    for at, row in enumerate(rows):
        for column, dark in enumerate(row):
            if dark:
                left, low = column * size, _CODE - (at + 1) * size
                drawing.add(Rect(left, low, size, size, strokeWidth=0, strokeColor=None))
    return drawing


def _part(part: SlipPart) -> list[Any]:
    heading = [Spacer(0, 5 * mm), _paragraph(part.heading, _BOLD, 11, 16)]
    first, *rest = (_row(row) for row in part.rows)
    return [KeepTogether([*heading, first]), *rest]


def _row(row: SlipRow) -> Any:
    font = _BOLD if row.strong else _REGULAR
    if row.amount:
        cells = [_paragraph(row.text, font), _paragraph(row.amount, font, alignment=TA_RIGHT)]
        widths = [_WIDTH - _AMOUNT, _AMOUNT]
    elif row.label:
        cells = [_paragraph(row.label, _REGULAR), _paragraph(row.text, font)]
        widths = [_LABEL, _WIDTH - _LABEL]
    else:
        return _paragraph(row.text, font)
    return Table([cells], colWidths=widths, style=_PLAIN)


def _paragraph(
    text: str, font: str, size: float = 10, leading: float = 14, alignment: int = 0
) -> Any:
    style = ParagraphStyle(font, fontName=font, fontSize=size, leading=leading, alignment=alignment)
    return Paragraph(_marked_up(text), style)


def _marked_up(text: str) -> str:
    """The text as the library's markup: escaped, each run in a font that has its letters."""
    runs: list[tuple[str, str]] = []
    for letter in text:
        font, shown = _drawn(letter)
        if runs and runs[-1][0] == font:
            runs[-1] = (font, runs[-1][1] + shown)
        else:
            runs.append((font, shown))
    return "".join(
        f'<font name="{font}">{escape(run)}</font>' if font else escape(run) for font, run in runs
    )


def _drawn(letter: str) -> tuple[str, str]:
    """The font of a letter, empty for the paragraph's own, and what is drawn."""
    code = ord(letter)
    if code in _letters:
        return "", letter
    if 0x1100 <= code <= 0x11FF or 0x3130 <= code <= 0x318F or 0xAC00 <= code <= 0xD7A3:
        return _KOREAN, letter
    if 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFF01 <= code <= 0xFFEE:
        return _CHINESE, letter
    return "", _NO_LETTER


def _foot(slip: Slip) -> Callable[[Any, Any], None]:
    """Number and page at the foot of each page."""

    def draw(canvas: Any, document: Any) -> None:
        canvas.setFont(_REGULAR, 8)
        canvas.drawString(_MARGIN, 12 * mm, slip.spoken)
        canvas.drawRightString(A4[0] - _MARGIN, 12 * mm, str(document.page))

    return draw
