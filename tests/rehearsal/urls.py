"""The addresses of a portal that rehearses."""

from django.urls import include, path

from hubs_portal import urls

urlpatterns = [path("repetition/", include("hubs_portal.rehearsal.urls")), *urls.urlpatterns]
handler404 = getattr(urls, "handler404", "django.views.defaults.page_not_found")
