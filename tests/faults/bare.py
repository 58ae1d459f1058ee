"""A project of one view, which writes and hashes what it is sent: `python -m tests.faults.bare OPTIONS FOLDER`."""

import hashlib
import json
import sys
import tempfile

import waitress
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

_BLOCK = 1024 * 1024


def keep(request: HttpRequest) -> HttpResponse:
    """Its answer is the fingerprint."""
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=sys.argv[2], delete=False) as file:
        while block := request.read(_BLOCK):
            digest.update(block)
            file.write(block)
    return HttpResponse(digest.hexdigest())


if __name__ == "__main__":
    settings.configure(ROOT_URLCONF=(path("", keep),), ALLOWED_HOSTS=["*"], SECRET_KEY="bare")
    waitress.serve(get_wsgi_application(), **json.loads(sys.argv[1]))
