"""The slip as a PDF, read back: its text, its two codes, the same bytes, and no text that breaks it."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp

from rma.return_slip import Slip, return_slip
from sync.protocol.slip_pdf import slip_pdf
from tests import shop
from tests.rma.test_return_slip import HOSTILE, norden, slip_of


def text_of(pdf: bytes) -> str:
    """What stands on all of its pages."""
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_it_says_what_the_slip_says() -> None:
    slip = slip_of()
    text = " ".join(text_of(slip_pdf(slip)).split())

    for part in slip.parts:
        assert part.heading in text
        for row in part.rows:
            assert all(said in text for said in (row.label, row.text, row.amount))


def test_both_codes_give_the_number() -> None:
    page = pypdfium2.PdfDocument(slip_pdf(slip_of()))[0]
    found = zxingcpp.read_barcodes(page.render(scale=4).to_pil())

    assert {str(code.text) for code in found} == {"47120300034"}
    assert len(found) == 2


def test_the_same_slip_gives_the_same_bytes() -> None:
    assert slip_pdf(slip_of()) == slip_pdf(slip_of())


def test_another_slip_gives_other_bytes() -> None:
    assert slip_pdf(slip_of()) != slip_pdf(slip_of(packaging=("Use a bag.",)))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>Bobby</b> & <para>Sons</para>", "<b>Bobby</b> & <para>Sons</para>"),
        ("Łukasz Ωμέγα Иван", "Łukasz Ωμέγα Иван"),
        ("李小龙 さくら 김철수", "李小龙 さくら 김철수"),
        ("&#0; &lt;br/&gt;", "&#0; &lt;br/&gt;"),
    ],
)
def test_names_stand_as_they_are(name: str, shown: str) -> None:
    slip = return_slip(shop.finalized(), shop.order(), shop.customer(name=name))

    assert shown in text_of(slip_pdf(slip))


def test_hostile_text_gives_a_short_readable_document() -> None:
    record = shop.finalized(policy=norden(packaging=(HOSTILE,), shop=HOSTILE))
    record = replace(record, lines=tuple(replace(li, name=HOSTILE) for li in record.lines))
    pdf = slip_pdf(return_slip(record, None, shop.customer(name=HOSTILE)))

    assert len(pypdfium2.PdfDocument(pdf)) <= 3
    assert "Bobby" in text_of(pdf)


def test_a_hundred_lines_go_over_several_pages_with_the_number_on_each() -> None:
    slip: Slip = slip_of()
    many = tuple(replace(part, rows=part.rows * 40) for part in slip.parts)
    document = pypdfium2.PdfDocument(slip_pdf(replace(slip, parts=many)))

    assert len(document) > 3
    assert all(slip.spoken in page.get_textpage().get_text_range() for page in document)
