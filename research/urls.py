from django.urls import path

from research import health, views

urlpatterns = [
    path("", views.home, name="home"),
    path("runs/", views.history, name="history"),
    path("runs/<uuid:run_id>/", views.run, name="run"),
    path("runs/<uuid:run_id>/cards/", views.run_cards, name="run-cards"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]
