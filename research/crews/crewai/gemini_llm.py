"""Gemini's LLM class, with HTTP clients of its own."""

import httpx
from pydantic import PrivateAttr

from research.crews.crewai.clients import Clients, http_client, sync_http_client
from research.crews.crewai.quiet_import import quiet_import
from research.ops.tls import tls

with quiet_import():
    from crewai.llms.providers.gemini.completion import GeminiCompletion
    from google import genai
    from google.genai.types import HttpOptions


class GeminiLLM(Clients, GeminiCompletion):
    """Gemini, asked with Google's own protocol, by key or through Vertex AI."""

    timeout: float | None = None
    """Seconds; the stock class has no limit."""

    _http_client: httpx.AsyncClient = PrivateAttr(default_factory=http_client)

    def _initialize_client(self, use_vertexai: bool = False) -> genai.Client:
        """The SDK would build three TLS contexts for each client, and ask again by itself."""
        options = HttpOptions(
            httpx_client=sync_http_client(),
            httpx_async_client=self._http_client,
            client_args={"verify": tls()},
            async_client_args={"verify": tls(), "ssl": tls()},
            timeout=int(self.timeout * 1000) if self.timeout else None,
        )
        self.client_params = {**self.client_params, "http_options": options}
        return super()._initialize_client(use_vertexai)

    async def aclose(self) -> None:
        await self._http_client.aclose()
