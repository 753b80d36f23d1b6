"""Files that go with a referral."""

from __future__ import annotations

import hashlib
import secrets
from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.cases.models import CaseEvent
from casework.common.errors import Refusal
from referrals import policy
from referrals.actors import actor
from referrals.asking import sniffing
from referrals.errors import EventRefused
from referrals.models import Attachment, Referral
from referrals.table import OPEN, Role, State

_MAY = {Role.SENDER, Role.RECEIVER, Role.NAMED_WORKER, Role.HOLDER}


def attach(*, referral: Referral, by: User, upload: IO[bytes], name: str, about: str) -> Attachment:
    """Put a file with a referral.

    Precondition: being written or under way, and the user is of the sending or the receiving team;
    the file is what we take, by what is in it. Promise: it is stored under a name that says
    nothing, or not at all.
    """
    data = upload.read(sniffing.MOST_BYTES + 1)
    if len(data) > sniffing.MOST_BYTES:
        raise Refusal(_("The file is larger than 10 MB. Make it smaller, or send it in parts."))
    if not data:
        raise Refusal(_("The file is empty."))
    kind = sniffing.sniff(data)
    if kind is None:
        raise Refusal(
            _(
                "This kind of file is not taken. Choose a PDF, a JPEG or PNG picture or plain"
                " text. Save a Word document as PDF first."
            )
        )
    stored = ""
    try:
        with transaction.atomic():
            row = _locked(referral, by)
            there = row.attachments.filter(removed_on__isnull=True)
            if there.count() >= sniffing.MOST_FILES:
                raise Refusal(
                    _("There are %(n)d files already. Take one away first.")
                    % {"n": sniffing.MOST_FILES}
                )
            digest = hashlib.sha256(data).hexdigest()
            if there.filter(digest=digest).exists():
                raise Refusal(_("This file is there already."))
            found = Attachment(
                referral=row,
                secret=secrets.token_hex(32),
                name=sniffing.safe_name(name, kind),
                content_type=kind.content_type,
                size=len(data),
                digest=digest,
                about=about,
                added_by=by,
            )
            found.file.save("file", ContentFile(data), save=False)
            stored = found.file.name or ""
            found.save()
            _tell(row, "asking.attached", by, found)
            return found
    except BaseException:
        if stored:
            Attachment._meta.get_field("file").storage.delete(stored)
        raise


@transaction.atomic
def remove(*, attachment: Attachment, by: User) -> Attachment:
    """Take a file away. The row says that it was there; the file itself is gone after the commit.

    Precondition: whoever put it there, or the sending team while it is a draft.
    """
    row = _locked(attachment.referral, by)
    found = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if found.removed_on is not None:
        raise Refusal(_("Somebody has taken it away already."))
    if found.added_by_id != by.pk and row.state != State.DRAFT:
        raise Refusal(_("It has been sent. Whoever put the file there can take it away."))
    found.removed_on, found.removed_by = timezone.localdate(), by
    found.save()
    _tell(row, "asking.file_removed", by, found)
    storage, name = found.file.storage, found.file.name
    transaction.on_commit(lambda: storage.delete(name))
    return found


def _locked(referral: Referral, by: User) -> Referral:
    row = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("person", "team", "sender_team")
        .get(pk=referral.pk)
    )
    roles = policy.roles_of(row, actor(by), responsibility=None, question=None)
    if not roles & _MAY or (row.state == State.DRAFT and Role.SENDER not in roles):
        raise EventRefused([_("Only the teams of this referral add files.")], forbidden=True)
    if row.state not in (State.DRAFT, *OPEN):
        raise Refusal(_("This referral has ended."))
    return row


def _tell(referral: Referral, kind: str, by: User, attachment: Attachment) -> None:
    CaseEvent.objects.create(
        person_id=referral.person_id,
        kind=kind,
        on=timezone.localdate(),
        by=by,
        about=referral.pk,
        data={"attachment": str(attachment.pk)},
    )
