"""Addresses of the jury phase."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
