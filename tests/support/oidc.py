"""A scripted OpenID Connect provider over real HTTP: discovery, codes, signed tokens, userinfo."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY, OTHER_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(2))
ID, SECRET = "research-site", "s3cr3t-of-the-site"


class OidcProvider:
    """Signs in `person`, the claims of a user, at once; `denies` them, or answers with a fault.

    Faults: `signature`, `audience`, `expired`, `userinfo` (of somebody else), `unsigned`, `page`.
    """

    def __init__(self) -> None:
        self.person: dict[str, Any] = {}
        self.denies = False
        self.fault = ""
        self.codes: dict[str, dict[str, str]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                place = urlsplit(self.path)
                fields = dict(parse_qsl(place.query))
                match place.path:
                    case "/.well-known/openid-configuration":
                        self._send(outer.configuration)
                    case "/authorize":
                        self.send_response(302)
                        self.send_header("Location", outer.authorize(fields))
                        self.end_headers()
                    case "/keys":
                        self._send({"keys": [public_key()]})
                    case "/userinfo":
                        self._send(outer.userinfo())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fields = {name: values[0] for name, values in parse_qs(body).items()}
                answer = outer.token(fields)
                self._send(answer, 401 if "error" in answer else 200)

            def _send(self, answer: dict[str, Any], status: int = 200) -> None:
                is_page = outer.fault == "page"
                self.send_response(status)
                self.send_header("Content-Type", "text/html" if is_page else "application/json")
                self.end_headers()
                self.wfile.write(b"<html>" if is_page else json.dumps(answer).encode())

            def log_message(self, *args: object) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def app(self) -> dict[str, Any]:
        """As in allauth's settings."""
        return {
            "provider_id": "oidc",
            "name": "127.0.0.1",
            "client_id": ID,
            "secret": SECRET,
            "settings": {"server_url": self.url},
        }

    @property
    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, fields: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        assert fields["client_id"] == ID and fields["response_type"] == "code"
        if self.denies:
            told = {"error": "access_denied", "state": fields["state"]}
        else:
            code = secrets.token_urlsafe(8)
            self.codes[code] = fields
            told = {"code": code, "state": fields["state"]}
        return f"{fields['redirect_uri']}?{urlencode(told)}"

    def token(self, fields: dict[str, str]) -> dict[str, Any]:
        if (fields["client_id"], fields["client_secret"]) != (ID, SECRET):
            return {"error": "invalid_client"}
        asked = self.codes.pop(fields["code"])
        digest = hashlib.sha256(fields["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        assert challenge == asked["code_challenge"]
        assert fields["redirect_uri"] == asked["redirect_uri"]
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self._id_token()}

    def userinfo(self) -> dict[str, Any]:
        return self.person | ({"sub": "somebody-else"} if self.fault == "userinfo" else {})

    def _id_token(self) -> str:
        now = int(time.time())
        lived = -3600 if self.fault == "expired" else 300
        claims = {"iss": self.url, "aud": ID, "iat": now, "exp": now + lived}
        claims |= {name: self.person[name] for name in ("sub",) if name in self.person}
        if self.fault == "audience":
            claims["aud"] = "another-site"
        if self.fault == "unsigned":
            return jwt.encode(claims, None, "none", {"kid": "one"})
        key = OTHER_KEY if self.fault == "signature" else KEY
        return jwt.encode(claims, key, "RS256", {"kid": "one"})


def public_key() -> dict[str, Any]:
    described = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    return described | {"kid": "one", "use": "sig", "alg": "RS256"}
