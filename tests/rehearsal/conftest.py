"""A portal that rehearses, in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from hubs_portal.rehearsal import timeline


@pytest.fixture
def rehearsal(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    """REHEARSAL=1, and an empty timeline to which a test brings its own parts."""
    settings.REHEARSAL = True
    settings.VAR = tmp_path
    settings.ROOT_URLCONF = "tests.rehearsal.urls"
    kept = dict(timeline.parts())
    timeline.parts().clear()
    timeline.acts.cache_clear()
    yield
    timeline.parts().clear()
    timeline.parts().update(kept)
    timeline.acts.cache_clear()
