"""Whom the jury hears: the candidacies ticked on the ranking, and one reason for those that are kept out."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import Prose
from applications.models import Candidacy
from hubs_portal.oneline import OneLineForm

HEAR, KEEP_OUT = "hear", "keep_out"


class ShortlistForm(OneLineForm, forms.Form):
    """One decision for every candidacy ticked."""

    decision = forms.ChoiceField(choices=[(HEAR, _("à auditionner")), (KEEP_OUT, _("ne pas auditionner"))])
    reason = Prose(label=_("Motif, pour celles qui ne sont pas auditionnées"), lines=3, max_length=2000)

    def __init__(self, candidacies: Sequence[Candidacy], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_key = {str(candidacy.pk): candidacy for candidacy in candidacies}
        self.fields["chosen"] = forms.MultipleChoiceField(
            choices=[(key, candidacy.number) for key, candidacy in self.by_key.items()],
            error_messages={
                "required": _("Cochez au moins une candidature."),
                "invalid_choice": _("Une candidature cochée n’est plus dans cette liste : rechargez la page."),
            },
        )

    def clean(self) -> dict[str, Any]:
        """Nobody is kept out without a reason."""
        given = super().clean() or self.cleaned_data
        if given.get("decision") == KEEP_OUT and not given.get("reason"):
            self.add_error("reason", _("Écrivez le motif : il figure dans la lettre à chaque candidat écarté."))
        return given

    def chosen(self) -> list[Candidacy]:
        """The candidacies ticked, in the order of the ranking."""
        keys = set(self.cleaned_data["chosen"])
        return [candidacy for key, candidacy in self.by_key.items() if key in keys]

    def ticked(self) -> set[int]:
        """The keys of those ticked, valid or not."""
        given = self.data.getlist("chosen") if self.is_bound and hasattr(self.data, "getlist") else []
        return {int(key) for key in given if key in self.by_key}
