"""`/readyz` says what does not answer, whatever that is."""

import pytest
from channels.layers import channel_layers
from django.test import Client

from research.live.layers import RedisChannelLayer


@pytest.mark.django_db
def test_redis_is_away(client: Client) -> None:
    before = channel_layers.set("default", RedisChannelLayer("redis://127.0.0.1:9/0"))
    try:
        answer = client.get("/readyz")
    finally:
        channel_layers.set("default", before)
    assert answer.status_code == 503
    assert "channel layer does not answer" in answer.json()["channel_layer"]
