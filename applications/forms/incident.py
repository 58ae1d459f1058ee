"""What is typed about a problem: by whoever has it, and by whoever answers."""

from django.utils.translation import gettext_lazy as _

from applications.forms.fields import PlainForm, Prose


class ProblemForm(PlainForm):
    """Two fields, because the clock runs."""

    happened = Prose(
        label=_("Que se passe-t-il ?"),
        lines=4,
        max_length=4000,
        required=True,
        help_text=_("En quelques mots : ce que vous voyez, le message affiché s’il y en a un."),
        error_messages={"required": _("Dites en quelques mots ce qui arrive.")},
    )
    doing = Prose(
        label=_("Que faisiez-vous ?"),
        lines=2,
        max_length=4000,
        help_text=_("Facultatif : la page, le fichier, l’appareil."),
    )


class AnswerForm(PlainForm):
    """What leaves to the candidate."""

    answer = Prose(
        label=_("Votre réponse"),
        lines=6,
        max_length=8000,
        required=True,
        help_text=_("Elle part telle quelle, par courriel, à la personne qui a signalé le problème."),
        error_messages={"required": _("Écrivez la réponse : elle part telle quelle.")},
    )


class CloseForm(PlainForm):
    """Why nothing more is done."""

    reason = Prose(
        label=_("Pourquoi clore sans écrire"),
        lines=2,
        max_length=2000,
        required=True,
        help_text=_("Par exemple : réglé par téléphone. Ce motif entre au journal de la candidature."),
        error_messages={"required": _("Écrivez pourquoi ce signalement est clos : par exemple, réglé par téléphone.")},
    )
