"""Zip files from a browser: taken apart with limits, so that none can fill the disk or leave its
place."""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from casework.common.errors import Refusal

MOST_FILES = 60
MOST_BYTES = 8 * 1024**3
MOST_RATIO = 200  # CSV packs well, about 10 to 30 times; a bomb packs a thousand times
_PIECE = 1024 * 1024
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


def unpack(upload: IO[bytes], target: Path) -> None:
    """Write the CSV files of a zip into `target`, flat.

    Raises Refusal when it is not a zip, holds nothing to read, is encrypted, names one file twice
    or unpacks to more than an extract could be. What was written until then is the caller's to
    remove.
    """
    try:
        archive = zipfile.ZipFile(upload)
    except zipfile.BadZipFile as error:
        raise Refusal(
            _("This is not a zip file. Put the CSV files into one zip file and choose that.")
        ) from error
    with archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not _is_noise(m.filename)]
        if not any(_name(m).lower().endswith(".csv") for m in members):
            raise Refusal(_("There is no CSV file in this zip file."))
        if len(members) > MOST_FILES:
            raise Refusal(
                _("There are %(n)d files in this zip file; an extract has at most %(most)d.")
                % {"n": len(members), "most": MOST_FILES}
            )
        names: set[str] = set()
        left = MOST_BYTES
        for member in members:
            name = _name(member)
            if member.flag_bits & 0x1:
                raise Refusal(_("The zip file has a password. Make one without."))
            if stat.S_ISLNK(member.external_attr >> 16) or not name or name.startswith("."):
                raise Refusal(_("The zip file holds something that is not a plain file."))
            if name.lower() in names:
                raise Refusal(
                    _("The zip file holds %(name)s twice. Put the tables of one extract into it.")
                    % {"name": name[:60]}
                )
            names.add(name.lower())
            left -= _write(archive, member, target / name, left)


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, left: int) -> int:
    """Copy one member in pieces; the sizes that a zip claims are not believed."""
    most = min(left, max(member.compress_size, 1024) * MOST_RATIO)
    written = 0
    try:
        with archive.open(member) as source, path.open("xb") as copy:
            while piece := source.read(_PIECE):
                written += len(piece)
                if written > most:
                    raise Refusal(
                        _("The zip file unpacks to more than an extract could be. It was refused.")
                    )
                copy.write(piece)
    except _DAMAGE as error:
        raise Refusal(
            _("The zip file is damaged or packed in an unusual way. Make it again and retry.")
        ) from error
    return written


def _name(member: zipfile.ZipInfo) -> str:
    """The last part of a member's path: folders inside the zip do not matter."""
    return PurePosixPath(member.filename.replace("\\", "/")).name


def _is_noise(filename: str) -> bool:
    """What operating systems add by themselves."""
    return filename.startswith("__MACOSX/") or PurePosixPath(filename).name in {
        ".DS_Store",
        "Thumbs.db",
    }
