"""The faults, one function each: what is done to an installation, and the figures that come of it."""

import random
import time
from collections.abc import Iterator

from tests.faults.figures import Figure
from tests.faults.installation import Installation

_PATIENCE = 120.0
_SETTLES = 60.0  # seconds after the end of the cause
_ANSWERS = 5.0


def killed_workers(portal: Installation, *, letters: int, kills: int) -> Iterator[Figure]:
    """The workers are killed while they send, again and again; each has one letter in its hands, hence the repeats."""
    name = f"{portal.name}: worker killed {kills} times over {letters} letters"
    portal.start_over()
    portal.mail.order(**{"slow to say so": 0.15})
    portal.act("write", n=letters)
    for _ in range(kills):
        before = len(portal.mail.kept())
        portal.start_worker()
        _until(lambda before=before: len(portal.mail.kept()) >= before + 2)
        time.sleep(random.uniform(0, 0.3))
        portal.kill_worker()
    portal.mail.order()
    portal.start_worker()
    settled = portal.seconds_to_settle(_PATIENCE)
    written = {message_id for (message_id,) in portal.rows("SELECT message_id FROM hubs_portal_letter")}
    kept = [message["message_id"] for message in portal.mail.kept()]
    yield Figure(f"{name}, lost", len(written - set(kept)), 0, "letters")
    yield Figure(f"{name}, of another identity", len(set(kept) - written), 0, "letters")
    yield Figure(f"{name}, repeats", len(kept) - len(set(kept)), kills * portal.senders, "letters")
    yield Figure(f"{name}, not said sent nor uncertain", letters - _told(portal), 0, "letters")
    yield Figure(f"{name}, settled after", settled, _SETTLES, "s")


def redis_faults(portal: Installation, *, letters: int, away: float = 0) -> Iterator[Figure]:
    """Redis stopped, flushed, hung, while acts go on; it stays `away` for so many seconds after them."""
    redis = portal.redis
    assert redis is not None, "only a served portal has one"
    for fault, begin, end in (
        ("stopped", redis.stop, redis.start),
        ("flushed", redis.flush, lambda: None),
        ("hung", redis.hang, redis.resume),
    ):
        portal.start_over()
        portal.start_worker()
        portal.act("signal")
        _until(lambda: bool(_signalled(portal) & _kept(portal)))
        begin()
        slowest = max(portal.act("signal") for _ in range(letters))
        written = len(_signalled(portal))
        time.sleep(away)
        left = len(_signalled(portal) & _kept(portal))
        end()
        settled = portal.seconds_to_settle(_PATIENCE)
        name = f"Redis {fault} during {letters} acts"
        yield Figure(f"{name}, slowest answer", slowest, _ANSWERS, "s")
        yield Figure(f"{name}, letters not written", letters + 1 - written, 0, "letters")
        if away:
            yield Figure(f"{name}, letters still there after {away:g} s", letters + 1 - left, 0, "letters")
        received = len(_signalled(portal) & _kept(portal))
        yield Figure(f"{name}, letters not received", letters + 1 - received, 0, "letters")
        yield Figure(f"{name}, settled after", settled, _SETTLES, "s")
        portal.kill_worker()


def mail_server_faults(portal: Installation, *, letters: int) -> Iterator[Figure]:
    """What the mail server may do wrong for some seconds, and how long after it the letters are settled."""
    for fault, orders in (
        ("down", None),
        ("greets with 421", {"greeting": "421 too busy"}),
        ("answers 451", {"rcpt": "451 later"}),
        ("answers 421 in mid-conversation", {"mail": "421 closing"}),
        ("is slow, 2 s a letter", {"slow": 2}),
    ):
        portal.start_over()
        portal.start_worker()
        if orders is None:
            portal.mail.stop()
        else:
            portal.mail.order(**orders)
        portal.act("write", n=letters)
        time.sleep(8)
        if orders is None:
            portal.mail.start()
        portal.mail.order()
        settled = portal.seconds_to_settle(_PATIENCE)
        name = f"mail server {fault}"
        yield Figure(f"{name}, letters not received", letters - _received(portal), 0, "letters")
        yield Figure(f"{name}, repeats", len(portal.mail.kept()) - _received(portal), 0, "letters")
        yield Figure(f"{name}, settled after", settled, _SETTLES, "s")


def final_answers(portal: Installation, *, letters: int) -> Iterator[Figure]:
    """What cannot be mended by waiting is said as it is."""
    portal.start_over()
    portal.start_worker()
    portal.mail.order(rcpt="550 no such box")
    portal.act("write", n=letters)
    settled = portal.seconds_to_settle(_PATIENCE)
    yield Figure("mail server answers 550, not said failed", letters - portal.states()["failed"], 0, "letters")
    yield Figure("mail server answers 550, settled after", settled, _SETTLES, "s")
    portal.start_over()
    portal.start_worker()
    portal.mail.order(end="cut after keeping")
    portal.act("write", n=letters)
    settled = portal.seconds_to_settle(_PATIENCE)
    kept = [message["message_id"] for message in portal.mail.kept()]
    yield Figure("mail server cut after DATA, not said uncertain", letters - portal.states()["uncertain"], 0, "letters")
    yield Figure("mail server cut after DATA, copies of a letter", max(map(kept.count, kept)), 2, "copies")
    yield Figure("mail server cut after DATA, settled after", settled, _SETTLES, "s")


def draining(portal: Installation, *, letters: int) -> Iterator[Figure]:
    """A pile of letters, as a release leaves it, against a server that takes them at once."""
    portal.start_over()
    portal.act("pile", n=letters)
    portal.start_worker()
    _until(lambda: bool(portal.mail.kept()))
    started, first = time.monotonic(), len(portal.mail.kept())
    portal.seconds_to_settle(letters / 20)
    speed = (len(portal.mail.kept()) - first) / (time.monotonic() - started)
    yield Figure(f"{portal.name}: {letters} letters drained", speed, 100, "a second", at_least=True)
    yield Figure(f"{portal.name}: {letters} letters drained, not received", letters - _received(portal), 0, "letters")


def _received(portal: Installation) -> int:
    return len(_kept(portal))


def _kept(portal: Installation) -> set[str]:
    return {message["message_id"] for message in portal.mail.kept()}


def _signalled(portal: Installation) -> set[str]:
    """The letters the acts have caused; time may write others meanwhile."""
    rows = portal.rows("SELECT message_id FROM hubs_portal_letter WHERE kind = 'signalling'")
    return {message_id for (message_id,) in rows}


def _told(portal: Installation) -> int:
    states = portal.states()
    return states["sent"] + states["uncertain"]


def _until(happened: object, patience: float = _PATIENCE) -> None:
    assert callable(happened)
    deadline = time.monotonic() + patience
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError("nothing happened")
        time.sleep(0.02)
