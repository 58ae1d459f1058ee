"""gunicorn behind nginx: a few processes of a few threads, each handed whole requests only."""

import ctypes
import sys
from typing import Any

bind = "0.0.0.0:8000"  # inside the private network of docker-compose.yml; nothing else reaches it
worker_class = "gthread"
workers = 2  # WEB_CONCURRENCY prevails
threads = 24  # most of them wait: two files at a time are written and read again (hubs_portal.hands)
preload_app = True

# The longest a request may take, well under the minute that the closing of a call waits (docs/deadline.md).
timeout = 45
graceful_timeout = 45
keepalive = 75  # longer than nginx keeps its own side open

# A worker is renewed now and then, so that what a library leaks stays small; not all at the same moment.
max_requests = 5000
max_requests_jitter = 1000
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file must not wait for a disk

# Only nginx talks to us, and it overwrites what clients claim.
forwarded_allow_ips = "*"
control_socket_disable = True  # it would be made in the home folder, which the portal's user does not have
accesslog = None  # nginx writes one

_ARENAS = -8  # M_ARENA_MAX, in the C library's malloc.h


def when_ready(_server: Any) -> None:
    """Before the workers are forked: what they would each read for themselves, and how they share out memory."""
    if sys.platform == "linux":
        # By default each thread keeps memory apart, and what an upload took in one serves no other.
        ctypes.CDLL(None).mallopt(_ARENAS, 1)
    from hubs_portal.serving import settle  # noqa: PLC0415 - Django is set up by now
    from hubs_portal.uploads.transport import transport  # noqa: PLC0415 - as above

    transport().prepare()
    settle()
