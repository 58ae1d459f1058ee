"""A partner is asked for its letter of commitment: by letter, with the model and a link to deposit it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from applications.actions import drafting, withdrawal
from applications.actions.commitment import ask_commitment
from applications.enums import PartnerFamily, Rights, Role, Section
from applications.models import CandidacyLetter, CandidacyLine, CommitmentRequest, KitFile, Member, Partner
from applications.rules.commitment import advised_on
from applications.selectors.messages import letters_of
from hubs_portal.files import store_bytes
from hubs_portal.letters.models import Letter, LetterState
from hubs_portal.refusals import Refusal
from hubs_portal.templatetags.french import paris_short
from tests.builders import CLOSES, NOW, TimedClient, a_call, a_complete_dossier, a_pdf, a_signalled, a_user, an_invited
from tests.builders import joined as with_account
from tests.builders.examined import team_of

pytestmark = pytest.mark.django_db
NAME, ADDRESS = "Département d’essai", "partenaire@exemple.invalid"


def a_consortium(member: Member, *, address: str = ADDRESS, n: int = 1) -> Member:
    """The same member, whose dossier names `n` partners, each with an address."""
    lines = [
        {"name": NAME if rank == 0 else f"{NAME} {rank}", "family": PartnerFamily.PUBLIC, "contact_email": address}
        for rank in range(n)
    ]
    drafting.save_rows(member, Section.CONSORTIUM, {Partner: lines}, at=NOW)
    return member


def an_asker(**said: Any) -> Member:
    return a_consortium(a_signalled(a_call(), user=a_user(), **said))


def ask(member: Member, at: datetime = NOW, *, partner: str = NAME, address: str = ADDRESS) -> CommitmentRequest:
    return ask_commitment(member, partner=partner, address=address, at=at)


def asked() -> list[Letter]:
    return list(Letter.objects.filter(kind="partner_commitment").order_by("pk"))


def enter(client: TimedClient, member: Member) -> None:
    assert member.user
    client.force_login(member.user)


def page(member: Member, rank: int = 1) -> str:
    return reverse("commitment", args=[member.candidacy.number, rank])


# ---------------------------------------------------------------- the act


def test_the_partner_has_a_letter_with_the_model_who_asks_and_by_when() -> None:
    member = an_asker()
    call = member.candidacy.call
    model = store_bytes(a_pdf("Modèle"))
    requirement = call.requirements.get(per_partner=True)
    KitFile.objects.create(call=call, label_fr="Modèle de lettre", name="m.docx", stored=model, requirement=requirement)
    a_complete_dossier(member)
    a_consortium(member)

    request = ask(member)

    (letter,) = asked()
    text = letter.text.replace("\u00a0", " ")
    assert (letter.address, request.letter, request.asked_at) == (ADDRESS, letter, NOW)
    assert [attachment.stored for attachment in letter.attachments.all()] == [model]
    title = "Notre réponse à « Titre du projet »."
    for words in (title, member.name, member.email, "jeudi 29 novembre 2018", NAME, member.candidacy.organisation.name):
        assert words in text
    assert title in letter.subject.replace("\u00a0", " ")
    assert letter.reply_to == call.service_email
    line = CandidacyLine.objects.filter(subject=member.candidacy).latest("sequence")
    assert (line.act, line.details) == ("ask_commitment", {"partner": NAME})


def test_it_opens_nothing_of_the_dossier_and_is_nobody_s_message() -> None:
    member = an_asker()

    ask(member)

    (letter,) = asked()
    assert letter.secret
    for body in (letter.text, letter.html):
        assert "/dossiers/" not in body
        assert "/rejoindre/" not in body
        assert member.candidacy.number not in body  # the service asks for it on the telephone
    assert not CandidacyLetter.objects.filter(letter=letter).exists()
    assert letter not in letters_of(member.candidacy)


def test_the_same_partner_is_asked_once_a_day_and_two_partners_apart() -> None:
    member = a_consortium(an_asker(), n=2)

    first, again = ask(member), ask(member, at=NOW + timedelta(hours=23))
    other = ask(member, partner=f"{NAME} 1")
    next_day = ask(member, at=NOW + timedelta(days=1))

    assert (first == again, len({first.pk, other.pk, next_day.pk}), len(asked())) == (True, 3, 3)


@pytest.mark.parametrize("address", ["", "pas une adresse", "a@b", "x@exemple.invalid\nBcc: y@exemple.invalid"])
def test_an_address_that_is_not_one_is_refused_and_leaves_no_trace(address: str) -> None:
    member = an_asker()
    Partner.objects.update(contact_email=address)

    with pytest.raises(Refusal, match="adresse électronique"):
        ask(member, address=address)

    assert (asked(), CommitmentRequest.objects.count()) == ([], 0)


def test_a_partner_the_dossier_no_longer_names_is_not_written_to() -> None:
    member = an_asker()

    for partner, address in (("Une autre", ADDRESS), (NAME, "autre@exemple.invalid")):
        with pytest.raises(Refusal, match="a changé"):
            ask(member, partner=partner, address=address)

    assert asked() == []


def test_after_the_closing_once_withdrawn_or_by_a_reader_nothing_leaves() -> None:
    member = an_asker()
    reader = with_account(an_invited(member, rights=Rights.VIEW))

    with pytest.raises(Refusal, match="clos"):
        ask(member, at=CLOSES)
    with pytest.raises(Refusal, match="plus le droit"):
        ask(reader)
    withdrawal.withdraw(member, at=NOW)
    with pytest.raises(Refusal, match="plus modifiable"):
        ask(member)

    assert asked() == []


def test_a_dossier_asks_thirty_times_a_day_and_no_more() -> None:
    member = a_consortium(an_asker(), n=31)
    for rank in range(30):
        ask(member, partner=f"{NAME} {rank}" if rank else NAME)

    with pytest.raises(Refusal, match="trente"):
        ask(member, partner=f"{NAME} 30")

    assert len(asked()) == 30
    ask(member, partner=f"{NAME} 30", at=NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (NOW - timedelta(days=30), date(2018, 11, 27)),
        (NOW, date(2018, 11, 29)),
        (CLOSES - timedelta(hours=1), date(2018, 11, 30)),
    ],
)
def test_the_advised_day_is_before_the_closing_as_long_as_it_can(at: datetime, day: date) -> None:
    assert advised_on(a_call(), at) == day


# ---------------------------------------------------------------- its pages


def _rows(**first: str) -> dict[str, str]:
    """The consortium as posted, with an empty line before the partner."""
    form = {"partners-TOTAL_FORMS": "3", "partners-INITIAL_FORMS": "0", "seen": "1"}
    partner = {"name": NAME, "family": "public", "contact_email": ADDRESS, **first}
    return form | {f"partners-1-{name}": value for name, value in partner.items()}


def test_from_the_row_of_a_partner_the_section_is_saved_and_the_page_says_what_leaves(client: TimedClient) -> None:
    member = an_asker()
    enter(client, member)
    section = reverse("section", args=[member.candidacy.number, "consortium"])

    pressed = client.post(section, {**_rows(contact_name="Lou Partenaire"), "partners-1-ask": "1"})
    shown = client.get(pressed.url)
    sent = client.post(pressed.url, {"partner": NAME, "address": ADDRESS})
    twice = client.post(pressed.url, {"partner": NAME, "address": ADDRESS})

    assert pressed.url == page(member)
    assert "Lou Partenaire, partenaire@exemple.invalid" in shown.content.decode()
    assert (sent.url, twice.url, len(asked())) == (section, section, 1)
    said = client.get(section).content.decode().replace("\u00a0", " ")
    assert f"Lettre d’engagement demandée le {paris_short(NOW)} à {ADDRESS}".replace("\u00a0", " ") in said
    assert "Redemander la lettre" in said


def test_an_address_that_is_not_one_is_said_beside_its_field_and_nothing_is_saved(client: TimedClient) -> None:
    member = an_asker()
    enter(client, member)
    section = reverse("section", args=[member.candidacy.number, "consortium"])

    answer = client.post(section, {**_rows(contact_email="pas une adresse"), "partners-1-ask": "1"})

    assert answer.status_code == 422
    assert "nom@structure.fr" in answer.content.decode()
    assert Partner.objects.get().contact_email == ADDRESS


def test_without_an_address_the_page_asks_for_it_and_offers_no_button(client: TimedClient) -> None:
    member = a_consortium(an_asker(), address="")
    enter(client, member)

    shown = client.get(page(member)).content.decode()
    posted = client.post(page(member), {"partner": NAME, "address": ""})

    assert "Envoyer la demande" not in shown
    assert (posted.status_code, asked()) == (409, [])
    assert client.get(page(member, 2)).status_code == 404
    assert client.get(page(member, 10**25)).status_code == 404


def test_a_letter_that_did_not_arrive_is_said_on_the_row_of_its_partner(client: TimedClient) -> None:
    member = an_asker()
    enter(client, member)
    ask(member)
    Letter.objects.filter(kind="partner_commitment").update(state=LetterState.FAILED)

    shown = client.get(reverse("section", args=[member.candidacy.number, "consortium"])).content.decode()

    assert "Non distribué" in shown


def test_others_find_no_such_page(client: TimedClient, another_client: TimedClient) -> None:
    member = an_asker()
    rival = a_signalled(member.candidacy.call, user=a_user())
    reader = with_account(an_invited(member, rights=Rights.VIEW))
    manager = team_of(member.candidacy.call, Role.MANAGER)[0]

    for user in (rival.user, reader.user, manager):
        assert user
        client.force_login(user)
        assert client.get(page(member)).status_code == 404
        assert client.post(page(member), {"partner": NAME, "address": ADDRESS}).status_code == 404
    assert another_client.get(page(member)).status_code == 302
    assert asked() == []


def test_its_page_costs_fifteen_queries_at_most(client: TimedClient, django_assert_max_num_queries: Any) -> None:
    member = a_consortium(an_asker(), n=12)
    enter(client, member)
    for rank in range(12):
        ask(member, partner=f"{NAME} {rank}" if rank else NAME)

    for address in (page(member), reverse("section", args=[member.candidacy.number, "consortium"])):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200
