"""Account letters: every one goes through the ledger, or cannot be written at all."""

from pathlib import Path

import allauth
import pytest
from allauth.account.adapter import get_adapter
from django.core import mail
from django.urls import reverse

from hubs_portal.accounts import adapters
from hubs_portal.accounts.invitations import open_account
from hubs_portal.accounts.models import User
from hubs_portal.letters.delivery import sweep
from hubs_portal.letters.models import Letter
from tests.builders import NOW, PASSWORD, TimedClient, a_user

pytestmark = pytest.mark.django_db
# What the library could write, and why it never has a cause here.
IMPOSSIBLE = {
    "account_already_exists": "nobody signs up",
    "email_changed": "an address is changed by the service, not by its holder",
    "email_confirm": "an address is confirmed by the letter that opened the account",
    "email_confirmation": "the same",
    "email_confirmation_signup": "nobody signs up",
    "email_deleted": "an account has one address",
    "login_code": "one signs in with a password",
    "password_reset_code": "a password is chosen from a link",
    "unknown_account": "an unknown address is told nothing",
}
NEW = "another horse battery"


def kinds() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("kind", flat=True))


def test_each_letter_of_the_library_is_in_the_ledger_or_impossible() -> None:
    folder = Path(allauth.__file__).parent / "templates/account/email"
    written = {path.name.removesuffix("_message.txt") for path in folder.glob("*_message.txt")} - {"base"}

    known = {prefix.rpartition("/")[2] for prefix in adapters._KINDS}
    assert (known | set(IMPOSSIBLE), known & set(IMPOSSIBLE)) == (written, set())


def test_a_letter_nobody_foresaw_stops_the_act_and_leaves_no_trace() -> None:
    for name in IMPOSSIBLE:
        with pytest.raises(adapters.UnknownLetter):
            get_adapter().send_mail(f"account/email/{name}", "camille@exemple.invalid", {"user": a_user()})

    assert (kinds(), mail.outbox) == ([], [])


@pytest.mark.parametrize(
    "typed",
    [
        {"action_add": "", "email": "autre@exemple.invalid"},
        {"action_send": "", "email": "moi@exemple.invalid"},
        {"action_remove": "", "email": "moi@exemple.invalid"},
        {"action_primary": "", "email": "moi@exemple.invalid"},
    ],
)
def test_nobody_changes_their_address_by_themselves(client: TimedClient, typed: dict[str, str]) -> None:
    user = a_user("moi@exemple.invalid")
    client.force_login(user)

    shown, posted = client.get(reverse("account_email")), client.post(reverse("account_email"), typed)

    assert (shown.status_code, posted.status_code) == (200, 405)
    assert "moi@exemple.invalid" in shown.content.decode()
    assert (User.objects.get(pk=user.pk).email, kinds(), mail.outbox) == ("moi@exemple.invalid", [], [])


def test_pages_of_the_library_that_need_no_letter_write_none(client: TimedClient) -> None:
    client.force_login(a_user())

    for name in ("account_signup", "account_email_verification_sent", "account_reauthenticate", "account_inactive"):
        client.post(reverse(name), {"email": "autre@exemple.invalid", "password1": NEW, "password": "faux"})
    client.post(reverse("account_login"), {"login": "personne@exemple.invalid", "password": "faux"})

    assert (kinds(), mail.outbox) == ([], [])


def test_a_forgotten_password_sends_a_link_to_the_address_of_the_account_blanked_once_sent(client: TimedClient) -> None:
    user = a_user("camille@exemple.invalid", language="en")

    client.post(reverse("account_reset_password"), {"email": "Camille@Exemple.invalid"})
    client.post(reverse("account_reset_password"), {"email": "inconnue@exemple.invalid"})

    letter = Letter.objects.get()
    assert (letter.kind, letter.address, letter.language, letter.secret) == (
        "password_reset",
        user.email,
        "en",
        True,
    )
    assert "/accounts/password/reset/key/" in letter.text
    sweep()
    letter.refresh_from_db()
    assert (letter.text, letter.html) == ("—", "—")
    assert "/accounts/password/reset/key/" in str(mail.outbox[0].body)


def test_a_password_changed_is_told_to_its_holder_without_it_or_a_personal_link(client: TimedClient) -> None:
    user = a_user(language="fr")
    client.force_login(user)

    refused = client.post(
        reverse("account_change_password"), {"oldpassword": "faux", "password1": NEW, "password2": NEW}
    )
    before = kinds()
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert (refused.status_code, before, kinds()) == (200, [], ["password_changed"])
    letter = Letter.objects.get()
    assert (letter.address, letter.secret) == (user.email, False)
    assert NEW not in letter.text + letter.html
    assert "/reset/key/" not in letter.text
    assert reverse("account_reset_password") in letter.text


def test_a_password_chosen_from_the_link_is_told_too(client: TimedClient) -> None:
    a_user("camille@exemple.invalid")
    client.post(reverse("account_reset_password"), {"email": "camille@exemple.invalid"})
    link = next(word for word in Letter.objects.get().text.split() if "/reset/key/" in word)

    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})

    assert kinds() == ["password_reset", "password_changed"]


def test_an_account_opened_by_the_team_is_told_its_identifier_and_where_to_choose_a_password() -> None:
    open_account("Nouvelle@Exemple.invalid", at=NOW, name="Nouvelle Collègue")

    letter = Letter.objects.get()
    assert (letter.kind, letter.secret) == ("account_invitation", False)
    assert "nouvelle@exemple.invalid" in letter.text
    assert reverse("account_reset_password") in letter.text
