"""The parts of a zip package, unpacked within bounds."""

import io
import lzma
import zipfile
import zlib

from lxml import etree

from research.library.exceptions import BrokenFile, EncryptedFile, ImageOnly, UnpacksTooLarge
from research.library.limits import MAX_MEMBERS, MAX_UNPACKED

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What a file of Office before 2007 begins with, and what holds an encrypted one of today."""
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the part of it with the document
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, KeyError, ValueError)
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".emf", ".wmf", ".webp")
TEXTS = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx", ".svg", ".smil", "mimetype")


class Package:
    """Raises BrokenFile, EncryptedFile, UnpacksTooLarge, which call it `name`."""

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        if content.startswith(OLD_OFFICE):
            if ENCRYPTED in content:
                raise EncryptedFile(name)
            raise BrokenFile(name, reason="it is of an older Office. Save it in today's format")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (*DAMAGED, NotImplementedError) as error:
            raise BrokenFile(name, reason="it cannot be unpacked") from error
        members = self._zip.infolist()
        if any(member.flag_bits & 1 for member in members):
            raise EncryptedFile(name)
        kept = [member for member in members if member.filename.lower().endswith(TEXTS)]
        size = sum(member.file_size for member in kept)
        if size > MAX_UNPACKED or len(members) > MAX_MEMBERS:
            raise UnpacksTooLarge(name, limit=MAX_UNPACKED // 1024**2, members=MAX_MEMBERS)
        self.parts = [member.filename for member in kept]
        self.has_pictures = any(each.filename.lower().endswith(PICTURES) for each in members)

    def __contains__(self, part: str) -> bool:
        return part in self._zip.NameToInfo

    def read(self, part: str) -> bytes:
        """A part's bytes: no more than the package says of it."""
        try:
            return self._zip.read(part)
        except (*DAMAGED, RuntimeError, NotImplementedError) as error:
            raise BrokenFile(self.name, reason="a part of it cannot be unpacked") from error

    def tree(self, part: str) -> etree._Element | None:
        """A part as XML, its entities left out; None: there is no such part."""
        if part not in self:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        try:
            return etree.fromstring(self.read(part), parser)
        except etree.XMLSyntaxError as error:
            if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
                raise MemoryError from error
            raise BrokenFile(self.name, reason="a part of it is not XML") from error

    def title(self, part: str) -> str:
        """The title in a part that tells about the document; empty if there is none."""
        tree = self.tree(part)
        found = None if tree is None else tree.find(".//{http://purl.org/dc/elements/1.1/}title")
        return " ".join((found.text or "").split()) if found is not None else ""

    def repacked(self, changed: dict[str, bytes]) -> bytes:
        """The package with pictures, macros and all else that holds no text made empty."""
        file = io.BytesIO()
        texts = set(self.parts)
        with zipfile.ZipFile(file, "w") as package:
            for part in dict.fromkeys(self._zip.namelist()):
                is_text = part in texts
                package.writestr(part, changed.get(part) or (self.read(part) if is_text else b""))
        return file.getvalue()

    def check_text(self, has_text: bool) -> None:
        """Whether a package without text is one of pictures; raises ImageOnly."""
        if not has_text and self.has_pictures:
            raise ImageOnly(self.name)
