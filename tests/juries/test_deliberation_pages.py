"""The wall of a deliberation, in the office and on the juror's desk: what it shows, to whom, and what it does."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.actions import conclusion
from applications.enums import Outcome, Role
from applications.models import Award, Candidacy
from hubs_portal.accounts.models import User
from juries.actions import deliberation, interests, scoring
from juries.enums import DeliberationState, Stage, Verdict
from juries.models import Decision, Deliberation, JuryLine, Minutes, ScoreSheet
from juries.selectors import wall
from juries.selectors.minutes import communicable
from tests import builders
from tests.builders.browsers import TimedClient
from tests.builders.examined import team_of

LATER = builders.HEARING_TIME + timedelta(days=30)


class World:
    """Two candidacies heard and scored, a third scored by the second juror alone; an open deliberation."""

    def __init__(self) -> None:
        self.call = builders.a_call(envelope=Decimal(400_000))
        self.first, self.second = builders.some_shortlisted(self.call, 2)
        self.jury = builders.a_jury(self.call)
        self.chair = builders.a_chair(self.jury)
        self.seats = [builders.a_juror(self.jury) for _ in range(2)]
        listeners = [self.chair, *self.seats]
        self.panel = builders.a_panel(self.jury, [], [self.first, self.second], listeners=listeners)
        marks = dict.fromkeys(listeners, "4 4 4")
        builders.a_scored_candidacy(self.panel, self.first, {**marks, self.seats[0]: "5 4 3.5"})
        builders.a_scored_candidacy(self.panel, self.second, {**marks, self.seats[0]: "1 4 4"})
        self.manager, self.other_manager = team_of(self.call, Role.MANAGER)
        self.session = deliberation.open_deliberation(self.jury, by=self.manager, at=LATER)

    @property
    def office(self) -> str:
        return reverse("admin:juries_deliberation_change", args=[self.session.pk])

    @property
    def desk(self) -> str:
        return reverse("jury_deliberation", args=[self.session.pk])

    def decide(
        self, candidacy: Candidacy, amount: int | None = None, *, reasons: str = "Le jury en est convenu."
    ) -> None:
        deliberation.record_decision(
            self.session,
            candidacy,
            outcome=Outcome.AWARDED if amount else Outcome.NOT_SELECTED,
            amount=Decimal(amount) if amount else None,
            reasons=reasons,
            by=self.other_manager,
            at=LATER,
        )

    def signed(self) -> None:
        self.decide(self.first, 210_000)
        self.decide(self.second, reasons="Trop fragile.")
        settled = deliberation.settle(self.session, by=self.manager, at=LATER)
        for signatory in (self.chair.user, self.manager):
            deliberation.sign_deliberation(settled, by=signatory, at=LATER)


def common_ground() -> World:
    return World()


@pytest.fixture
def world(ground: World, client: TimedClient) -> World:
    client.at(LATER + timedelta(hours=1))
    return ground


def text(response: object) -> str:
    """What the page says, without its tags and with plain spaces."""
    words = re.sub(r"<[^>]+>", " ", response.content.decode())  # type: ignore[attr-defined]
    return re.sub(r"[\s\u00a0]+", " ", words)


def decision_of(candidacy: Candidacy, **said: str) -> dict[str, str]:
    return {
        "act": "decide",
        "candidacy": candidacy.number,
        "outcome": "awarded",
        "amount": "120 000,50 €",
        "reasons": "Un projet solide.",
        "read_at": LATER.isoformat(),
        **said,
    }


# ---------------------------------------------------------------- who enters


def test_managers_and_the_chair_lead_and_nobody_else_enters(client: TimedClient, world: World) -> None:
    other = builders.a_manager(builders.a_call())
    removed = world.seats[1].user
    world.seats[1].removed_at = LATER
    world.seats[1].save()
    unsworn = builders.a_juror(world.jury, charter=False).user
    officer, *_ = team_of(world.call, Role.OFFICER)
    found = {}
    people = {
        "manager": world.manager,
        "chair": world.chair.user,
        "juror": world.seats[0].user,
        "removed": removed,
        "unsworn": unsworn,
        "officer": officer,
        "other": other,
        "superuser": builders.a_user(is_superuser=True, is_staff=True),
    }
    for name, user in people.items():
        client.force_login(user)
        asked = [client.get(address) for address in (world.office, world.desk)]
        posted = client.post(world.desk, {"act": "settle"})
        found[name] = [*(response.status_code for response in asked), posted.status_code]

    assert found == {
        "manager": [200, 404, 404],
        "chair": [302, 200, 409],
        "juror": [302, 200, 404],
        "removed": [302, 404, 404],
        "unsworn": [302, 404, 404],
        "officer": [404, 404, 404],
        "other": [404, 404, 404],
        "superuser": [404, 404, 404],
    }
    assert Deliberation.objects.get(pk=world.session.pk).state == DeliberationState.OPEN


def test_officers_find_no_list_of_deliberations_and_open_none(client: TimedClient, world: World) -> None:
    client.force_login(team_of(world.call, Role.OFFICER)[0])

    listed = client.get(reverse("admin:juries_deliberation_changelist"))
    opened = client.post(reverse("admin:juries_deliberation_open", args=[world.jury.pk]))

    assert [listed.status_code, opened.status_code] == [404, 404]
    assert "juries/deliberation" not in client.get(reverse("admin:index")).content.decode()


def test_opening_twice_from_the_list_opens_one(client: TimedClient, world: World) -> None:
    jury = builders.a_jury(world.call, name="Second jury")
    client.force_login(world.manager)
    address = reverse("admin:juries_deliberation_open", args=[jury.pk])

    answers = [client.post(address) for _ in range(2)]

    opened = Deliberation.objects.get(jury=jury)
    assert [answer.url for answer in answers] == [reverse("admin:juries_deliberation_change", args=[opened.pk])] * 2
    assert "Second jury" in text(client.get(reverse("admin:juries_deliberation_changelist")))


# ---------------------------------------------------------------- what it shows


def test_the_wall_ranks_and_says_what_to_discuss(client: TimedClient, world: World) -> None:
    world.decide(world.first, 210_000)
    client.force_login(world.manager)

    said = text(client.get(world.office))

    assert said.index(world.first.number) < said.index(world.second.number)
    for words in ("81,83", "72,00", "3 votants", "3 points d’écart", "210 000 € sur 400 000 €", "Il reste 190 000 €"):
        assert words in said


def test_supposing_awards_shows_their_total_and_writes_nothing(client: TimedClient, world: World) -> None:
    world.decide(world.first, 210_000)
    client.force_login(world.chair.user)
    lines = JuryLine.objects.count()

    said = text(client.get(world.desk, {"simuler": "1", "si": [world.first.number, world.second.number]}))

    assert "460 000 € sur 400 000 €" in said
    assert "enveloppe dépassée de 60 000 €" in said
    assert "couverts plusieurs fois : Ain, Allier" in said
    assert (Decision.objects.count(), JuryLine.objects.count()) == (1, lines)


def test_a_member_follows_the_lines_of_their_docket_without_sums_nor_recusals(
    client: TimedClient, world: World
) -> None:
    interests.recuse(world.seats[0], world.second, reason="Lien familial.", by=world.manager, at=LATER)
    world.decide(world.first, 210_000)
    world.decide(world.second, 90_000, reasons="Le second projet.")
    client.force_login(world.seats[0].user)

    page = client.get(world.desk)

    assert world.first.number in text(page)
    assert "210 000 €" in text(page)
    for word in (
        world.second.number,
        "Enveloppe",
        "90 000",
        "Le second projet",
        "déport",
        '<form method="post" action="/jury',
    ):
        assert word not in page.content.decode()


def test_who_stays_out_of_a_candidacy_leads_without_seeing_any_trace_of_it(client: TimedClient, world: World) -> None:
    interests.recuse(world.chair, world.first, reason="Lien familial.", by=world.manager, at=LATER)
    world.decide(world.first, 210_000, reasons="Le premier projet.")
    client.force_login(world.chair.user)

    page = client.get(world.desk, {"decider": world.first.number})
    refused = client.post(world.desk, decision_of(world.first))

    said = text(page)
    assert f"{world.first.number} (" in said  # named among the candidacies they stay out of
    for words in ("81,83", "210 000", "Le premier projet", f"ligne-{world.first.number}", f'si-{world.first.number}"'):
        assert words not in said
        assert words not in page.content.decode().replace("\u00a0", " ")
    assert [line.standing.rank for line in page.context["wall"].lines] == [1]
    assert refused.status_code == 404
    assert Decision.objects.get().amount == 210_000


def test_what_is_missing_says_nothing_of_what_one_stays_out_of(client: TimedClient, world: World) -> None:
    interests.recuse(world.chair, world.first, reason="Lien familial.", by=world.manager, at=LATER)
    world.decide(world.second, 390_000)
    client.force_login(world.chair.user)
    undecided = text(client.post(world.desk, {"act": "settle"}))
    world.decide(world.first, 210_000)

    exceeded = text(client.post(world.desk, {"act": "settle"}))

    assert "Une candidature pour laquelle vous êtes en déport n’est pas prête." in undecided
    assert f"{world.first.number} n’a" not in undecided
    assert "dépassent l’enveloppe : réduisez-les" in exceeded
    assert "200 000" not in exceeded


@pytest.mark.usefixtures("ground")
def test_whoever_has_not_finished_their_own_sheet_does_not_see_the_marks_of_the_others(client: TimedClient) -> None:
    call = builders.a_call()
    (candidacy,) = builders.some_shortlisted(call)
    jury = builders.a_jury(call, quorum=1)
    chair, juror = builders.a_chair(jury), builders.a_juror(jury)
    panel = builders.a_panel(jury, [], [candidacy], listeners=[chair, juror])
    builders.without_ties(chair, juror)
    hearing = builders.a_held(panel, candidacy, [chair, juror])
    sheet = ScoreSheet.objects.get(seat=juror, stage=Stage.AFTER)
    scoring.write_scores(sheet, builders.marks_of(call, "4 4 3"), opinion="Entendu.", at=hearing.slot.ends_at)
    scoring.sign_sheet(sheet, at=hearing.slot.ends_at)
    session = deliberation.open_deliberation(jury, by=chair.user, at=LATER)
    client.at(LATER).force_login(chair.user)

    said = text(client.get(reverse("jury_deliberation", args=[session.pk])))

    assert "Terminez votre feuille" in said
    assert "75,00" not in said
    assert wall.led(session, builders.the_manager(jury)).lines[0].standing is not None


# ---------------------------------------------------------------- what it does


def test_a_decision_is_recorded_from_either_page(client: TimedClient, world: World) -> None:
    client.force_login(world.chair.user)
    by_the_chair = client.post(world.desk, decision_of(world.first))
    client.force_login(world.manager)
    by_a_manager = client.post(world.office, decision_of(world.second, outcome="reserve", amount=""))

    assert [by_the_chair.url, by_a_manager.url] == [
        f"{world.desk}?decidee={world.first.number}#ligne-{world.first.number}",
        f"{world.office}?decidee={world.second.number}#ligne-{world.second.number}",
    ]
    assert list(Decision.objects.order_by("pk").values_list("candidacy", "outcome", "amount", "decided_by")) == [
        (world.first.pk, "awarded", Decimal("120000.50"), world.chair.user.pk),
        (world.second.pk, "reserve", None, world.manager.pk),
    ]


def test_what_was_typed_is_kept_when_a_decision_is_refused(client: TimedClient, world: World) -> None:
    client.force_login(world.manager)
    wrong = [
        {"amount": "", "reasons": "Un projet."},
        {"outcome": "reserve"},
        {"outcome": ""},
        {"reasons": " "},
        {"amount": "-3"},
    ]
    for said in wrong:
        answer = client.post(world.office, decision_of(world.first, **said))
        assert answer.status_code == 422
        assert "invalid-feedback" in answer.content.decode()
        assert said.get("reasons", "Un projet solide.").strip() in answer.content.decode()

    deliberation.settle(_all_decided(world), by=world.manager, at=LATER)
    late = client.post(world.office, decision_of(world.first))

    assert late.status_code == 409
    assert "La délibération est arrêtée" in text(late)


def _all_decided(world: World) -> Deliberation:
    world.decide(world.first, 210_000)
    world.decide(world.second)
    return world.session


def test_a_decision_written_meanwhile_by_somebody_else_is_not_overwritten_unseen(
    client: TimedClient, world: World
) -> None:
    world.decide(world.first, 210_000)
    client.force_login(world.manager)
    stale = (LATER - timedelta(minutes=5)).isoformat()

    answer = client.post(world.office, decision_of(world.first, read_at=stale))

    assert answer.status_code == 409
    assert f"{world.other_manager} vient d’inscrire une décision" in text(answer)
    assert "120 000,50" in text(answer) or "120 000,50" in answer.content.decode().replace("\u00a0", " ")
    assert Decision.objects.get().amount == 210_000
    again = client.post(world.office, decision_of(world.first, read_at=answer.context["read_at"]))
    assert (again.status_code, Decision.objects.get().amount) == (302, Decimal("120000.50"))


def test_two_people_settle_and_sign_and_a_retried_click_is_harmless(client: TimedClient, world: World) -> None:
    _all_decided(world)
    client.force_login(world.manager)
    client.post(world.office, {"act": "settle"})
    read_at = client.get(world.office).context["read_at"]
    signed = [client.post(world.office, {"act": "sign", "read_at": read_at}) for _ in range(2)]
    client.force_login(world.chair.user)
    seconded = client.post(world.desk, {"act": "sign", "read_at": read_at})

    assert [answer.status_code for answer in (*signed, seconded)] == [302, 409, 302]
    assert Deliberation.objects.get().state == DeliberationState.SIGNED
    assert (Minutes.objects.count(), Award.objects.count()) == (1, 2)


def test_a_list_settled_again_since_it_was_read_is_not_signed_unseen(client: TimedClient, world: World) -> None:
    _all_decided(world)
    deliberation.settle(world.session, by=world.manager, at=LATER)
    client.force_login(world.chair.user)
    read_at = client.get(world.desk).context["read_at"]
    later = LATER + timedelta(hours=2)
    resumed = client.at(later).post(world.desk, {"act": "resume", "reason": "Montant à revoir."})
    deliberation.settle(world.session, by=world.manager, at=later)

    answer = client.post(world.desk, {"act": "sign", "read_at": read_at})

    assert (resumed.status_code, answer.status_code) == (302, 409)
    assert "relisez les décisions, puis signez" in text(answer)
    assert Deliberation.objects.get().signatures.count() == 0


# ---------------------------------------------------------------- the minutes


def addresses(world: World) -> list[str]:
    names = ("minutes", "minutes_pdf", "minutes_extract")
    office = [reverse(f"admin:juries_deliberation_{name}", args=[world.session.pk]) for name in names]
    return [*office, *(reverse(f"jury_{name}", args=[world.session.pk]) for name in names)]


def answers(client: TimedClient, world: World, user: User) -> list[int]:
    client.force_login(user)
    return [client.get(address).status_code for address in addresses(world)]


def test_the_minutes_are_for_those_who_lead_and_stay_out_of_nothing(client: TimedClient, world: World) -> None:
    assert answers(client, world, world.manager) == [404] * 6  # not signed yet
    interests.recuse(world.chair, world.second, reason="Lien familial.", by=world.manager, at=LATER)
    world.signed()

    assert answers(client, world, world.manager) == [200, 200, 200, 404, 404, 404]
    assert answers(client, world, world.chair.user) == [302, 302, 302, 404, 404, 404]
    assert answers(client, world, world.seats[0].user) == [302, 302, 302, 404, 404, 404]
    assert answers(client, world, team_of(world.call, Role.OFFICER)[0]) == [404] * 6

    publication = conclusion.request_release(world.call, by=world.manager, at=LATER)
    conclusion.release_results(publication, by=world.other_manager, at=LATER)
    assert answers(client, world, world.chair.user) == [302, 302, 302, 404, 404, 200]


def test_the_minutes_as_a_pdf_are_tagged_and_carry_the_text_of_their_fingerprint(
    client: TimedClient, world: World
) -> None:
    world.signed()
    client.force_login(world.manager)

    page = text(client.get(addresses(world)[0]))
    answer = client.get(addresses(world)[1])

    kept = Minutes.objects.get()
    with pikepdf.open(BytesIO(answer.content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert pdf.attachments["proces-verbal.json"].get_file().read_bytes().decode() == kept.content
    assert kept.digest[:8] in page
    for words in (world.chair.user.name, "Trop fragile.", "210 000 €", "Quorum : 2 votants", "présidence du jury"):
        assert words in page


def test_the_extract_names_no_candidate_that_is_not_awarded(world: World) -> None:
    interests.recuse(world.chair, world.second, reason="Lien familial.", by=world.manager, at=LATER)
    world.signed()

    extract = json.dumps(communicable(Minutes.objects.get().says), default=str, ensure_ascii=False)

    assert world.first.number in extract
    for secret in (world.second.number, world.second.organisation.name, "Lien familial", "Trop fragile"):
        assert secret not in extract


# ---------------------------------------------------------------- what it costs


def queries(client: TimedClient, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_wall_costs_the_same_for_two_candidacies_and_for_eight(client: TimedClient, world: World) -> None:
    listed = reverse("admin:juries_deliberation_changelist")
    client.force_login(world.manager)
    before = [queries(client, address) for address in (world.office, listed)]
    client.force_login(world.chair.user)
    before.append(queries(client, world.desk))

    call = builders.a_call()
    many = builders.some_shortlisted(call, 8)
    jury = builders.a_jury(call, quorum=1)
    chair = builders.a_chair(jury)
    panel = builders.a_panel(jury, [], many, listeners=[chair])
    for candidacy in many:
        builders.a_scored_candidacy(panel, candidacy, {chair: "4 4 4"})
    manager = builders.the_manager(jury)
    session = deliberation.open_deliberation(jury, by=manager, at=LATER)
    deliberation.record_decision(session, many[0], outcome=Outcome.RESERVE, reasons="Oui.", by=manager, at=LATER)
    client.force_login(manager)
    office = reverse("admin:juries_deliberation_change", args=[session.pk])
    after = [queries(client, address) for address in (office, listed)]
    client.force_login(chair.user)
    after.append(queries(client, reverse("jury_deliberation", args=[session.pk])))

    assert after == before
    assert max(after) <= 15


def test_a_chair_whose_tie_is_examined_sees_no_mark_of_that_candidacy_and_decides_nothing_of_it(
    client: TimedClient, world: World
) -> None:
    interests.declare_interest(
        world.chair, world.first, verdict=Verdict.TO_EXAMINE, reason="Ancien collègue.", at=LATER
    )
    client.force_login(world.chair.user)

    said = text(client.get(world.desk))
    answer = client.post(world.desk, decision_of(world.first))

    lines = {line.candidacy: line.standing is None for line in wall.led(world.session, world.chair.user).lines}
    assert lines == {world.first: True, world.second: False}
    assert "attendez l’examen de votre lien" in said
    assert (answer.status_code, answer.context["refusal"].code) == (409, "tied")
    assert not Decision.objects.exists()


def test_an_hour_that_is_no_instant_reads_nothing_and_breaks_nothing(client: TimedClient, world: World) -> None:
    world.decide(world.first, 100_000)
    client.force_login(world.manager)

    answers = [client.post(world.office, decision_of(world.first, read_at=told)) for told in ("2018-12-01", "hier")]

    assert [(answer.status_code, answer.context["refusal"].code) for answer in answers] == [(409, "changed")] * 2


def test_what_was_typed_is_kept_when_the_list_was_settled_meanwhile(client: TimedClient, world: World) -> None:
    world.decide(world.first, 100_000)
    world.decide(world.second)
    deliberation.settle(world.session, by=world.other_manager, at=LATER)
    client.force_login(world.manager)

    answer = client.post(world.office, decision_of(world.first, reasons="Une longue phrase pesée par le jury."))

    assert (answer.status_code, answer.context["refusal"].code) == (409, "settled")
    assert "Une longue phrase pesée par le jury." in text(answer)
