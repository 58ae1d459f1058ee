"""The rooms of the kernel: accounts, letters, jobs. Who may read which letter is for the applications to say."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from hubs_portal.accounts.invitations import open_account
from hubs_portal.accounts.models import User
from hubs_portal.jobs import retrying
from hubs_portal.jobs.models import Job
from hubs_portal.letters.models import Letter
from hubs_portal.office import Room, tell
from hubs_portal.oneline import OneLineForm
from hubs_portal.paging import CappedPaginator
from hubs_portal.refusals import Refusal


class AccountForm(OneLineForm, forms.ModelForm[User]):
    """An account, without anything of its password: its holder chooses it, from a letter."""

    class Meta:
        model = User
        fields = ["email", "name", "language", "is_active", "is_staff", "is_superuser"]

    def clean_email(self) -> str:
        """Kept in lower case: an address names one account only."""
        email: str = self.cleaned_data["email"]
        return email.strip().lower()


@admin.register(User)
class AccountRoom(Room[User]):
    """Accounts, for superusers only."""

    form = AccountForm
    list_display = ["email", "name", "language", "is_active", "is_staff", "is_superuser", "last_login"]
    list_filter = ["is_staff", "is_superuser", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    readonly_fields = ["last_login", "created_at"]

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Superusers: the list of accounts is a list of candidates."""
        return self.admin_site.has_permission(request) and bool(getattr(request.user, "is_superuser", False))

    def has_add_permission(self, request: HttpRequest, *_of: Any) -> bool:
        """Superusers."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Superusers."""
        return self.has_view_permission(request)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """What a person is called, then what they may enter."""
        known = ["created_at", "last_login"] if obj else []
        rights = {
            "fields": ["is_active", "is_staff", "is_superuser"],
            "description": _(
                "L’accès à l’administration ne suffit pas : un instructeur doit aussi être dans l’équipe d’un appel."
                " Un super-utilisateur règle l’installation et ouvre les comptes ; aucun dossier ne lui est ouvert."
            ),
        }
        first: dict[str, Any] = {"fields": ["email", "name", "language", *known]}
        if not obj:
            first["description"] = _(
                "Une lettre part à cette adresse : la personne y apprend comment choisir son mot de passe."
            )
        return [(None, first), (_("Droits"), rights)]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """An account that does not exist yet has no history."""
        return ["last_login", "created_at"] if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new account has no password, and a letter tells its holder how to choose one."""
        if change:
            obj.save()
            return
        given = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "email"}
        opened = open_account(obj.email, at=request.at, **given)  # type: ignore[attr-defined] # a TimedRequest
        obj.pk, obj._state.adding = opened.pk, False


@admin.register(Job)
class JobRoom(Room[Job]):
    """Background work: what waits, what failed, and a button to try again."""

    list_display = ["kind", "subject_key", "state", "attempts", "asked_at", "due_at", "done_at", "what_failed"]
    list_filter = ["state", "kind"]
    ordering = ["-asked_at", "-pk"]
    fields = ["kind", "subject_key", "state", "attempts", "asked_at", "due_at", "done_at", "what_failed"]
    change_form_template = "admin/job.html"

    @admin.display(description=_("erreur"))
    def what_failed(self, job: Job) -> str:
        """The kind of the error; its words may quote a document, and stay in the log of the installation."""
        return job.error.partition(":")[0]

    def get_urls(self) -> list[URLPattern]:
        """One button."""
        again = self.admin_site.admin_view(require_POST(self.retry))
        return [path("<int:pk>/relancer/", again, name="hubs_portal_job_retry"), *super().get_urls()]

    def retry(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Try it again now."""
        job = self.fetch(request, pk)
        try:
            retrying.retry(job)
        except Refusal as refusal:
            tell(request, refusal)
        else:
            self.log_change(request, job, "relancer")
            messages.success(request, _("Le travail est relancé."))
        return redirect("admin:hubs_portal_job_change", job.pk)


class LedgerRoom(Room[Letter]):
    """The ledger of letters, to be registered by who knows whose letters they are (`get_queryset`, `may_read`)."""

    change_form_template = "admin/letter.html"
    paginator = CappedPaginator
    ordering = ("-written_at", "-pk")
    sortable_by = ()  # by date, as an index has them: a hundred thousand rows are sorted by nothing else

    def may_read(self, request: HttpRequest, letter: Letter) -> bool:
        """Whether this person may read what the letter says; never when it carries a personal link."""
        raise NotImplementedError


def sandboxed(html: str) -> HttpResponse:
    """A letter as its reader sees it: its own styles, and no script, form, frame, picture or link to anywhere."""
    response = HttpResponse(html)
    policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
