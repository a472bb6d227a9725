"""The ASGI application: one guard around everything, then HTTP or WebSocket.

Whoever serves it has an engine: importing it starts the site's own.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "researchsite.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()  # before the imports below: it loads the models

from channels.routing import ProtocolTypeRouter, URLRouter

from research import launch
from research.access import OwnSiteOnly
from research.routing import websocket_urlpatterns

application = OwnSiteOnly(
    ProtocolTypeRouter({"http": django_application, "websocket": URLRouter(websocket_urlpatterns)})
)
launch.engine().start()
