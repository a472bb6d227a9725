from django.urls import path

from research.web import first, health
from research.web.export import sharing
from research.web.export import views as export_views
from research.web.mcp import views as mcp_views
from research.web.pages import (
    account,
    again_views,
    diff_views,
    run_views,
    table_steps,
    team_blueprints,
    team_record,
    teams,
    views,
)
from research.web.review import views as review_views
from research.web.setup import views as setup_views
from research.web.table import views as table_views

RUN = "runs/<uuid:run_id>/"
TOPIC = f"{RUN}<int:position>/"
TABLE = f"{RUN}table/"

urlpatterns = [
    path("", views.home, name="home"),
    path("rows/", views.rows, name="rows"),
    path("estimate/", views.estimate, name="estimate"),
    path("runs/", views.history, name="history"),
    path(RUN, run_views.run, name="run"),
    path(f"{RUN}lines/", run_views.run_lines, name="run-lines"),
    path(f"{RUN}cancel/", run_views.cancel, name="cancel-run"),
    path(f"{RUN}retry/", run_views.retry, name="retry-run"),
    path(f"{RUN}name/", run_views.rename, name="rename-run"),
    path(f"{RUN}star/", run_views.star, name="star-run"),
    path(f"{RUN}again/", again_views.run_again, name="run-again"),
    path(f"{RUN}diff/", diff_views.choose, name="choose-diff"),
    path(f"{RUN}diff/<uuid:other_id>/", diff_views.diff, name="diff"),
    path(f"{RUN}delete/", run_views.delete, name="delete-run"),
    path(f"{RUN}rest/", table_steps.start_rest, name="start-rest"),
    path(f"{RUN}comparison/", table_steps.compare, name="compare-table"),
    path(f"{RUN}columns/", table_steps.change_columns, name="change-columns"),
    path(f"{RUN}exports/", export_views.start, name="start-export"),
    path(f"{RUN}exports/<str:build_id>/", export_views.follow, name="follow-export"),
    path(f"{RUN}exports/<str:build_id>/file/", export_views.fetch, name="fetch-export"),
    path(TABLE, table_views.show, name="table"),
    path(f"{TABLE}rows/", table_views.rows, name="table-rows"),
    path(f"{TABLE}columns/", table_views.add_column, name="table-add-column"),
    path(f"{TABLE}columns/<int:number>/", table_views.column, name="table-column"),
    path(f"{TABLE}<int:position>/<int:number>/", table_views.cell, name="table-cell"),
    path(TOPIC, run_views.topic, name="topic"),
    path(f"{TOPIC}report/", run_views.topic_report, name="topic-report"),
    path(f"{TOPIC}cancel/", run_views.cancel, name="cancel-topic"),
    path(f"{TOPIC}retry/", run_views.retry, name="retry-topic"),
    path(f"{TOPIC}review/", run_views.review, name="review-topic"),
    path("review/", review_views.desk, name="review"),
    path("review/<int:claim_id>/", review_views.claim, name="review-claim"),
    path("first/<str:secret>/", first.first, name="first"),
    path("setup/", setup_views.setup, name="setup"),
    path("account/", account.account, name="account"),
    path("teams/", teams.teams, name="teams"),
    path("teams/<slug:slug>/", teams.team, name="team"),
    path("teams/<slug:slug>/leave/", teams.leave, name="leave-team"),
    path("teams/<slug:slug>/record/", team_record.record, name="team-record"),
    path("teams/<slug:slug>/blueprints/", team_blueprints.blueprints, name="blueprints"),
    path("teams/<slug:slug>/blueprints/<slug:name>/", team_blueprints.blueprint, name="blueprint"),
    path("join/<str:secret>/", teams.join, name="join-team"),
    path("s/<str:secret>/", sharing.shared, name="shared"),
    path("mcp", mcp_views.endpoint, name="mcp"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
]
