"""Panels in the office: created, filled, given candidacies with what tells them apart and who stays out."""

from decimal import Decimal

import pytest

from hubs_portal.letters.models import Letter
from juries.actions import interests
from juries.models import Panel, PanelCandidacy, PanelMember
from tests import builders
from tests.builders.browsers import TimedClient
from tests.builders.examined import a_frozen_call, an_eligible
from tests.juries.offices import AT, Office, page, sentences

pytestmark = pytest.mark.django_db


def test_an_officer_creates_a_panel_and_places_jurors_in_it(client: TimedClient) -> None:
    call = builders.a_call()
    jury = builders.a_jury(call)
    reader, listener = builders.a_juror(jury), builders.a_juror(jury, charter=False)
    client.at(AT).force_login(builders.an_officer(call))

    created = client.post(page("panels", jury.pk), {"name": "Panel Sud"})
    twice = client.post(page("panels", jury.pk), {"name": "Panel Sud"})
    panel = Panel.objects.get()
    client.post(page("panel_member", jury.pk, panel.pk), {"seat": reader.pk, "reader": "1"})
    client.post(page("panel_member", jury.pk, panel.pk), {"seat": listener.pk, "reader": "0"})
    wrong = client.post(page("panel_member", jury.pk, panel.pk), {"reader": "1"})
    shown = client.get(page("panel", jury.pk, panel.pk))

    assert (created.status_code, twice.status_code, wrong.status_code) == (302, 409, 422)
    assert twice.context["form"]["name"].value() == "Panel Sud"
    assert list(PanelMember.objects.values_list("seat", "reader").order_by("pk")) == [
        (reader.pk, True),
        (listener.pk, False),
    ]
    assert "entend seulement" in sentences(shown)


def test_candidacies_are_offered_with_their_territories_their_request_and_who_stays_out(client: TimedClient) -> None:
    call = builders.a_call()
    ready, admitted_only = a_frozen_call(call, 2)
    an_eligible(ready)
    jury = builders.a_jury(call)
    seat = builders.a_juror(jury)
    panel = builders.a_panel(jury, [seat])
    interests.recuse(seat, ready, reason="Associé.", by=builders.the_manager(jury), at=AT)
    client.at(AT).force_login(builders.the_manager(jury))

    answer = client.get(page("panel", jury.pk, panel.pk))

    (offer,) = answer.context["offers"]
    assert (offer.candidacy, offer.requested, offer.recused) == (ready, Decimal(250_000), [str(seat.user)])
    assert offer.territories == "Ain (01), Allier (03)"
    assert admitted_only.number not in sentences(answer)


def test_ticked_candidacies_are_given_all_or_none_and_members_have_a_letter(client: TimedClient) -> None:
    call = builders.a_call()
    first, second = a_frozen_call(call, 2)
    an_eligible(first)
    jury = builders.a_jury(call)
    panel = builders.a_panel(jury, [builders.a_juror(jury)])
    client.at(AT).force_login(builders.the_manager(jury))
    address = page("panel_give", jury.pk, panel.pk)

    nothing = client.post(address, {})
    refused = client.post(address, {"candidacy": [first.pk, second.pk]})
    kept_ticks = refused.context["ticked"]
    before = PanelCandidacy.objects.count()
    done = client.post(address, {"candidacy": [first.pk]}, follow=True)

    assert (nothing.status_code, refused.status_code, before) == (409, 409, 0)
    assert second.number in sentences(refused)
    assert kept_ticks == {first.pk, second.pk}
    assert "1 candidature est attribuée." in sentences(done)
    assert list(PanelCandidacy.objects.values_list("panel", "candidacy")) == [(panel.pk, first.pk)]
    assert Letter.objects.filter(kind="dossiers_to_read").count() == 1


def test_the_load_of_each_juror_leaves_recusals_out(client: TimedClient) -> None:
    office = Office(2)
    listener = builders.a_juror(office.jury)
    builders.a_panel(office.jury, listeners=[listener])
    interests.recuse(office.seats[0], office.first, reason="Associé.", by=office.manager, at=AT)
    client.at(AT).force_login(office.officer)

    loads = client.get(office.url("panels")).context["loads"]

    assert [(load.seat.pk, load.to_read, load.to_hear) for load in loads] == [
        (office.chair.pk, 2, 2),
        (office.seats[0].pk, 1, 1),
        (office.seats[1].pk, 2, 2),
        (listener.pk, 0, 0),
    ]
