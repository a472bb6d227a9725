from ninja import NinjaAPI

api = NinjaAPI(title="Research", docs_url="/api/docs", openapi_url="/api/openapi.json")
