"""Signalling: one page, a number at once, no account needed, nobody learns who else is there."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from applications.enums import CandidacyState, Rights
from applications.models import Call, Candidacy, Member
from hubs_portal.letters.models import Letter
from tests.builders import TimedClient, a_call, a_signalled, a_siret, a_user

# An address that is one, and longer than what any server or column takes.
LONG = "a" * 34 + "@" + ".".join(["b" * 56] * 4) + ".invalid"
pytestmark = pytest.mark.django_db


def typed(**changes: Any) -> dict[str, Any]:
    """What somebody types on the page."""
    return {
        "siret": " ".join(re.findall("...?", a_siret(7))),
        "name": "Association des Passerelles",
        "legal_form": "association",
        "rna": "W 751 234 567",
        "registry": "",
        "contact_name": "Camille Martin",
        "contact_email": "Camille@Passerelles.invalid",
        "contact_phone": "01 99 00 20 18",
        "territories": ["01", "03"],
        "token": "",
    } | changes


def form_of(client: Client, call: Call) -> dict[str, Any]:
    """The page as it is opened, filled in: with its own token."""
    page = client.get(reverse("signal", args=[call.slug])).content.decode()
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return typed(token=found[1])


def post(client: Client, call: Call, said: dict[str, Any]) -> Any:
    return client.post(reverse("signal", args=[call.slug]), said)


def errors(response: Any) -> dict[str, list[str]]:
    """The errors of the form, by field."""
    return {name: [str(e) for e in found] for name, found in response.context["form"].errors.items()}


def test_signalling_gives_a_number_a_letter_and_access_to_that_dossier_alone(client: TimedClient) -> None:
    call = a_call()
    other = a_signalled(call).candidacy

    response = post(client, call, form_of(client, call))

    candidacy = Candidacy.objects.exclude(pk=other.pk).get()
    organisation, contact = candidacy.organisation, candidacy.members.get()
    assert response.url == f"{reverse('signal', args=[call.slug])}?numero={candidacy.number}"
    assert (candidacy.state, sorted(candidacy.territories.values_list("pk", flat=True))) == ("signalled", ["01", "03"])
    assert (organisation.name, organisation.siret, organisation.rna, organisation.phone) == (
        "Association des Passerelles",
        a_siret(7),
        "W751234567",
        "+33199002018",
    )
    assert (contact.email, contact.rights, contact.is_contact, contact.user) == (
        "camille@passerelles.invalid",
        Rights.SUBMIT,
        True,
        None,
    )
    assert list(Letter.objects.filter(address=contact.email).values_list("kind", flat=True)) == ["signalling"]
    assert client.get(response.url).status_code == 200
    assert client.get(reverse("review", args=[candidacy.number])).status_code == 200
    assert client.get(reverse("review", args=[other.number])).status_code == 404


def test_the_confirmation_shows_the_number_the_kit_and_that_nothing_is_filed(client: TimedClient) -> None:
    call = a_call()

    response = client.get(post(client, call, form_of(client, call)).url)

    page = response.content.decode()
    number = Candidacy.objects.get().number
    kit = reverse("dossier_kit_file", args=[number, call.kit.get().pk])
    assert [said in page for said in (number, "Rien n’est encore déposé.", kit, reverse("dossier", args=[number]))] == [
        True
    ] * 4


def test_the_same_form_sent_twice_makes_one_candidacy(client: TimedClient) -> None:
    call = a_call()
    said = form_of(client, call)

    first, second = post(client, call, said), post(client, call, said)

    assert (first.url, Candidacy.objects.count()) == (second.url, 1)
    assert Letter.objects.filter(kind="signalling").count() == 1


def test_two_forms_make_two_candidacies(client: TimedClient) -> None:
    call = a_call()

    first, second = (post(client, call, form_of(client, call)) for _ in range(2))

    assert first.url != second.url
    assert [client.get(answer.url).status_code for answer in (first, second)] == [200, 200]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_double_click_sent_at_the_same_instant_makes_one_candidacy(client: TimedClient) -> None:
    call = a_call()
    said = form_of(client, call)

    def click(_n: int) -> str:
        browser = TimedClient()
        browser.cookies, browser.defaults = client.cookies, client.defaults
        try:
            return str(post(browser, call, said).url)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(click, range(4)))

    assert (len(answers), Candidacy.objects.count()) == (1, 1)
    assert client.get(answers.pop()).status_code == 200


def test_a_known_address_gets_the_same_answer_as_an_unknown_one(
    client: TimedClient, another_client: TimedClient
) -> None:
    call = a_call()
    a_user("camille@passerelles.invalid")

    known = client.get(post(client, call, form_of(client, call)).url)
    unknown_form = form_of(another_client, call) | {"contact_email": "zazie0@passerelles.invalid"}
    unknown = another_client.get(post(another_client, call, unknown_form).url)

    def bare(page: Any) -> str:
        text = page.content.decode().replace("zazie0@", "camille@")
        return re.sub(r'HFC-\w{4}-\w{4}|(?<=value=")\w{64}|(?<=csrf-token" content=")\w{64}', "…", text)

    assert bare(known) == bare(unknown)
    assert Member.objects.filter(user__isnull=False).count() == 0


def test_somebody_signed_in_owns_the_dossier_at_once(client: TimedClient) -> None:
    call, user = a_call(), a_user()
    client.force_login(user)
    said = form_of(client, call)
    del said["contact_email"]

    post(client, call, said)

    contact = Member.objects.get()
    assert (contact.user, contact.email, contact.joined_at) == (user, user.email, contact.invited_at)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("siret", "", "Indiquez le numéro SIRET : 14 chiffres, sur l’avis de situation Sirene."),
        ("siret", "7328293200007", "Un numéro SIRET a 14 chiffres ; celui-ci en a 13."),
        ("siret", "7328293200007A", "Un numéro SIRET ne contient que des chiffres : corrigez « A »."),
        (
            "siret",
            "73282932100074",
            "Les 9 premiers chiffres (le SIREN, 732829321) contiennent une erreur : leur clé est fausse.",
        ),
        (
            "siret",
            "73282932000079",
            "Les 5 derniers chiffres (l’établissement, 00079) contiennent une erreur : la clé est fausse.",
        ),
        (
            "rna",
            "W12345",
            (
                "Un numéro RNA a 10 signes, la lettre W comprise ; celui-ci en a 6."
                " Exemples : W751234567, ou W9R1000123 outre-mer."
            ),
        ),
        (
            "contact_phone",
            "01 23",
            (
                "Il manque des chiffres à ce numéro de téléphone : il en a 4."
                " Écrivez-le par exemple 01 23 45 67 89 ou +262 262 12 34 56."
            ),
        ),
        (
            "contact_email",
            "camille@",
            "Cette adresse électronique n’est pas complète. Écrivez-la ainsi : nom@structure.fr.",
        ),
        (
            "contact_email",
            LONG,
            "Assurez-vous que cette valeur comporte au plus 254 caractères (actuellement 270).",
        ),
        ("name", "  ", "Indiquez le nom de la structure."),
        ("legal_form", "", "Choisissez la forme juridique de la structure."),
        ("contact_name", "", "Indiquez le nom de la personne à qui écrire."),
        ("territories", ["01", "zz"], "Un des territoires choisis n’est pas ouvert à cet appel."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: TimedClient, field: str, value: Any, sentence: str
) -> None:
    call = a_call()
    said = form_of(client, call) | {field: value}

    response = post(client, call, said)

    page = response.content.decode().replace("\u00a0", "")
    plain = {name: [e.replace("\u00a0", " ") for e in found] for name, found in errors(response).items()}
    assert (response.status_code, plain) == (422, {field: [sentence]})
    assert (Candidacy.objects.count(), Letter.objects.count()) == (0, 0)
    kept = [text for name, text in said.items() if name not in {"territories", "legal_form", "token"} and text]
    assert [text for text in kept if text.strip() not in page] == []
    assert 'value="01" id="territory-01" checked' in page


def test_a_corrected_form_goes_through(client: TimedClient) -> None:
    call = a_call()
    said = form_of(client, call)
    post(client, call, said | {"siret": "1"})

    response = post(client, call, said)

    assert (response.status_code, Candidacy.objects.count()) == (302, 1)


def test_an_overseas_association_and_one_of_alsace_are_taken(client: TimedClient) -> None:
    call = a_call()
    overseas = form_of(client, call) | {"rna": "W9R1000123", "contact_phone": "0262 12 34 56", "territories": ["974"]}
    alsace = form_of(client, call) | {"rna": "", "registry": "Strasbourg, vol. 12, folio 34", "territories": ["67"]}

    answers = [post(client, call, said).status_code for said in (overseas, alsace)]

    found = Candidacy.objects.order_by("pk").values_list("organisation__rna", "organisation__registry")
    assert (answers, list(found)) == (
        [302, 302],
        [("W9R1000123", ""), ("", "Strasbourg, vol. 12, folio 34")],
    )


def test_neither_the_rna_nor_the_territories_are_obligatory(client: TimedClient) -> None:
    call = a_call()

    response = post(client, call, form_of(client, call) | {"rna": "", "territories": []})

    assert (response.status_code, Candidacy.objects.get().territories.count()) == (302, 0)


def test_collectivities_are_offered_only_where_the_call_takes_them(client: TimedClient) -> None:
    taking, refusing = a_call(), a_call(collectivities_accepted=False)

    pages = [client.get(reverse("signal", args=[call.slug])).content.decode() for call in (taking, refusing)]
    refused = post(client, refusing, typed(territories=["988"]))

    assert ["territory-988" in page for page in pages] == [True, False]
    assert (refused.status_code, Candidacy.objects.count()) == (422, 0)


def test_at_the_closing_second_the_page_says_so_and_nothing_is_signalled(client: TimedClient) -> None:
    call = a_call()
    said = form_of(client, call)
    client.at(call.closes_at)

    shown, sent = client.get(reverse("signal", args=[call.slug])), post(client, call, said)

    assert (shown.status_code, sent.status_code, Candidacy.objects.count()) == (200, 409, 0)
    assert "L’appel est clos" in shown.content.decode()
    assert [call.service_phone in shown.content.decode(), said["name"] in sent.content.decode()] == [True, True]


def test_one_microsecond_before_it_still_can(client: TimedClient) -> None:
    call = a_call()
    said = form_of(client, call)
    client.at(call.closes_at - timedelta(microseconds=1))

    assert post(client, call, said).status_code == 302


def test_before_the_opening_the_page_says_when(client: TimedClient) -> None:
    call = a_call()
    client.at(call.opens_at - timedelta(seconds=1))

    shown, sent = client.get(reverse("signal", args=[call.slug])), post(client, call, typed())

    assert (shown.status_code, sent.status_code, Candidacy.objects.count()) == (200, 409, 0)
    assert "13 septembre 2018" in shown.content.decode().replace("\u00a0", " ")


def test_a_call_in_preparation_is_not_there(client: TimedClient) -> None:
    call = a_call(published=False)

    assert client.get(reverse("signal", args=[call.slug])).status_code == 404


def test_the_confirmation_of_somebody_else_is_not_there(client: TimedClient) -> None:
    candidacy = a_signalled(a_call()).candidacy

    response = client.get(f"{reverse('signal', args=[candidacy.call.slug])}?numero={candidacy.number}")

    assert response.status_code == 404


def test_the_page_works_without_scripts_and_says_so_to_nobody(client: TimedClient) -> None:
    call = a_call()

    page = client.get(reverse("signal", args=[call.slug])).content.decode()

    assert re.findall(r"\son\w+=|\sstyle=|javascript:", page) == []
    assert page.count("<h1") == 1


def test_the_journal_names_the_act_and_the_structure(client: TimedClient) -> None:
    call = a_call()
    post(client, call, form_of(client, call))

    line = Candidacy.objects.get().journal.get()

    assert (line.act, json.loads(json.dumps(line.details))) == (
        "signal",
        {"provenance": "online", "structure": "Association des Passerelles"},
    )
    assert Candidacy.objects.get().state == CandidacyState.SIGNALLED


def test_the_page_costs_few_queries(client: TimedClient, django_assert_max_num_queries: Any) -> None:
    call = a_call()
    client.get(reverse("signal", args=[call.slug]))

    with django_assert_max_num_queries(10):
        client.get(reverse("signal", args=[call.slug]))
