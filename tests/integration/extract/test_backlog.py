"""What the first extract shows was so before: a list to work through, and no flood of alerts."""

from __future__ import annotations

import pytest

from casework.alerts import ladder
from casework.alerts import services as alerts
from casework.alerts.handling import CAUSES
from casework.alerts.models import Alert, SweepMark
from casework.directory.models import Organisation
from tests.integration.extract.conftest import Load
from tests.unit.extract.folder import Folder

pytestmark = pytest.mark.django_db


def test_a_first_import_into_a_live_organisation_is_its_backlog(folder: Folder, load: Load) -> None:
    live = Organisation.objects.create(code="X0001", name="Trust", live=True)
    alerts.sweep()  # Alongside is in use here already
    assert SweepMark.objects.filter(organisation=live).exists()
    load()
    alerts.sweep()
    found = Alert.objects.open()
    assert found.count() > 10
    assert all(alert.backlog for alert in found)
    assert ladder.climb().raised == 0
    kinds = {alert.cause_kind for alert in found}
    assert kinds <= set(CAUSES)
    assert len(kinds) > 1
    assert all(bool(alert.cause) == bool(alert.cause_kind) for alert in found if alert.cause_kind)
    # a later extract is no reason to call anything backlog
    folder.set("MHS000", 2, "ReportingPeriodEndDate", "2026-11-30")
    load()
    assert SweepMark.objects.filter(organisation=live).exists()
