"""What tests, benchmarks and chaos share: a scripted provider, a site, servers, helpers."""
