"""All addresses of the portal."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from hubs_portal import views
from hubs_portal.uploads.views import transfer

handler500 = "hubs_portal.views.broken"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("healthz/detail", views.health_in_detail, name="health_in_detail"),
    path("heure/", views.server_time, name="server_time"),
    path("envois/<str:token>", transfer, name="upload_transfer"),
    path("langue/", include("django.conf.urls.i18n")),
    # allauth's page of this address would also change addresses: ours only shows the account, and shadows it.
    path("accounts/email/", views.account, name="account_email"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("applications.urls")),
    path("", include("juries.urls")),
]
if settings.REHEARSAL:
    urlpatterns.insert(0, path("repetition/", include("hubs_portal.rehearsal.urls")))
