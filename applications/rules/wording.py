"""What may be written in place of a letter's own subject and opening."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext_lazy as _

from applications.enums import CallState
from applications.models import Call, LetterWording
from applications.selectors.placeholders import IN_BRACES, LONGEST_IN_A_SUBJECT, PLACEHOLDERS
from applications.selectors.wording import KINDS, Kind, Text, skeleton
from hubs_portal.refusals import Refusal, Sentence

LONGEST_SUBJECT, LONGEST_BODY = 150, 4000
_LONGEST_FILLED = 250  # what the ledger keeps of a subject
_LINE_BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d\u00ad"  # scripts and long words need them
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>|<!--|&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")
_ADDRESS = re.compile(r"://|\bwww\.|@")


@dataclass(frozen=True)
class Fault:
    """What is wrong, and in which of the two fields: `subject`, `body`, or both (empty)."""

    field: str
    sentence: Sentence


def tidy(text: Text) -> Text:
    """The text as it is kept: ends trimmed, one kind of line break, letters and accents joined."""
    body = unicodedata.normalize("NFC", text.body.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return Text(unicodedata.normalize("NFC", text.subject.strip()), body.strip())


def faults(kind: Kind, call: Call, language: str, text: Text) -> list[Fault]:
    """Everything that keeps this text from being the letter's: one query when it has a subject."""
    if not text.subject and not text.body:
        return [Fault("", _("Écrivez un objet ou un texte. Pour revenir au texte d’origine, rétablissez-le."))]
    found = [Fault("subject", sentence) for sentence in _of_the_subject(kind, text.subject)] if text.subject else []
    found += [Fault("body", sentence) for sentence in _of_the_body(kind, text.body)] if text.body else []
    if text.subject and not found and (other := _taken_by(kind, call, language, text.subject)):
        sentence = _("La lettre « %(letter)s » a déjà cet objet : une lettre ne doit pas être prise pour une autre.")
        found.append(Fault("subject", sentence % {"letter": other.title}))
    return found


def _of_the_subject(kind: Kind, subject: str) -> Iterator[Sentence]:
    if _LINE_BREAKS.search(subject):
        yield _("L’objet tient sur une ligne : retirez le saut de ligne.")
        subject = _LINE_BREAKS.sub(" ", subject)
    yield from _of_both(kind, subject)
    if _ADDRESS.search(subject):
        yield _("Un objet ne porte ni lien ni adresse.")
    for name in _names(subject):
        if name in PLACEHOLDERS and PLACEHOLDERS[name] in kind.placeholders and not PLACEHOLDERS[name].in_subject:
            yield (
                _("{%(name)s} ne va pas dans un objet, que chacun lit : ni lien, ni motif, ni issue.") % {"name": name}
            )
    if len(subject) > LONGEST_SUBJECT:
        yield _("L’objet a %(n)s signes : pas plus de %(most)s.") % {"n": len(subject), "most": LONGEST_SUBJECT}
    elif len(IN_BRACES.sub("", subject)) + LONGEST_IN_A_SUBJECT * len(_names(subject)) > _LONGEST_FILLED:
        yield _("Une fois complété, l’objet pourrait dépasser %(most)s signes : raccourcissez-le.") % {
            "most": _LONGEST_FILLED
        }


def _of_the_body(kind: Kind, body: str) -> Iterator[Sentence]:
    if re.search("[\v\f\x1c-\x1e\x85\u2028\u2029]", body):
        yield _("Le texte contient des sauts de ligne d’un autre logiciel : retapez-les avec la touche Entrée.")
    yield from _of_both(kind, _LINE_BREAKS.sub("\n", body))
    if len(body) > LONGEST_BODY:
        yield _("Le texte a %(n)s signes : pas plus de %(most)s.") % {"n": len(body), "most": LONGEST_BODY}


def _of_both(kind: Kind, text: str) -> Iterator[Sentence]:
    if strange := _invisible(text):
        yield _("Un signe invisible s’est glissé dans le texte (%(signs)s) : retapez le passage.") % {
            "signs": ", ".join(strange)
        }
    if not any(c.isalnum() for c in text):
        yield _("Il n’y a rien à lire : écrivez des mots.")
    if tag := _TAG.search(text):
        yield _("« %(tag)s » se lirait tel quel : ce texte n’est pas du HTML, écrivez des mots.") % {"tag": tag[0]}
    yield from _of_the_braces(kind, text)


def _invisible(text: str) -> list[str]:
    odd = {
        c
        for c in text
        if unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"} and c not in f"\n{_JOINERS}"
    }
    return [f"U+{ord(c):04X}" for c in sorted(odd)]


def _of_the_braces(kind: Kind, text: str) -> Iterator[Sentence]:
    if "{" in (rest := IN_BRACES.sub("", text)) or "}" in rest:
        yield _("Une accolade est seule : chaque « { » se referme par « } » sur la même ligne, comme dans {appel}.")
    known = {placeholder.name for placeholder in kind.placeholders}
    for name in dict.fromkeys(_names(text)):
        if name not in known:
            yield _unknown(name, known)


def _unknown(name: str, known: Iterable[str]) -> Sentence:
    if name == "lien_personnel":
        return _("Cette lettre ne porte pas de lien personnel : {lien_personnel} n’y a pas de sens.")
    named = ", ".join(f"{{{other}}}" for other in sorted(known))
    bare = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode().replace(" ", "_")
    if near := get_close_matches(bare, sorted(known), n=1, cutoff=0.7):
        return _("{%(name)s} n’est pas connu ici : vouliez-vous écrire {%(near)s} ? On connaît %(known)s.") % {
            "name": name,
            "near": near[0],
            "known": named,
        }
    return _("{%(name)s} n’est pas connu dans cette lettre. On connaît %(known)s.") % {"name": name, "known": named}


def _names(text: str) -> list[str]:
    return [name.strip() for name in IN_BRACES.findall(text)]


def _taken_by(kind: Kind, call: Call, language: str, subject: str) -> Kind | None:
    """Another letter of the call whose subject, adapted or its own, has the same words whatever fills its names."""
    rows = LetterWording.objects.filter(call=call, language=language).exclude(subject="")
    typed = dict(rows.values_list("kind", "subject"))
    mine = _bare(skeleton(kind, call, language, subject))
    for other in KINDS.values():
        if other.template == kind.template:
            continue
        subjects = [skeleton(other, call, language), skeleton(other, call, language, typed.get(other.code, ""))]
        if mine in map(_bare, subjects):
            return other
    return None


def _bare(subject: str) -> str:
    decomposed = unicodedata.normalize("NFKD", subject.casefold())
    return "".join(c for c in decomposed if c.isalnum())


def refuse_if_archived(call: Call) -> None:
    """Raise when no letter of the call will ever leave again."""
    if call.state == CallState.ARCHIVED:
        raise Refusal(_("L’appel est archivé : plus aucune de ses lettres ne part."), code="archived")
