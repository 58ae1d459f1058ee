"""Prepare a call: create it, copy another, say how much each document binds each legal form."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from applications.actions.steps import lock_call, record_on_call
from applications.enums import CallState, Level, Role
from applications.models import (
    Call,
    Criterion,
    KitFile,
    LetterWording,
    Mission,
    Requirement,
    RequirementRule,
    TeamMember,
)
from applications.rules.amendment import refuse_if_locked
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal

Row = TypeVar("Row", bound=models.Model)
Levels = Mapping[tuple[int, str], str]


def create_call(call: Call, *, by: User, at: datetime) -> Call:
    """Save a new call, as a draft; whoever creates it runs it, unless they only look after the installation."""
    with transaction.atomic():
        call.state = CallState.DRAFT
        call.save(force_insert=True)
        if not by.is_superuser:
            TeamMember.objects.create(call=call, user=by, role=Role.MANAGER)
        record_on_call("create", call, by=Actor.person(by), at=at)
    return call


def duplicate_call(source: Call, *, slug: str, title: str, prefix: str, by: User, at: datetime) -> Call:
    """A draft set up as `source` is, its kit and its letters included; neither its team nor what it received."""
    with transaction.atomic():
        copied = Call.objects.get(pk=source.pk)
        copied.pk, copied.frozen_at, copied._state.adding = None, None, True
        copied.slug, copied.title_fr, copied.title_en, copied.prefix = slug, title, "", prefix
        create_call(copied, by=by, at=at)
        _copy_parts(source, copied)
        record_on_call("duplicate", copied, by=Actor.person(by), at=at, source=source.slug)
    return copied


def _copy_parts(source: Call, target: Call) -> None:
    missions = _copied(Mission, source, target)
    for question in source.questions.all():
        mission = missions[question.mission_id] if question.mission_id else None
        _again(question, call=target, mission=mission)
    requirements = _copied(Requirement, source, target)
    for rule in RequirementRule.objects.filter(requirement__call=source):
        _again(rule, requirement=requirements[rule.requirement_id])
    _copied(Criterion, source, target)
    _copied(LetterWording, source, target)
    for file in KitFile.objects.filter(call=source):
        _again(file, call=target, requirement=requirements.get(file.requirement_id or 0))


def _copied(model: type[Row], source: Call, target: Call) -> dict[int, Row]:
    """The rows of a part, copied; by the key of the row each was copied from."""
    return {row.pk: _again(row, call=target) for row in model._default_manager.filter(call=source)}


def _again(row: Row, **changes: models.Model | None) -> Row:
    copied = type(row)(**{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key})
    for name, value in changes.items():
        setattr(copied, name, value)
    copied.save(force_insert=True)
    return copied


def set_levels(call: Call, levels: Levels, *, by: User, at: datetime) -> None:
    """Say how much each requirement (its key) binds each legal form; an empty level: it is not asked of that form.

    The condition written beside a level stays with it. Raises `Refusal` once the call is published.
    """
    with transaction.atomic():
        locked = lock_call(call.pk)
        refuse_if_locked(locked, parts=[RequirementRule])
        if not set(levels.values()) <= {"", *Level.values}:
            raise Refusal(_("Un des degrés choisis n’existe pas."), code="unknown_level")
        mine = set(locked.requirements.values_list("pk", flat=True))
        known = {(r.requirement_id, r.legal_form): r for r in RequirementRule.objects.filter(requirement__in=mine)}
        changed = [key for key, level in levels.items() if key[0] in mine and level != _level(known.get(key))]
        for key in changed:
            _set_level(key, levels[key], known.get(key))
        if changed:
            record_on_call("set_levels", locked, by=Actor.person(by), at=at, changed=len(changed))


def _level(rule: RequirementRule | None) -> str:
    return rule.level if rule else ""


def _set_level(key: tuple[int, str], level: str, rule: RequirementRule | None) -> None:
    if rule is None:
        RequirementRule.objects.create(requirement_id=key[0], legal_form=key[1], level=level)
    elif level:
        rule.level = level
        rule.save(update_fields=["level"])
    else:
        rule.delete()
