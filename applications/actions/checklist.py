"""Tick several lines of a checklist at once, without writing over what a colleague ticked meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.actions.screening import tick
from applications.actions.steps import lock_candidacy
from applications.enums import CheckVerdict
from applications.models import Candidacy, ScreeningCheck
from hubs_portal.accounts.models import User
from hubs_portal.refusals import Refusal, Sentence


@dataclass(frozen=True)
class Tick:
    """A line as somebody leaves it, and as it was shown to them: verdict and comment, both empty when not ticked."""

    code: str
    label: Sentence
    verdict: CheckVerdict
    comment: str
    seen: tuple[str, str]


def tick_lines(candidacy: Candidacy, ticks: Sequence[Tick], *, by: User, at: datetime) -> int:
    """Write the lines that were changed, all or none, and say how many.

    Raises `Refusal` naming those a colleague has ticked otherwise since the page was shown.
    """
    with transaction.atomic():
        locked = lock_candidacy(candidacy.pk)
        checks = {check.code: check for check in locked.checks.select_related("checked_by")}
        wanted = [line for line in ticks if said(checks.get(line.code)) != (line.verdict, line.comment.strip())]
        overtaken = [line for line in wanted if line.code in checks and said(checks[line.code]) != line.seen]
        if overtaken:
            raise Refusal(
                _("Rien n’est enregistré : un collègue a coché autrement depuis l’affichage de la page. Relisez :"),
                code="overtaken",
                items=[_whose(line, checks[line.code]) for line in overtaken],
            )
        for line in wanted:
            tick(locked, line.code, line.verdict, comment=line.comment, by=by, at=at)
    return len(wanted)


def said(check: ScreeningCheck | None) -> tuple[str, str]:
    """The verdict and the comment of a line."""
    return (check.verdict, check.comment) if check else ("", "")


def _whose(line: Tick, check: ScreeningCheck) -> str:
    who = _("%(line)s : « %(verdict)s », par %(who)s")
    return who % {"line": line.label, "verdict": check.get_verdict_display(), "who": check.checked_by}
