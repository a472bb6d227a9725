from django.urls import path

from research.web import health
from research.web.pages import views

TOPIC = "runs/<uuid:run_id>/topics/<int:position>/"

urlpatterns = [
    path("", views.home, name="home"),
    path("estimate/", views.estimate, name="estimate"),
    path("runs/", views.history, name="history"),
    path("runs/<uuid:run_id>/", views.run, name="run"),
    path("runs/<uuid:run_id>/cards/", views.run_cards, name="run-cards"),
    path("runs/<uuid:run_id>/cancel/", views.cancel, name="cancel-run"),
    path("runs/<uuid:run_id>/retry/", views.retry, name="retry-run"),
    path(f"{TOPIC}cancel/", views.cancel, name="cancel-topic"),
    path(f"{TOPIC}retry/", views.retry, name="retry-topic"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
]
