"""The AAP team's office: who enters, how a call is set up, published, amended and put off, and what came by e-mail."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applications.actions.extension import propose_extension
from applications.enums import CallState, CandidacyState, Level, Provenance, Role
from applications.models import Call, CallLine, Candidacy, CandidacyLine, Extension, TeamMember
from hubs_portal.accounts.models import User
from hubs_portal.jobs.models import Job, JobState
from hubs_portal.letters.delivery import sweep
from hubs_portal.letters.models import Letter, LetterState
from tests.builders import (
    CLOSES,
    NOW,
    a_call,
    a_manager,
    a_pdf,
    a_signalled,
    a_siret,
    a_submission,
    a_user,
    an_officer,
    joined,
)
from tests.builders.browsers import TimedClient


def page(name: str, *args: object) -> str:
    return reverse(f"admin:{name}", args=args)


def sentences(response: Any) -> str:
    return str(response.content.decode())


def typed(response: Any) -> dict[str, Any]:
    """What a browser would send back of the form on a page of the admin, untouched."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values: dict[str, Any] = {}
    for form in forms:
        for field in form:
            value = field.value()
            parts = getattr(field.field.widget, "decompress", None)
            if parts and value is not None:
                values |= {f"{field.html_name}_{i}": part for i, part in enumerate(_split(field, value))}
            elif value is not None and value is not False:
                values[field.html_name] = value
    return values


def _split(field: Any, value: Any) -> Iterable[str]:
    widgets = zip(field.field.widget.widgets, field.field.widget.decompress(value), strict=True)
    return [widget.format_value(part) for widget, part in widgets]


@pytest.fixture
def call(db: None) -> Call:
    return a_call()


@pytest.fixture
def manager(call: Call) -> User:
    return a_manager(call)


@pytest.fixture
def officer(call: Call) -> User:
    return an_officer(call)


# --- the door


def test_the_office_has_no_sign_in_page_of_its_own(client: TimedClient) -> None:
    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/admin/"
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("staff", "on_a_team", "superuser", "status"),
    [
        (False, False, False, 403),
        (True, False, False, 403),
        (False, True, False, 403),
        (True, True, False, 200),
        (True, False, True, 200),
    ],
)
def test_staff_on_a_team_and_superusers_enter(
    client: TimedClient, call: Call, staff: bool, on_a_team: bool, superuser: bool, status: int
) -> None:
    user = a_user(is_staff=staff, is_superuser=superuser)
    if on_a_team:
        TeamMember.objects.create(call=call, user=user, role=Role.OBSERVER)
    client.force_login(user)

    assert client.get("/admin/", follow=True).status_code == status


def test_leaving_the_team_closes_the_door_at_once(client: TimedClient, officer: User) -> None:
    client.force_login(officer)
    before = client.get("/admin/").status_code
    TeamMember.objects.filter(user=officer).delete()

    assert (before, client.get("/admin/", follow=True).status_code) == (200, 403)


def test_passwords_are_changed_on_the_portal_not_in_the_admin(client: TimedClient, officer: User) -> None:
    client.force_login(officer)

    assert client.get("/admin/password_change/").headers["Location"] == reverse("account_change_password")
    assert client.get("/admin/logout/").headers["Location"] == reverse("account_logout")


# --- a second call


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_of_a_call_answers(client: TimedClient, call: Call, manager: User, language: str) -> None:
    client.cookies["django_language"] = language
    client.force_login(manager)
    names = ["change", "levels", "publish", "extension", "duplicate", "journal"]

    statuses = {name: client.get(page(f"applications_call_{name}", call.pk)).status_code for name in names}

    assert statuses == dict.fromkeys(names, 200)


def test_a_second_call_is_made_in_the_office_and_runs_beside_the_first(
    client: TimedClient, call: Call, manager: User
) -> None:
    client.force_login(manager)
    new = {"title": "Hubs, deuxième vague", "slug": "hubs-2", "number_prefix": "hf2"}
    client.post(page("applications_call_duplicate", call.pk), new)
    second = Call.objects.get(slug="hubs-2")
    form = typed(client.get(page("applications_call_change", second.pk)))
    form |= {
        "team-TOTAL_FORMS": "2",
        "team-1-call": second.pk,
        "team-1-email": "Nouvelle@Exemple.invalid",
        "team-1-role": "manager",
        "envelope": "100000",
    }
    client.post(page("applications_call_change", second.pk), form)

    published = client.post(page("applications_call_publish", second.pk), follow=True)

    second.refresh_from_db()
    assert "L’appel est publié." in sentences(published)
    assert (second.state, second.prefix, second.envelope) == (CallState.PUBLISHED, "HF2", Decimal(100_000))
    assert second.questions.count() == call.questions.count()
    assert second.requirements.count() == call.requirements.count()
    assert {(m.user.email, m.role) for m in second.team.select_related("user")} == {
        (manager.email, Role.MANAGER),
        ("nouvelle@exemple.invalid", Role.MANAGER),
    }
    a_signalled(second, at=NOW)
    a_signalled(call, at=NOW)
    numbers = Candidacy.objects.order_by("pk").values_list("number", flat=True)
    assert [number[:4] for number in numbers] == ["HF2-", "HFC-"]


def test_a_copy_shares_nothing_with_its_model(client: TimedClient, call: Call, manager: User) -> None:
    client.force_login(manager)

    client.post(page("applications_call_duplicate", call.pk), {"title": "B", "slug": "b", "number_prefix": "BB"})

    copied = Call.objects.get(slug="b")
    for part in ("missions", "questions", "requirements", "criteria", "kit"):
        originals, copies = getattr(call, part), getattr(copied, part)
        assert copies.count() == originals.count() > 0
        assert not set(copies.values_list("pk", flat=True)) & set(originals.values_list("pk", flat=True))
    asked = copied.questions.get(code="network")
    assert asked.mission is not None
    assert asked.mission.call == copied
    rules = [list(r.rules.values_list("legal_form", "level")) for r in copied.requirements.all()]
    assert rules == [list(r.rules.values_list("legal_form", "level")) for r in call.requirements.all()]
    assert (copied.state, copied.frozen_at) == (CallState.DRAFT, None)
    assert [(m.user, m.role) for m in copied.team.all()] == [(manager, Role.MANAGER)]


def test_a_call_is_created_from_an_empty_form(client: TimedClient, call: Call, manager: User) -> None:
    client.force_login(manager)
    form = typed(client.get(page("applications_call_change", a_draft(manager).pk)))
    form = {name: value for name, value in form.items() if "-" not in name} | {"slug": "neuf", "title_fr": "Neuf"}

    response = client.post(page("applications_call_add"), form)

    made = Call.objects.get(slug="neuf")
    assert response.headers["Location"] == page("applications_call_change", made.pk)
    assert (made.state, [m.user for m in made.team.all()]) == (CallState.DRAFT, [manager])
    assert list(made.journal.values_list("act", flat=True)) == ["create"]


def a_draft(manager: User) -> Call:
    draft = a_call(published=False)
    TeamMember.objects.create(call=draft, user=manager, role=Role.MANAGER)
    return draft


def test_publication_says_what_is_missing_and_moves_nothing(client: TimedClient, manager: User, call: Call) -> None:
    draft = a_draft(manager)
    Call.objects.filter(pk=draft.pk).update(service_phone="", appeal_fr="")
    client.force_login(manager)

    response = client.post(page("applications_call_publish", draft.pk), follow=True)

    draft.refresh_from_db()
    assert draft.state == CallState.DRAFT
    assert "Indiquez le téléphone du service." in sentences(response)
    assert "Écrivez les voies et délais de recours." in sentences(response)


def test_an_officer_reads_the_set_up_and_changes_nothing(client: TimedClient, call: Call, officer: User) -> None:
    client.force_login(officer)
    before = Call.objects.filter(pk=call.pk).values().get()

    statuses = [
        client.get(page("applications_call_change", call.pk)).status_code,
        client.post(page("applications_call_change", call.pk), {"title_fr": "x"}).status_code,
        client.post(page("applications_call_publish", call.pk)).status_code,
        client.post(page("applications_call_levels", call.pk), {}).status_code,
        client.get(page("applications_call_add")).status_code,
        client.post(page("applications_call_duplicate", call.pk), {}).status_code,
        client.post(page("applications_call_delete", call.pk), {"post": "yes"}).status_code,
    ]

    assert statuses == [200, 403, 403, 403, 403, 403, 403]
    assert Call.objects.filter(pk=call.pk).values().get() == before


@pytest.mark.parametrize("name", ["change", "levels", "publish", "extension", "duplicate", "journal", "history"])
def test_the_call_of_another_team_does_not_exist(client: TimedClient, officer: User, name: str) -> None:
    other = a_call()
    client.force_login(officer)

    assert client.get(page(f"applications_call_{name}", other.pk)).status_code == 404
    assert client.get(page(f"applications_call_{name}", 9999)).status_code == 404


def test_the_levels_of_the_documents_are_set_in_a_table(client: TimedClient, manager: User) -> None:
    draft = a_draft(manager)
    client.force_login(manager)
    form = client.get(page("applications_call_levels", draft.pk)).context["form"]
    mandate, statutes = draft.requirements.get(code="mandate"), draft.requirements.get(code="statutes")
    chosen = {field.html_name: field.value() for field in form}
    chosen[f"level-{mandate.pk}-gip"] = "may_follow"
    chosen[f"level-{mandate.pk}-association"] = "obtainable"
    chosen[f"level-{statutes.pk}-association"] = ""

    client.post(page("applications_call_levels", draft.pk), chosen)

    assert dict(mandate.rules.values_list("legal_form", "level")) == {
        "association": Level.OBTAINABLE,
        "local_authority": Level.BLOCKING,
        "gip": Level.MAY_FOLLOW,
    }
    assert dict(statutes.rules.values_list("legal_form", "level")) == {"local_authority": Level.OBTAINABLE}


# --- what is locked from the publication on


def test_the_page_of_a_published_call_offers_no_locked_field(client: TimedClient, call: Call, manager: User) -> None:
    client.force_login(manager)

    response = client.get(page("applications_call_change", call.pk))

    fields = typed(response)
    assert "Verrouillé depuis la publication" in sentences(response)
    assert not {name for name in fields if name.startswith(("closes_at", "opens_at", "slug", "prefix", "territories_"))}
    editable = {
        inline.formset.prefix for inline in response.context["inline_admin_formsets"] if inline.has_change_permission
    }
    assert editable == {"team", "kit"}


@pytest.mark.parametrize(
    "forged",
    [
        {"closes_at_0": "31/12/2018", "closes_at_1": "17:00:00"},
        {"slug": "autre"},
        {"prefix": "ZZZ"},
        {"territories_max": "9"},
    ],
)
def test_a_forged_form_changes_no_locked_field(
    client: TimedClient, call: Call, manager: User, forged: dict[str, str]
) -> None:
    client.force_login(manager)
    before = Call.objects.filter(pk=call.pk).values().get()
    form = typed(client.get(page("applications_call_change", call.pk)))

    client.post(page("applications_call_change", call.pk), {**form, **forged, "reason": "Parce que."})

    assert Call.objects.filter(pk=call.pk).values().get() == before


def test_a_form_loaded_before_the_publication_cannot_change_the_grid_after_it(
    client: TimedClient, manager: User, call: Call
) -> None:
    draft = a_draft(manager)
    client.force_login(manager)
    form = typed(client.get(page("applications_call_change", draft.pk)))
    client.post(page("applications_call_publish", draft.pk))
    weights = list(draft.criteria.values_list("weight", flat=True))
    levels = client.get(page("applications_call_levels", draft.pk)).context["form"]

    client.post(page("applications_call_change", draft.pk), {**form, "criteria-0-weight": "99", "reason": "Parce que."})
    refused = client.post(page("applications_call_levels", draft.pk), {f.html_name: "" for f in levels})

    assert list(draft.criteria.values_list("weight", flat=True)) == weights
    assert refused.status_code == 403
    assert draft.requirements.filter(rules__isnull=False).exists()


def test_a_published_call_changes_for_a_reason_written_with_before_and_after(
    client: TimedClient, call: Call, manager: User
) -> None:
    client.force_login(manager)
    form = typed(client.get(page("applications_call_change", call.pk)))
    changed = form | {"service_phone": "01 99 00 20 19"}

    unsaid = client.post(page("applications_call_change", call.pk), changed)
    said = client.post(page("applications_call_change", call.pk), {**changed, "reason": "Nouvelle ligne."})

    assert (unsaid.status_code, said.status_code) == (200, 302)
    assert "écrivez le motif de la modification" in sentences(unsaid)
    line = CallLine.objects.get(subject=call, act="amend")
    assert (line.actor, line.note, line.at) == (manager, "Nouvelle ligne.", NOW)
    assert line.details == {
        "before": {"service_phone": "01 99 00 20 18"},
        "after": {"service_phone": "01 99 00 20 19"},
    }


def test_an_edit_that_changes_nothing_writes_no_line(client: TimedClient, call: Call, manager: User) -> None:
    client.force_login(manager)
    form = typed(client.get(page("applications_call_change", call.pk)))

    client.post(page("applications_call_change", call.pk), form)

    assert not CallLine.objects.filter(act="amend").exists()


def test_a_new_file_of_the_kit_is_kept_and_written_down(client: TimedClient, call: Call, manager: User) -> None:
    client.force_login(manager)
    form = typed(client.get(page("applications_call_change", call.pk)))
    sent = SimpleUploadedFile("Modèle de budget.pdf", a_pdf("Modèle de budget"))
    added = {
        "kit-TOTAL_FORMS": "2",
        "kit-1-call": call.pk,
        "kit-1-position": "3",
        "kit-1-label_fr": "Modèle de budget",
        "kit-1-version": "1",
        "kit-1-upload": sent,
        "reason": "Demandé par les candidats.",
    }

    client.post(page("applications_call_change", call.pk), {**form, **added})

    file = call.kit.get(label_fr="Modèle de budget")
    served = client.get(page("applications_call_kit", call.pk, file.pk))
    assert b"".join(served.streaming_content) == a_pdf("Modèle de budget")
    assert file.name == "Modèle de budget.pdf"
    assert CallLine.objects.get(act="amend").note == "Demandé par les candidats."


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [([9], "Ce fichier dépasse 8 Mo"), ([5, 4], "au-delà de 8 Mo, il ne part pas par courriel")],
)
def test_a_kit_too_large_for_a_letter_is_refused_with_what_was_typed(
    client: TimedClient, call: Call, manager: User, sizes: list[int], sentence: str
) -> None:
    client.force_login(manager)
    form = typed(client.get(page("applications_call_change", call.pk)))
    before = list(call.kit.values_list("label_fr", flat=True))
    added: dict[str, object] = {"kit-TOTAL_FORMS": str(len(before) + len(sizes)), "reason": "Demandé."}
    for rank, size in enumerate(sizes, len(before)):
        file = SimpleUploadedFile(f"{rank}.pdf", a_pdf(str(rank)) + bytes(size * 2**20))
        added |= {f"kit-{rank}-call": call.pk, f"kit-{rank}-position": rank, f"kit-{rank}-version": "1"}
        added |= {f"kit-{rank}-label_fr": f"Modèle {rank}", f"kit-{rank}-upload": file}

    answer = client.post(page("applications_call_change", call.pk), {**form, **added})

    said = answer.content.decode().replace("\u00a0", " ")
    assert (answer.status_code, sentence in said, f"Modèle {len(before)}" in said) == (200, True, True)
    assert list(call.kit.values_list("label_fr", flat=True)) == before
    assert not CallLine.objects.filter(act="amend").exists()


def test_a_candidate_of_the_call_cannot_join_its_team(client: TimedClient, call: Call, manager: User) -> None:
    candidate = joined(a_signalled(call)).user
    assert candidate is not None
    client.force_login(manager)
    form = typed(client.get(page("applications_call_change", call.pk)))
    rank = call.team.count()
    added = {
        "team-TOTAL_FORMS": rank + 1,
        f"team-{rank}-call": call.pk,
        f"team-{rank}-email": candidate.email,
        f"team-{rank}-role": "officer",
        "reason": "Renfort.",
    }

    response = client.post(page("applications_call_change", call.pk), {**form, **added})

    candidate.refresh_from_db()
    assert "elle ne peut pas l’instruire" in sentences(response)
    assert (call.team.count(), candidate.is_staff) == (rank, False)


# --- the extension


def test_the_closing_time_is_put_off_by_two_managers(client: TimedClient, call: Call, manager: User) -> None:
    a_signalled(call)
    second = a_manager(call)
    client.force_login(manager)
    asked = {"new_closes_at": "2018-12-03T12:00", "reason": "Panne nationale."}

    client.post(page("applications_call_extension", call.pk), asked)
    extension = Extension.objects.get()
    sign = page("applications_call_extension_sign", call.pk, extension.pk)
    alone = client.post(sign, follow=True)
    call.refresh_from_db()
    closes_meanwhile = call.closes_at
    client.force_login(second)
    client.post(sign)

    call.refresh_from_db()
    assert "par un autre responsable que son auteur" in sentences(alone)
    assert closes_meanwhile == CLOSES
    assert call.closes_at == CLOSES + timedelta(days=3, hours=-5)
    assert Letter.objects.filter(kind="call_amended").count() == 1


def test_an_extension_refused_keeps_what_was_typed_and_says_why(client: TimedClient, call: Call, manager: User) -> None:
    client.force_login(manager)
    asked = {"new_closes_at": "2018-11-29T12:00", "reason": "Trop tôt."}

    response = client.post(page("applications_call_extension", call.pk), asked)

    assert response.status_code == 409
    assert "La nouvelle clôture doit être postérieure à l’actuelle." in sentences(response)
    assert "Trop tôt." in sentences(response)
    assert not Extension.objects.exists()


def test_an_officer_neither_proposes_nor_signs(client: TimedClient, call: Call, manager: User, officer: User) -> None:
    late = CLOSES + timedelta(days=1)
    extension = propose_extension(call, new_closes_at=late, reason="Panne.", by=manager, at=NOW)
    client.force_login(officer)

    client.post(page("applications_call_extension_sign", call.pk, extension.pk))
    client.post(page("applications_call_extension", call.pk), {"new_closes_at": "2018-12-03T12:00", "reason": "Panne."})

    call.refresh_from_db()
    assert (call.closes_at, Extension.objects.count()) == (CLOSES, 1)


# --- candidacies


def a_mail(call: Call, **changes: str) -> dict[str, Any]:
    return {
        "call": call.pk,
        "name": "Association du courriel",
        "legal_form": "association",
        "siret": a_siret(4242),
        "contact_name": "Sacha Courriel",
        "contact_email": "sacha@exemple.invalid",
        "contact_phone": "01 99 00 20 18",
        "codes": "1, 2a 974",
        "language": "fr",
        **changes,
    }


def test_a_candidacy_that_came_by_mail_gets_its_number_and_its_kit_at_once(
    client: TimedClient, call: Call, officer: User
) -> None:
    client.force_login(officer)

    response = client.post(page("applications_candidacy_add"), a_mail(call), follow=True)

    candidacy = Candidacy.objects.get()
    assert candidacy.number in sentences(response)
    assert (candidacy.provenance, candidacy.state) == (Provenance.EMAIL, CandidacyState.SIGNALLED)
    assert sorted(candidacy.territories.values_list("pk", flat=True)) == ["01", "2A", "974"]
    letter = Letter.objects.get(kind="signalling")
    assert (letter.address, [a.name for a in letter.attachments.all()]) == ("sacha@exemple.invalid", ["reglement.pdf"])
    line = CandidacyLine.objects.get(act="signal")
    assert (line.actor, line.at) == (officer, NOW)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"siret": "12345"}, "Un numéro SIRET a 14 chiffres"),
        ({"codes": "31, 99"}, "Aucun territoire ne porte ce numéro"),
        ({"contact_email": ""}, "Ce champ est obligatoire."),
    ],
)
def test_what_is_wrong_in_a_mail_is_said_and_nothing_is_made(
    client: TimedClient, call: Call, officer: User, changes: dict[str, str], sentence: str
) -> None:
    client.force_login(officer)

    response = client.post(page("applications_candidacy_add"), a_mail(call, **changes))

    assert sentence in sentences(response)
    assert "Sacha Courriel" in sentences(response)
    assert (Candidacy.objects.count(), Letter.objects.count()) == (0, 0)


def test_nobody_signals_into_a_call_that_is_closed_or_not_theirs(
    client: TimedClient, call: Call, officer: User
) -> None:
    other = a_call()
    client.force_login(officer)

    elsewhere = client.post(page("applications_candidacy_add"), a_mail(other))
    late = client.at(CLOSES).post(page("applications_candidacy_add"), a_mail(call))

    assert (elsewhere.status_code, late.status_code) == (200, 200)
    assert not Candidacy.objects.exists()


def test_an_observer_types_nothing(client: TimedClient, call: Call) -> None:
    user = a_user(is_staff=True)
    TeamMember.objects.create(call=call, user=user, role=Role.OBSERVER)
    client.force_login(user)

    assert client.get(page("applications_candidacy_add")).status_code == 403
    assert client.get(page("applications_candidacy_changelist")).status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"a", "b"}),
        ("?state=submitted", {"b"}),
        ("?form=company", {"b"}),
        ("?region=94", {"b"}),
        ("?territory=01", {"a"}),
        ("?provenance=email", set()),
        ("?q=Alpha", {"a"}),
        ("?q=beta@exemple.invalid", {"b"}),
    ],
)
def test_the_list_filters_and_finds(
    client: TimedClient, call: Call, officer: User, query: str, found: set[str]
) -> None:
    a = a_signalled(call, name="Alpha")
    territories = call.candidacies.get().territories.model.objects
    b = a_signalled(
        call, name="Bêta", contact_email="beta@exemple.invalid", territories=territories.filter(pk__in=["2A"])
    )
    a_submission(joined(b))
    b.candidacy.organisation.legal_form = "company"
    b.candidacy.organisation.save()
    client.force_login(officer)

    response = client.get(page("applications_candidacy_changelist") + query)

    names = {a.candidacy_id: "a", b.candidacy_id: "b"}
    assert {names[row.pk] for row in response.context["cl"].result_list} == found


def test_the_funnel_counts_each_state(client: TimedClient, call: Call, officer: User) -> None:
    a_submission(joined(a_signalled(call)))
    for _ in range(3):
        a_signalled(call)
    a_signalled(a_call())
    client.force_login(officer)

    funnel = client.get(page("applications_candidacy_changelist")).context["funnel"]

    assert [(step.state, step.count, step.total) for step, _address in funnel] == [
        (CandidacyState.SIGNALLED, 3, 4),
        (CandidacyState.SUBMITTED, 1, 4),
    ]


# --- letters and jobs


def test_a_letter_that_failed_is_sent_again_and_the_journal_says_who_asked(
    client: TimedClient, call: Call, officer: User
) -> None:
    candidacy = a_signalled(call).candidacy
    Letter.objects.update(state=LetterState.FAILED, attempts=9, error="550 unknown")
    letter = Letter.objects.get()
    client.force_login(officer)

    client.post(page("hubs_portal_letter_resend", letter.pk))

    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.error) == (LetterState.QUEUED, 0, "")
    assert sweep() == 1
    line = CandidacyLine.objects.get(subject=candidacy, act="resend_letter")
    assert (line.actor, line.details) == (officer, {"kind": "signalling", "address": letter.address})


def test_a_letter_already_read_gets_a_new_identity_when_sent_again(
    client: TimedClient, call: Call, officer: User
) -> None:
    a_signalled(call)
    sweep()
    before = Letter.objects.get().message_id
    client.force_login(officer)

    client.post(page("hubs_portal_letter_resend", Letter.objects.get().pk))

    assert Letter.objects.get().message_id != before


def test_an_observer_sends_no_letter(client: TimedClient, call: Call) -> None:
    a_signalled(call)
    sweep()
    user = a_user(is_staff=True)
    TeamMember.objects.create(call=call, user=user, role=Role.OBSERVER)
    client.force_login(user)

    assert client.post(page("hubs_portal_letter_resend", Letter.objects.get().pk)).status_code == 403
    assert Letter.objects.get().state == LetterState.SENT


def test_the_page_of_a_letter_runs_nothing(client: TimedClient, call: Call, officer: User) -> None:
    a_signalled(call)
    client.force_login(officer)

    response = client.get(page("hubs_portal_letter_page", Letter.objects.get().pk))

    assert (response.headers["Content-Security-Policy"], response.headers["X-Frame-Options"]) == (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
        "SAMEORIGIN",
    )


def test_a_failed_job_is_tried_again(client: TimedClient, officer: User) -> None:
    job = Job.objects.create(kind="x", subject_key="1", state=JobState.FAILED, attempts=6, error="ValueError: secret")
    client.force_login(officer)
    shown = client.get(page("hubs_portal_job_change", job.pk))

    client.post(page("hubs_portal_job_retry", job.pk))

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    assert "ValueError" in sentences(shown)
    assert "secret" not in sentences(shown)


# --- accounts


def test_a_superuser_opens_an_account_without_a_password_and_a_letter_leaves(client: TimedClient) -> None:
    client.force_login(User.objects.create_superuser("racine@exemple.invalid", "correct horse battery"))
    given = {"email": "Neuve@Exemple.invalid", "name": "Neuve", "language": "fr", "is_active": "on", "is_staff": "on"}

    client.post(page("hubs_portal_user_add"), given)

    user = User.objects.get(email="neuve@exemple.invalid")
    assert (user.has_usable_password(), user.is_staff, user.is_superuser) == (False, True, False)
    assert Letter.objects.get().kind == "account_invitation"
    assert "password" not in sentences(client.get(page("hubs_portal_user_change", user.pk))).replace(
        "password_change", ""
    )


def test_the_list_of_accounts_is_for_superusers(client: TimedClient, manager: User) -> None:
    client.force_login(manager)

    assert client.get(page("hubs_portal_user_changelist")).status_code == 403
    assert client.get(page("hubs_portal_user_change", manager.pk)).status_code in (403, 404)


def test_every_unsafe_act_of_the_office_wants_its_token(call: Call, officer: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(officer)
    acts = ["applications_call_publish", "applications_call_extension", "applications_call_duplicate"]

    statuses = {browser.post(page(name, call.pk)).status_code for name in acts}

    assert statuses == {403}
