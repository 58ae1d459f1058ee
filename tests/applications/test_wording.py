"""Letters whose subject and first sentences a call says in its own words."""

from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from applications import letters
from applications.actions.setup import duplicate_call
from applications.actions.wording import adapt_wording, mark, restore_wording
from applications.enums import CallState, Outcome, Role
from applications.models import Award, Call, Candidacy, CompletionItem, CompletionRequest, LetterWording, Member
from applications.rules.wording import faults
from applications.selectors.office import call_events
from applications.selectors.placeholders import filled
from applications.selectors.wording import KINDS, Text, example_variables, own_text, preview
from hubs_portal.letters.compose import own_opening
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from tests.builders import (
    CLOSES,
    NOW,
    a_call,
    a_complete_dossier,
    a_convened,
    a_juror,
    a_jury,
    a_panel,
    a_signalled,
    a_submission,
    a_user,
    an_invited,
    some_shortlisted,
    without_ties,
)
from tests.builders.examined import AFTER, team_of

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "letters"
HOSTILE = "<script>alert(1)</script> & « fils »"
every_kind = pytest.mark.parametrize("code", sorted(KINDS))
both_languages = pytest.mark.parametrize("language", ["fr", "en"])


def common_ground() -> Call:
    """A published call."""
    return a_call()


@pytest.fixture
def call(ground: Call) -> Call:
    return ground


def adapt(call: Call, code: str, language: str = "fr", subject: str = "", body: str = "") -> LetterWording:
    manager = team_of(call, Role.MANAGER)[0]
    return adapt_wording(call, KINDS[code], language, Text(subject, body), by=manager, at=NOW)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def kept(call: Call) -> list[tuple[str, str, str, str]]:
    return list(call.wordings.values_list("kind", "language", "subject", "body"))


# ---------------------------------------------------------------- the table


def test_every_letter_with_an_opening_has_its_line_in_the_table() -> None:
    openings = {path.name.removesuffix(".opening.txt") for path in TEMPLATES.glob("*.opening.txt")}

    assert openings == {kind.template for kind in KINDS.values()}


@every_kind
@both_languages
def test_each_letter_replaces_every_name_it_declares(call: Call, code: str, language: str) -> None:
    kind = KINDS[code]
    body = "\n\n".join(f"{placeholder.name} = {placeholder.typed}." for placeholder in kind.placeholders)
    assert faults(kind, call, language, Text("", body)) == []

    composed = preview(kind, call, language, Text("", body), at=NOW)

    assert [p.name for p in kind.placeholders if f"{p.name} = " not in composed.text] == []
    assert [p.name for p in kind.placeholders if f"{p.name} = ." in composed.text] == []
    assert ("{" in composed.text, "{" in composed.html.partition("<body")[2]) == (False, False)


@every_kind
@both_languages
def test_each_letter_s_own_words_may_be_typed_back_as_they_are_shown(call: Call, code: str, language: str) -> None:
    kind = KINDS[code]
    own = own_text(kind, call, language)
    variables = example_variables(kind, call, language)

    assert faults(kind, call, language, own) == []
    assert "[e" not in own.subject + own.body
    assert own.body
    with_names = filled(own.body, variables)
    if language == "fr":
        assert plain(with_names) == plain(own_opening(kind.template, variables))


@every_kind
def test_each_letter_keeps_its_facts_whatever_is_written(call: Call, code: str) -> None:
    kind = KINDS[code]
    own = preview(kind, call, "fr", Text(), at=NOW)
    opening = [part for part in own.text.split("\n\n") if part.strip()]

    adapted = preview(kind, call, "fr", Text("Objet", "Rien d’autre."), at=NOW)

    gone = [part for part in opening if part not in adapted.text]
    assert adapted.subject == "Objet"
    assert gone == own_opening(kind.template, example_variables(kind, call, "fr")).split("\n\n") or len(gone) == 1
    assert "01 99 00 20 18" in adapted.text


# ---------------------------------------------------------------- what is refused

REFUSED = [
    ("signalling", "{apell} – dossier", "", "{apell} n’est pas connu ici : vouliez-vous écrire {appel} ?"),
    (
        "signalling",
        "",
        "Voici {montant}.",
        "{montant} n’est pas connu dans cette lettre. On connaît {appel}, {cloture}",
    ),
    ("signalling", "", "Voici {}.", "{} n’est pas connu dans cette lettre."),
    ("dossier_opened", "", "Suivez {lien_personnel}.", "Cette lettre ne porte pas de lien personnel"),
    ("dossier_opened", "", "Dossier {numero", "Une accolade est seule"),
    ("dossier_opened", "", "Dossier numero}", "Une accolade est seule"),
    ("dossier_opened", "", "Dossier {nu\nmero}", "Une accolade est seule"),
    ("dossier_opened", "", "Dossier {{ candidacy.number }}", "Une accolade est seule"),
    ("dossier_opened", "Dossier\nBcc: tous@exemple.invalid", "", "L’objet tient sur une ligne"),
    ("dossier_opened", "Dossier\u2028ouvert", "", "L’objet tient sur une ligne"),
    ("dossier_opened", "Dossier \u202eouvert", "", "Un signe invisible s’est glissé dans le texte (U+202E)"),
    ("dossier_opened", "Dossier \x07ouvert", "", "Un signe invisible s’est glissé dans le texte (U+0007)"),
    ("dossier_opened", "", "Dossier \u2066ouvert", "Un signe invisible s’est glissé dans le texte (U+2066)"),
    ("dossier_opened", "", "Dossier\u2029ouvert", "sauts de ligne d’un autre logiciel"),
    ("dossier_opened", " \u00a0 ", " \n ", "Écrivez un objet ou un texte."),
    ("dossier_opened", "…", "", "Il n’y a rien à lire"),
    ("dossier_opened", "a" * 151, "", "L’objet a 151 signes : pas plus de 150."),
    ("dossier_opened", "{appel} {numero} {structure} {service} {destinataire}", "", "pourrait dépasser 250 signes"),
    ("dossier_opened", "", "a" * 4001, "Le texte a 4001 signes : pas plus de 4000."),
    ("dossier_opened", "", "<b>Bravo</b>", "« <b> » se lirait tel quel"),
    ("dossier_opened", "", "Bravo&nbsp;!", "« &nbsp; » se lirait tel quel"),
    ("dossier_opened", "Voir https://exemple.invalid", "", "Un objet ne porte ni lien ni adresse."),
    ("result", "{appel} : {montant}", "", "{montant} ne va pas dans un objet"),
    ("result", "{appel} : {issue}", "", "{issue} ne va pas dans un objet"),
    ("not_shortlisted", "{appel} : {motif}", "", "{motif} ne va pas dans un objet"),
    ("signalling", "{lien_personnel}", "", "{lien_personnel} ne va pas dans un objet"),
    (
        "result",
        "Hubs d’essai – ACCUSE de reception de votre dossier n° {numero}, déposé le {cloture}",
        "",
        "La lettre « accusé de réception » a déjà cet objet",
    ),
    ("withdrawal_receipt", "Suite donnée au dossier", "", "La lettre « résultat » a déjà cet objet"),
]


@pytest.mark.parametrize(("code", "subject", "body", "sentence"), REFUSED)
def test_a_text_that_cannot_be_a_letter_s_is_refused_and_nothing_moves(
    call: Call, code: str, subject: str, body: str, sentence: str
) -> None:
    adapt(call, "result", subject="Suite donnée au dossier")
    before, lines = kept(call), call.journal.count()

    with pytest.raises(Refusal) as refused:
        adapt(call, code, subject=subject, body=body)

    told = plain(" ".join([str(refused.value), *map(str, refused.value.items)]))
    assert sentence in told
    assert (kept(call), call.journal.count()) == (before, lines)


def test_addresses_in_chevrons_and_comparisons_are_no_html(call: Call) -> None:
    body = "Écrivez à <equipe@exemple.invalid> si vous avez < 5 territoires & une question."

    assert adapt(call, "dossier_opened", body=body).body == body


@pytest.mark.parametrize("who", ["officer", "superuser"])
def test_only_who_runs_the_call_adapts_its_letters(call: Call, who: str) -> None:
    user = team_of(call, Role.OFFICER)[0] if who == "officer" else a_user(is_staff=True, is_superuser=True)
    row = adapt(call, "result", body="Voici.")
    lines = call.journal.count()

    with pytest.raises(Refusal):
        adapt_wording(call, KINDS["signalling"], "fr", Text("", "Bonjour."), by=user, at=NOW)
    with pytest.raises(Refusal):
        restore_wording(call, KINDS["result"], "fr", by=user, at=NOW)

    assert (list(call.wordings.all()), call.journal.count()) == ([row], lines)


def test_an_archived_call_adapts_nothing_any_more(call: Call) -> None:
    adapt(call, "result", body="Voici.")
    Call.objects.update(state=CallState.ARCHIVED, frozen_at=CLOSES)

    with pytest.raises(Refusal) as refused:
        adapt(call, "result", body="Voilà.")
    with pytest.raises(Refusal):
        restore_wording(call, KINDS["result"], "fr", by=team_of(call, Role.MANAGER)[0], at=NOW)

    assert (refused.value.code, kept(call)) == ("archived", [("result", "fr", "", "Voici.")])


def test_a_text_a_colleague_changed_meanwhile_is_not_overwritten(call: Call) -> None:
    first, second = team_of(call, Role.MANAGER)
    seen = mark(adapt(call, "result", body="Un."))
    adapt_wording(call, KINDS["result"], "fr", Text("", "Deux."), by=first, at=NOW, seen=seen)

    with pytest.raises(Refusal) as refused:
        adapt_wording(call, KINDS["result"], "fr", Text("", "Trois."), by=second, at=NOW, seen=seen)
    with pytest.raises(Refusal):
        restore_wording(call, KINDS["result"], "fr", by=second, at=NOW, seen="")

    assert (refused.value.code, kept(call)) == ("changed_meanwhile", [("result", "fr", "", "Deux.")])


# ---------------------------------------------------------------- what is written down


def test_the_journal_says_who_changed_which_words_from_what_to_what(call: Call) -> None:
    manager = team_of(call, Role.MANAGER)[0]
    adapt(call, "result", body="Voici.")
    adapt(call, "result", body="Voici.")
    adapt(call, "result", body="Voilà.")
    restore_wording(call, KINDS["result"], "fr", by=manager, at=NOW)
    restore_wording(call, KINDS["result"], "fr", by=manager, at=NOW)

    events = [event for event in call_events(call) if "lettre" in event.label]

    assert [(event.label, manager.email in event.author) for event in events] == [
        ("texte d’une lettre rétabli", True),
        ("texte d’une lettre adapté", True),
        ("texte d’une lettre adapté", True),
    ]
    assert [[(c.what, c.before, c.after) for c in event.changes] for event in events] == [
        [("lettre", "", "résultat"), ("langue", "", "fr"), ("texte", "Voilà.", "")],
        [("lettre", "", "résultat"), ("langue", "", "fr"), ("texte", "Voici.", "Voilà.")],
        [("lettre", "", "résultat"), ("langue", "", "fr"), ("texte", "", "Voici.")],
    ]


def test_the_copy_of_a_call_has_its_words(call: Call) -> None:
    adapt(call, "result", "en", subject="{appel}: your result", body="Here it is.")

    copied = duplicate_call(call, slug="copie", title="Copie", prefix="COP", by=team_of(call, Role.MANAGER)[0], at=NOW)

    assert kept(copied) == kept(call) == [("result", "en", "{appel}: your result", "Here it is.")]


# ---------------------------------------------------------------- letters really written


@both_languages
def test_a_letter_written_by_its_act_carries_the_call_s_words_in_its_reader_s_language(
    call: Call, language: str
) -> None:
    french = "Chère équipe de « {structure} »,\nsuivez\n{lien_personnel}"
    adapt(call, "signalling", "fr", "{appel} : bienvenue, {numero}", french)
    adapt(call, "signalling", "en", "{appel}: welcome, {numero}", "Dear “{structure}” team,\nfollow\n{lien_personnel}")

    member = a_signalled(call, name=HOSTILE, contact_name=HOSTILE, language=language)

    letter = Letter.objects.get(kind="signalling")
    number = member.candidacy.number
    wanted = {"fr": f"Hubs d’essai : bienvenue, {number}", "en": f"Trial hubs: welcome, {number}"}
    said = {"fr": f"Chère équipe de « {HOSTILE} »,\nsuivez\n", "en": f"Dear “{HOSTILE}” team,\nfollow\n"}
    assert letter.subject == wanted[language]
    assert said[language] in letter.text
    assert ("<script" in letter.html, HOSTILE in unescape(letter.html)) == (False, True)
    assert letter.html.count('href="http://testserver/') >= 2
    assert letter.text.count("/rejoindre/") == 2
    fact = {"fr": "Rien n’est encore déposé", "en": "Nothing is submitted yet"}[language]
    assert (fact in letter.text, fact in letter.html) == (True, True)
    assert {"fr": "17 h 00 (heure de Paris)", "en": "17:00 (Paris time)"}[language] in plain(letter.text)


def test_a_language_nobody_adapted_keeps_the_letter_s_own_words(call: Call) -> None:
    adapt(call, "signalling", "fr", "{appel} : bienvenue", "Bonjour à tous.")

    a_signalled(call, language="en")

    letter = Letter.objects.get(kind="signalling")
    assert letter.subject.startswith("Trial hubs – ")
    assert "We have recorded" in letter.text or "Bonjour à tous" not in letter.text


def test_another_call_keeps_its_own_words(call: Call) -> None:
    other = a_call()
    adapt(call, "signalling", body="Bonjour à tous.")

    a_signalled(other)

    assert "Bonjour à tous" not in Letter.objects.get(kind="signalling").text


def test_the_receipt_keeps_what_the_law_wants_under_other_words(call: Call) -> None:
    adapt(
        call, "submission_receipt", subject="{appel} – reçu {recepisse}", body="Merci ! Version {version}, {depose_le}."
    )

    submission = a_submission(a_signalled(call), arrived_at=NOW + timedelta(seconds=7))

    letter = Letter.objects.filter(kind="submission_receipt").order_by("pk")[0]
    text = plain(letter.text)
    assert letter.subject == f"Hubs d’essai – reçu {submission.receipt.number}"
    assert "Merci ! Version 1, 28 novembre 2018 à 9 h 00 min 07 s (heure de Paris)." in text
    for fact in [
        f"Accusé de réception n° {submission.receipt.number}",
        "réputée rejetée le 28 janvier 2019",
        "Le silence gardé deux mois vaut rejet.",
        "Vous pouvez contester une décision dans les deux mois.",
    ]:
        assert fact in text


def test_letters_already_written_never_change(call: Call) -> None:
    member = a_signalled(call)
    before = list(Letter.objects.values("pk", "subject", "text", "html"))
    adapt(call, "signalling", subject="{appel} : bienvenue", body="Bonjour à tous.")

    letters.signalling(member, at=NOW)

    assert list(Letter.objects.values("pk", "subject", "text", "html")) == before


def test_words_given_back_are_the_letter_s_own_again(call: Call) -> None:
    own = preview(KINDS["signalling"], call, "fr", Text(), at=NOW).text
    adapt(call, "signalling", body="Bonjour à tous.")
    restore_wording(call, KINDS["signalling"], "fr", by=team_of(call, Role.MANAGER)[0], at=NOW)

    a_signalled(call)

    assert "gardez-le, il vous sera demandé" in own
    assert "gardez-le, il vous sera demandé" in Letter.objects.get(kind="signalling").text


def test_a_long_or_strange_name_leaves_the_subject_readable(call: Call) -> None:
    adapt(call, "member_invited", subject="{structure} – {numero} – {invitant}")
    member = a_signalled(call, name="Très long nom " * 14, contact_name="Alix\u202e\r\nBcc: tous@exemple.invalid")

    an_invited(member)

    subject = Letter.objects.get(kind="member_invited").subject
    assert len(subject) < 160
    assert f" – {member.candidacy.number} – Alix Bcc: tous" in subject


def test_candidates_and_jurors_are_told_a_hearing_in_different_words(call: Call) -> None:
    (candidacy,) = some_shortlisted(call)
    adapt(call, "jury_invitation", body="Rejoignez {jury} comme {role}.")
    adapt(call, "hearing_invitation", body="Venez le {date_audition}, {lieu}.")
    adapt(call, "hearing_invitation_juror", body="Soyez là le {date_audition} pour {structure}.")
    jury = a_jury(call, quorum=1)
    seat = a_juror(jury)

    panel = a_panel(jury, [seat], [candidacy])
    without_ties(seat)

    a_convened(panel, candidacy)

    invited = Letter.objects.get(kind="jury_invitation")
    told = {letter.address: plain(letter.text) for letter in Letter.objects.filter(kind="hearing_invitation")}
    to_juror = told.pop(seat.user.email)
    (to_candidate,) = told.values()
    assert f"Rejoignez {jury.name} comme " in invited.text
    when = "lundi 10 décembre 2018 à 9 h 00 (heure de Paris)"
    assert f"Venez le {when}, Salle 2, 12, rue de l’Exemple, Paris." in to_candidate
    assert "est présélectionné. Vous êtes convoqué devant le jury." in to_candidate
    assert f"Soyez là le {when} pour {candidacy.organisation.name}." in to_juror
    assert "Venez le" not in to_juror


# ---------------------------------------------------------------- the preview


def test_a_preview_shows_the_real_number_structure_and_contact_and_writes_nothing(call: Call) -> None:
    member = a_signalled(call, contact_name="Alix Contact")
    candidacy = Candidacy.objects.select_related("call", "organisation").get()
    before = Letter.objects.count()

    shown = preview(KINDS["dossier_opened"], call, "fr", Text("", "Voici {numero}."), at=NOW, candidacy=candidacy)

    assert "Bonjour Alix Contact," in shown.text
    assert f"Voici {member.candidacy.number}." in shown.text
    assert plain(shown.text).startswith("*** Aperçu, jamais envoyé :")
    assert Letter.objects.count() == before


@every_kind
def test_a_preview_of_a_sealed_dossier_says_nothing_of_what_it_holds(call: Call, code: str) -> None:
    member = a_signalled(call)
    a_complete_dossier(member)
    a_submission(member)
    candidacy = Candidacy.objects.select_related("call", "organisation").get()
    content = member.candidacy.submissions.get()
    held = [content.digest, *content.files.values_list("stored__digest", flat=True)]
    held += list(content.files.values_list("name", flat=True))
    held += [content.signatory, "Un hub d’essai."]

    shown = preview(KINDS[code], call, "fr", Text(), at=NOW, candidacy=candidacy)

    said = shown.text.replace(" ", "")
    assert [word for word in held if word.replace(" ", "") in said] == []


def test_previews_of_real_members_never_carry_a_real_link(call: Call) -> None:
    a_signalled(call)
    candidacy = Candidacy.objects.select_related("call", "organisation").get()

    shown = [
        preview(KINDS[code], call, "fr", Text("", "Voici {lien_personnel}"), at=NOW, candidacy=candidacy).text
        for code in ("signalling", "member_invited", "jury_invitation")
    ]

    assert [("/exemple/" in text, ":" in text.partition("http://testserver")[2].split()[0]) for text in shown] == [
        (True, False)
    ] * 3
    assert Member.objects.count() == 1


def test_a_preview_shows_the_real_hearing_and_request_but_no_real_decision(call: Call) -> None:
    (heard,) = some_shortlisted(call)
    jury = a_jury(call, quorum=1)
    seat = a_juror(jury)
    panel = a_panel(jury, [seat], [heard])
    without_ties(seat)
    a_convened(panel, heard)
    decided = {"outcome": Outcome.RESERVE, "reasons": "Motif tenu secret.", "decided_at": AFTER}
    Award.objects.create(candidacy=heard, **decided)
    request = CompletionRequest.objects.create(
        candidacy=heard, asked_at=AFTER, asked_by=team_of(call, Role.OFFICER)[0], due_at=AFTER + timedelta(days=9)
    )
    CompletionItem.objects.create(request=request, requirement=call.requirements.all()[1], reason="Page 3 illisible.")
    candidacy = Candidacy.objects.select_related("call", "organisation").get(pk=heard.pk)

    def text(code: str) -> str:
        return plain(preview(KINDS[code], call, "fr", Text(), at=AFTER, candidacy=candidacy).text)

    assert "Date et heure : lundi 10 décembre 2018 à 9 h 00 (heure de Paris)" in text("hearing_invitation")
    assert "- Pouvoir du signataire : Page 3 illisible." in text("completion_request")
    assert "Motif tenu secret." not in text("result")
    assert "liste complémentaire" not in text("result")
