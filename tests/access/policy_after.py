"""The access matrix after the closing: what screening, juries, deliberation and results added, for every role.

`After` (tests/access/after.py) tells the roles. An address of the portal opens to those named, asks the anonymous to
sign in, and is absent for everybody else. An address of the office asks whoever is not staff to sign in, and answers
the others as its row says, in the order of `STAFF`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hubs_portal.accounts import links
from hubs_portal.letters.models import Attachment
from tests.access.after import After
from tests.access.policy import Gets

STAFF = ("officer", "manager", "observer", "other_officer", "superuser")
CANDIDATES = ("owner", "viewer", "stranger")
JURORS = ("chair", "reader", "undeclared", "unsworn", "tied", "recused", "other_panel", "dismissed")
ROLES = ("anonymous", *CANDIDATES, *STAFF, *JURORS)

P, A, R, N = Gets.PAGE, Gets.ABSENT, Gets.REFUSED, Gets.NOT_YET
Rule = dict[str, Gets]


@dataclass(frozen=True)
class Address:
    """What fills an address, and what each role obtains by reading it or acting there; `None`: not that verb.

    `says` is what a form that acts must at least say to be understood.
    """

    arguments: Callable[[After], list[Any]]
    reads: Rule | None = None
    acts: Rule | None = None
    says: dict[str, str] = field(default_factory=dict)


def portal(*allowed: str, first: tuple[str, ...] = (), anonymous: Gets = Gets.SIGN_IN) -> Rule:
    """Open to those; `first` must do something else before; absent for the others."""
    shut = dict.fromkeys(ROLES, A) | {"anonymous": anonymous}
    return shut | dict.fromkeys(allowed, P) | dict.fromkeys(first, N)


def office(officer: Gets, manager: Gets, observer: Gets, other: Gets = A, superuser: Gets = A) -> Rule:
    """A row of the office."""
    inside = dict(zip(STAFF, (officer, manager, observer, other, superuser), strict=True))
    return dict.fromkeys(ROLES, Gets.SIGN_IN) | inside


TEAM, WORKING, MANAGERS = office(P, P, P), office(P, P, R), office(R, P, R)
MANAGERS_ONLY_KNOW = office(A, P, A)  # what a jury decides is under embargo: that it exists is one too
NOBODY = office(R, R, R, R, R)

SEATED = ("chair", "reader", "undeclared", "unsworn", "tied", "recused", "other_panel")
SWORN = tuple(role for role in SEATED if role != "unsworn")
OF_THE_PANEL = portal("chair", "reader", "undeclared", "tied")
CLEARED = portal("chair", "reader", "tied", first=("undeclared",))
CLEARED_OR_ABSENT = portal("chair", "reader", "tied")
EVERYBODY = dict.fromkeys(ROLES, P)


def _nothing(_world: After) -> list[Any]:
    return []


def _number(kept_for: str) -> Callable[[After], list[Any]]:
    return lambda world: [world.candidacies[kept_for].number]


def _seat(world: After) -> list[Any]:
    return [world.seats["reader"].pk]


def _jury(*names: str) -> Callable[[After], list[Any]]:
    """The jury, then what hangs from it."""
    hanging: dict[str, Callable[[After], int]] = {
        "seat": lambda world: world.seats["reader"].pk,
        "panel": lambda world: world.panel.pk,
        "booked": lambda world: world.hearings["booked"].pk,
        "convened": lambda world: world.hearings["convened"].pk,
        "heard": lambda world: world.hearings["heard"].pk,
        "slot": lambda world: world.free_slot.pk,
        "candidacy": lambda world: world.candidacies["assessed"].pk,
        "scored": lambda world: world.candidacies["heard"].pk,
        "tie": lambda world: world.tie.pk,
    }
    return lambda world: [world.jury.pk, *(hanging[name](world) for name in names)]


def _candidacy(kept_for: str) -> Callable[[After], list[Any]]:
    return lambda world: [world.candidacies[kept_for].pk]


def _deliberation(world: After) -> list[Any]:
    return [world.deliberation.pk]


def _slug(world: After) -> list[Any]:
    return [world.call.slug]


def _call(world: After) -> list[Any]:
    return [world.call.pk]


def _file(world: After) -> list[Any]:
    version = world.version("convened")
    return [world.candidacies["convened"].number, version.files.order_by("pk")[0].pk]


def _completion(kept_for: str) -> Callable[[After], list[Any]]:
    return lambda world: [world.candidacies[kept_for].number, world.completions[kept_for].pk]


def _replacement(world: After) -> list[Any]:
    return [world.candidacies["completed"].number, world.replacement.pk]


def _upload(kept_for: str) -> Callable[[After], list[Any]]:
    """The file that its owner has announced, and what one may ask of it."""
    about = {"asked": _completion("asked"), "completed": _replacement}[kept_for]
    return lambda world: [*about(world), world.uploads[kept_for].key, "etat"]


def _letter(world: After) -> list[Any]:
    return [world.seats["reader"].letters.order_by("pk")[0].letter_id]


def _attachment(world: After) -> list[Any]:
    (attachment,) = Attachment.objects.filter(letter__of_jury__seat=world.seats["reader"]).order_by("pk")[:1]
    return [attachment.letter_id, attachment.pk]


ADDRESSES: dict[str, Address] = {
    # the candidate, after the closing
    "completion": Address(_number("asked"), portal("owner", "viewer")),
    "completion_add": Address(_completion("asked"), acts=portal("owner")),
    "completion_uploads": Address(_completion("asked"), acts=portal("owner")),
    "completion_upload": Address(_upload("asked"), acts=portal("owner")),
    "completion_file": Address(_completion("completed"), portal("owner", "viewer")),
    "completion_read": Address(_completion("completed"), portal("owner", "viewer")),
    "replacement_add": Address(_replacement, acts=portal("owner")),
    "replacement_uploads": Address(_replacement, acts=portal("owner")),
    "replacement_upload": Address(_upload("completed"), acts=portal("owner")),
    "replacement_file": Address(_replacement, portal("owner", "viewer")),
    "replacement_read": Address(_replacement, portal("owner", "viewer")),
    "hearing": Address(_number("convened"), portal("owner", "viewer"), portal("owner")),
    "hearing_ics": Address(_number("convened"), portal("owner", "viewer")),
    # the results, before their release
    "results_csv": Address(_slug, portal(anonymous=A)),
    "results_json": Address(_slug, portal(anonymous=A)),
    # the juror's desk
    "juror_desk": Address(_nothing, portal(*SEATED)),
    "juror_invitation": Address(lambda world: [links.make("seat", world.seats["unsworn"].pk)], EVERYBODY, EVERYBODY),
    "juror_charter": Address(_seat, portal("reader"), portal("reader")),
    "juror_declarations": Address(_seat, portal("reader"), portal("reader")),
    "juror_ranking": Address(_seat, portal("reader")),
    "juror_dossier": Address(_number("convened"), CLEARED),
    "juror_sheet": Address(_number("convened"), CLEARED, OF_THE_PANEL),
    "juror_sheet_finish": Address(_number("convened"), CLEARED, OF_THE_PANEL),
    "juror_scores": Address(_number("heard"), CLEARED),
    "juror_file": Address(_file, CLEARED_OR_ABSENT),
    "juror_file_read": Address(_file, CLEARED_OR_ABSENT),
    "juror_completion": Address(_completion("completed"), CLEARED_OR_ABSENT),
    "juror_completion_read": Address(_completion("completed"), CLEARED_OR_ABSENT),
    "juror_replacement": Address(_replacement, CLEARED_OR_ABSENT),
    "juror_replacement_read": Address(_replacement, CLEARED_OR_ABSENT),
    "juror_archive": Address(_number("convened"), CLEARED_OR_ABSENT),
    "juror_tie": Address(_number("convened"), OF_THE_PANEL, OF_THE_PANEL),
    "juror_hearings": Address(_nothing, portal(*SEATED)),
    "juror_hearing": Address(lambda world: [world.hearings["convened"].pk], OF_THE_PANEL),
    "juror_hearing_calendar": Address(lambda world: [world.hearings["convened"].pk], OF_THE_PANEL),
    "juror_letters": Address(_nothing, portal(*SEATED)),
    "juror_letter": Address(_letter, portal("reader")),
    "juror_letter_attachment": Address(_attachment, portal("reader")),
    "juror_ties": Address(_nothing, portal("chair")),
    "juror_tie_examine": Address(lambda world: [world.tie.pk], acts=portal("chair")),
    # the wall, followed by the jury and led by its chair
    "jury_deliberation": Address(_deliberation, portal(*SWORN), portal("chair"), {"act": "settle"}),
    "jury_minutes": Address(_deliberation, portal()),  # signed by nobody yet
    "jury_minutes_pdf": Address(_deliberation, portal()),
    "jury_minutes_extract": Address(_deliberation, portal()),
    # the office examines
    "admin:applications_candidacy_next": Address(_nothing, office(P, P, R, P, R)),
    "admin:applications_candidacy_checklist": Address(_candidacy("doubtful"), acts=TEAM),
    "admin:applications_candidacy_ask": Address(_candidacy("doubtful"), acts=TEAM),
    "admin:applications_candidacy_admit": Address(_candidacy("doubtful"), acts=TEAM),
    "admin:applications_candidacy_eligible": Address(_candidacy("doubtful"), acts=TEAM),
    "admin:applications_candidacy_exclude": Address(_candidacy("doubtful"), acts=TEAM),
    "admin:applications_candidacy_exclusion_confirm": Address(
        lambda world: [world.candidacies["doubtful"].pk, world.exclusion.pk], acts=TEAM
    ),
    "admin:applications_candidacy_exclusion_drop": Address(
        lambda world: [world.candidacies["doubtful"].pk, world.exclusion.pk], acts=TEAM
    ),
    "admin:applications_candidacy_assess": Address(_candidacy("eligible"), acts=TEAM),
    "admin:applications_candidacy_shortlist": Address(_candidacy("assessed"), acts=TEAM),
    "admin:applications_candidacy_set_aside": Address(_candidacy("assessed"), acts=TEAM),
    "admin:applications_call_shortlist": Address(_call, TEAM, MANAGERS),
    "admin:applications_candidacy_completion_file": Address(
        lambda world: [world.candidacies["completed"].pk, world.completions["completed"].pk], TEAM
    ),
    "admin:applications_candidacy_read_completion": Address(
        lambda world: [world.candidacies["completed"].pk, world.completions["completed"].pk], TEAM
    ),
    "admin:applications_candidacy_read_replacement": Address(
        lambda world: [world.candidacies["completed"].pk, world.replacement.pk], TEAM
    ),
    "admin:applications_candidacy_replacement_file": Address(
        lambda world: [world.candidacies["completed"].pk, world.replacement.pk], TEAM
    ),
    # the office runs the jury
    "admin:juries_jury_changelist": Address(_nothing, office(P, P, P, P, R)),
    "admin:juries_jury_add": Address(_nothing, office(R, P, R, R, R), office(R, P, R, R, R)),
    "admin:juries_jury_change": Address(_jury(), TEAM),
    "admin:juries_jury_history": Address(_jury(), TEAM),
    "admin:juries_jury_delete": Address(_jury(), NOBODY, NOBODY),
    "admin:juries_jury_amend": Address(_jury(), MANAGERS, MANAGERS),
    "admin:juries_jury_journal": Address(_jury(), WORKING),
    "admin:juries_jury_invite": Address(_jury(), MANAGERS, MANAGERS),
    "admin:juries_jury_invite_again": Address(_jury("seat"), acts=MANAGERS),
    "admin:juries_jury_remove": Address(_jury("seat"), MANAGERS, MANAGERS),
    "admin:juries_jury_panels": Address(_jury(), TEAM, WORKING),
    "admin:juries_jury_panel": Address(_jury("panel"), TEAM),
    "admin:juries_jury_panel_member": Address(_jury("panel"), acts=WORKING),
    "admin:juries_jury_panel_give": Address(_jury("panel"), acts=WORKING),
    "admin:juries_jury_interests": Address(_jury(), WORKING),
    "admin:juries_jury_recuse": Address(_jury(), MANAGERS, MANAGERS),
    "admin:juries_jury_tie": Address(_jury("tie"), WORKING),
    "admin:juries_jury_tie_clear": Address(_jury("tie"), acts=MANAGERS),
    "admin:juries_jury_tie_recuse": Address(_jury("tie"), acts=MANAGERS),
    "admin:juries_jury_hearings": Address(_jury(), TEAM),
    "admin:juries_jury_hearing": Address(_jury("convened"), TEAM),
    "admin:juries_jury_scores": Address(_jury(), TEAM),
    "admin:juries_jury_sheets": Address(_jury("scored"), WORKING),
    "admin:juries_jury_slots": Address(_jury(), WORKING, WORKING),
    "admin:juries_jury_slot": Address(_jury("slot"), WORKING),
    "admin:juries_jury_slot_withdraw": Address(_jury("slot"), acts=WORKING),
    "admin:juries_jury_plan": Address(_jury(), WORKING, WORKING),
    "admin:juries_jury_place": Address(_jury("candidacy"), WORKING, WORKING),
    "admin:juries_jury_convene_all": Address(_jury(), WORKING, WORKING),
    "admin:juries_jury_hearing_convene": Address(_jury("booked"), acts=WORKING),
    "admin:juries_jury_hearing_confirm": Address(_jury("convened"), acts=WORKING),
    "admin:juries_jury_hearing_move": Address(_jury("convened"), acts=WORKING),
    "admin:juries_jury_hearing_cancel": Address(_jury("convened"), acts=WORKING),
    "admin:juries_jury_hearing_hold": Address(_jury("convened"), acts=WORKING),
    "admin:juries_jury_hearing_reopen": Address(_jury("heard"), acts=WORKING),
    "admin:juries_jury_hearing_correct": Address(_jury("heard"), acts=MANAGERS),
    "admin:juries_jury_deliberation": Address(_jury(), MANAGERS),
    # the office decides and publishes
    "admin:juries_deliberation_changelist": Address(_nothing, MANAGERS_ONLY_KNOW),
    "admin:juries_deliberation_change": Address(
        _deliberation, MANAGERS_ONLY_KNOW, MANAGERS_ONLY_KNOW, {"act": "settle"}
    ),
    "admin:juries_deliberation_history": Address(_deliberation, MANAGERS_ONLY_KNOW),
    "admin:juries_deliberation_add": Address(_nothing, NOBODY, NOBODY),
    "admin:juries_deliberation_delete": Address(_deliberation, NOBODY, NOBODY),
    "admin:juries_deliberation_open": Address(_jury(), acts=MANAGERS_ONLY_KNOW),
    "admin:juries_deliberation_minutes": Address(_deliberation, office(A, A, A)),  # signed by nobody yet
    "admin:juries_deliberation_minutes_pdf": Address(_deliberation, office(A, A, A)),
    "admin:juries_deliberation_minutes_extract": Address(_deliberation, office(A, A, A)),
    "admin:applications_call_release": Address(_call, MANAGERS_ONLY_KNOW, MANAGERS_ONLY_KNOW, {"act": "request"}),
}
