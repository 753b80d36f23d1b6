"""Files: taken by what is in them, stored where nobody guesses, given out by permission only."""

import io
import re

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from casework.cases.models import AccessEntry, CaseEvent
from casework.common.errors import Refusal
from referrals import services as engine
from referrals.asking import services, sniffing
from referrals.errors import EventRefused
from referrals.models import Attachment
from tests.integration.asking.conftest import text
from tests.unit.referrals.test_sniffing import archive, pdf, png

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def stored(settings):
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def attach(referral, by, data=None, name="letter.pdf", about="A letter"):
    return services.attach(
        referral=referral, by=by, upload=io.BytesIO(data or pdf()), name=name, about=about
    )


@pytest.fixture
def gp(client, network):
    client.force_login(network.gp)
    return client


def upload(client, referral, data, name="letter.pdf", about="A letter", content_type="text/html"):
    file = SimpleUploadedFile(name, data, content_type)
    return client.post(reverse("asking:attach", args=[referral.pk]), {"file": file, "about": about})


def test_it_is_stored_under_a_name_that_says_nothing(network, draft, settings):
    found = attach(draft, network.gp, name="../Ro Example's letter.exe")
    assert re.fullmatch(r"referrals/[0-9a-f]{2}/[0-9a-f]{64}", found.file.name)
    assert found.name == "Ro Example's letter.pdf"
    assert found.content_type == "application/pdf"
    (path,) = stored(settings)
    assert path.read_bytes() == pdf()
    assert CaseEvent.objects.get(kind="asking.attached").data == {"attachment": str(found.pk)}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (archive(), "not taken"),
        (b"<html>", "not taken"),
        (b"x" * (sniffing.MOST_BYTES + 1), "larger than 10 MB"),
        (pdf() + archive(), "not taken"),
    ],
)
def test_what_is_not_taken_leaves_nothing_behind(network, draft, settings, data, words):
    with pytest.raises(Refusal, match=words):
        attach(draft, network.gp, data)
    assert not Attachment.objects.exists() and not stored(settings)


def test_an_empty_file_is_not_taken(network, draft):
    with pytest.raises(Refusal, match="empty"):
        services.attach(referral=draft, by=network.gp, upload=io.BytesIO(), name="a.pdf", about="A")


def test_ten_files_and_no_more(network, draft, settings):
    for number in range(sniffing.MOST_FILES):
        attach(draft, network.gp, f"letter {number}".encode())
    with pytest.raises(Refusal, match="10 files"):
        attach(draft, network.gp, b"one more")
    assert len(stored(settings)) == sniffing.MOST_FILES
    services.remove(attachment=Attachment.objects.first(), by=network.gp)
    attach(draft, network.gp, b"one more")


def test_the_same_file_is_not_there_twice(network, draft):
    attach(draft, network.gp)
    with pytest.raises(Refusal, match="there already"):
        attach(draft, network.gp, name="another name.pdf")


def test_a_row_that_cannot_be_written_takes_its_file_with_it(network, draft, settings, monkeypatch):
    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr("referrals.asking.services.files._tell", broken)
    with pytest.raises(RuntimeError):
        attach(draft, network.gp)
    assert not Attachment.objects.exists() and not stored(settings)


@pytest.mark.parametrize("who", ["member", "housing_worker", "network_lead", "administrator"])
def test_others_put_nothing_with_a_draft(network, draft, who):
    with pytest.raises(EventRefused):
        attach(draft, getattr(network, who))


def test_the_receiving_team_may_add_one_and_takes_away_its_own_only(network, ready):
    first = attach(ready, network.gp)
    services.send(referral=ready, by=network.gp)
    second = attach(ready, network.member, b"An answer")
    with pytest.raises(Refusal, match="Whoever put"):
        services.remove(attachment=first, by=network.member)
    services.remove(attachment=second, by=network.member)
    with pytest.raises(Refusal, match="already"):
        services.remove(attachment=second, by=network.member)
    with pytest.raises(EventRefused):
        attach(ready, network.specialist_lead, b"No")


def test_nothing_is_added_once_it_has_ended(network, ready):
    services.send(referral=ready, by=network.gp)
    engine.withdraw(referral=ready, by=network.gp, asked_by="sender", reason="R", instead="I")
    with pytest.raises(Refusal, match="ended"):
        attach(ready, network.gp)


def test_the_file_goes_after_the_commit(network, draft, settings, on_commit):
    found = attach(draft, network.gp)
    with on_commit():
        services.remove(attachment=found, by=network.gp)
        assert stored(settings)
    assert not stored(settings)
    row = Attachment.objects.get()
    assert (row.removed_by, row.removed_on) == (network.gp, timezone.localdate())


# The pages ----------------------------------------------------------------------------------------


def test_it_is_given_out_to_be_saved_and_never_shown(gp, draft):
    upload(gp, draft, png(), name="<script>.html", about="A photograph")
    found = Attachment.objects.get()
    assert found.content_type == "image/png"
    answer = gp.get(reverse("asking:attachment", args=[found.pk]))
    assert b"".join(answer.streaming_content) == png()
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith('attachment; filename="')
    assert answer["Content-Disposition"].endswith('.png"')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    entry = AccessEntry.objects.get(record=found.pk, action="export")
    assert (entry.person, entry.page) == (draft.person, "asking:attachment")


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (archive(), "letter.pdf", "This kind of file is not taken"),
        (b"<svg onload=alert(1)>", "photo.png", "This kind of file is not taken"),
        (b"", "a.pdf", "Choose a file that is not empty"),
    ],
)
def test_a_hostile_file_is_refused_beside_its_question(gp, draft, data, name, message):
    answer = upload(gp, draft, data, name)
    assert answer.status_code == 200 and message in text(answer)
    assert 'href="#id_file"' in answer.content.decode()
    assert not Attachment.objects.exists()


def test_a_file_and_what_it_is_are_asked(gp, draft):
    shown = text(gp.post(reverse("asking:attach", args=[draft.pk]), {"about": ""}))
    assert "Choose a file" in shown and "Say what the file is" in shown


def test_who_may_not_read_the_referral_gets_no_file(client, network, ready):
    found = attach(ready, network.gp)
    href = reverse("asking:attachment", args=[found.pk])
    for user in (network.member, network.specialist_lead, network.housing_worker):
        client.force_login(user)
        assert client.get(href).status_code == 404
        assert client.post(reverse("asking:remove_file", args=[found.pk])).status_code == 404
    client.force_login(network.administrator)
    assert client.get(href).status_code == 403
    services.send(referral=ready, by=network.gp)
    client.force_login(network.member)
    answer = client.get(href)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == pdf()
    client.force_login(network.specialist_lead)
    assert client.get(href).status_code == 404


def test_what_was_taken_away_is_gone(gp, network, draft):
    found = attach(draft, network.gp)
    gp.post(reverse("asking:remove_file", args=[found.pk]))
    assert gp.get(reverse("asking:attachment", args=[found.pk])).status_code == 404
    assert not default_storage.exists(found.file.name)
    assert "There are none." in text(gp.get(reverse("asking:read", args=[draft.pk])))


def test_a_file_that_the_disk_lost_is_not_found(gp, network, draft):
    found = attach(draft, network.gp)
    default_storage.delete(found.file.name)
    assert gp.get(reverse("asking:attachment", args=[found.pk])).status_code == 404
