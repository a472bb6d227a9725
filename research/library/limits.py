"""How much a document may hold."""

MAX_BYTES = 10 * 1024 * 1024  # of its file
MAX_CHARACTERS = 5_000_000  # of its text: more than the longest books have
MAX_PASSAGES = 20_000  # as many are stored, indexed and removed within seconds
MAX_PAGES = 5_000  # of a PDF
MAX_UNPACKED = 60 * 1024 * 1024  # bytes of a package or an archive
MAX_MEMBERS = 5_000  # of a package or an archive
