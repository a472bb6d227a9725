"""Signing in, by django-allauth: what the site makes of its pages, its mail and its providers."""
