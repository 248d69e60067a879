"""Who works here, asked before anything else where people share the desk."""

from __future__ import annotations

from csr_tui.plain.talk import Option, Talk
from desk.errors import NotAllowed
from desk.sign_in import SignIn
from rma.wording import _


def sign_in(talk: Talk, people: SignIn) -> None:
    """Ask for a person and their PIN until they fit; nothing is asked where nobody has to prove who they are.

    Raises:
        Back, Quit, AnswersEnded: where that is the answer.
        NotReady: if they have no PIN here, or this desk has been without the central API for too long.
    """
    if not people.is_asked_for():
        return
    known = people.people()
    last = next((each.name for each in known if each.signed_in), None)
    options = [Option(each.name, each.name) for each in known]
    name = known[0].name
    if len(known) > 1:
        name = talk.choose(_("Who works here"), options, kept=last)
    while True:
        try:
            people.sign_in(name, talk.ask_secret(_("PIN or password of {name}").format(name=name)))
        except NotAllowed as error:
            talk.say(str(error))
        else:
            return
