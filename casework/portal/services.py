"""How a person comes to their own account, and what they ask for and say there."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from casework.accounts import identities
from casework.accounts import services as accounts
from casework.accounts.models import User
from casework.cases.models import Contact, ContactPreference, Note, Person
from casework.common.dates import add_working_days
from casework.common.errors import Refusal
from casework.outbox import services as outbox
from casework.portal.access import second_steps
from casework.portal.models import ChangeRequest, PortalAccount, PortalInvitation, Remark
from casework.portal.talk import news
from casework.portal.talk.promises import ASKING, days_to_answer, held_by
from casework.portal.telling import tell as _tell

SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is taken for another one
CODE_LENGTH = 12
LASTS = {
    PortalInvitation.Way.IN_PERSON: dt.timedelta(days=7),
    PortalInvitation.Way.LETTER: dt.timedelta(days=14),
    PortalInvitation.Way.EMAIL: dt.timedelta(days=7),
}

Way = PortalInvitation.Way


def digest_of(code: str) -> str:
    """What is kept of a code; spaces, dashes and small letters make no difference."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hmac.new(
        settings.SECRET_KEY.encode(), f"portal:{plain}".encode(), hashlib.sha256
    ).hexdigest()


def _new_code() -> str:
    signs = "".join(secrets.choice(SIGNS) for _n in range(CODE_LENGTH))
    return "-".join(signs[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def safe_email(person: Person) -> str:
    """Where an e-mail to this person is known to be safe."""
    safe = person.contact_preferences.filter(
        channel=ContactPreference.Channel.EMAIL, may_use=True, safe_to_leave_message=True
    ).exists()
    return person.email if safe else ""


tell, new_code = _tell, _new_code  # what the modules beside this one use


# Getting in --------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *, person: Person, by: User, check_how: str, check_words: str, way: str
) -> tuple[PortalInvitation, str]:
    """Let a person open their own account, or come back into it; the code is returned once.

    Precondition: somebody has made sure who they are and says how; the way is safe for this
    person. Promise: codes given earlier no longer work; nobody can read the code again.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.death_date is not None:
        raise Refusal(_("This person has died."))
    if check_how not in PortalInvitation.Check.values or not check_words.strip():
        raise Refusal(_("Say how you made sure who they are."))
    if way not in Way.values:
        raise Refusal(_("Select how they get the code."))
    if way == Way.LETTER and not (person.letters_safe and person.address):
        raise Refusal(
            _("A letter is not known to be safe at their address. Give them the code in person.")
        )
    to = safe_email(person)
    if way == Way.EMAIL and not to:
        raise Refusal(
            _("No e-mail address is known to be safe for them. Give them the code in person.")
        )
    now = timezone.now()
    for earlier in person.portal_invitations.filter(used_at__isnull=True, expires_at__gt=now):
        earlier.expires_at = now
        earlier._history_user = by
        earlier.save()
    code = _new_code()
    row = PortalInvitation(
        person=person,
        check_how=check_how,
        check_words=check_words.strip(),
        way=way,
        digest=digest_of(code),
        sent_by=by,
        expires_at=now + LASTS[Way(way)],
    )
    row._history_user = by
    row.save()
    if way == Way.EMAIL:
        with translation.override(settings.LANGUAGE_CODE):
            outbox.send(
                channel="email",
                to=to,
                subject=_("The page that we talked about"),
                body=_("Here is the page: %(page)s\nYou need the code that we told you.")
                % {"page": settings.SITE_URL.rstrip("/") + reverse("portal:start")},
                about="portal.page",
            )
    account = PortalAccount.objects.filter(person=person, ended_on__isnull=True).first()
    if account is None:
        _tell(person, "invited", by=by, about=row.pk, data={"way": way})
        return row, code
    _tell(person, "let_back", by=by, about=row.pk, data={"way": way})
    _notice(
        person,
        _(
            "A worker has made a new code for the page that we talked about. If nobody talked with"
            " you about that, ring your team now."
        ),
    )
    return row, code


def find(code: str) -> PortalInvitation | None:
    """The invitation that a code belongs to, if it still works."""
    row = (
        PortalInvitation.objects.filter(digest=digest_of(code))
        .select_related("person__portal_account__user")
        .first()
    )
    return row if row is not None and works(row) else None


def works(row: PortalInvitation) -> bool:
    """Has the code not been used, and is it not too old?"""
    alive = row.person.death_date is None
    return alive and row.used_at is None and row.expires_at > timezone.now()


@transaction.atomic
def open_account(*, code: str, email: str, password: str | None) -> PortalAccount:
    """A person chooses how they sign in, with the code that they were given.

    Precondition: the code works; nobody else signs in with this address; it is a good password, or
    there is none because they sign in with a provider, which the caller binds in the same
    transaction.
    Promise: the account is this person's alone and has no other ability. Where it was there
    already, every other session is over, and a new second step is asked for.
    """
    row = (
        PortalInvitation.objects.select_for_update(of=("self",))
        .filter(digest=digest_of(code))
        .select_related("person")
        .first()
    )
    if row is None or not works(row):
        raise Refusal(_("This code does not work any more. Ask your worker for a new one."))
    account = (
        PortalAccount.objects.select_related("user", "person").filter(person=row.person).first()
    )
    if account is None:
        account = PortalAccount(
            user=accounts.create_user(
                email=email, name=row.person.display_name[:120], by=None, password=password
            ),
            person=row.person,
            since=timezone.localdate(),
        )
        kind = "opened"
    else:
        _come_back(account, email, password)
        account.ended_on, account.ended_why = None, ""
        kind = "recovered"
    account._history_user = account.user
    account.save()
    row.used_at = timezone.now()
    row._history_user = account.user
    row.save()
    _tell(row.person, kind, by=None, about=account.pk)
    return account


def _come_back(account: PortalAccount, email: str, password: str | None) -> None:
    user = account.user
    accounts.end_sessions(user=user)
    Authenticator.objects.filter(user=user).delete()
    identities.unbind_all(user=user, by=user)
    user.email = User.objects.normalize_email(email.strip())
    user.is_active = True
    try:
        user.full_clean(exclude=["password"])
        if password is not None:
            validate_password(password, user)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error
    user.set_password(password)
    user._history_user = user
    user.save()
    _notice(
        account.person,
        _(
            "There is a new way to sign in to the page that we talked about, made with a code from"
            " a worker. The old ways do not work any more. If that was not you, ring your team."
        ),
    )


def _notice(person: Person, words: str) -> None:
    """Tell a person about their sign-in, where an e-mail is known to be safe."""
    to = safe_email(person)
    if to:
        with translation.override(settings.LANGUAGE_CODE):
            outbox.send(
                channel="email",
                to=to,
                subject=_("The page that we talked about"),
                body=words,
                about="portal.sign_in",
            )


@transaction.atomic
def remove_second_step(*, account: PortalAccount, step: Authenticator) -> None:
    """Signing in does not ask for this any more.

    Precondition: it is theirs, and another second step is left.
    """
    User.objects.select_for_update(of=("self",)).get(pk=account.user_id)
    mine = second_steps(account)
    if step.pk not in {one.pk for one in mine}:
        raise Refusal(_("This second step is not there any more."))
    if len(mine) < 2:
        raise Refusal(_("This is your only second step. Add another one first."))
    Authenticator.objects.filter(pk=step.pk).delete()


@transaction.atomic
def close_account(*, account: PortalAccount, by: User, why: str) -> PortalAccount:
    """Close somebody's account at once, because they want it or because it is not safe now.

    Promise: every session is over and codes do not work; what they wrote stays.
    """
    if not why.strip():
        raise Refusal(_("Say why."))
    row = PortalAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    row.ended_on, row.ended_why = timezone.localdate(), why.strip()
    row._history_user = by
    row.save()
    user = row.user
    user.is_active = False
    user._history_user = by
    user.save()
    accounts.end_sessions(user=user)
    now = timezone.now()
    for letter in row.person.portal_invitations.filter(used_at__isnull=True, expires_at__gt=now):
        letter.expires_at = now
        letter._history_user = by
        letter.save()
    _tell(row.person, "closed", by=by, about=row.pk)
    return row


@transaction.atomic
def mark_seen(*, account: PortalAccount) -> None:
    """They have read what changed, and say so. What is kept quiet now is news when it is told."""
    news.mark_all_read(account=account, on=timezone.localdate())
    row = PortalAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    row.seen_at = timezone.now()
    row._history_user = row.user
    row.save()


@transaction.atomic
def choose_news(*, account: PortalAccount, at_once: bool) -> None:
    """Whether hard news waits until somebody has talked with them."""
    row = PortalAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    row.read_at_once = at_once
    row._history_user = row.user
    row.save()


# Asking and saying -------------------------------------------------------------------------------


@transaction.atomic
def ask(
    *,
    person: Person,
    about: str,
    words: str = "",
    subject: str = "",
    with_worker: User | None = None,
) -> ChangeRequest:
    """The person asks for something to be different; they need no reason.

    `with_worker` sat beside them and wrote, and it is marked so. Promise: the team reads it and
    owes an answer by a day that the person is told.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if about not in ChangeRequest.About.values:
        raise Refusal(_("Select what you would like."))
    if about in (ChangeRequest.About.OTHER, ChangeRequest.About.REFERRAL) and not words.strip():
        raise Refusal(_("Write what you would like."))
    waiting = person.change_requests.filter(
        about=about, subject=subject, answered_on__isnull=True, withdrawn_on__isnull=True
    )
    if about != ChangeRequest.About.OTHER and waiting.exists():
        raise Refusal(_("You have asked for this already. The answer has not come yet."))
    today = timezone.localdate()
    row = ChangeRequest.objects.create(
        person=person,
        about=about,
        subject=subject.strip(),
        words=words.strip(),
        written_with=with_worker,
        asked_on=today,
        answer_by=add_working_days(today, days_to_answer(held_by(person).team, ASKING)),
    )
    _tell(person, "asked", by=with_worker, about=row.pk, data={"about": about})
    return row


@transaction.atomic
def say_more(*, request: ChangeRequest, subject: str = "", words: str = "") -> ChangeRequest:
    """Say where it was and what happened, after the one tap that was enough.

    Precondition: it waits for an answer. Promise: what was said before stays.
    """
    row = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not row.waits:
        raise Refusal(_("This has been answered already."))
    row.subject = subject.strip() or row.subject
    row.words = "\n".join(part for part in (row.words, words.strip()) if part)
    row.save()
    return row


@transaction.atomic
def take_back(*, request: ChangeRequest) -> ChangeRequest:
    """The person does not want it any more."""
    row = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not row.waits:
        raise Refusal(_("This has been answered already."))
    row.withdrawn_on = timezone.localdate()
    row.save()
    _tell(row.person, "withdrew", by=None, about=row.pk, data={"about": row.about})
    return row


@transaction.atomic
def answer(*, request: ChangeRequest, by: User, words: str) -> ChangeRequest:
    """Somebody of the team answers, in words that the person reads.

    Precondition: it waits for an answer, and the answer has words.
    """
    row = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not row.waits:
        raise Refusal(_("This has been answered already, or they took it back."))
    if not words.strip():
        raise Refusal(_("Write the answer."))
    row.answer, row.answered_by, row.answered_on = words.strip(), by, timezone.localdate()
    row._history_user = by
    row.save()
    _tell(row.person, "answered", by=by, about=row.pk, data={"about": row.about})
    return row


@transaction.atomic
def remark(
    *, contact: Contact, person: Person, words: str, with_worker: User | None = None
) -> Remark:
    """The person says something about an entry; their words stay beside it.

    `with_worker` sat beside them and wrote. Precondition: the entry is about them, and they may
    read what it says.
    """
    if contact.person_id != person.pk:
        raise Refusal(_("This entry is not about you."))
    if not words.strip():
        raise Refusal(_("Write what you want to say."))
    row = Remark.objects.create(
        person=person,
        contact=contact,
        words=words.strip(),
        written_with=with_worker,
        on=timezone.localdate(),
    )
    _tell(person, "remarked", by=with_worker, about=contact.pk)
    return row


def shared_notes(contact: Contact) -> list[Note]:
    """What the person may read of what was written about a contact."""
    return [note for note in contact.notes.all() if note.shared]
