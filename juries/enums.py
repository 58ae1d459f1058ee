"""The vocabularies of the jury phase."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SeatRole(TextChoices):
    """What a person is in a jury."""

    JUROR = "juror", _("membre du jury")
    CHAIR = "chair", _("présidence du jury")


class Verdict(TextChoices):
    """What a juror declares of their ties with a candidacy."""

    NONE = "none", _("aucun lien")
    TO_EXAMINE = "to_examine", _("lien à examiner")
    RECUSED = "recused", _("déport")


class RecusalOrigin(TextChoices):
    """Who decided that a juror stays out of a candidacy."""

    DECLARATION = "declaration", _("par sa déclaration")
    CHAIR = "chair", _("par décision de la présidence du jury")
    OFFICE = "office", _("par décision du service")


class HearingState(TextChoices):
    """The life of a hearing; the candidate knows of it from its convocation on."""

    PROPOSED = "proposed", _("proposée")
    CONVENED = "convened", _("convoquée")
    CONFIRMED = "confirmed", _("confirmée")
    HELD = "held", _("tenue")
    CANCELLED = "cancelled", _("annulée")


class Stage(TextChoices):
    """When a sheet was written: on the dossier alone, or once the candidate was heard."""

    BEFORE = "before", _("avant l’audition")
    AFTER = "after", _("après l’audition")


class SheetState(TextChoices):
    """The life of a score sheet; the one reopened after a hearing is a copy, and the first stays as it was."""

    OPEN = "open", _("en cours")
    LOCKED = "locked", _("verrouillée")
    REOPENED = "reopened", _("rouverte après l’audition")
    SIGNED = "signed", _("signée")


class DeliberationState(TextChoices):
    """The life of a deliberation."""

    OPEN = "open", _("ouverte")
    SETTLED = "settled", _("arrêtée")
    SIGNED = "signed", _("signée")
