"""« Vérifier et déposer », and what is left of a submission: pages that never say more than what was done."""

import io
import re
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from django.urls import reverse

from applications.actions import documents, drafting, withdrawal
from applications.enums import CandidacyState, Rights, Section
from applications.models import Candidacy, Dossier, LateAttempt, Member, Receipt, ReceiptDocument, Submission
from tests.builders import (
    CLOSES,
    NOW,
    TimedClient,
    a_call,
    a_complete_dossier,
    a_file,
    a_pdf,
    a_signalled,
    a_submission,
    a_user,
    an_invited,
    joined,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


def common_ground() -> Member:
    """The contact of a complete dossier."""
    found = a_signalled(a_call(), user=a_user(name="Camille Martin"))
    a_complete_dossier(found)
    return found


@pytest.fixture
def member(client: TimedClient, ground: Member) -> Member:
    """The same, signed in."""
    assert ground.user
    client.force_login(ground.user)
    return ground


def address(name: str, member: Member, *more: Any) -> str:
    return reverse(name, args=[member.candidacy.number, *more])


def revision(member: Member) -> int:
    return Dossier.objects.get(candidacy=member.candidacy_id).revision


def text(response: Any) -> str:
    """What the page says: no tags, plain spaces."""
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", bare).replace("&#x27;", "'")


def nothing_moved(member: Member) -> tuple[Any, ...]:
    """All that a refused submission must leave as it was."""
    candidacy = Candidacy.objects.get(pk=member.candidacy_id)
    return (
        candidacy.state,
        candidacy.notified_state,
        revision(member),
        Submission.objects.count(),
        Receipt.objects.count(),
        candidacy.letters.count(),
        candidacy.journal.count(),
    )


def downloaded(response: Any) -> bytes:
    """The bytes of a file, read to its end: that closes it."""
    return b"".join(response.streaming_content)


def submit(client: TimedClient, member: Member, shown: Any = None) -> Any:
    return client.post(address("submit", member), {"revision": revision(member) if shown is None else shown})


# ---------------------------------------------------------------- review


def test_the_review_shows_exactly_what_would_be_sent(client: TimedClient, member: Member) -> None:
    page = text(client.get(address("review", member)))

    document = member.candidacy.dossier.documents.current().select_related("stored").first()
    assert document
    digest = document.stored.digest
    expected = [
        member.candidacy.organisation.name,
        "Notre réponse à « Titre du projet ».",
        "Ain : Notre réponse à « Les besoins ».",
        "973 490 habitants en tout",
        "Département d’essai",
        "Total des dépenses 350 000,50 €",
        "Total des ressources 350 000,50 €",
        "Écart 0 €",
        "Subvention demandée 250 000 € (soit 71,4 % des dépenses)",
        "Recrutement",
        "Aidants formés",
        "Alix Représentant, présidence",
        document.name,
        " ".join(digest[i : i + 8] for i in range(0, 64, 8)),
        "promise pour le 18 décembre 2018",
        "Déposer le dossier (version 1)",
    ]
    assert [said for said in expected if said not in page] == []


def test_the_review_groups_what_is_missing_and_leads_to_each_place(client: TimedClient, member: Member) -> None:
    page = client.get(address("review", member)).content.decode()

    links = re.findall(r'<li><a href="(/dossiers/[^"]+)">([^<]+)</a></li>', page)
    assert [(link, said.replace("\u00a0", " ")) for link, said in links if "piece-" in link] == [
        (
            address("documents", member) + "#piece-accounts",
            "« Comptes approuvés du dernier exercice » suivra, à la date que vous avez promise.",
        ),
        (address("documents", member) + "#piece-statutes", "« Statuts » : à défaut, le service se la procurera."),
    ]
    assert [
        said in text(client.get(address("review", member)))
        for said in ("Rien ne manque pour déposer", "Suivra après le dépôt")
    ] == [True, True]


def test_an_incomplete_dossier_has_no_button_but_links_to_what_is_missing(client: TimedClient, member: Member) -> None:
    drafting.save_organisation(member, {"city": ""}, at=NOW)

    page = client.get(address("review", member)).content.decode()

    assert f'action="{address("submit", member)}"' not in page
    assert f'href="{address("section", member, "organisation")}#id_city"' in page


def test_a_dossier_nobody_began_says_so_and_reading_writes_nothing(client: TimedClient) -> None:
    member = a_signalled(a_call(), user=a_user())
    client.force_login(member.user)  # type: ignore[arg-type] # it has one
    before = nothing_moved(member)

    response = client.get(address("review", member))

    assert (response.status_code, "Rien n’est encore saisi : il n’y a rien à déposer." in text(response)) == (200, True)
    assert nothing_moved(member) == before


def test_the_review_of_what_is_already_filed_offers_no_second_deposit(client: TimedClient, member: Member) -> None:
    submit(client, member)

    page = client.get(address("review", member)).content.decode()

    assert f'action="{address("submit", member)}"' not in page
    assert address("submitted", member, 1) in page


@pytest.mark.parametrize("rights", [Rights.VIEW, Rights.EDIT])
def test_whoever_may_not_submit_reads_and_is_told_who_may(client: TimedClient, member: Member, rights: Rights) -> None:
    colleague = joined(an_invited(member, rights=rights))
    client.force_login(colleague.user)  # type: ignore[arg-type] # it has one
    before = nothing_moved(member)

    page = client.get(address("review", member)).content.decode()
    posted = submit(client, member)

    assert (f'action="{address("submit", member)}"' in page, address("members", member) in page) == (False, True)
    assert (posted.status_code, nothing_moved(member)) == (404, before)


# ---------------------------------------------------------------- submit


def test_submitting_leads_to_a_page_that_proves_it(client: TimedClient, member: Member) -> None:
    client.at(CLOSES - timedelta(minutes=17, seconds=53))

    response = submit(client, member)

    page = text(client.get(response.url))
    made = Submission.objects.get()
    expected = [
        "Votre dossier est déposé",
        member.candidacy.number,
        "30 novembre 2018 à 16 h 42 min 07 s (heure de Paris)",
        "2018-11-30 15:42:07 UTC",
        "Version 1",
        made.receipt.number,
        " ".join(made.digest[i : i + 8] for i in range(0, 64, 8)),
        "Modifiable jusqu’au vendredi 30 novembre 2018 à 17 h 00 (heure de Paris)",
        "2 fichiers déposés",
        "mandate.pdf",
        "Camille Martin",
    ]
    assert response.url == address("submitted", member, 1)
    assert [said for said in expected if said not in page] == []


def test_a_double_click_gives_one_submission_and_the_same_page(client: TimedClient, member: Member) -> None:
    first, second = submit(client, member), submit(client, member)

    assert (first.url, Submission.objects.count(), Receipt.objects.count()) == (second.url, 1, 1)


def test_a_retry_after_the_closing_of_what_was_filed_in_time_shows_it(client: TimedClient, member: Member) -> None:
    shown = revision(member)
    first = submit(client, member)
    client.at(CLOSES + timedelta(seconds=3))

    again = submit(client, member, shown)

    assert (again.status_code, again.url, LateAttempt.objects.count()) == (302, first.url, 0)


def test_what_a_colleague_wrote_meanwhile_is_not_sent_and_the_page_says_who_and_what(
    client: TimedClient, member: Member
) -> None:
    shown = revision(member)
    colleague = joined(an_invited(member))
    drafting.save_organisation(colleague, {"city": "Nantua"}, at=NOW + timedelta(minutes=5))

    page = client.get(submit(client, member, shown).url)

    said = text(page)
    assert Submission.objects.get().says["organisation"]["city"] == "Bourg-en-Bresse"
    assert f"{colleague.name} a modifié « La structure candidate » le 28 novembre 2018 à 9 h 05." in said
    assert "DÉPOSÉ (version 1) – des modifications ne sont pas déposées" in said
    assert f'href="{address("review", member)}"' in page.content.decode()


def test_a_tab_older_than_what_was_filed_does_not_go_back_in_time(client: TimedClient, member: Member) -> None:
    old = revision(member)
    drafting.save_organisation(member, {"city": "Nantua"}, at=NOW)
    submit(client, member)
    before = nothing_moved(member)

    response = submit(client, member, old)

    assert (response.status_code, nothing_moved(member)) == (409, before)
    assert "Une version plus récente du dossier est déjà déposée" in text(response)


def test_a_tab_whose_revision_is_gone_is_asked_to_read_again(client: TimedClient, member: Member) -> None:
    before = nothing_moved(member)

    response = submit(client, member, 9999)

    assert (response.status_code, nothing_moved(member)) == (409, before)
    assert "Rechargez-la, relisez, puis déposez." in text(response)


@pytest.mark.parametrize("shown", ["", "0", "-1", "x", "1.5", "99999999999999999999", "²"])
def test_a_revision_that_is_none_is_refused_in_a_sentence(client: TimedClient, member: Member, shown: str) -> None:
    before = nothing_moved(member)

    response = submit(client, member, shown)

    assert (response.status_code, nothing_moved(member)) == (400, before)
    assert "Cette page ne dit pas quelle version déposer : rien n’a été déposé." in text(response)


def test_an_incomplete_dossier_is_refused_with_what_is_missing(client: TimedClient, member: Member) -> None:
    drafting.save_rows(member, Section.CALENDAR, {type(member.candidacy.dossier.milestones.all()[0]): []}, at=NOW)
    before = nothing_moved(member)

    response = submit(client, member)

    page = response.content.decode()
    assert (response.status_code, nothing_moved(member)) == (409, before)
    assert "Le dossier n’a pas été déposé" in page
    assert f'<a href="{address("section", member, "calendar")}">Ajoutez au moins un jalon au calendrier.</a>' in page


def test_a_withdrawn_candidacy_cannot_be_submitted(client: TimedClient, member: Member) -> None:
    withdrawal.withdraw(member, at=NOW)
    before = nothing_moved(member)

    response = submit(client, member)

    assert (response.status_code, nothing_moved(member)) == (409, before)


def test_at_the_closing_second_nothing_moves_and_the_page_says_what_counts(client: TimedClient, member: Member) -> None:
    submit(client, member)
    drafting.save_organisation(member, {"city": "Nantua"}, at=NOW)
    before = nothing_moved(member)
    client.at(CLOSES)

    response = submit(client, member)

    page = text(response)
    expected = [
        "30 novembre 2018 à 17 h 00 min 00 s (heure de Paris)",
        "La version 1, arrivée le 28 novembre 2018 à 9 h 00 min 00 s (heure de Paris), reste déposée et sera examinée.",
        "Rien n’a été modifié",
        member.candidacy.call.service_phone,
        "Une panne vous a empêché de déposer à temps ?",
    ]
    assert (response.status_code, nothing_moved(member)) == (409, before)
    assert [said for said in expected if said not in page] == []
    attempt = LateAttempt.objects.get()
    assert (attempt.arrived_at, attempt.revision, attempt.code) == (CLOSES, revision(member), "too_late")


def test_too_late_with_nothing_filed_says_so_and_the_draft_is_readable(client: TimedClient, member: Member) -> None:
    client.at(CLOSES + timedelta(seconds=3))

    response = submit(client, member)

    page = text(response)
    assert ("Aucune version n’a été déposée avant la clôture." in page, "17 h 00 min 03 s" in page) == (True, True)
    assert (client.get(address("review", member)).status_code, Submission.objects.count()) == (200, 0)


def test_one_microsecond_before_the_closing_is_in_time(client: TimedClient, member: Member) -> None:
    client.at(CLOSES - timedelta(microseconds=1))

    assert submit(client, member).status_code == 302
    assert Submission.objects.get().arrived_at == CLOSES - timedelta(microseconds=1)


def test_a_reload_of_the_answer_leads_back_to_the_review(client: TimedClient, member: Member) -> None:
    response = client.get(address("submit", member))

    assert (response.status_code, response.url) == (302, address("review", member))


def test_after_the_closing_the_button_is_gone(client: TimedClient, member: Member) -> None:
    client.at(CLOSES)

    page = client.get(address("review", member)).content.decode()

    assert f'action="{address("submit", member)}"' not in page
    assert "Ce dossier ne peut plus être déposé. Il reste lisible." in page


# ---------------------------------------------------------------- what is left of a submission


def test_the_receipt_is_a_pdf_named_by_its_number_even_when_the_worker_is_late(
    client: TimedClient, member: Member
) -> None:
    submit(client, member)
    receipt = Receipt.objects.get()
    rendered_before = ReceiptDocument.objects.count()

    response = client.get(address("receipt_pdf", member, 1))

    content = downloaded(response)
    assert (rendered_before, ReceiptDocument.objects.count()) == (0, 1)
    assert f'filename="{receipt.number}.pdf"' in response["Content-Disposition"]
    assert len(pikepdf.open(io.BytesIO(content)).pages) >= 1


def test_a_frozen_file_is_given_back_to_the_byte_even_once_replaced(client: TimedClient, member: Member) -> None:
    submit(client, member)
    frozen = Submission.objects.get().files.get(requirement_code="mandate")
    mandate = member.candidacy.call.requirements.get(code="mandate")
    documents.add_document(member, mandate, a_file(a_pdf("Autre pouvoir")), name="autre.pdf", at=NOW)

    response = client.get(address("submitted_file", member, 1, frozen.pk))

    assert downloaded(response) == a_pdf(f"mandate {member.candidacy.number}")
    assert 'filename="mandate.pdf"' in response["Content-Disposition"]


def test_a_version_replaced_since_says_so(client: TimedClient, member: Member) -> None:
    submit(client, member)
    drafting.save_organisation(member, {"city": "Nantua"}, at=NOW)
    submit(client, member)

    pages = [text(client.get(address("submitted", member, version))) for version in (1, 2)]

    assert ["Version 1, remplacée depuis" in pages[0], "Votre dossier est déposé" in pages[1]] == [True, True]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("review", ()),
        ("submit", ()),
        ("submitted", (1,)),
        ("receipt_pdf", (1,)),
        ("submitted_file", (1, 1)),
        ("withdraw", ()),
        ("resume", ()),
        ("members", ()),
    ],
)
def test_somebody_elses_dossier_and_one_that_does_not_exist_are_the_same_bytes(
    client: TimedClient, member: Member, name: str, more: tuple[int, ...]
) -> None:
    other = a_signalled(member.candidacy.call)
    made = a_submission(other)
    if name == "submitted_file":
        more = (1, made.files.all()[0].pk)
    method = client.post if name == "submit" else client.get

    forbidden = method(address(name, other, *more))
    absent = method(reverse(name, args=["HFC-0000-0000", *more]))

    assert (forbidden.status_code, absent.status_code) == (404, 404)
    assert forbidden.content == absent.content.replace(b"HFC-0000-0000", other.candidacy.number.encode())


def test_a_version_or_file_that_does_not_exist_is_not_found(client: TimedClient, member: Member) -> None:
    submit(client, member)

    answers = [client.get(address("submitted", member, 2)), client.get(address("submitted_file", member, 1, 999999))]

    assert [answer.status_code for answer in answers] == [404, 404]


# ---------------------------------------------------------------- withdraw, resume


def test_withdrawing_says_what_follows_then_does_it_and_can_be_taken_back(client: TimedClient, member: Member) -> None:
    submit(client, member)

    shown = text(client.get(address("withdraw", member)))
    withdrawn = client.post(address("withdraw", member), {"reason": "Un partenaire se retire."})
    state = Candidacy.objects.get().state
    resumed = client.post(address("resume", member))

    assert "La version 1 que vous avez déposée ne comptera plus." in shown
    assert (withdrawn.url, state) == (address("resume", member), CandidacyState.WITHDRAWN)
    assert (resumed.url, Candidacy.objects.get().state) == (address("dossier", member), CandidacyState.DRAFTING)
    assert list(Candidacy.objects.get().journal.filter(act="withdraw").values_list("note", flat=True)) == [
        "Un partenaire se retire."
    ]
    assert Submission.objects.count() == 1


def test_after_the_closing_nothing_is_withdrawn(client: TimedClient, member: Member) -> None:
    submit(client, member)
    before = nothing_moved(member)
    client.at(CLOSES)

    shown, posted = client.get(address("withdraw", member)), client.post(address("withdraw", member))

    assert "Cette candidature ne peut pas être retirée maintenant." in text(shown)
    assert (posted.status_code, nothing_moved(member)) == (409, before)


def test_reading_a_step_takes_none(client: TimedClient, member: Member) -> None:
    before = nothing_moved(member)

    client.get(address("withdraw", member))
    client.get(address("resume", member))

    assert nothing_moved(member) == before


# ---------------------------------------------------------------- session lost, queries


def test_a_session_lost_at_the_moment_of_sending_keeps_what_was_typed(client: TimedClient, member: Member) -> None:
    before = nothing_moved(member)
    client.logout()
    long = "Un long motif, sur plusieurs lignes.\n" * 10 + "<script>alert(1)</script>"

    response = client.post(address("withdraw", member), {"reason": long, "short": "x & y"})

    page = response.content.decode()
    assert (response.status_code, nothing_moved(member)) == (401, before)
    assert f'<form method="post" action="{address("withdraw", member)}"' in page
    assert '<input type="hidden" name="short" value="x &amp; y">' in page
    assert long.replace("<", "&lt;").replace(">", "&gt;") in page
    assert "csrfmiddlewaretoken" not in [name for name, _value, _label in response.context["kept"]]
    assert '<label class="form-label" for="id_kept_1">Motif</label>' in page


@pytest.mark.parametrize(
    ("name", "more"),
    [("review", ()), ("submitted", (1,)), ("withdraw", ()), ("resume", ()), ("members", ())],
)
def test_pages_cost_few_queries(
    client: TimedClient, member: Member, name: str, more: tuple[int, ...], django_assert_max_num_queries: Any
) -> None:
    submit(client, member)
    client.get(address(name, member, *more))

    with django_assert_max_num_queries(15):
        client.get(address(name, member, *more))
