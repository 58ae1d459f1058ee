"""Arrive in a jury: the link of the letter, the password, the charter; nobody enters as somebody else."""

import pytest

from hubs_portal.accounts import links
from juries.actions import constitution
from juries.models import Jury, JuryLine, Seat
from tests import builders
from tests.builders import PASSWORD, TimedClient
from tests.builders.juries import JURY_TIME
from tests.builders.jurors import page

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "un mot de passe de juré"


@pytest.fixture
def jury() -> Jury:
    return builders.a_jury(builders.a_call())


@pytest.fixture
def seat(jury: Jury) -> Seat:
    """Just invited, by an account that was opened for it."""
    return builders.a_juror(jury, charter=False)


def link(seat: Seat) -> str:
    return page("juror_invitation", links.make("seat", seat.pk))


def state(seat: Seat) -> tuple[bool, bool, bool]:
    """Accepted, sworn, still there."""
    seat = Seat.objects.get(pk=seat.pk)
    return seat.accepted_at is not None, seat.charter_signed_at is not None, seat.removed_at is None


def acts(jury: Jury) -> list[str]:
    return list(JuryLine.objects.filter(subject=jury).order_by("sequence").values_list("act", flat=True))


def test_reading_the_link_writes_nothing(client: TimedClient, seat: Seat) -> None:
    before = acts(seat.jury)

    response = client.get(link(seat))

    assert (response.status_code, response.context["step"]) == (200, "open")
    assert (state(seat), acts(seat.jury)) == ((False, False, True), before)
    assert "_auth_user_id" not in client.session


def test_a_new_juror_chooses_a_password_accepts_and_arrives_at_the_charter(client: TimedClient, seat: Seat) -> None:
    response = client.post(link(seat), {"name": "Sacha Nouveau", "password": NEW_PASSWORD})

    assert response.headers["Location"] == page("juror_charter", seat.pk)
    assert state(seat) == (True, False, True)
    assert client.session["_auth_user_id"] == str(seat.user_id)
    seat.user.refresh_from_db()
    assert (seat.user.name, seat.user.check_password(NEW_PASSWORD)) == ("Sacha Nouveau", True)
    # the link, followed again, leads where one was
    assert client.get(link(seat)).headers["Location"] == page("juror_charter", seat.pk)


def test_a_weak_password_is_refused_and_the_name_kept(client: TimedClient, seat: Seat) -> None:
    response = client.post(link(seat), {"name": "Sacha Nouveau", "password": "court"})

    assert response.status_code == 422
    assert b"Sacha Nouveau" in response.content
    assert state(seat) == (False, False, True)
    seat.user.refresh_from_db()
    assert not seat.user.has_usable_password()


def test_the_link_never_lets_in_who_has_a_password(client: TimedClient, seat: Seat) -> None:
    seat.user.set_password(PASSWORD)
    seat.user.save()

    shown = client.get(link(seat))
    posted = client.post(link(seat), {"name": "Intrus", "password": NEW_PASSWORD})

    assert (shown.context["step"], posted.context["step"]) == ("sign_in", "sign_in")
    assert "_auth_user_id" not in client.session
    seat.user.refresh_from_db()
    assert (seat.user.check_password(PASSWORD), state(seat)) == (True, (False, False, True))


def test_somebody_else_signed_in_accepts_and_declines_nothing(client: TimedClient, seat: Seat) -> None:
    client.force_login(builders.a_user())

    for typed in ({}, {"decline": "1"}, {"name": "Intrus", "password": NEW_PASSWORD}):
        response = client.post(link(seat), typed)
        assert (response.status_code, response.context["step"]) == (200, "another")

    assert state(seat) == (False, False, True)


def test_its_holder_signed_in_accepts_once_however_often_they_post(client: TimedClient, seat: Seat) -> None:
    client.force_login(seat.user)

    first, second = client.post(link(seat)), client.post(link(seat))

    assert {first.headers["Location"], second.headers["Location"]} == {page("juror_charter", seat.pk)}
    assert acts(seat.jury).count("accept") == 1


def test_declining_with_a_word_needs_no_account_and_may_be_posted_twice(client: TimedClient, seat: Seat) -> None:
    said = {"decline": "1", "reason": "Je pars en mission."}

    first, second = client.post(link(seat), said), client.post(link(seat), said)

    assert [r.headers["Location"] for r in (first, second)] == [page("home"), page("home")]
    assert state(seat) == (False, False, False)
    line = JuryLine.objects.get(subject=seat.jury, act="decline")
    assert line.note == "Je pars en mission."
    assert client.get(link(seat)).status_code == 404


def test_a_reason_pasted_with_a_nul_is_kept_without_it(client: TimedClient, seat: Seat) -> None:
    client.post(link(seat), {"decline": "1", "reason": "Je pars\x00 en mission."})

    assert JuryLine.objects.get(subject=seat.jury, act="decline").note == "Je pars en mission."


def test_who_has_sworn_no_longer_declines_by_the_link(client: TimedClient, seat: Seat) -> None:
    constitution.sign_charter(seat, at=JURY_TIME)

    response = client.post(link(seat), {"decline": "1"})

    assert response.status_code == 409
    assert state(seat) == (True, True, True)


@pytest.mark.parametrize("token", ["x", "Mw:1abc:" + "0" * 43])
def test_a_forged_link_opens_nothing(client: TimedClient, token: str) -> None:
    assert client.get(page("juror_invitation", token)).status_code == 404
    assert client.post(page("juror_invitation", token), {"decline": "1"}).status_code == 404


def test_a_link_made_for_a_dossier_opens_no_jury(client: TimedClient, seat: Seat) -> None:
    assert client.get(page("juror_invitation", links.make("member", seat.pk))).status_code == 404


def test_the_charter_is_signed_once_as_it_was_read(client: TimedClient, seat: Seat) -> None:
    client.force_login(seat.user)
    address = page("juror_charter", seat.pk)
    read = seat.jury.charter_digest
    Jury.objects.filter(pk=seat.jury_id).update(charter_fr="Un autre texte.")

    refused = client.post(address, {"digest": read})

    assert (refused.status_code, state(seat)) == (409, (False, False, True))
    assert "Un autre texte." in refused.content.decode()
    present = Jury.objects.get(pk=seat.jury_id).charter_digest
    for _again in range(2):
        assert client.post(address, {"digest": present}).headers["Location"] == page("juror_desk")
    assert state(seat) == (True, True, True)
    assert acts(seat.jury).count("sign_charter") == 1
    assert client.get(address).status_code == 200


def test_nobody_reads_or_signs_the_charter_of_another(client: TimedClient, seat: Seat) -> None:
    other = builders.a_juror(seat.jury)
    client.force_login(other.user)

    assert client.get(page("juror_charter", seat.pk)).status_code == 404
    assert client.post(page("juror_charter", seat.pk), {"digest": seat.jury.charter_digest}).status_code == 404
    assert state(seat) == (False, False, True)
