from django.urls import path

from research import health, views

TOPIC = "runs/<uuid:run_id>/topics/<int:position>/"

urlpatterns = [
    path("", views.home, name="home"),
    path("estimate/", views.estimate, name="estimate"),
    path("runs/", views.history, name="history"),
    path("runs/<uuid:run_id>/", views.run, name="run"),
    path("runs/<uuid:run_id>/cards/", views.run_cards, name="run-cards"),
    path("runs/<uuid:run_id>/cancel/", views.change_run, {"verb": "cancel"}, "cancel-run"),
    path("runs/<uuid:run_id>/retry/", views.change_run, {"verb": "retry"}, "retry-run"),
    path(f"{TOPIC}cancel/", views.change_run, {"verb": "cancel"}, "cancel-topic"),
    path(f"{TOPIC}retry/", views.change_run, {"verb": "retry"}, "retry-topic"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
]
