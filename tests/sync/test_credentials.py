"""What a desk says to enroll and to get a token, and the key that proves it."""

from __future__ import annotations

import json
from datetime import timedelta

from sync.credentials import Credentials, enrollment
from sync.device_key import DeviceKey, new_seed
from sync.protocol.documents import read_document
from sync.protocol.envelopes import Assertion, enrollment_bytes
from sync.protocol.signing import FOR_A_TOKEN, as_text, from_text, is_signed
from tests.sync.memory import NOW

KEY = DeviceKey(b"k" * 32)


def credentials() -> Credentials:
    return Credentials("device-1", "server-1", KEY, lambda: "Ada")


def test_an_assertion_names_device_person_and_server_and_is_good_for_a_minute() -> None:
    asked = credentials().assertion(NOW)

    told = read_document(Assertion, asked.assertion)
    assert (told.device, told.person, told.audience) == ("device-1", "Ada", "server-1")
    assert (told.issued_at, told.expires_at) == (NOW, NOW + timedelta(minutes=1))
    assert is_signed(FOR_A_TOKEN + asked.assertion.encode(), asked.signature, [KEY.public])


def test_no_two_assertions_are_the_same() -> None:
    made = [json.loads(credentials().assertion(NOW).assertion)["jti"] for _ in range(20)]
    assert len(set(made)) == 20


def test_an_enrollment_shows_the_key_and_that_we_have_it() -> None:
    asked = enrollment("CODE", "device-1", "test", KEY)

    signed = enrollment_bytes("CODE", "device-1", asked.public_key)
    assert from_text(asked.public_key) == KEY.public
    assert is_signed(signed, asked.signature, [KEY.public])


def test_what_is_signed_for_one_purpose_is_not_signed_for_another() -> None:
    asked = credentials().assertion(NOW)
    assert not is_signed(asked.assertion.encode(), asked.signature, [KEY.public])


def test_the_same_seed_is_the_same_key_and_a_new_one_is_another() -> None:
    assert DeviceKey(b"k" * 32).public == KEY.public
    assert DeviceKey(b"k" * 32).device == KEY.device
    assert DeviceKey(new_seed()).public != KEY.public
    assert DeviceKey(new_seed()).device != KEY.device


def test_a_key_does_not_show_its_seed() -> None:
    assert as_text(b"k" * 32) not in repr(KEY)
    assert "k" * 8 not in repr(KEY)
