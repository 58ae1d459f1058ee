"""The forms of the jury in the AAP team's office: juries, seats, panels, interests."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from applications.forms.office import OfficeForm
from applications.models import Call, Candidacy
from applications.models.call import CallQuerySet
from juries.enums import SeatRole, Stage
from juries.models import Jury, Seat
from juries.rules.charter import PROPOSED_EN, PROPOSED_FR

LANGUAGES = [("fr", _("français")), ("en", _("anglais"))]
_LENGTHS = ("presentation_minutes", "questions_minutes", "exchange_minutes")


def _minutes(label: Any, initial: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=240, initial=initial)


def date_field(label: Any, **options: Any) -> forms.DateField:
    """A day, chosen in the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    wrong = _("Vérifiez l’année.")
    years = [MinValueValidator(date(2000, 1, 1), wrong), MaxValueValidator(date(2099, 12, 31), wrong)]
    formats = ["%Y-%m-%d", "%d/%m/%Y"]
    return forms.DateField(label=label, widget=widget, input_formats=formats, validators=years, **options)


class JuryForm(OfficeForm):
    """How a jury works."""

    name = forms.CharField(label=_("Nom du jury"), max_length=150)
    quorum = forms.IntegerField(
        label=_("Quorum"), min_value=1, max_value=50, help_text=_("Votants nécessaires pour chaque candidature.")
    )
    ranking_stage = forms.ChoiceField(
        label=_("Notes qui classent"),
        choices=Stage.choices,
        initial=Stage.AFTER,
        help_text=_("Celles d’avant ou d’après l’audition ; les autres sont gardées."),
    )
    scores_due_on = date_field(
        _("Notes attendues le"),
        required=False,
        help_text=_("Les rapporteurs verrouillent leurs feuilles au plus tard ce jour-là."),
    )
    presentation_minutes = _minutes(_("Présentation, en minutes"), 15)
    questions_minutes = _minutes(_("Questions, en minutes"), 20)
    exchange_minutes = _minutes(_("Échange entre jurés, en minutes"), 10)
    charter_fr = forms.CharField(label=_("Charte, en français"), widget=forms.Textarea(attrs={"rows": 14}))
    charter_en = forms.CharField(
        label=_("Charte, en anglais"), widget=forms.Textarea(attrs={"rows": 14}), required=False
    )

    def clean(self) -> dict[str, Any]:
        """A hearing lasts."""
        given = super().clean() or self.cleaned_data
        if not given.get("presentation_minutes") and not given.get("questions_minutes"):
            self.add_error("questions_minutes", _("Une audition dure : présentation ou questions."))
        return given


class NewJuryForm(JuryForm):
    """A jury to constitute: of which call, and a charter to start from."""

    call = forms.ModelChoiceField(Call.objects.none(), label=_("Appel"), empty_label=None)
    field_order = ["call"]

    def __init__(self, calls: CallQuerySet, *args: Any, **kwargs: Any) -> None:
        initial = {"charter_fr": PROPOSED_FR, "charter_en": PROPOSED_EN, "quorum": 3, "name": _("Jury de sélection")}
        super().__init__(*args, initial=initial, **kwargs)
        field = self.fields["call"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = calls


class AmendJuryForm(JuryForm):
    """The same, once it exists: what binds somebody already is shown and no longer changes."""

    def __init__(self, jury: Jury, bound: Iterable[str], *args: Any, **kwargs: Any) -> None:
        initial = {name: getattr(jury, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **kwargs)
        for name in bound:
            self.fields[name].disabled = True


class InvitationForm(OfficeForm):
    """Somebody to invite."""

    name = forms.CharField(label=_("Nom et prénom"), max_length=150)
    email = forms.EmailField(
        label=_("Adresse électronique"), max_length=254, help_text=_("Son lien personnel y part aussitôt.")
    )
    role = forms.ChoiceField(label=_("Rôle"), choices=SeatRole.choices)
    capacity = forms.CharField(
        label=_("Qualité"),
        max_length=150,
        required=False,
        help_text=_("Par exemple : directrice d’un réseau régional."),
    )
    language = forms.ChoiceField(label=_("Langue des lettres"), choices=LANGUAGES)

    def __init__(self, *args: Any, has_chair: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_chair:
            self.fields["role"].widget.choices = [(SeatRole.JUROR.value, SeatRole.JUROR.label)]
            self.fields["role"].help_text = _("La présidence est déjà confiée.")


class ReasonForm(OfficeForm):
    """Why."""

    reason = forms.CharField(label=_("Motif"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = help_text


class PanelForm(OfficeForm):
    """A panel to create."""

    name = forms.CharField(label=_("Nom du panel"), max_length=100)


class _SeatField(forms.ModelChoiceField[Seat]):
    def label_from_instance(self, seat: Any) -> str:
        return f"{seat.user} – {seat.get_role_display()}"


class _CandidacyField(forms.ModelChoiceField[Candidacy]):
    def label_from_instance(self, candidacy: Any) -> str:
        return f"{candidacy.number} – {candidacy.organisation.name}"


class PanelMemberForm(OfficeForm):
    """A juror to put in a panel, or whose part in it changes."""

    seat = _SeatField(Seat.objects.none(), label=_("Juré"), empty_label="–")
    reader = forms.TypedChoiceField(
        label=_("Il ou elle"),
        choices=[("1", _("lit et note les dossiers avant l’audition")), ("0", _("entend les candidats seulement"))],
        coerce=lambda value: value == "1",
        initial="1",
    )

    def __init__(self, jury: Jury, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["seat"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = jury.seats.present().select_related("user").order_by("role", "pk")


class RecusalForm(ReasonForm):
    """A juror to keep out of a candidacy, whether they were given it or not."""

    seat = _SeatField(Seat.objects.none(), label=_("Juré"), empty_label="–")
    candidacy = _CandidacyField(Candidacy.objects.none(), label=_("Candidature"), empty_label="–")
    field_order = ["seat", "candidacy"]

    def __init__(self, jury: Jury, candidacies: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, help_text=_("Il figure au procès-verbal."), **kwargs)
        seat, candidacy = self.fields["seat"], self.fields["candidacy"]
        assert isinstance(seat, forms.ModelChoiceField)
        assert isinstance(candidacy, forms.ModelChoiceField)
        seat.queryset = jury.seats.select_related("user").order_by("role", "pk")
        candidacy.queryset = candidacies
