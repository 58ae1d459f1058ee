"""Signs of life: each process that keeps the portal going writes when it was last seen, in real time."""

import time
from datetime import datetime

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

WORKER = "worker"
SCHEDULER = "scheduler"
_EVERY = 10.0  # seconds between two writes of one process
_written: dict[str, float] = {}


class Beat(models.Model):
    """When a process of this name was last seen at work."""

    name = models.CharField(_("processus"), max_length=40, primary_key=True)
    at = models.DateTimeField(_("vu le"))

    class Meta:
        verbose_name = _("signe de vie")
        verbose_name_plural = _("signes de vie")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"


def beat(name: str) -> None:
    """Say that this process is alive; written at most once in ten seconds."""
    now = time.monotonic()
    if now - _written.get(name, -_EVERY) < _EVERY:
        return
    _written[name] = now
    Beat.objects.update_or_create(name=name, defaults={"at": Now()})


def last() -> dict[str, datetime]:
    """When the worker and the scheduler were last seen; absent: never."""
    return dict(Beat.objects.values_list("name", "at"))
