"""The screens where a team adapts the letters of its call."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.actions.wording import adapt_wording
from applications.enums import CallState, Role
from applications.models import Call, Candidacy, LetterWording
from applications.selectors.wording import KINDS, Text
from hubs_portal.letters.models import Letter
from tests.builders import CLOSES, NOW, TimedClient, a_call, a_manager, a_signalled, a_submission, a_user, many_ready
from tests.builders.examined import AFTER, team_of


def page(name: str, call: Call, *rest: str) -> str:
    return reverse(f"admin:applications_call_{name}", args=[call.pk, *rest])


def edit(call: Call, code: str = "signalling", language: str = "fr") -> str:
    return page("wording", call, code, language)


def read(response: Any) -> str:
    return unescape(str(response.text)).replace("\u00a0", " ")


def typed(subject: str, body: str, **more: str) -> dict[str, str]:
    return {"subject": subject, "body": body, "seen": "", "candidacy": "", **more}


def common_ground() -> Call:
    """A published call."""
    return a_call()


@pytest.fixture
def call(ground: Call) -> Call:
    return ground


@pytest.fixture
def manager(client: TimedClient, call: Call) -> TimedClient:
    """The browser of somebody who runs the call."""
    client.force_login(team_of(call, Role.MANAGER)[0])
    return client


@pytest.fixture
def officer(client: TimedClient, call: Call) -> TimedClient:
    """The browser of somebody who examines its candidacies."""
    client.force_login(team_of(call, Role.OFFICER)[0])
    return client


def adapted(call: Call, code: str = "signalling") -> LetterWording:
    manager = team_of(call, Role.MANAGER)[0]
    return adapt_wording(call, KINDS[code], "fr", Text("{appel} : bienvenue", "Bonjour à tous."), by=manager, at=NOW)


# ---------------------------------------------------------------- the list


def test_the_list_says_when_each_letter_leaves_and_which_were_adapted(manager: TimedClient, call: Call) -> None:
    adapted(call)

    shown = read(manager.get(page("wordings", call)))

    assert shown.count("pill--done") == 1
    assert f"par {team_of(call, Role.MANAGER)[0]}" in shown
    assert [kind.code for kind in KINDS.values() if edit(call, kind.code) not in shown] == []
    assert "à J-7, J-2, J-1 et H-3, si rien n’est déposé" in shown
    assert shown.index("Convocation à l’audition") < shown.index("à la publication des résultats")


def test_the_call_s_page_shows_the_way(manager: TimedClient, call: Call) -> None:
    assert page("wordings", call) in manager.get(page("change", call)).text


# ---------------------------------------------------------------- who


def test_somebody_of_another_team_finds_nothing(client: TimedClient, call: Call) -> None:
    client.force_login(a_manager(a_call()))
    adapted(call)
    pages = [page("wordings", call), edit(call), page("wording_preview", call, "signalling", "fr")]

    statuses = [client.get(address).status_code for address in pages]
    acts = [edit(call), page("wording_restore", call, "signalling", "fr")]
    statuses += [client.post(address, typed("A", "B")).status_code for address in acts]

    assert statuses == [404] * 5
    assert call.wordings.get().body == "Bonjour à tous."


def test_officers_read_and_preview_but_change_nothing(officer: TimedClient, call: Call) -> None:
    row = adapted(call)

    shown = officer.get(edit(call))
    preview = officer.post(edit(call), typed("Autre", "Autre texte.", preview="1"))
    saved = officer.post(edit(call), typed("Autre", "Autre texte."))
    restored = officer.post(page("wording_restore", call, "signalling", "fr"))

    assert [answer.status_code for answer in (shown, preview, saved, restored)] == [200, 200, 403, 403]
    assert ("Enregistrer ce texte" in shown.text, "Rétablir le texte" in shown.text) == (False, False)
    assert ("Bonjour à tous." in preview.context["preview"].text, "Autre texte" in preview.text) == (True, False)
    assert list(call.wordings.all()) == [row]


def test_a_superuser_of_no_team_reads_the_texts_and_finds_no_candidacy(client: TimedClient, call: Call) -> None:
    member = a_signalled(call)
    client.force_login(a_user(is_staff=True, is_superuser=True))

    shown = client.get(edit(call))
    asked = client.post(edit(call), typed("A", "B", preview="1", candidacy=str(member.candidacy_id)))

    assert (shown.status_code, asked.status_code) == (200, 422)
    assert (member.candidacy.number in shown.text, member.candidacy.number in asked.text) == (False, False)


@pytest.mark.parametrize(("code", "language"), [("password_reset", "fr"), ("nothing", "fr"), ("signalling", "de")])
def test_a_letter_that_is_not_of_the_table_has_no_page(
    manager: TimedClient, call: Call, code: str, language: str
) -> None:
    assert manager.get(edit(call, code, language)).status_code == 404


# ---------------------------------------------------------------- saving


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_letter_has_its_page_in_both_languages(manager: TimedClient, call: Call, language: str) -> None:
    manager.cookies["django_language"] = language

    for code, kind in KINDS.items():
        shown = manager.get(edit(call, code, language))
        assert shown.status_code == 200, code
        assert [p.typed for p in kind.placeholders if p.typed not in shown.text] == [], code


def test_a_manager_rewrites_what_the_letter_says_today(manager: TimedClient, call: Call) -> None:
    form = manager.get(edit(call)).context["form"]
    assert form["subject"].value() == "{appel} – candidature n° {numero} : votre signalement est enregistré"
    body = form["body"].value() + "\r\n\r\nÀ bientôt, {destinataire}."

    answer = manager.post(edit(call), typed(form["subject"].value(), body), follow=True)

    row = call.wordings.get()
    assert answer.redirect_chain == [(edit(call), 302)]
    assert (row.subject, row.body[-35:]) == ("", "téléphone.\n\nÀ bientôt, {destinataire}."[-35:])
    assert "Le texte est enregistré" in read(answer)


def test_nothing_is_kept_of_a_text_left_as_it_was(manager: TimedClient, call: Call) -> None:
    form = manager.get(edit(call)).context["form"]

    answer = manager.post(edit(call), typed(form["subject"].value(), form["body"].value()))

    assert (answer.status_code, call.wordings.count()) == (422, 0)
    assert "Ce texte est celui d’origine" in read(answer)


@pytest.mark.parametrize(
    ("subject", "body", "sentence"),
    [
        ("{apell}", "Bonjour.", "vouliez-vous écrire {appel}"),
        ("   ", "Bonjour.", "L’objet est vide."),
        ("Bienvenue", " \n ", "Le texte est vide."),
        ("Bienvenue", "<script>alert(1)</script>", "se lirait tel quel"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    manager: TimedClient, call: Call, subject: str, body: str, sentence: str
) -> None:
    answers = [manager.post(edit(call), typed(subject, body, **more)) for more in ({}, {"preview": "1"})]

    for answer in answers:
        assert answer.status_code == 422
        assert sentence in read(answer)
        assert (answer.context["form"]["subject"].value(), answer.context["form"]["body"].value()) == (subject, body)
        assert "<script>alert(1)" not in answer.text
    assert (call.wordings.count(), call.journal.filter(act="adapt_wording").count()) == (0, 0)


def test_a_colleague_s_change_is_not_lost(manager: TimedClient, call: Call) -> None:
    seen = manager.get(edit(call)).context["form"]["seen"].value()
    adapted(call)

    answer = manager.post(edit(call), typed("Autre objet", "Autre texte.", seen=seen))

    assert (answer.status_code, call.wordings.get().body) == (409, "Bonjour à tous.")
    assert "Un collègue a changé ce texte" in read(answer)
    assert "Autre texte." in answer.text


def test_a_manager_gives_a_letter_its_own_words_back(manager: TimedClient, call: Call) -> None:
    adapted(call)
    seen = manager.get(edit(call)).context["form"]["seen"].value()

    manager.post(page("wording_restore", call, "signalling", "fr"), {"seen": seen})

    assert call.wordings.count() == 0
    assert "texte d’une lettre rétabli" in read(manager.get(page("journal", call)))


def test_the_letters_of_an_archived_call_are_only_read(manager: TimedClient, call: Call) -> None:
    row = adapted(call)
    Call.objects.update(state=CallState.ARCHIVED, frozen_at=CLOSES)

    shown = manager.get(edit(call))
    saved = manager.post(edit(call), typed("Autre", "Autre texte."))

    assert (shown.status_code, saved.status_code) == (200, 403)
    assert "L’appel est archivé" in read(shown)
    assert list(call.wordings.all()) == [row]


# ---------------------------------------------------------------- the preview


def test_a_preview_shows_the_letter_both_ways_and_keeps_what_was_typed(manager: TimedClient, call: Call) -> None:
    member = a_signalled(call, name="Les « Monts » & <fils>")
    before = Letter.objects.count()

    answer = manager.post(
        edit(call),
        typed("Bienvenue {numero}", "Chère {structure}.", preview="1", candidacy=str(member.candidacy_id)),
    )
    frame = manager.get(re.findall(r'<iframe src="([^"]+)" sandbox', answer.text)[0])

    assert answer.status_code == 200
    assert answer.context["form"]["body"].value() == "Chère {structure}."
    assert f"Bienvenue {member.candidacy.number}" in answer.text
    assert "Chère Les « Monts » & <fils>." in read(answer)
    assert "Chère Les « Monts » &amp; &lt;fils&gt;." in frame.text.replace("\u00a0", " ")
    assert frame.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert (call.wordings.count(), Letter.objects.count()) == (0, before)


def test_a_frame_shows_the_text_being_previewed_and_no_other(manager: TimedClient, call: Call) -> None:
    frame = page("wording_preview", call, "signalling", "fr")
    first = manager.get(frame).status_code
    manager.post(edit(call, "result"), typed("Bienvenue", "Bonjour.", preview="1"))

    assert (first, manager.get(frame).status_code) == (404, 404)
    assert manager.get(page("wording_preview", call, "result", "fr")).status_code == 200


def test_candidacies_of_another_call_cannot_be_chosen(manager: TimedClient, call: Call) -> None:
    elsewhere = a_signalled(a_call())

    answer = manager.post(
        edit(call), typed("Bienvenue", "Bonjour.", preview="1", candidacy=str(elsewhere.candidacy_id))
    )

    assert answer.status_code == 422
    assert elsewhere.candidacy.number not in answer.text


@pytest.mark.parametrize("code", sorted(code for code, kind in KINDS.items() if kind.decides))
def test_a_preview_says_that_no_decision_was_taken(manager: TimedClient, call: Call, code: str) -> None:
    member = a_signalled(call)
    a_submission(member)
    manager.at(AFTER)

    answer = manager.post(
        edit(call, code), typed("Bienvenue", "Bonjour.", preview="1", candidacy=str(member.candidacy_id))
    )

    assert "la décision est inventée" in answer.context["preview"].text
    assert "[exemple]" in answer.context["preview"].text


def test_pages_cost_the_same_for_one_candidacy_and_for_thirty(manager: TimedClient, call: Call) -> None:
    adapted(call)

    def costs(code: str) -> list[int]:
        about = str(Candidacy.objects.filter(call=call)[0].pk)
        asks: list[Any] = [
            lambda: manager.get(page("wordings", call)),
            lambda: manager.get(edit(call, code)),
            lambda: manager.post(edit(call, code), typed("Objet", "Bonjour.", preview="1", candidacy=about)),
            lambda: manager.get(page("wording_preview", call, code, "fr")),
        ]
        counted = []
        for ask in asks:
            with CaptureQueriesContext(connection) as asked:
                assert ask().status_code == 200
            counted.append(len(asked))
        return counted

    a_signalled(call)
    costs("signalling")
    alone = costs("signalling")
    many_ready(call, 29)

    crowd = costs("signalling")

    assert alone == crowd
    assert (
        max(max(costs(code)) for code in ["signalling", "member_invited", "completion_request", "call_amended"]) <= 15
    )
