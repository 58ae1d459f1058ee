"""People on a dossier: invited, joined by a personal link, removed at once; a link never says more than it must."""

from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from django.core import signing
from django.core.files.uploadhandler import FileUploadHandler
from django.urls import reverse

from applications.actions import membership
from applications.enums import Rights
from applications.models import CandidacyLine, Document, Dossier, Member
from hubs_portal.accounts import links
from hubs_portal.accounts.models import User
from hubs_portal.letters.models import Letter
from tests.builders import NOW, PASSWORD, TimedClient, a_call, a_file, a_pdf, a_signalled, a_user, an_invited, joined

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(client: TimedClient) -> Member:
    """The contact of a dossier, signed in."""
    found = a_signalled(a_call(), user=a_user())
    assert found.user
    client.force_login(found.user)
    return found


def link(member: Member) -> str:
    return reverse("join", args=[links.make("member", member.pk)])


def people(member: Member) -> list[tuple[str, str, bool]]:
    """Address, rights and presence of everybody ever on the dossier."""
    rows = Member.objects.filter(candidacy=member.candidacy_id).order_by("pk")
    return [(row.email, row.rights, row.removed_at is None) for row in rows]


def text(response: Any) -> str:
    return " ".join(str(response.content.decode()).replace("\u00a0", " ").split())


# ---------------------------------------------------------------- the list


def test_inviting_adds_the_person_and_writes_to_them(client: TimedClient, contact: Member) -> None:
    url = reverse("members", args=[contact.candidacy.number])

    response = client.post(url, {"name": "Claude", "email": "Claude@Exemple.invalid", "rights": "edit"})

    assert response.url == url
    assert people(contact)[1:] == [("claude@exemple.invalid", "edit", True)]
    assert list(Letter.objects.filter(kind="member_invited").values_list("address", flat=True)) == [
        "claude@exemple.invalid"
    ]
    assert "lien envoyé le 28 novembre 2018, pas encore suivi" in text(client.get(url))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "", "email": "a@exemple.invalid", "rights": "edit"}, "name"),
        ({"name": "Claude", "email": "claude", "rights": "edit"}, "email"),
        (
            {"name": "Claude", "email": "a" * 34 + "@" + ".".join(["b" * 56] * 4) + ".invalid", "rights": "edit"},
            "email",
        ),
        ({"name": "Claude", "email": "a@exemple.invalid", "rights": "owner"}, "rights"),
    ],
)
def test_a_wrong_invitation_is_kept_on_the_page_and_invites_nobody(
    client: TimedClient, contact: Member, typed: dict[str, str], field: str
) -> None:
    response = client.post(reverse("members", args=[contact.candidacy.number]), typed)

    assert (response.status_code, list(response.context["form"].errors), len(people(contact))) == (422, [field], 1)
    assert typed["email"] in response.content.decode()


def test_inviting_somebody_present_changes_nothing_and_says_so(client: TimedClient, contact: Member) -> None:
    colleague = an_invited(contact)
    before, letters = people(contact), Letter.objects.count()

    response = client.post(
        reverse("members", args=[contact.candidacy.number]),
        {"name": "Claude", "email": colleague.email, "rights": "submit"},
    )

    assert (response.status_code, people(contact), Letter.objects.count()) == (409, before, letters)
    assert "Cette personne travaille déjà sur le dossier." in text(response)


@pytest.mark.parametrize("rights", [Rights.VIEW, Rights.EDIT])
def test_whoever_may_not_submit_sees_the_people_and_changes_nothing(
    client: TimedClient, contact: Member, rights: Rights
) -> None:
    colleague = joined(an_invited(contact, rights=rights))
    client.force_login(colleague.user)  # type: ignore[arg-type] # it has one
    url, before = reverse("members", args=[contact.candidacy.number]), people(contact)

    shown = client.get(url)
    invited = client.post(url, {"name": "Claude", "email": "a@exemple.invalid", "rights": "edit"})
    removed = client.post(reverse("member_remove", args=[contact.candidacy.number, colleague.pk]))

    assert (contact.email in text(shown), "Envoyer l’invitation" in text(shown)) == (True, False)
    assert (invited.status_code, removed.status_code, people(contact)) == (404, 404, before)


def test_a_person_removed_loses_the_dossier_with_their_next_request(
    client: TimedClient, another_client: TimedClient, contact: Member
) -> None:
    colleague = joined(an_invited(contact))
    another_client.force_login(colleague.user)  # type: ignore[arg-type] # it has one
    review = reverse("review", args=[contact.candidacy.number])
    before = another_client.get(review).status_code

    response = client.post(reverse("member_remove", args=[contact.candidacy.number, colleague.pk]))

    after = another_client.get(review).status_code
    assert (before, response.url, after) == (200, reverse("members", args=[contact.candidacy.number]), 404)
    assert another_client.get(link(colleague)).status_code == 404


def test_the_contact_cannot_be_removed(client: TimedClient, contact: Member) -> None:
    before = people(contact)

    response = client.post(reverse("member_remove", args=[contact.candidacy.number, contact.pk]))

    assert (response.status_code, people(contact)) == (409, before)


def test_nobody_is_removed_from_another_dossier_nor_by_reading(client: TimedClient, contact: Member) -> None:
    other = an_invited(a_signalled(contact.candidacy.call))
    url = reverse("member_remove", args=[contact.candidacy.number, other.pk])

    answers = [client.post(url).status_code, client.get(url).status_code]

    assert (answers, Member.objects.get(pk=other.pk).removed_at) == ([404, 405], None)


def test_whoever_goes_away_is_led_to_their_desk(client: TimedClient, contact: Member) -> None:
    colleague = joined(an_invited(contact, rights=Rights.SUBMIT))
    client.force_login(colleague.user)  # type: ignore[arg-type] # it has one

    response = client.post(reverse("member_remove", args=[contact.candidacy.number, colleague.pk]))

    assert response.url == reverse("desk")


# ---------------------------------------------------------------- rights and transfer


def act(name: str, member: Member) -> str:
    return reverse(name, args=[member.candidacy.number, member.pk])


def kinds(*wanted: str) -> list[tuple[str, str]]:
    """Which of these letters went to whom."""
    return list(Letter.objects.filter(kind__in=wanted).order_by("pk").values_list("kind", "address"))


def last_line(member: Member) -> tuple[str, dict[str, Any]]:
    line = CandidacyLine.objects.filter(subject=member.candidacy_id).latest("sequence")
    return line.act, line.details


def test_rights_given_count_from_the_next_request_and_are_told(client: TimedClient, contact: Member) -> None:
    colleague = joined(an_invited(contact, rights=Rights.VIEW))

    response = client.post(act("member_rights", colleague), {"rights": "submit"})

    assert response.url == reverse("members", args=[contact.candidacy.number])
    assert people(contact)[1] == (colleague.email, "submit", True)
    assert kinds("rights_changed") == [("rights_changed", colleague.email)]
    assert last_line(contact) == ("change_rights", {"member": colleague.email, "before": "view", "after": "submit"})
    assert "modifier et déposer" in Letter.objects.get(kind="rights_changed").text


def test_rights_taken_are_gone_with_the_next_request(
    client: TimedClient, another_client: TimedClient, contact: Member
) -> None:
    colleague = joined(an_invited(contact))
    another_client.force_login(colleague.user)  # type: ignore[arg-type] # it has one
    section = reverse("section", args=[contact.candidacy.number, "organisation"])

    client.post(act("member_rights", colleague), {"rights": "view"})

    assert (another_client.get(section).status_code, another_client.post(section, {"city": "Nantua"}).status_code) == (
        200,
        404,
    )


def test_the_same_rights_again_say_nothing_and_no_right_at_all_is_refused(client: TimedClient, contact: Member) -> None:
    colleague = joined(an_invited(contact))
    before, lines = people(contact), CandidacyLine.objects.count()

    same = client.post(act("member_rights", colleague), {"rights": "edit"})
    none = client.post(act("member_rights", colleague), {"rights": "owner"})

    assert (same.status_code, none.status_code) == (302, 409)
    assert (people(contact), CandidacyLine.objects.count(), kinds("rights_changed")) == (before, lines, [])


def test_the_dossier_is_entrusted_to_a_colleague_and_both_are_told(client: TimedClient, contact: Member) -> None:
    colleague = joined(an_invited(contact, rights=Rights.VIEW))

    response = client.post(act("member_entrust", colleague))

    assert response.url == reverse("members", args=[contact.candidacy.number])
    assert [(m.email, m.rights) for m in Member.objects.filter(is_contact=True)] == [(colleague.email, "submit")]
    assert people(contact)[0] == (contact.email, "submit", True)
    assert last_line(contact) == ("entrust", {"member": colleague.email, "before": contact.email})
    assert kinds("dossier_entrusted", "dossier_handed_over") == [
        ("dossier_entrusted", colleague.email),
        ("dossier_handed_over", contact.email),
    ]
    subjects = Letter.objects.filter(kind__startswith="dossier_").values_list("subject", flat=True)
    assert len(set(subjects)) == len(subjects)


def test_once_entrusted_the_former_contact_may_be_removed_and_is_told(client: TimedClient, contact: Member) -> None:
    colleague = joined(an_invited(contact))
    membership.entrust(contact, colleague, at=NOW)
    client.force_login(colleague.user)  # type: ignore[arg-type] # it has one

    client.post(act("member_remove", contact))

    assert people(contact)[0][2] is False
    assert kinds("member_removed") == [("member_removed", contact.email)]


def test_a_link_nobody_followed_is_entrusted_with_nothing(client: TimedClient, contact: Member) -> None:
    colleague = an_invited(contact, rights=Rights.SUBMIT)

    response = client.post(act("member_entrust", colleague))

    assert (response.status_code, Member.objects.get(is_contact=True)) == (409, contact)
    assert "pas encore suivi le lien" in text(response)
    assert kinds("dossier_entrusted", "dossier_handed_over") == []


def test_whoever_never_followed_the_link_is_removed_without_a_letter(client: TimedClient, contact: Member) -> None:
    colleague = an_invited(contact)

    client.post(act("member_remove", colleague))

    assert (people(contact)[1][2], kinds("member_removed")) == (False, [])


@pytest.mark.parametrize(("language", "number"), [("fr", "dossier n° "), ("en", "dossier no. ")])
def test_the_letters_about_people_read_well_in_both_languages(language: str, number: str) -> None:
    contact = a_signalled(a_call(), user=a_user(), language=language)
    colleague = joined(an_invited(contact, rights=Rights.VIEW))
    Member.objects.update(language=language)

    membership.change_rights(contact, colleague, Rights.EDIT, at=NOW)
    membership.entrust(contact, colleague, at=NOW)
    membership.remove(colleague, contact, at=NOW)

    about = ["rights_changed", "dossier_entrusted", "dossier_handed_over", "member_removed"]
    written = list(Letter.objects.filter(kind__in=about))
    assert len({letter.subject for letter in written}) == 4
    for letter in written:
        assert f"{number}{contact.candidacy.number}" in letter.subject.replace("\u00a0", " ")
        assert ("\n\n\n" in letter.text, letter.text.count("\n--\n")) == (False, 1), letter.text


@pytest.mark.parametrize("how", ["removed", "demoted"])
def test_the_last_who_can_submit_is_neither_removed_nor_demoted(client: TimedClient, how: str) -> None:
    contact = a_signalled(a_call())  # no account: this browser alone submits
    colleague = joined(an_invited(contact, rights=Rights.SUBMIT))
    an_invited(contact, rights=Rights.SUBMIT)  # a link nobody has followed submits nothing
    client.force_login(colleague.user)  # type: ignore[arg-type] # it has one
    before = people(contact)

    page, typed = ("member_remove", {}) if how == "removed" else ("member_rights", {"rights": "edit"})
    response = client.post(act(page, colleague), typed)

    assert (response.status_code, people(contact)) == (409, before)
    assert "Plus personne ne pourrait déposer" in text(response)


@pytest.mark.parametrize("page", ["member_rights", "member_entrust", "member_remove"])
def test_nobody_acts_on_people_without_the_right_nor_on_those_of_another_dossier(
    client: TimedClient, another_client: TimedClient, contact: Member, page: str
) -> None:
    editor = joined(an_invited(contact))
    other = joined(an_invited(a_signalled(contact.candidacy.call)))
    another_client.force_login(editor.user)  # type: ignore[arg-type] # it has one
    before = people(contact)

    mine = another_client.post(act(page, editor), {"rights": "submit"})
    theirs = client.post(reverse(page, args=[contact.candidacy.number, other.pk]), {"rights": "view"})
    read = client.get(act(page, editor))

    assert ([mine.status_code, theirs.status_code, read.status_code], people(contact)) == ([404, 404, 405], before)


# ---------------------------------------------------------------- removed: at once, everywhere


def test_every_page_left_open_is_then_the_page_of_nothing(
    client: TimedClient, another_client: TimedClient, contact: Member
) -> None:
    colleague = joined(an_invited(contact, rights=Rights.SUBMIT))
    another_client.force_login(colleague.user)  # type: ignore[arg-type] # it has one
    number = contact.candidacy.number
    pages = ["dossier", "documents", "review", "members", "messages", "problem", "withdraw", "resume"]
    membership.remove(contact, colleague, at=NOW)

    nothing = another_client.get(reverse("dossier", args=["HFC-0000-0000"]))

    for name in pages:
        gone = another_client.get(reverse(name, args=[number]))
        assert (gone.status_code, gone.content) == (404, nothing.content), name
    for name, args in {"submit": [number], "withdraw": [number], "document_add": [number, "statutes"]}.items():
        assert another_client.post(reverse(name, args=args)).status_code == 404, name


def test_an_autosave_that_comes_after_the_removal_saves_nothing_and_shows_nothing(
    client: TimedClient, another_client: TimedClient, contact: Member
) -> None:
    colleague = joined(an_invited(contact))
    another_client.force_login(colleague.user)  # type: ignore[arg-type] # it has one
    section = reverse("section", args=[contact.candidacy.number, "organisation"])
    membership.remove(contact, colleague, at=NOW)
    revision = contact.candidacy.dossier.revision

    answer = another_client.post(section, {"city": "Nantua", "seen": "0"}, headers={"HX-Request": "true"})

    assert (answer.status_code, contact.candidacy.number in answer.content.decode()) == (404, False)
    assert Dossier.objects.get(candidacy=contact.candidacy).revision == revision


def test_a_browser_opened_by_signalling_closes_with_the_removal(client: TimedClient) -> None:
    contact = a_signalled(a_call())
    session = client.session
    session["opened_memberships"] = [contact.pk]
    session.save()
    url = reverse("dossier", args=[contact.candidacy.number])
    before = client.get(url).status_code
    heir = joined(an_invited(contact))
    membership.entrust(contact, heir, at=NOW)

    membership.remove(heir, contact, at=NOW)

    assert (before, client.get(url).status_code) == (200, 404)


class Removing(FileUploadHandler):
    """Somebody is taken off the dossier while their file arrives."""

    victims: ClassVar[list[tuple[Member, Member]]] = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        while self.victims:
            membership.remove(*self.victims.pop(), at=NOW)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def test_an_upload_under_way_leaves_nothing_and_shows_nothing(
    client: TimedClient, another_client: TimedClient, contact: Member, settings: Any
) -> None:
    colleague = joined(an_invited(contact))
    another_client.force_login(colleague.user)  # type: ignore[arg-type] # it has one
    handler = f"{Removing.__module__}.{Removing.__qualname__}"
    settings.FILE_UPLOAD_HANDLERS = [handler, "django.core.files.uploadhandler.MemoryFileUploadHandler"]
    Removing.victims.append((contact, colleague))
    url = reverse("document_add", args=[contact.candidacy.number, "mandate"])

    answer = another_client.post(url, {"file": a_file(a_pdf())})

    assert (answer.status_code, contact.candidacy.number in answer.content.decode()) == (404, False)
    assert (Removing.victims, Document.objects.count()) == ([], 0)


# ---------------------------------------------------------------- the link


def test_the_link_opens_an_account_signs_in_and_attaches(client: TimedClient) -> None:
    member = a_signalled(a_call())
    shown = client.get(link(member))

    response = client.post(link(member), {"name": "Camille Martin", "password": "une phrase assez longue"})

    member.refresh_from_db()
    user = User.objects.get(email=member.email)
    assert "Choisissez un mot de passe" in text(shown)
    assert (response.url, member.user, member.joined_at) == (
        reverse("dossier", args=[member.candidacy.number]),
        user,
        NOW,
    )
    assert (user.name, user.check_password("une phrase assez longue"), user.is_staff) == ("Camille Martin", True, False)
    assert client.get(reverse("desk")).status_code == 200


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "Camille", "password": "court"}, "password"),
        ({"name": "Camille", "password": "camille.martin@exemple"}, "password"),
        ({"name": "", "password": "une phrase assez longue"}, "name"),
        ({"name": "Camille", "password": ""}, "password"),
    ],
)
def test_a_weak_password_or_no_name_opens_nothing(client: TimedClient, typed: dict[str, str], field: str) -> None:
    member = a_signalled(a_call(), contact_email="camille.martin@exemple.invalid")
    before = User.objects.count()

    response = client.post(link(member), typed)

    assert (response.status_code, list(response.context["form"].errors), User.objects.count()) == (422, [field], before)
    assert Member.objects.get(pk=member.pk).user is None


def test_reading_the_link_attaches_nothing(client: TimedClient) -> None:
    member = a_signalled(a_call())
    client.force_login(a_user(member.email))

    response = client.get(link(member))

    assert (response.status_code, Member.objects.get(pk=member.pk).user) == (200, None)
    assert "Rattacher ce dossier à mon compte" in text(response)


def test_somebody_signed_in_with_the_same_address_attaches_the_dossier(client: TimedClient) -> None:
    member = a_signalled(a_call())
    user = a_user(member.email)
    client.force_login(user)

    response = client.post(link(member))

    assert (response.url, Member.objects.get(pk=member.pk).user) == (
        reverse("dossier", args=[member.candidacy.number]),
        user,
    )


def test_somebody_signed_in_as_somebody_else_is_told_and_attaches_nothing(client: TimedClient) -> None:
    member = a_signalled(a_call())
    client.force_login(a_user())

    shown, posted = client.get(link(member)), client.post(link(member))

    assert "Vous êtes connecté avec une autre adresse" in text(shown)
    assert (posted.status_code, Member.objects.get(pk=member.pk).user) == (200, None)


def test_where_an_account_exists_the_link_leads_through_sign_in_and_back(client: TimedClient) -> None:
    member = a_signalled(a_call())
    user = a_user(member.email)
    url = link(member)

    shown = client.get(url)
    posted = client.post(url, {"name": "X", "password": "une phrase assez longue"})
    signed_in = client.post(
        f"{reverse('account_login')}?next={url}", {"login": member.email, "password": PASSWORD, "next": url}
    )

    assert f'href="{reverse("account_login")}?next={quote(url)}"' in shown.content.decode()
    assert (posted.status_code, User.objects.filter(email=member.email).count()) == (200, 1)
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert (signed_in.status_code, signed_in.url) == (302, url)


def test_a_link_already_followed_leads_its_holder_to_the_dossier_and_others_nowhere(
    client: TimedClient, another_client: TimedClient
) -> None:
    member = joined(a_signalled(a_call()))
    client.force_login(member.user)  # type: ignore[arg-type] # it has one
    another_client.force_login(a_user())

    mine, theirs = client.get(link(member)), another_client.get(link(member))

    assert (mine.url, theirs.status_code) == (reverse("dossier", args=[member.candidacy.number]), 200)
    assert "Ce lien a déjà servi pour un autre compte." in text(theirs)


def test_a_link_that_is_foreign_altered_old_or_of_somebody_removed_says_the_same(
    client: TimedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = a_signalled(a_call(), user=a_user())
    gone = an_invited(contact)
    removed_link, good = link(gone), link(contact)
    membership.remove(contact, gone, at=NOW)
    old = signing.TimestampSigner.timestamp
    monkeypatch.setattr(signing.TimestampSigner, "timestamp", lambda self: signing.b62_encode(1_500_000_000))
    too_old = link(contact)
    monkeypatch.setattr(signing.TimestampSigner, "timestamp", old)

    pages = [
        client.get(url)
        for url in (
            reverse("join", args=["x"]),
            good[:-3] + "aa/",
            reverse("join", args=[links.make("jury", contact.pk)]),
            reverse("join", args=[links.make("member", 999_999)]),
            too_old,
            removed_link,
        )
    ]

    assert [page.status_code for page in pages] == [404] * 6
    assert {"Ce lien ne donne plus accès à rien" in text(page) for page in pages} == {True}
    assert {contact.candidacy.number in text(page) for page in pages} == {False}


def test_the_session_that_signalled_and_then_opened_an_account_keeps_one_dossier(client: TimedClient) -> None:
    member = a_signalled(a_call())
    session = client.session
    session["opened_memberships"] = [member.pk]
    session.save()

    client.post(link(member), {"name": "Camille Martin", "password": "une phrase assez longue"})

    page = client.get(reverse("desk")).content.decode()
    assert (page.count("<article"), "Ce navigateur seul" in page) == (1, False)
