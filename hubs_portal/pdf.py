"""A template into a tagged PDF, with no network and no file but our own static ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from weasyprint import HTML, Attachment
from weasyprint.urls import URLFetcher, URLFetcherResponse


class StaticOnly(URLFetcher):  # type: ignore[misc] # WeasyPrint ships no types
    """Gives WeasyPrint the files named `static:…` and refuses everything else, redirects and `file:` included."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The bytes of one of our static files; raises `ValueError` for any other address."""
        found = finders.find(url.removeprefix("static:")) if url.startswith("static:") else None
        if not isinstance(found, str):
            raise ValueError(f"a PDF may not fetch {url}")
        return URLFetcherResponse(url, Path(found).read_bytes())


def render_pdf(template: str, context: dict[str, Any], *, enclosed: Mapping[str, str] | None = None) -> bytes:
    """A PDF/A-3u, tagged, from a template that names its pictures and fonts `static:…`.

    `enclosed` are texts, by file name, that travel inside the PDF as its sources.
    """
    html = render_to_string(template, context)
    document = HTML(string=html, base_url="static:", url_fetcher=StaticOnly())
    sources = [Attachment(string=text, name=name, relationship="Source") for name, text in (enclosed or {}).items()]
    pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3u", pdf_tags=True, attachments=sources)
    return pdf
