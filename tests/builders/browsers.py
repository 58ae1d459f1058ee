"""Browsers that live at a chosen instant of business time."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from hubs_portal import clock
from hubs_portal.accounts.models import User

ARRIVAL = "X-Arrival"


class TimedClient(Client):
    """A browser whose requests arrive at a chosen instant of business time, to the microsecond."""

    if TYPE_CHECKING:
        # An answer is read as what it is: a page with a context, a redirect with an address, a file with a stream.
        def get(self, *args: Any, **kwargs: Any) -> Any: ...
        def post(self, *args: Any, **kwargs: Any) -> Any: ...

    def at(self, instant: datetime) -> "TimedClient":
        """From now on requests arrive at `instant`, as our own nginx would tell it: time stands still in between."""
        told = int(time.time())
        clock.shift(instant - datetime.fromtimestamp(told, UTC))
        self.defaults[f"HTTP_{ARRIVAL.upper().replace('-', '_')}"] = str(told)
        return self


def signed_in(user: User) -> str:
    """The key of a session as signing in would leave it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
