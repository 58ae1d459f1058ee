"""People of one dossier who change it for each other at the same instant: somebody who may submit is always left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from applications.actions import drafting, membership
from applications.actions.commitment import ask_commitment, revoke_commitment
from applications.actions.deposit import deposit_commitment
from applications.enums import PartnerFamily, Rights, Section
from applications.models import CandidacyLine, CommitmentRequest, Document, Member, Partner
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from tests import builders
from tests.builders import NOW

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run the acts together, each with a connection of its own; how each ended, in a word."""

    def one(act: Callable[[], Any]) -> str:
        try:
            act()
        except Refusal as refusal:
            return refusal.code
        except (Member.DoesNotExist, CommitmentRequest.DoesNotExist):
            return "gone"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def a_pair() -> tuple[Member, Member, Member]:
    """A contact whose address was never confirmed, and two colleagues who may submit."""
    contact = builders.a_signalled(builders.a_call())
    first, second = [builders.joined(builders.an_invited(contact, rights=Rights.SUBMIT)) for _ in range(2)]
    return contact, first, second


def able(member: Member) -> int:
    people = Member.objects.present().filter(candidacy=member.candidacy_id, rights=Rights.SUBMIT)
    return people.filter(user__isnull=False).count()


def test_two_who_remove_each_other_leave_one() -> None:
    _contact, first, second = a_pair()

    ends = at_once(
        lambda: membership.remove(first, second, at=NOW),
        lambda: membership.remove(second, first, at=NOW),
    )

    assert (sorted(ends), able(first)) == (["done", "gone"], 1)


def test_two_who_step_down_at_once_leave_one() -> None:
    _contact, first, second = a_pair()

    ends = at_once(
        lambda: membership.change_rights(first, first, Rights.EDIT, at=NOW),
        lambda: membership.remove(second, second, at=NOW),
    )

    assert (sorted(ends), able(first)) == (["done", "last_to_submit"], 1)


def test_a_dossier_entrusted_to_several_at_once_has_one_contact_who_may_submit() -> None:
    contact, first, second = a_pair()

    at_once(
        lambda: membership.entrust(contact, first, at=NOW),
        lambda: membership.entrust(contact, second, at=NOW),
        lambda: membership.change_rights(contact, first, Rights.VIEW, at=NOW),
        lambda: membership.remove(contact, second, at=NOW),
    )

    (left,) = Member.objects.present().filter(candidacy=contact.candidacy_id, is_contact=True)
    assert (left.rights, left.removed_at) == (Rights.SUBMIT, None)
    assert (
        Letter.objects.filter(kind="dossier_entrusted").count() == CandidacyLine.objects.filter(act="entrust").count()
    )


def an_asked() -> tuple[Member, CommitmentRequest]:
    contact = builders.a_signalled(builders.a_call())
    line = {"name": "Ville", "family": PartnerFamily.PUBLIC, "contact_email": "ville@exemple.invalid"}
    drafting.save_rows(contact, Section.CONSORTIUM, {Partner: [line]}, at=NOW)
    return contact, ask_commitment(contact, partner="Ville", address="ville@exemple.invalid", at=NOW)


def test_a_letter_sent_six_times_at_once_is_one_deposit_and_one_receipt() -> None:
    _contact, asked = an_asked()
    content = builders.a_pdf()

    ends = at_once(
        *[lambda: deposit_commitment(asked, builders.a_file(content), name="lettre.pdf", at=NOW) for _ in range(6)]
    )

    assert (ends, Document.objects.count()) == (["done"] * 6, 1)
    assert Letter.objects.filter(kind="commitment_received").count() == 1


def test_a_link_taken_back_while_a_letter_arrives_has_it_or_has_it_not() -> None:
    contact, asked = an_asked()
    content = builders.a_pdf()

    ends = at_once(
        lambda: deposit_commitment(asked, builders.a_file(content), name="lettre.pdf", at=NOW),
        lambda: revoke_commitment(contact, partner="Ville", address="ville@exemple.invalid", at=NOW),
    )

    assert ends in (["done", "done"], ["gone", "done"])
    assert (
        Document.objects.count() == Letter.objects.filter(kind="commitment_received").count() == ends.count("done") - 1
    )
