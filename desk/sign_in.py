"""Who works on a shared desk: each person proves themselves by a PIN, also without a network.

A desk of one person asks for nothing until they choose a PIN. From the second person on everybody needs one; a new
enrollment code of the administrator gives a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from desk.errors import NotAllowed, NotReady
from desk.ports import Clock, Reference, Verifiers, Work
from rma.operations import Identity
from rma.pin import FREE_TRIES, unfit_pin, wait_left
from rma.request import Role
from rma.scope import current_versions
from rma.wording import _, plural

CLOCK_LEEWAY = timedelta(days=1)
"""A clock that was wrong by less, and is set right, turns nobody away."""


class WrongPin(NotAllowed):
    """The PIN is not the right one, or it is too soon for a try."""

    def __init__(self, sentence: str, wait: timedelta = timedelta(0)) -> None:
        """`wait` is how long no further try is taken."""
        super().__init__(sentence)
        self.wait = wait


class UnfitPin(NotAllowed):
    """Nobody should have such a PIN; says why in a few words."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person who may work here."""

    name: str
    role: Role
    has_pin: bool
    signed_in: bool
    """Whether they are the one who works here now, or did last."""
    revoked: bool = False
    """Whether the central API turned them away."""


class SignIn:
    """The sign-in of one desk. Methods block; one that tries a PIN takes a tenth of a second."""

    def __init__(
        self, reference: Reference, work: Work, clock: Clock, verifiers: Verifiers
    ) -> None:
        self._reference = reference
        self._work = work
        self._clock = clock
        self._verifiers = verifiers

    def people(self) -> list[Somebody]:
        """Everybody who is enrolled here, in the order of their enrollment."""
        here = self._work.identity()
        return [
            Somebody(
                name=each.name,
                role=each.role,
                has_pin=self.has_pin(each.name),
                signed_in=here is not None and here.person == each.name,
                revoked=each.revoked,
            )
            for each in self._work.people()
        ]

    def has_pin(self, name: str) -> bool:
        """Whether somebody has a PIN here."""
        return self._work.pin(name) is not None

    def is_asked_for(self) -> bool:
        """Whether somebody has to prove who they are before they work here."""
        people = self.people()
        return len(people) > 1 or any(each.has_pin or each.revoked for each in people)

    def sign_in(self, name: str, pin: str) -> Identity:
        """Let somebody work here who knows their PIN.

        Raises:
            WrongPin: if it is not the right one, or no try is taken at the moment.
            NotReady: if they were revoked, have no PIN here, or this desk has been without the central API for too long.
        """
        if any(each.name == name and each.revoked for each in self._work.people()):
            raise turned_away(name)
        self._still_allowed()
        self._try(name, pin)
        return self._work.sign_in(name)

    def choose_pin(self, pin: str, before: str = "") -> None:
        """Give the person who works here another PIN; `before` is the one they have.

        Raises:
            UnfitPin: if nobody should have such a PIN.
            WrongPin: if `before` is not the right one.
            NotReady: before enrollment, or if they have none and share the desk: who they are has to be proven.
        """
        here = self._work.identity()
        if here is None:
            raise NotReady(_("This desk is not enrolled: run csr-tui enroll first."))
        why = unfit_pin(pin, here.person)
        if why:
            raise UnfitPin(why)
        if self._work.pin(here.person) is not None:
            self._try(here.person, before)
        elif len(self._work.people()) > 1:
            raise _no_pin(here.person)
        self._work.set_pin(here.person, self._verifiers.make(pin))

    def set_enrolled_pin(self, person: str, pin: str) -> None:
        """Give a PIN to somebody who has just been enrolled here, which is their proof.

        Raises:
            UnfitPin: if nobody should have such a PIN.
        """
        why = unfit_pin(pin, person)
        if why:
            raise UnfitPin(why)
        self._work.set_pin(person, self._verifiers.make(pin))

    def _still_allowed(self) -> None:
        """What is made beyond the offline allowance is held for review: nobody begins to work then.

        A clock that is set back makes no allowance longer: time has passed at least up to the newest thing that was
        done here.
        """
        reached, now = self._work.last_contact(), self._clock.now()
        if reached is None:
            return
        newest = max(reached, self._work.newest_act() or reached)
        latest = max(now, newest)
        policies = current_versions(self._reference.policies(), latest)
        hours = [each.offline_hours for each in policies if each.offline_hours is not None]
        if not hours:
            return
        if newest - now > CLOCK_LEEWAY:
            said = _(
                "The clock of this computer is {hours} hours behind what was already done here: "
                "connect this desk, or set the clock right, then sign in."
            )
            raise NotReady(said.format(hours=_hours(newest - now)))
        if latest - reached > timedelta(hours=min(hours)):
            said = _(
                "This desk has not reached the central API for {hours} hours, and {allowed} are allowed: "
                "connect it, then sign in."
            )
            raise NotReady(said.format(hours=_hours(latest - reached), allowed=min(hours)))

    def _try(self, name: str, typed: str) -> None:
        """Raises WrongPin unless it is the PIN of this person, and NotReady where they have none."""
        pin = self._work.pin(name)
        if pin is None:
            raise _no_pin(name)
        wait = wait_left(pin, self._clock.now())
        if wait:
            raise WrongPin(
                _("Too many wrong ones. Next try in {wait}.").format(wait=_time(wait)), wait
            )
        self._work.count_pin_try(name)
        if self._verifiers.fits(pin.verifier, typed):
            return
        self._work.refuse_pin(name)
        left = FREE_TRIES - pin.tries - 1
        if left > 0:
            said = plural(
                "That is not the PIN of {name}. {n} more try before the desk waits.",
                "That is not the PIN of {name}. {n} more tries before the desk waits.",
                left,
            )
            raise WrongPin(said.format(name=name, n=left))
        counted = self._work.pin(name)
        wait = wait_left(counted, self._clock.now()) if counted else timedelta(0)
        said = _("That is not the PIN of {name}. Next try in {wait}.")
        raise WrongPin(said.format(name=name, wait=_time(wait)), wait)


def turned_away(name: str) -> NotReady:
    """The central API said that somebody may no longer work."""
    said = _(
        "{name} may no longer work here. Your administrator can give you a new enrollment code."
    )
    return NotReady(said.format(name=name))


def _no_pin(name: str) -> NotReady:
    return NotReady(
        _(
            "{name} has no PIN on this desk, which others share: your administrator gives a new code, "
            "and csr-tui enroll asks for a PIN."
        ).format(name=name)
    )


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)


def _time(wait: timedelta) -> str:
    seconds = max(1, -(-int(wait.total_seconds() * 1000) // 1000))
    if seconds < 60:
        return plural("{n} second", "{n} seconds", seconds).format(n=seconds)
    minutes = -(-seconds // 60)
    return plural("{n} minute", "{n} minutes", minutes).format(n=minutes)
