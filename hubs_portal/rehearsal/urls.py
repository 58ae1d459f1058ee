"""Addresses that exist in a rehearsal only."""

from django.urls import path

from hubs_portal.rehearsal import views

urlpatterns = [
    path("aller/", views.jump, name="rehearsal_jump"),
    path("comptes/", views.accounts, name="rehearsal_accounts"),
    path("comptes/entrer/", views.enter, name="rehearsal_enter"),
    path("boite/", views.mailbox, name="rehearsal_mailbox"),
    path("boite/<int:pk>/", views.letter, name="rehearsal_letter"),
    path("boite/<int:pk>/page/", views.letter_page, name="rehearsal_letter_page"),
    path("boite/<int:pk>/pieces/<int:attachment>/", views.attachment, name="rehearsal_attachment"),
]
