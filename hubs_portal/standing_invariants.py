"""What must always hold in the kernel."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hubs_portal import protection
from hubs_portal.files import StoredFile, private_storage
from hubs_portal.invariants import invariant
from hubs_portal.letters.models import Letter, LetterState


@invariant
def append_only_tables_keep_their_triggers() -> Iterator[str]:
    """A migration must not have dropped a protection."""
    yield from sorted(protection.trigger_names() - protection.present_triggers())


@invariant
def stored_files_exist_in_the_storage() -> Iterator[StoredFile]:
    """A row of a file promises bytes."""
    storage = private_storage()
    for row in StoredFile.objects.order_by("pk"):
        if not storage.exists(row.key) or storage.size(row.key) != row.size:
            yield row


@invariant
def no_letter_is_being_sent_for_ever() -> Iterator[Letter]:
    """A claim is taken over after a minute; five minutes mean that nothing sweeps."""
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    yield from Letter.objects.filter(state=LetterState.SENDING, claimed_at__lt=long_ago).order_by("pk")
