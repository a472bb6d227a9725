"""Kinds that are zip packages of XML: of Office, OpenDocument, and EPUB."""
