"""The ASGI application: one guard around everything, then HTTP or WebSocket.

Importing it starts nothing: `manage.py serve` starts the engine.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "researchsite.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()  # before the imports below: it loads the models

from channels.routing import ProtocolTypeRouter, URLRouter

from research.live.routing import websocket_urlpatterns
from research.web.guard import OwnSiteOnly

application = OwnSiteOnly(
    ProtocolTypeRouter({"http": django_application, "websocket": URLRouter(websocket_urlpatterns)})
)
