"""`/readyz` says what does not answer, whatever that is."""

import pytest
from channels.layers import channel_layers
from django.test import Client

from research.live.layers import RedisChannelLayer


@pytest.mark.django_db
def test_redis_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    away = RedisChannelLayer("redis://127.0.0.1:9/0")
    monkeypatch.setitem(channel_layers.backends, "default", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "channel layer does not answer" in answer.json()["channel_layer"]
