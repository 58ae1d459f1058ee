"""Telephone numbers of every French territory, dialled from there or from elsewhere; kept in international form."""

import re
import unicodedata
from collections.abc import Iterable

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult

from hubs_portal.refusals import Sentence

# The first four digits of ten, dialled within France, and the code under which each is reached: the metadata still
# take some for mainland numbers.
_BY_PREFIX = {
    **dict.fromkeys(("0590", "0690", "0691"), 590),
    **dict.fromkeys(("0594", "0694"), 594),
    **dict.fromkeys(("0596", "0696", "0697"), 596),
    **dict.fromkeys(("0262", "0263", "0269", "0639", "0692", "0693"), 262),
    "0508": 508,
}
# Overseas codes: their new ranges reach the metadata late, and the right number of digits is enough.
_OVERSEAS = frozenset({262, 508, 590, 594, 596, 681, 687, 689})
_REGIONS = ("FR", "GP", "GF", "MQ", "RE", "YT", "PM", "NC", "PF", "WF")
_SAINT_PIERRE = 508
_WITHIN_FRANCE = 10  # digits
_EXAMPLES = _("Écrivez-le par exemple 01 23 45 67 89 ou +262 262 12 34 56.")


def clean_phone(text: str) -> str:
    """A telephone number in international form; raises `ValidationError` saying what is wrong with it."""
    typed = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf").strip()
    if not typed:
        return ""
    dialled = re.sub(r"[\s().\-/\u2010-\u2015]", "", typed.replace("(0)", ""))
    found = _readings(dialled)
    if len(found) == 1:
        return found.pop()
    raise ValidationError(
        _("%(wrong)s %(examples)s") % {"wrong": _wrong(dialled, found), "examples": _EXAMPLES}, code="phone"
    )


def _readings(dialled: str) -> set[str]:
    """What it may be: one number when it says where it is, one for each territory where a short one exists."""
    bare = re.sub(r"^(\+33|0033)0?", "0", dialled)
    if re.fullmatch(r"0\d{9}", bare, re.ASCII) and (code := _BY_PREFIX.get(bare[:4])):
        return _kept([PhoneNumber(country_code=code, national_number=int(bare[4 if code == _SAINT_PIERRE else 1 :]))])
    if not re.fullmatch(r"\+?\d+", dialled, re.ASCII):
        return set()
    if dialled.startswith(("+", "00")):
        return _kept([_parsed(dialled, "FR")])
    mainland, *others = [_parsed(dialled, region) for region in _REGIONS]
    return _kept([mainland], local=True) or _kept(others, local=True)


def _parsed(dialled: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(dialled, region)
    except phonenumbers.NumberParseException:
        return None


def _kept(numbers: Iterable[PhoneNumber | None], *, local: bool = False) -> set[str]:
    """Those somebody may have, as they are kept; of an overseas code that was told, the right length is enough."""
    return {
        phonenumbers.format_number(number, PhoneNumberFormat.E164)
        for number in numbers
        if number
        and (
            phonenumbers.is_valid_number(number)
            or (not local and number.country_code in _OVERSEAS and phonenumbers.is_possible_number(number))
        )
    }


def _wrong(dialled: str, found: set[str]) -> Sentence:
    if found:
        codes = sorted(number[:4] for number in found)
        return _("Ce numéro existe dans plusieurs territoires : faites-le précéder de l’indicatif, %(codes)s.") % {
            "codes": ", ".join(codes)
        }
    digits = sum(c.isdigit() for c in dialled)
    if strange := "".join(dict.fromkeys(re.sub(r"[\d+]", "", dialled)))[:8]:
        return _("Un numéro de téléphone ne contient que des chiffres : corrigez « %(strange)s ».") % {
            "strange": strange
        }
    short, long = _length(dialled, digits)
    if short:
        return _("Il manque des chiffres à ce numéro de téléphone : il en a %(n)s.") % {"n": digits}
    if long:
        return _("Ce numéro de téléphone a trop de chiffres : il en a %(n)s.") % {"n": digits}
    return _("Aucun numéro de téléphone ne commence ainsi : « %(first)s ». Vérifiez ces chiffres.") % {
        "first": dialled[:5]
    }


def _length(dialled: str, digits: int) -> tuple[bool, bool]:
    """Whether it is too short, or too long: of ten digits without a code, for its country with one."""
    if not dialled.startswith(("+", "00")):
        return digits < _WITHIN_FRANCE, digits > _WITHIN_FRANCE
    number = _parsed(dialled, "FR")
    reason = phonenumbers.is_possible_number_with_reason(number) if number else ValidationResult.TOO_SHORT
    return reason == ValidationResult.TOO_SHORT, reason == ValidationResult.TOO_LONG


def spaced_phone(number: str) -> str:
    """A kept telephone number as people read it: « +33 1 23 45 67 89 »; anything else as it is."""
    parsed = _parsed(number, "ZZ")
    if parsed is None:
        return number
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL).replace(" ", "\u00a0")
