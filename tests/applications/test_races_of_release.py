"""Two managers who sign a release at the same instant release it once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from applications.actions import conclusion
from applications.models import CallLine
from hubs_portal.accounts.models import User
from tests.applications.test_release_pages import LATER, World
from tests.builders import a_manager


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_managers_who_sign_at_once_release_once() -> None:
    world = World().decided()
    publication = world.asked()
    third = a_manager(world.call)

    def one(signatory: User) -> Any:
        try:
            return conclusion.release_results(publication, by=signatory, at=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(one, [world.second, third] * 3))

    assert {result.pk for result in results} == {publication.pk}
    assert len({(result.signed_by_id, result.digest) for result in results}) == 1
    assert world.everything()["letters"] == 6
    assert CallLine.objects.filter(act="release").count() == 1
