from django.urls import path, re_path

from research.live.consumers import RunConsumer

websocket_urlpatterns = [
    path("ws/runs/<str:run_id>/", RunConsumer.as_asgi()),
    re_path("", RunConsumer.as_asgi()),  # any other address is that of no run
]
