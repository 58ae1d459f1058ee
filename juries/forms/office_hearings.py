"""The forms of the hearings in the AAP team's office."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.forms.office import OfficeForm
from hubs_portal.templatetags.french import PARIS
from juries.actions.hearings import Somewhere
from juries.forms.office import ReasonForm, date_field
from juries.models import Jury, Panel, Seat, Slot


class SlotsForm(OfficeForm):
    """A series of slots: one after the other, on one day, in one room."""

    panel = forms.ModelChoiceField(Panel.objects.none(), label=_("Panel"), empty_label=None)
    on = date_field(_("Jour"))
    first = forms.TimeField(
        label=_("Premier début, heure de Paris"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"],
    )
    number = forms.IntegerField(label=_("Combien de créneaux"), min_value=1, max_value=20, initial=4)
    pause = forms.IntegerField(label=_("Pause entre deux, en minutes"), min_value=0, max_value=240, initial=0)
    room = forms.CharField(label=_("Salle"), max_length=100, help_text=_("« Salle 2 », « Visioconférence A »"))
    place = forms.CharField(label=_("Adresse"), max_length=300, required=False)
    link = forms.URLField(
        label=_("Lien de visioconférence"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("Une adresse, un lien, ou les deux."),
    )

    def __init__(self, jury: Jury, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.jury = jury
        panel = self.fields["panel"]
        assert isinstance(panel, forms.ModelChoiceField)
        panel.queryset = jury.panels.order_by("name")

    def clean(self) -> dict[str, Any]:
        """A hearing takes place somewhere."""
        given = super().clean() or self.cleaned_data
        if not self.errors and not given.get("place", "").strip() and not given.get("link"):
            self.add_error("place", _("Indiquez une adresse ou un lien de visioconférence."))
        return given

    def starts(self) -> list[datetime]:
        """When each begins: the pause follows the exchange between jurors."""
        given = self.cleaned_data
        first = timezone.make_aware(datetime.combine(given["on"], given["first"]), PARIS)
        jury = self.jury
        lasts = jury.presentation_minutes + jury.questions_minutes + jury.exchange_minutes
        step = timedelta(minutes=lasts + given["pause"])
        return [first + rank * step for rank in range(given["number"])]

    def where(self) -> Somewhere:
        """In which room, at which address."""
        given = self.cleaned_data
        return Somewhere(given["room"], place=given["place"], link=given["link"])


class ChosenSlotForm(OfficeForm):
    """One of the slots where nothing stands in the way; one that was taken meanwhile is for the act to refuse."""

    slot = forms.IntegerField(label=_("Créneau"), error_messages={"required": _("Choisissez un créneau.")})

    def __init__(self, possible: Sequence[Slot], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = [(slot, str(slot.pk) == str(self["slot"].value())) for slot in possible]


class MoveForm(ChosenSlotForm):
    """Another slot, and why: who was convened reads it."""

    reason = forms.CharField(
        label=_("Motif"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=2000
    )

    def __init__(self, possible: Sequence[Slot], *args: Any, told: bool, **kwargs: Any) -> None:
        super().__init__(possible, *args, **kwargs)
        if told:
            self.fields["reason"].required = True
            self.fields["reason"].help_text = _("Il figure dans la lettre au candidat.")


class CancelForm(ReasonForm):
    """Why a hearing is given up."""

    def __init__(self, *args: Any, told: bool, **kwargs: Any) -> None:
        super().__init__(*args, help_text=_("Il figure dans la lettre au candidat.") if told else "", **kwargs)
        self.fields["reason"].required = told


class AttendanceForm(OfficeForm):
    """Who of the panel was there, and who was heard."""

    present = forms.TypedMultipleChoiceField(
        label=_("Membres présents"), widget=forms.CheckboxSelectMultiple, coerce=int, required=False
    )
    attended_by = forms.CharField(
        label=_("Personnes entendues"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
        help_text=_("Noms et qualités de celles et ceux qui ont parlé pour le candidat."),
    )

    def __init__(self, seats: Sequence[Seat], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["present"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(seat.pk, str(seat.user)) for seat in seats]


class CorrectionForm(AttendanceForm):
    """The attendance sheet again, and why it changes."""

    reason = forms.CharField(
        label=_("Motif"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text=_("Il entre au journal du jury, avec la feuille d’avant et celle d’après."),
    )
