"""What a user may do to the keys, and why not."""

from __future__ import annotations

import pytest

from screens.commands import BY_SCREEN, EVERYWHERE, Keymap
from screens.commands.registry import by_id
from screens.commands.remap import FREE_KEYS, remap


def refusal(**wanted: object) -> str:
    """What is said against wishes; `__` stands for the dot of an id."""
    _, refused = remap({name.replace("__", "."): value for name, value in wanted.items()})
    return " | ".join(f"{each.command_id}: {each.sentence}" for each in refused)


def keymap(**wanted: object) -> Keymap:
    keys, refused = remap({name.replace("__", "."): value for name, value in wanted.items()})
    assert not refused
    return keys


def test_a_command_gets_another_key() -> None:
    assert keymap(app__sync="f6").shown("app.sync") == "F6"


def test_a_list_gives_a_command_several_keys_and_the_first_is_shown() -> None:
    keys = keymap(return__submit=["f6", "f9"])
    (command,) = keys.of([by_id()["return.submit"]])
    assert (command.keys, command.shown_key) == (("f6", "f9"), "F6")


@pytest.mark.parametrize("written", ["F6", " f6 ", "f6"])
def test_keys_may_be_written_as_people_write_them(written: str) -> None:
    assert keymap(app__sync=written).keys == {"app.sync": "f6"}


@pytest.mark.parametrize(
    ("written", "key", "makes_room"),
    [
        ("Ctrl+Y", "ctrl+y", {"form__redo": "f6"}),
        ("Esc", "escape", {}),
        ("INS", "insert", {"return__split_line": "f6"}),
    ],
)
def test_names_of_keys_have_more_than_one_spelling(
    written: str, key: str, makes_room: dict[str, str]
) -> None:
    wanted = keymap(return__discard=written, **makes_room)
    assert wanted.keys["return.discard"] == key


def test_two_commands_swap_their_keys() -> None:
    assert keymap(app__sync="f8", app__approvals="f5").keys == {
        "app.sync": "f8",
        "app.approvals": "f5",
    }


def test_a_key_that_was_freed_can_be_used() -> None:
    keymap(return__discard="f12", return__leave=["f3", "escape"])


def test_an_unknown_command_is_refused_with_the_nearest_one() -> None:
    assert "no such command. Did you mean app.sync?" in refusal(app__snyc="f6")


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("ctrl+enter", "plain Enter"),
        ("shift+enter", "plain Enter"),
        ("alt+3", "Esc and another key"),
        ("alt+x", "Esc and another key"),
        ("f10", "terminals keep F10"),
        ("f11", "terminals keep F11"),
        ("f13", "terminals keep F13"),
        ("ctrl+i", "sends Ctrl+I as Tab"),
        ("ctrl+m", "sends Ctrl+M as Enter"),
        ("ctrl+j", "sends Ctrl+J as Enter"),
        ("ctrl+h", "sends Ctrl+H as Backspace"),
        ("ctrl+[", "sends Ctrl+[ as Esc"),
        ("ctrl+b", "tmux"),
        ("ctrl+c", "field"),
        ("ctrl+a", "field"),
        ("x", "is text"),
        ("7", "does not reach"),
        ("tab", "does not reach"),
        ("enter", "does not reach"),
        ("nonsense", "does not reach"),
    ],
)
def test_a_key_that_cannot_be_relied_on_is_refused_with_the_reason_and_the_remedy(
    key: str, why: str
) -> None:
    said = refusal(app__sync=key)
    assert why.lower() in said.lower()
    assert "Take F1 to F9" in said


def test_a_command_of_a_list_takes_another_letter() -> None:
    assert keymap(rma__approve="y").shown("rma.approve") == "Y"


def test_a_key_is_refused_where_it_already_means_something_on_the_same_screen() -> None:
    assert "D already means Decline (rma.decline) at RMA" in refusal(rma__approve="d")


def test_a_key_of_a_screen_may_not_be_one_that_acts_everywhere() -> None:
    assert "F8 already means Approvals (app.approvals)" in refusal(customer__return="f8")


def test_a_key_that_acts_everywhere_may_not_be_one_of_any_screen() -> None:
    assert "F9 already means Finalize (return.submit) at Return" in refusal(app__sync="f9")


def test_a_key_that_acts_in_dialogs_may_not_be_one_of_theirs() -> None:
    assert "Esc already means" in refusal(app__help="escape")


def test_a_key_that_does_not_act_in_dialogs_may_be_one_of_theirs() -> None:
    """Ctrl+P closes the palette, which F5 never reaches."""
    keymap(ask__give_up=["escape", "f5"])


def test_two_wishes_for_one_key_are_refused_once() -> None:
    assert refusal(app__sync="f6", app__jump="f6").count("already means") == 1


def test_enter_in_a_list_stays_where_it_is() -> None:
    assert "stays where it is" in refusal(home__open="f6")


def test_a_command_without_a_key_has_none_to_move() -> None:
    assert "no key to move" in refusal(app__attention="f6")


@pytest.mark.parametrize("value", [[], "", 5, ["f6", 7], {}, None, True])
def test_what_is_no_key_is_refused(value: object) -> None:
    assert "in quotes" in refusal(app__sync=value)


def test_everything_that_is_wrong_is_told() -> None:
    said = refusal(app__snyc="f6", app__sync="f10", rma__approve="d")
    assert said.count(":") >= 3


def test_the_key_that_opens_a_dialog_closes_it_also_when_it_was_moved() -> None:
    (values,) = keymap(return__values="f6").of([by_id()["values.give_up"]])
    assert {"f6", "escape"} <= set(values.keys)
    assert "f4" not in values.keys
    (palette,) = keymap(app__palette="f6").of([by_id()["palette.close"]])
    assert "f6" in palette.keys


def test_a_sentence_names_the_keys_that_the_user_has() -> None:
    keys = keymap(app__sync="f6", app__go_to="ctrl+t", return__exceptions="f5")
    said = keys.said("Not here: press F5 to sync, F55 or F2. Ctrl+G leads on, also (F5).")
    assert said == "Not here: press F6 to sync, F55 or F2. Ctrl+T leads on, also (F6)."


def test_swapped_keys_are_swapped_in_a_sentence() -> None:
    keys = keymap(app__sync="f8", app__approvals="f5")
    assert keys.said("F5 syncs, F8 shows the queue.") == "F8 syncs, F5 shows the queue."


def test_a_sentence_names_the_keys_of_its_own_screen() -> None:
    keys = keymap(return__submit="f6")
    assert keys.said("F9 gives the number.") == "F9 gives the number."
    assert keys.said("F9 gives the number.", BY_SCREEN["return"]) == "F6 gives the number."


def test_every_default_key_may_be_written_down_as_it_is() -> None:
    wanted = {
        command.id: list(command.keys)
        for command in by_id().values()
        if command.bound and command.keys
    }
    keys, refused = remap(wanted)
    assert refused == ()
    assert keys.of(EVERYWHERE) == EVERYWHERE


def test_there_are_enough_free_keys_to_move_to() -> None:
    used = {key for command in by_id().values() for key in command.keys}
    assert FREE_KEYS - used
