"""A ledger as long as wished, written at once: for what its pages cost, not for what letters say."""

from collections.abc import Sequence
from datetime import timedelta

from applications.models import Call, Candidacy, CandidacyLetter, Dossier, Member, Organisation
from applications.models.candidacy import candidates_drawer
from hubs_portal.letters.models import Letter, LetterState
from juries.models import JuryLetter, Seat
from juries.models.jury import jurors_drawer
from tests.builders.calls import NOW, a_call
from tests.builders.juries import a_juror, a_jury

KINDS = ("submission_receipt", "signalling", "draft_reminder", "call_amended")
_JURY_KIND = "dossiers_to_read"
_SECOND = timedelta(seconds=30)
_BATCH = 5_000
# One letter in so many goes to a juror; one in so many did not arrive.
_TO_JURORS, _TROUBLED = 5, 500


def some_calls(n: int, *, candidacies: int) -> list[Call]:
    """So many calls with a juror each, and candidacies of the barest kind."""
    calls = [a_call() for _ in range(n)]
    for rank, call in enumerate(calls):
        rows = [
            Candidacy(call=call, number=f"REG{rank:02}-{number:04}", signalled_at=NOW) for number in range(candidacies)
        ]
        made = Candidacy.objects.bulk_create(rows)
        Organisation.objects.bulk_create(
            Organisation(candidacy=row, name=f"Structure {row.number}", legal_form="association", siret="0" * 14)
            for row in made
        )
        Dossier.objects.bulk_create(Dossier(candidacy=row) for row in made)
        Member.objects.bulk_create(
            Member(
                candidacy=row,
                email=f"{row.number}@exemple.invalid".lower(),
                name="Sacha",
                phone="+33199002018",
                is_contact=True,
                rights="submit",
                invited_at=NOW,
            )
            for row in made
        )
        a_juror(a_jury(call))
    return calls


def many_letters(calls: Sequence[Call], n: int) -> None:
    """So many letters, those of the first call the oldest: the worst there is for whoever reads that call alone."""
    begun = Letter.objects.filter(subject_key__startswith="registre:").count()
    people = [list(call.candidacies.order_by("pk")) for call in calls]
    seats = [Seat.objects.select_related("jury").get(jury__call=call) for call in calls]
    for start in range(0, n, _BATCH):
        places = [(rank, rank * len(calls) // n) for rank in range(start, min(start + _BATCH, n))]
        letters = Letter.objects.bulk_create(
            _letter(begun + rank, people[place][rank % len(people[place])], calls[place]) for rank, place in places
        )
        made = list(zip(letters, places, strict=True))
        CandidacyLetter.objects.bulk_create(
            CandidacyLetter(letter=letter, candidacy=people[place][rank % len(people[place])])
            for letter, (rank, place) in made
            if (begun + rank) % _TO_JURORS
        )
        JuryLetter.objects.bulk_create(
            JuryLetter(letter=letter, jury=seats[place].jury, seat=seats[place])
            for letter, (rank, place) in made
            if not (begun + rank) % _TO_JURORS
        )


def _letter(rank: int, candidacy: Candidacy, call: Call) -> Letter:
    to_juror = not rank % _TO_JURORS
    state = LetterState.SENT if rank % _TROUBLED != 1 else LetterState.FAILED
    at = NOW - timedelta(days=35) + rank * _SECOND
    return Letter(
        kind=_JURY_KIND if to_juror else KINDS[rank % len(KINDS)],
        address=f"{candidacy.number}@exemple.invalid".lower(),
        name="Sacha Essai",
        subject_key=f"registre:{rank}",
        subject=f"Lettre {rank}",
        text="Texte. " * 150,
        html="<p>Page.</p>" * 300,
        message_id=f"<{rank}@registre.invalid>",
        written_at=at,
        state=state,
        sent_at=at if state == LetterState.SENT else None,
        claimed_at=at,
        error="" if state == LetterState.SENT else "550 5.1.1 user unknown",
        attempts=1,
        drawer=jurors_drawer(call.pk) if to_juror else candidates_drawer(call.pk),
    )
