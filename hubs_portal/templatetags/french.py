"""Dates, amounts and sizes as French typography writes them, and as English readers expect them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timeuntil
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()

PARIS = ZoneInfo("Europe/Paris")
NBSP = "\u00a0"
# France, La Réunion and Mayotte, Guadeloupe, Guyane, Martinique: nine digits after these, or after a zero.
_DIALLED_WITH_A_ZERO = {"+33", "+262", "+590", "+594", "+596"}


def _french() -> bool:
    return (get_language() or "fr").startswith("fr")


def _in_paris(instant: datetime | str) -> datetime:
    parsed = parse_datetime(instant) if isinstance(instant, str) else instant
    if parsed is None:
        raise ValueError(f"{instant} is not an instant")
    return timezone.localtime(parsed, PARIS)


def _hour(instant: datetime, *, seconds: bool = False) -> str:
    if not _french():
        return instant.strftime("%H:%M:%S" if seconds else "%H:%M")
    hour = f"{instant.hour}{NBSP}h{NBSP}{instant.minute:02d}"
    return f"{hour}{NBSP}min{NBSP}{instant.second:02d}{NBSP}s" if seconds else hour


def _date(day: date, *, weekday: bool = False) -> str:
    if not _french():
        return formats.date_format(day, "l j F Y" if weekday else "j F Y")
    first = f"1er{NBSP}" if day.day == 1 else f"{day.day}{NBSP}"
    return (formats.date_format(day, "l ") if weekday else "") + first + formats.date_format(day, "F Y")


@register.filter
def day(value: date | datetime | str | None) -> str:
    """« 30 novembre 2018 », from a date, an instant, or a date written in ISO 8601."""
    if not value:
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return _date(_in_paris(value) if isinstance(value, datetime) else value)


@register.filter
def weekday(value: date | datetime | None) -> str:
    """« lundi 10 décembre 2018 », in Paris for an instant."""
    if not value:
        return ""
    return _date(_in_paris(value) if isinstance(value, datetime) else value, weekday=True)


@register.filter
def clock(instant: datetime | None) -> str:
    """« 16 h 52 », Paris time."""
    return _hour(_in_paris(instant)) if instant else ""


@register.filter
def clock_second(instant: datetime | None) -> str:
    """« 16 h 42 min 07 s », Paris time."""
    return _hour(_in_paris(instant), seconds=True) if instant else ""


@register.filter
def paris(instant: datetime | str | None) -> str:
    """« vendredi 30 novembre 2018 à 17 h 00 (heure de Paris) »."""
    if not instant:
        return ""
    local = _in_paris(instant)
    return _("%(day)s à %(hour)s (heure de Paris)") % {"day": _date(local, weekday=True), "hour": _hour(local)}


@register.filter
def paris_second(instant: datetime | str | None) -> str:
    """« 30 novembre 2018 à 16 h 42 min 07 s (heure de Paris) »."""
    if not instant:
        return ""
    local = _in_paris(instant)
    return _("%(day)s à %(hour)s (heure de Paris)") % {"day": _date(local), "hour": _hour(local, seconds=True)}


@register.filter
def paris_short(instant: datetime | str | None) -> str:
    """« 30 nov. 2018, 17 h 00 »."""
    if not instant:
        return ""
    local = _in_paris(instant)
    return f"{local.day}{NBSP}{formats.date_format(local, 'N Y')}, {_hour(local)}"


@register.filter
def utc_second(instant: datetime | str | None) -> str:
    """« 2018-11-30 15:42:07 UTC »."""
    if not instant:
        return ""
    return _in_paris(instant).astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S UTC")


@register.filter
def left_until(instant: datetime, now: datetime) -> str:
    """« 7 jours », « 21 heures »: what a reader has left, to the nearest ten minutes, in days of the clocks of Paris.

    A reminder written a few seconds after its hour does not say « 6 jours, 23 heures », nor does one across a change
    of time.
    """
    by_clock = _in_paris(instant).replace(tzinfo=None) - _in_paris(now).replace(tzinfo=None)
    left = by_clock if by_clock >= timedelta(days=1) else instant - now
    tens = round(left / timedelta(minutes=10))
    start = datetime(2001, 1, 1)  # noqa: DTZ001 - a length, which no zone changes
    return timeuntil(start + timedelta(minutes=10 * tens), start)


@register.filter
def in_zone(instant: datetime, zone: str) -> str:
    """« vendredi 30 novembre 2018 à 12 h 00 », in the given time zone."""
    local = timezone.localtime(instant, ZoneInfo(zone))
    return _("%(day)s à %(hour)s") % {"day": _date(local, weekday=True), "hour": _hour(local)}


@register.filter
def iso(instant: datetime) -> str:
    """ISO 8601, for `datetime` attributes."""
    return instant.isoformat()


@register.filter
def euros(amount: Decimal | str | int | None) -> str:
    """« 450 000 € », « 1 234,50 € »: cents only when there are some."""
    if amount in (None, ""):
        return ""
    value = Decimal(str(amount))
    whole = value == value.to_integral_value()
    text = f"{value:,.0f}" if whole else f"{value:,.2f}"
    if not _french():
        return f"€{text}"
    return text.replace(",", NBSP).replace(".", ",") + f"{NBSP}€"


@register.filter
def number_fr(value: int | None) -> str:
    """« 1 234 567 »."""
    if value is None:
        return ""
    return f"{value:,}".replace(",", NBSP) if _french() else f"{value:,}"


@register.filter
def percent(rate: Decimal | None) -> str:
    """« 80 % », from 0.8."""
    if rate is None:
        return ""
    text = f"{(rate * 100).normalize():f}"
    return text.replace(".", ",") + f"{NBSP}%" if _french() else f"{text}%"


@register.filter
def filesize_fr(size: int | None) -> str:
    """« 1,2 Mo »."""
    if size is None:
        return ""
    units = ["o", "ko", "Mo", "Go"] if _french() else ["B", "kB", "MB", "GB"]
    value, unit = float(size), 0
    while value >= 1000 and unit < len(units) - 1:
        value, unit = value / 1000, unit + 1
    text = f"{value:.0f}" if unit == 0 or value >= 100 else f"{value:.1f}"
    return (text.replace(".", ",") if _french() else text) + NBSP + units[unit]


@register.filter
def siret(number: str) -> str:
    """« 732 829 320 00074 »."""
    return f"{number[:3]}{NBSP}{number[3:6]}{NBSP}{number[6:9]}{NBSP}{number[9:]}" if len(number) == 14 else number


@register.filter
def phone_link(number: str) -> str:
    """A telephone number for `tel:`."""
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    return f"+33{digits[1:]}" if digits.startswith("0") else digits


@register.filter
def phone(number: str) -> str:
    """« 01 99 00 20 18 », « 05 90 00 20 18 » overseas: as it is dialled in France; a foreign number as it is kept."""
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    national = f"0{digits[-9:]}" if len(digits) in (12, 13) and digits[:-9] in _DIALLED_WITH_A_ZERO else digits
    if len(national) != 10 or not national.isdigit():
        return number
    return NBSP.join(national[i : i + 2] for i in range(0, 10, 2))


@register.filter
def grouped(digest: str) -> SafeString:
    """A fingerprint in groups of eight, so that two can be compared by eye."""
    if not digest.isalnum():
        return mark_safe("")
    groups = " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))
    return mark_safe(groups)  # noqa: S308 - letters, digits and spaces only
