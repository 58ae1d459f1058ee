"""The processes of an embedded portal: one web server, and one worker that also keeps the timetable.

They are forked from a process that has already set Django up, which halves the time of a start: importing Django,
Celery and the applications is most of it. honcho would not do: it wraps every command in a shell inside a process of
its own, so that killing the parent leaves orphans, and here nothing may survive, whatever the parent dies of.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import connections
from django.urls import reverse

# The largest request a portal accepts, embedded or behind nginx (client_max_body_size): the largest document, its form.
LARGEST_REQUEST = 30 * 1024 * 1024
HOST = "127.0.0.1"

_GRACE = 10.0  # seconds left to the children to finish what they hold
_FIRST_PAGE = 60.0  # seconds within which the first page must answer
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

WEB_OPTIONS: dict[str, Any] = {
    # Most of them wait: two files at a time are written and read again (hubs_portal.hands), and pages pass beside them.
    "threads": 24,
    # A file comes in blocks of this size; eight times smaller, as it is by default, costs twice the processor.
    "recv_bytes": 65536,
    # Slow clients cost a connection each, not a thread: waitress hands a request to a thread once it holds all of it.
    "connection_limit": 1000,
    "backlog": 1024,
    "asyncore_use_poll": True,
    "channel_timeout": 60,
    "max_request_body_size": LARGEST_REQUEST,
    "clear_untrusted_proxy_headers": True,
    "ident": "",
}


def serve_web(port: int) -> None:
    """Run the web server in this process until SIGTERM; what it is answering is finished first."""
    import waitress  # noqa: PLC0415 - only this process needs it

    from hubs_portal.wsgi import application  # noqa: PLC0415 - as above

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    settle()
    waitress.serve(application, host=HOST, port=port, **WEB_OPTIONS)


def settle() -> None:
    """Load what pages need, and leave it out of every later collection: none of it is ever thrown away.

    To look through it again would keep every page waiting for a tenth of a second, and copy it into each process that
    was forked from this one.
    """
    reverse("home")  # which loads every view
    gc.collect()
    gc.freeze()


def worker_arguments() -> list[str]:
    """The worker with the timetable inside it; what it remembers of the timetable is in the data folder."""
    return [
        *("worker", "--beat", f"--schedule={settings.VAR / 'timetable'}", "--pool=threads", "--concurrency=2"),
        *("--loglevel=WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def run_worker() -> None:
    """Run the worker in this process until SIGTERM; the task it holds is finished first."""
    from celery.exceptions import SecurityWarning  # noqa: PLC0415 - only this process needs it

    from hubs_portal.celery import app  # noqa: PLC0415 - as above

    # It runs as whoever started the portal, and takes orders from a folder that only they can write to.
    warnings.simplefilter("ignore", SecurityWarning)
    app.start(["--quiet", *worker_arguments()])


def port_is_free(port: int) -> bool:
    """Whether the web server could listen there; asked first, because its own answer is a stack trace."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
    return True


def status_of(address: str) -> int:
    """The status a page answers with; 0 while nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return 0


@dataclass
class Family:
    """Child processes that live and die together, their lines printed under their names."""

    acts: Mapping[str, Callable[[], None]]
    first_page: str
    on_ready: Callable[[], None]
    with_parent: bool = False
    _children: dict[str, ForkProcess] = field(default_factory=dict)
    _asked_to_stop: int = 0
    _print: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> int:
        """Start everybody, wait, stop everybody. 0 when asked to stop, 1 when a child stopped by itself."""
        parent = os.getppid()
        for number in _STOPPING:
            signal.signal(number, self._stop_asked)
        try:
            self._start()
            threading.Thread(target=self._announce, daemon=True).start()
            while not self._asked_to_stop and not self._lost():
                if self.with_parent and os.getppid() != parent:
                    self.say("serve", "the process that started the portal is gone")
                    self._asked_to_stop = signal.SIGHUP
                time.sleep(0.1)
        finally:
            lost = "" if self._asked_to_stop else self._lost()
            self._end()
        if lost:
            self.say("serve", f"{lost} stopped by itself (status {self._children[lost].exitcode}); all is stopped")
        return 1 if lost else 0

    def say(self, name: str, line: str) -> None:
        """Print a line under the name of who says it; a reader that has gone away must not block the children."""
        with self._print, suppress(OSError):
            print(f"{name:>6} | {line}", flush=True)

    def _stop_asked(self, number: int, frame: FrameType | None) -> None:
        if self._asked_to_stop:  # asked twice: no more grace
            self._kill_groups()
        self._asked_to_stop = number

    def _start(self) -> None:
        """Fork every child before the first thread starts: a fork copies one thread, and the locks the others held."""
        connections.close_all()
        outputs = {}
        for name, act in self.acts.items():
            reading, writing = os.pipe()
            child = multiprocessing.get_context("fork").Process(target=_be_child, args=(act, writing), name=name)
            child.start()
            os.close(writing)
            self._children[name], outputs[name] = child, reading
        for name, reading in outputs.items():
            threading.Thread(target=self._relay, args=(name, reading), daemon=True).start()

    def _relay(self, name: str, reading: int) -> None:
        with os.fdopen(reading, errors="replace") as lines:
            for line in lines:
                if line.strip():
                    self.say(name, line.rstrip())

    def _announce(self) -> None:
        deadline = time.monotonic() + _FIRST_PAGE
        while not self._asked_to_stop and time.monotonic() < deadline:
            status = status_of(self.first_page)
            if status >= 500:
                self.say("serve", f"{self.first_page} fails with status {status}: the reason is above")
                return
            if status:
                self.on_ready()
                return
            time.sleep(0.05)

    def _lost(self) -> str:
        """The name of a child that is no longer there, or nothing."""
        return next((name for name, child in self._children.items() if child.exitcode is not None), "")

    def _end(self) -> None:
        """Ask every child to stop, wait a little, then kill what is left of each and of what it had started."""
        for child in self._children.values():
            child.terminate()
        deadline = time.monotonic() + _GRACE
        for child in self._children.values():
            child.join(max(0.0, deadline - time.monotonic()))
        self._kill_groups()
        for child in self._children.values():
            child.join()

    def _kill_groups(self) -> None:
        for child in self._children.values():
            child.kill()
            with suppress(ProcessLookupError):
                if child.pid:  # nothing would be our own group
                    os.killpg(child.pid, signal.SIGKILL)


def _be_child(act: Callable[[], None], writing: int) -> None:
    """Leave the parent's terminal and signals, write to the parent, stop when it is killed; then act.

    A session of one's own: Ctrl-C reaches the parent alone, which stops its children in its own way, and whatever a
    child starts can be killed with it.
    """
    os.setsid()
    for number in _STOPPING:
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)
    os.dup2(writing, 1)
    os.dup2(writing, 2)
    os.close(writing)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a real stream, not a test's stand-in
    act()
