"""The release in the office: checked, asked for by one manager, signed by another, done whole or not at all."""

import re
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import letters
from applications.actions import conclusion
from applications.enums import CallState, CandidacyState, Outcome, Role
from applications.models import Call, CallLine, Candidacy, Publication
from applications.selectors.preflight import preflight
from applications.selectors.release import missing_to_release
from hubs_portal.actors import Actor
from hubs_portal.letters.models import Letter, LetterState
from hubs_portal.refusals import Refusal
from juries.actions import interests
from tests import builders
from tests.builders.browsers import TimedClient
from tests.builders.examined import AFTER, a_frozen_call, a_heard, team_of

JURY = Actor.machine("jury")
LATER = AFTER + timedelta(days=50)


class World:
    """Three candidacies heard; once `decided`, one awarded, one in reserve, one not selected."""

    def __init__(self) -> None:
        self.call = builders.a_call()
        self.candidacies = [a_heard(candidacy) for candidacy in a_frozen_call(self.call, submitted=3)]
        self.first, self.second = team_of(self.call, Role.MANAGER)
        Call.objects.filter(pk=self.call.pk).update(results_planned_on=AFTER.date())
        self.call.refresh_from_db()

    @property
    def address(self) -> str:
        return reverse("admin:applications_call_release", args=[self.call.pk])

    def decided(self, *, amount: int = 240_000) -> "World":
        ends = [(Outcome.AWARDED, Decimal(amount)), (Outcome.RESERVE, None), (Outcome.NOT_SELECTED, None)]
        for candidacy, (outcome, granted) in zip(self.candidacies, ends, strict=True):
            reasons = f"Avis {outcome.value}."
            conclusion.conclude(candidacy, outcome=outcome, amount=granted, reasons=reasons, by=JURY, at=AFTER)
        return self

    def asked(self) -> Publication:
        return conclusion.request_release(self.call, by=self.first, at=AFTER)

    def everything(self) -> dict[str, Any]:
        """What a release moves."""
        return {
            "call": Call.objects.get(pk=self.call.pk).state,
            "states": list(Candidacy.objects.order_by("pk").values_list("state", "notified_state")),
            "letters": Letter.objects.filter(kind="result").count(),
            "released": Publication.objects.filter(released_at__isnull=False).count(),
            "lines": CallLine.objects.count(),
        }


def common_ground() -> World:
    return World()


@pytest.fixture
def world(ground: World, client: TimedClient) -> World:
    client.at(LATER)
    return ground


def text(response: Any) -> str:
    """What the page says, without its tags and with plain spaces."""
    return re.sub(r"[\s\u00a0]+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# ---------------------------------------------------------------- who enters


def test_before_the_release_managers_alone_enter_and_after_it_the_team_reads(client: TimedClient, world: World) -> None:
    world.decided()
    people = {
        "manager": world.first,
        "officer": team_of(world.call, Role.OFFICER)[0],
        "other": builders.a_manager(builders.a_call()),
        "superuser": builders.a_user(is_superuser=True, is_staff=True),
    }

    def answers() -> dict[str, list[int]]:
        found = {}
        for name, user in people.items():
            client.force_login(user)
            found[name] = [client.get(world.address).status_code, client.post(world.address, {}).status_code]
        return found

    before = answers()
    client.force_login(people["officer"])
    fiche = client.get(reverse("admin:applications_call_change", args=[world.call.pk]))
    assert "Publier les résultats" not in text(fiche)
    conclusion.release_results(world.asked(), by=world.second, at=LATER)

    assert before == {"manager": [200, 404], "officer": [404, 404], "other": [404, 404], "superuser": [404, 404]}
    assert answers() == before | {"officer": [200, 404]}


# ---------------------------------------------------------------- before


def test_what_stands_in_the_way_is_said_and_asking_is_refused(client: TimedClient, world: World) -> None:
    client.force_login(world.first)
    before = world.everything()

    page = text(client.get(world.address))
    answer = client.post(world.address, {"act": "request"})

    for candidacy in world.candidacies:
        assert f"{candidacy.number} : auditionnée, sans issue." in page
    assert "Demander la publication Elle pourra être demandée quand" in page
    assert (answer.status_code, world.everything(), Publication.objects.count()) == (409, before, 0)


def test_the_sentences_count_awards_letters_and_silent_addresses(client: TimedClient, world: World) -> None:
    world.decided(amount=600_000)
    contact = world.candidacies[0].members.get(is_contact=True)
    Letter.objects.filter(address=contact.email).update(state=LetterState.FAILED)
    client.force_login(world.first)

    page = text(client.get(world.address))

    for words in (
        "1 lauréate (l’appel en attend environ 12), 1 en liste complémentaire, 1 sans suite.",
        "600 000 € de subventions, pour une enveloppe de 5 000 000 €.",
        "6 lettres de résultat partiront (candidatures : 3) :",
        "lauréate : 1, lettres : 2.",
        "La dernière lettre n’est pas arrivée à ces adresses",
        f"{world.candidacies[0].number} – {contact.email} – {contact.phone}",
        f"{world.candidacies[0].number} : 600 000 € accordés",
    ):
        assert words in page
    assert "Deux responsables publient" in page


def test_an_envelope_exceeded_is_said_with_what_to_do(world: World) -> None:
    world.decided(amount=5_000_001)

    said = [str(sentence).replace("\u00a0", " ") for sentence in missing_to_release(world.call)]

    (sentence,) = said
    assert sentence.startswith(
        "Les subventions signées dépassent l’enveloppe de 1 €. Modifiez l’enveloppe dans la fiche"
    )


def test_an_outcome_that_contradicts_the_state_of_its_candidacy_keeps_the_release_back(world: World) -> None:
    world.decided()
    Candidacy.objects.filter(pk=world.candidacies[2].pk).update(state=CandidacyState.WITHDRAWN)
    before = world.everything()

    with pytest.raises(Refusal) as refused:
        world.asked()

    assert [str(item) for item in refused.value.items] == [
        f"{world.candidacies[2].number}\u00a0: une issue est arrêtée, mais la candidature est «\u00a0retirée\u00a0»."
    ]
    assert world.everything() == before
    Candidacy.objects.filter(pk=world.candidacies[2].pk).update(state=CandidacyState.HEARD)


def test_a_manager_who_stays_out_of_a_candidacy_reads_nothing_of_its_outcome(client: TimedClient, world: World) -> None:
    jury = builders.a_jury(world.call)
    seat = builders.a_juror(jury)
    type(seat).objects.filter(pk=seat.pk).update(user=world.second)
    seat.refresh_from_db()
    interests.recuse(seat, world.candidacies[0], reason="Lien familial.", by=world.first, at=AFTER)
    world.decided()
    client.force_login(world.second)

    page = text(client.get(world.address))
    told = preflight(world.call, world.second, AFTER)

    for words in ("240 000", world.candidacies[0].number, "Avis awarded", world.candidacies[0].organisation.name):
        assert words not in page
    assert "Vous êtes en déport pour une candidature" in page
    assert (told.letters, told.unseen, len(told.endings)) == (4, 1, 2)


def test_a_candidate_told_of_an_end_already_keeps_the_release_back(world: World) -> None:
    world.decided()
    letters.not_shortlisted(world.candidacies[1], reason="Erreur.", at=AFTER)
    before = world.everything()

    with pytest.raises(Refusal) as refused:
        world.asked()

    (item,) = refused.value.items
    assert str(item).startswith(f"{world.candidacies[1].number}\u00a0: son issue lui est déjà écrite, ou une autre")
    assert world.everything() == before


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        ("early", "Les résultats sont prévus le"),
        ("malformed", "Ces adresses n’en sont pas"),
        ("bounced", "La dernière lettre n’est pas arrivée"),
    ],
)
def test_what_is_worth_a_second_thought_is_signed_only_once_it_was_read(
    client: TimedClient, world: World, finding: str, said: str
) -> None:
    world.decided()
    contact = world.candidacies[0].members.get(is_contact=True)
    if finding == "early":
        planned = (LATER + timedelta(days=3)).date()
        Call.objects.filter(pk=world.call.pk).update(results_planned_on=planned)
    elif finding == "malformed":
        world.candidacies[0].members.filter(pk=contact.pk).update(email="nulle part")
    else:
        Letter.objects.filter(address=contact.email).update(state=LetterState.UNCERTAIN)
    publication = world.asked()
    client.force_login(world.second)
    before = world.everything()
    shown = client.get(world.address)
    warned = [check for check in shown.context["preflight"].warnings if said in str(check.sentence)]

    unread = client.post(world.address, {"act": "sign", "publication": publication.pk})

    assert (len(warned), unread.status_code, world.everything()) == (1, 409, before)
    assert "cochez que vous l’avez lu" in text(unread)
    read = {"act": "sign", "publication": publication.pk, "read": shown.context["preflight"].digest}
    assert client.post(world.address, read).status_code == 302
    assert world.everything()["letters"] == 6


# ---------------------------------------------------------------- asked for, signed, dropped


def test_one_manager_asks_and_another_signs_and_every_click_may_be_doubled(client: TimedClient, world: World) -> None:
    world.decided()
    client.force_login(world.first)
    asked = [client.post(world.address, {"act": "request"}).status_code for _ in range(2)]
    publication = Publication.objects.get()
    mine = text(client.get(world.address))
    signed_alone = client.post(world.address, {"act": "sign", "publication": publication.pk})
    client.force_login(world.second)
    theirs = text(client.get(world.address))
    signed = [client.post(world.address, {"act": "sign", "publication": publication.pk}) for _ in range(2)]
    again = client.post(world.address, {"act": "request"})

    assert (asked, signed_alone.status_code) == ([302, 302], 409)
    assert f"Un autre responsable doit signer : {world.second}." in mine
    assert "Signer et publier les résultats" in theirs
    assert "Signer et publier" not in mine
    assert [answer.status_code for answer in (*signed, again)] == [302, 302, 302]
    ends = [CandidacyState.AWARDED, CandidacyState.RESERVE, CandidacyState.NOT_SELECTED]
    assert world.everything()["states"] == [(end, end) for end in ends]
    assert world.everything()["letters"] == 6
    assert Call.objects.get(pk=world.call.pk).state == CallState.RELEASED


def test_the_page_says_what_was_published_by_whom_and_its_fingerprint(client: TimedClient, world: World) -> None:
    world.decided()
    conclusion.release_results(world.asked(), by=world.second, at=LATER)
    client.force_login(world.first)

    answer = client.get(world.address)

    page = text(answer)
    publication = Publication.objects.get()
    for words in (str(world.first), str(world.second), "240 000 €", publication.digest[:8], "6 à envoyer"):
        assert words in page
    assert "Le contenu publié a bien cette empreinte." in page
    assert world.candidacies[2].organisation.name not in page
    assert reverse("call", args=[world.call.slug]) in answer.content.decode()


def test_a_release_is_dropped_with_a_reason_and_signing_it_then_is_refused(client: TimedClient, world: World) -> None:
    world.decided()
    key = world.asked().pk
    client.force_login(world.second)
    without = client.post(world.address, {"act": "drop", "publication": key, "reason": " "})
    dropped = [client.post(world.address, {"act": "drop", "publication": key, "reason": "Erreur."}) for _ in range(2)]
    before = world.everything()

    late = client.post(world.address, {"act": "sign", "publication": key})

    assert (without.status_code, [answer.status_code for answer in dropped], late.status_code) == (422, [302, 302], 409)
    assert "a été abandonnée" in text(late)
    assert (world.everything(), Publication.objects.count()) == (before, 0)
    line = CallLine.objects.filter(subject=world.call).order_by("-sequence")[0]
    assert (line.act, line.note) == ("drop_release", "Erreur.")


def test_the_home_page_says_that_a_release_waits_to_managers_alone(client: TimedClient, world: World) -> None:
    world.decided().asked()
    said = {}
    for name, user in {"manager": world.second, "officer": team_of(world.call, Role.OFFICER)[0]}.items():
        client.force_login(user)
        said[name] = "à signer par un autre responsable" in text(client.get(reverse("admin:index")))

    assert said == {"manager": True, "officer": False}


# ---------------------------------------------------------------- whole, or not at all; once


def test_a_letter_that_cannot_be_written_leaves_nothing_moved(
    client: TimedClient, world: World, settings: Any, tmp_path: Path
) -> None:
    world.decided()
    publication = world.asked()
    before = world.everything()
    (tmp_path / "letters").mkdir()
    whole = Path("templates/letters/result.txt").read_text(encoding="utf-8")
    broken = '{% if award.outcome == "not_selected" %}{{ 1|divisibleby:0 }}{% endif %}'
    (tmp_path / "letters" / "result.txt").write_text(whole.replace("{% block body %}", "{% block body %}" + broken))
    settings.TEMPLATES = deepcopy(settings.TEMPLATES)
    settings.TEMPLATES[0]["DIRS"] = [tmp_path, *settings.TEMPLATES[0]["DIRS"]]
    client.force_login(world.second)
    client.raise_request_exception = False

    answer = client.post(world.address, {"act": "sign", "publication": publication.pk})

    assert answer.status_code == 500
    assert world.everything() == before


# ---------------------------------------------------------------- its letters, and what it costs


SAID: dict[str, dict[str, tuple[str, ...]]] = {
    "fr": {
        "awarded": ("a retenu la candidature", "240 000 €", "convention", "Vous pouvez contester", "Avis awarded."),
        "reserve": ("sur la liste complémentaire", "si une place se libère", "Vous pouvez contester", "Avis reserve."),
        "not_selected": ("n’a pas retenu", "entretien par téléphone", "Vous pouvez contester", "Avis not_selected."),
    },
    "en": {
        "awarded": ("The jury selected application", "€240,000", "the agreement", "Avis awarded."),
        "reserve": ("on the reserve list", "if a place becomes free", "Avis reserve."),
        "not_selected": ("did not select", "telephone interview", "Avis not_selected."),
    },
}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_outcome_is_told_with_reasons_and_what_follows_and_never_in_the_subject(
    world: World, language: str
) -> None:
    world.decided()
    for candidacy in world.candidacies:
        candidacy.members.update(language=language)
    conclusion.release_results(world.asked(), by=world.second, at=LATER)

    for candidacy, outcome in zip(world.candidacies, ("awarded", "reserve", "not_selected"), strict=True):
        contact = candidacy.members.get(is_contact=True)
        letter = Letter.objects.get(kind="result", address=contact.email)
        for body in (letter.text, re.sub(r"<[^>]+>", " ", letter.html)):
            said = re.sub(r"[\s\u00a0]+", " ", unescape(body))
            assert [words for words in SAID[language][outcome] if words not in said] == []
            assert f"/appels/{world.call.slug}/" in said
        assert candidacy.number in letter.subject
        assert not re.search("(?i)retenu|select|lauréat|award|complémentaire|reserve", letter.subject)


def test_the_page_costs_the_same_for_three_candidacies_and_for_eight(client: TimedClient, world: World) -> None:
    world.decided()
    client.force_login(world.first)
    with CaptureQueriesContext(connection) as three:
        client.get(world.address)

    call = builders.a_call()
    for candidacy in [a_heard(row) for row in a_frozen_call(call, submitted=8)]:
        conclusion.conclude(candidacy, outcome=Outcome.RESERVE, amount=None, reasons="Oui.", by=JURY, at=AFTER)
    client.force_login(team_of(call, Role.MANAGER)[0])
    with CaptureQueriesContext(connection) as eight:
        assert client.get(reverse("admin:applications_call_release", args=[call.pk])).status_code == 200

    assert len(eight) == len(three) <= 25


@pytest.mark.parametrize("key", ["", "9" * 5000, "²"])
def test_signing_what_no_request_can_be_called_is_not_found(client: TimedClient, world: World, key: str) -> None:
    world.decided().asked()
    before = world.everything()
    client.force_login(world.second)

    assert client.post(world.address, {"act": "sign", "publication": key}).status_code == 404
    assert world.everything() == before
