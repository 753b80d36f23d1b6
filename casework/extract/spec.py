"""What an extract folder holds: the eighteen MHSDS tables that are read, column by column.

One declaration serves the check, the staging file and the load. ``TABLES`` stands in reading
order, in which every parent is known before its children.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import codes
from .codes import CodeList


class Format(StrEnum):
    """How a cell is written."""

    ID = "id"
    ORG = "org"
    DATE = "date"
    TIME = "time"
    MOMENT = "date-time"
    CODE = "code"
    NUMBER = "whole number"
    NHS_NUMBER = "10 digits"
    TEXT = "text"


class Need(StrEnum):
    """Whether a column must be there, and filled."""

    MUST = "M"  # present and filled
    PRESENT = "P"  # present; a cell may be blank
    OPTIONAL = "O"  # may be absent


MAX_LENGTH: Mapping[Format, int] = {
    Format.ID: 20,
    Format.ORG: 8,
    Format.CODE: 4,
    Format.TEXT: 255,
    Format.DATE: 255,
    Format.TIME: 255,
    Format.MOMENT: 255,
    Format.NUMBER: 255,
}


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column of a table: its name, how its cells are written and whether it may be blank."""

    name: str
    format: Format
    need: Need
    codes: CodeList | None = None
    max_length: int | None = None  # None: no length at which the row is refused


@dataclass(frozen=True, slots=True)
class Parent:
    """The table that a table's rows belong to; a row without its parent is not loaded."""

    column: str
    table: str
    key: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A mention of a worker or a team; one that is not listed becomes a placeholder."""

    column: str
    table: str
    key: str
    kind: str  # "staff" or "team"


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table of the folder.

    ``ends`` are (start, end) pairs of which the end may not come first; ``moments`` are
    (date, time) pairs of local time, a date-time standing alone as (date-time, "").
    ``stays_empty`` says which part of the service has nothing to show without the table.
    """

    name: str
    label: str | Promise
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...]
    parent: Parent | None = None
    references: tuple[Reference, ...] = ()
    ends: tuple[tuple[str, str], ...] = ()
    moments: tuple[tuple[str, str], ...] = ()
    stays_empty: str | Promise = ""  # blank: the table must be there

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @property
    def required(self) -> bool:
        return not self.stays_empty

    def column(self, name: str) -> ColumnSpec:
        return next(column for column in self.columns if column.name == name)


def _column(
    name: str,
    format: Format,
    need: str,
    codes: CodeList | None = None,
    max_length: int | None = None,
) -> ColumnSpec:
    return ColumnSpec(name, format, Need(need), codes, max_length or MAX_LENGTH.get(format))


def _id(name: str, need: str) -> ColumnSpec:
    return _column(name, Format.ID, need)


def _org(name: str, need: str) -> ColumnSpec:
    return _column(name, Format.ORG, need)


def _date(name: str, need: str) -> ColumnSpec:
    return _column(name, Format.DATE, need)


def _time(name: str, need: str) -> ColumnSpec:
    return _column(name, Format.TIME, need)


def _moment(name: str, need: str) -> ColumnSpec:
    return _column(name, Format.MOMENT, need)


def _code(name: str, need: str, codes: CodeList) -> ColumnSpec:
    return _column(name, Format.CODE, need, codes)


def _number(name: str, need: str) -> ColumnSpec:
    return _column(name, Format.NUMBER, need)


def _text(name: str, need: str, max_length: int | None = None) -> ColumnSpec:
    return _column(name, Format.TEXT, need, max_length=max_length)


def _staff(column: str) -> Reference:
    return Reference(column, "MHS901StaffDetails", "CareProfLocalID", "staff")


def _team(column: str) -> Reference:
    return Reference(column, "MHS902ServiceTeamDetails", "CareProfTeamLocalID", "team")


OF_PERSON = Parent("LocalPatientID", "MHS001MPI", "LocalPatientID")
OF_REFERRAL = Parent("ServiceRequestID", "MHS101Referral", "ServiceRequestID")
OF_ACTIVITY = Parent("CareActID", "MHS202CareActivity", "CareActID")

TABLES: tuple[TableSpec, ...] = (
    TableSpec(
        "MHS000Header",
        _("date of the extract"),
        (
            _text("DatSetVer", "M"),
            _org("OrgIDProvider", "M"),
            _org("OrgIDSubmit", "O"),
            _text("PrimSystemInUse", "O"),
            _date("ReportingPeriodStartDate", "M"),
            _date("ReportingPeriodEndDate", "M"),
            _moment("DateTimeDatSetCreate", "O"),
        ),
        key=("OrgIDProvider",),
        ends=(("ReportingPeriodStartDate", "ReportingPeriodEndDate"),),
        moments=(("DateTimeDatSetCreate", ""),),
        stays_empty=_("the date of the extract is the one given by whoever runs the import"),
    ),
    TableSpec(
        "MHS901StaffDetails",
        _("members of staff"),
        (
            _id("CareProfLocalID", "M"),
            _org("OrgIDCareProfLocalID", "O"),
            _code("CareProfStaffGpMH", "O", codes.STAFF_GROUP),
        ),
        key=("CareProfLocalID",),
    ),
    TableSpec(
        "MHS902ServiceTeamDetails",
        _("teams"),
        (
            _id("CareProfTeamLocalID", "M"),
            _org("OrgIDCareProfTeamLocalID", "O"),
            _code("ServTeamTypeMH", "M", codes.TEAM_TYPE),
            _code("ServTeamIntAgeGroup", "O", codes.TEAM_AGE_GROUP),
        ),
        key=("CareProfTeamLocalID",),
    ),
    TableSpec(
        "MHS001MPI",
        _("people"),
        (
            _id("LocalPatientID", "M"),
            _org("OrgIDLocalPatientID", "O"),
            _column("NHSNumber", Format.NHS_NUMBER, "P"),
            _code("NHSNumberStatus", "O", codes.NHS_NUMBER_STATUS),
            _date("PersonBirthDate", "P"),
            _text("LanguageCodePreferred", "O"),
            _date("PersDeathDate", "P"),
        ),
        key=("LocalPatientID",),
        ends=(("PersonBirthDate", "PersDeathDate"),),
    ),
    TableSpec(
        "MHS002GP",
        _("GP practices"),
        (
            _id("LocalPatientID", "M"),
            _org("GMPReg", "M"),
            _date("StartDateGMPRegistration", "O"),
            _date("EndDateGMPRegistration", "O"),
        ),
        key=("LocalPatientID", "GMPReg", "StartDateGMPRegistration"),
        parent=OF_PERSON,
        ends=(("StartDateGMPRegistration", "EndDateGMPRegistration"),),
        stays_empty=_("no GP practices are shown"),
    ),
    TableSpec(
        "MHS003AccommStatus",
        _("housing"),
        (
            _id("LocalPatientID", "M"),
            _code("AccommodationType", "M", codes.ACCOMMODATION),
            _code("SettledAccommodationInd", "O", codes.SETTLED),
            _date("AccommodationTypeDate", "O"),
            _date("AccommodationTypeStartDate", "O"),
            _date("AccommodationTypeEndDate", "O"),
        ),
        key=("LocalPatientID", "AccommodationTypeDate"),
        parent=OF_PERSON,
        ends=(("AccommodationTypeStartDate", "AccommodationTypeEndDate"),),
        stays_empty=_("no housing history is shown"),
    ),
    TableSpec(
        "MHS004EmpStatus",
        _("employment"),
        (
            _id("LocalPatientID", "M"),
            _code("EmployStatus", "M", codes.EMPLOYMENT),
            _date("EmployStatusStartDate", "O"),
            _date("EmployStatusEndDate", "O"),
            _date("EmployStatusRecDate", "O"),
            _text("WeekHoursWorked", "O"),
        ),
        key=("LocalPatientID", "EmployStatusRecDate"),
        parent=OF_PERSON,
        ends=(("EmployStatusStartDate", "EmployStatusEndDate"),),
        stays_empty=_("no employment history is shown"),
    ),
    TableSpec(
        "MHS006MHCareCoord",
        _("named workers"),
        (
            _id("LocalPatientID", "M"),
            _date("StartDateAssCareCoord", "M"),
            _id("CareProfLocalID", "M"),
            _date("EndDateAssCareCoord", "P"),
            _code("CareProfServOrTeamTypeAssoc", "O", codes.TEAM_TYPE),
        ),
        key=("LocalPatientID", "StartDateAssCareCoord", "CareProfLocalID"),
        parent=OF_PERSON,
        references=(_staff("CareProfLocalID"),),
        ends=(("StartDateAssCareCoord", "EndDateAssCareCoord"),),
        stays_empty=_("nobody has a named worker"),
    ),
    TableSpec(
        "MHS008CarePlanType",
        _("care plans"),
        (
            _id("CarePlanID", "M"),
            _id("LocalPatientID", "M"),
            _code("CarePlanTypeMH", "M", codes.PLAN_TYPE),
            _date("CarePlanCreatDate", "M"),
            _time("CarePlanCreationTime", "O"),
            _date("CarePlanLastUpdateDate", "P"),
            _time("CarePlanLastUpdateTime", "O"),
            _date("CarePlanImplementDate", "O"),
        ),
        key=("CarePlanID",),
        parent=OF_PERSON,
        moments=(
            ("CarePlanCreatDate", "CarePlanCreationTime"),
            ("CarePlanLastUpdateDate", "CarePlanLastUpdateTime"),
        ),
        stays_empty=_("there are no plans"),
    ),
    TableSpec(
        "MHS009CarePlanAgreement",
        _("agreements to plans"),
        (
            _id("CarePlanID", "M"),
            _code("CarePlanContentAgreedBy", "M", codes.AGREED_BY),
            _date("CarePlanContentAgreedDate", "P"),
            _time("CarePlanContentAgreedTime", "O"),
        ),
        key=("CarePlanID", "CarePlanContentAgreedBy", "CarePlanContentAgreedDate"),
        parent=Parent("CarePlanID", "MHS008CarePlanType", "CarePlanID"),
        moments=(("CarePlanContentAgreedDate", "CarePlanContentAgreedTime"),),
        stays_empty=_("no plan has been agreed by anybody"),
    ),
    TableSpec(
        "MHS101Referral",
        _("referrals"),
        (
            _id("ServiceRequestID", "M"),
            _id("LocalPatientID", "M"),
            _org("OrgIDComm", "O"),
            _id("CareProfTeamLocalID", "P"),
            _date("ReferralRequestReceivedDate", "M"),
            _time("ReferralRequestReceivedTime", "O"),
            _code("SourceOfReferralMH", "O", codes.SOURCE_OF_REFERRAL),
            _org("OrgIDReferringOrg", "O"),
            _code("ClinRespPriorityType", "O", codes.PRIORITY),
            _code("PrimReasonReferralMH", "O", codes.PRIMARY_REASON),
            _date("ServDischDate", "P"),
            _time("ServDischTime", "O"),
            _date("ReferRejectionDate", "P"),
            _time("ReferRejectionTime", "O"),
            _code("ReferRejectReason", "O", codes.REJECT_REASON),
            _code("ReferClosReason", "O", codes.CLOSE_REASON),
        ),
        key=("ServiceRequestID",),
        parent=OF_PERSON,
        references=(_team("CareProfTeamLocalID"),),
        moments=(
            ("ReferralRequestReceivedDate", "ReferralRequestReceivedTime"),
            ("ServDischDate", "ServDischTime"),
            ("ReferRejectionDate", "ReferRejectionTime"),
        ),
    ),
    TableSpec(
        "MHS102OtherServiceType",
        _("further teams"),
        (
            _id("ServiceRequestID", "M"),
            _id("OtherCareProfTeamLocalID", "M"),
            _date("ReferClosureDate", "P"),
            _time("ReferClosureTime", "O"),
            _date("ReferRejectionDate", "P"),
            _time("ReferRejectionTime", "O"),
            _code("ReferClosReason", "O", codes.CLOSE_REASON),
            _code("ReferRejectReason", "O", codes.REJECT_REASON),
        ),
        key=("ServiceRequestID", "OtherCareProfTeamLocalID"),
        parent=OF_REFERRAL,
        references=(_team("OtherCareProfTeamLocalID"),),
        moments=(
            ("ReferClosureDate", "ReferClosureTime"),
            ("ReferRejectionDate", "ReferRejectionTime"),
        ),
        stays_empty=_("no referral has a further team"),
    ),
    TableSpec(
        "MHS105OnwardReferral",
        _("referrals sent on"),
        (
            _id("ServiceRequestID", "M"),
            _date("DecisionToReferDate", "O"),
            _time("DecisionToReferTime", "O"),
            _date("OnwardReferDate", "M"),
            _time("OnwardReferTime", "O"),
            _code("OnwardReferReason", "O", codes.ONWARD_REASON),
            _org("OrgIDReceiving", "O"),
        ),
        key=("ServiceRequestID", "OnwardReferDate", "OnwardReferReason", "OrgIDReceiving"),
        parent=OF_REFERRAL,
        moments=(
            ("DecisionToReferDate", "DecisionToReferTime"),
            ("OnwardReferDate", "OnwardReferTime"),
        ),
        stays_empty=_("no referral is shown as sent on"),
    ),
    TableSpec(
        "MHS201CareContact",
        _("contacts"),
        (
            _id("CareContactID", "M"),
            _id("ServiceRequestID", "M"),
            _date("CareContDate", "M"),
            _time("CareContTime", "P"),
            _id("OtherCareProfTeamLocalID", "P"),
            _number("ClinContDurOfCareCont", "O"),
            _code("CareContSubj", "O", codes.CONTACT_SUBJECT),
            _code("ConsMechanismMH", "P", codes.MECHANISM),
            _code("PlannedCareContIndicator", "O", codes.YES_NO),
            _code("AttendStatus", "P", codes.ATTENDANCE),
            _date("CareContCancelDate", "O"),
            _code("CareContCancelReas", "O", codes.CANCEL_REASON),
        ),
        key=("CareContactID",),
        parent=OF_REFERRAL,
        references=(_team("OtherCareProfTeamLocalID"),),
        moments=(("CareContDate", "CareContTime"),),
    ),
    TableSpec(
        "MHS202CareActivity",
        _("activities"),
        (
            _id("CareActID", "M"),
            _id("CareContactID", "M"),
            _number("ClinContactDurOfCareAct", "O"),
            _text("Procedure", "P"),
        ),
        key=("CareActID",),
        parent=Parent("CareContactID", "MHS201CareContact", "CareContactID"),
    ),
    TableSpec(
        "MHS206StaffActivity",
        _("who did it"),
        (_id("CareActID", "M"), _id("CareProfLocalID", "M")),
        key=("CareActID", "CareProfLocalID"),
        parent=OF_ACTIVITY,
        references=(_staff("CareProfLocalID"),),
    ),
    TableSpec(
        "MHS606CodedScoreAssessmentRefer",
        _("outcome measures between contacts"),
        (
            _id("ServiceRequestID", "M"),
            _text("CodedAssToolType", "M"),
            _text("PersScore", "M", 5),
            _moment("AssToolCompTimestamp", "M"),
            _id("CareProfLocalID", "O"),
        ),
        key=("ServiceRequestID", "CodedAssToolType", "AssToolCompTimestamp"),
        parent=OF_REFERRAL,
        references=(_staff("CareProfLocalID"),),
        moments=(("AssToolCompTimestamp", ""),),
        stays_empty=_(
            "there are no outcome measures between contacts, and without any outcome measure "
            "the community clock cannot stop"
        ),
    ),
    TableSpec(
        "MHS607CodedScoreAssessmentAct",
        _("outcome measures at contacts"),
        (
            _id("CareActID", "M"),
            _text("CodedAssToolType", "M"),
            _text("PersScore", "M", 5),
        ),
        key=("CareActID", "CodedAssToolType", "PersScore"),
        parent=OF_ACTIVITY,
        stays_empty=_(
            "there are no outcome measures at contacts, and without any outcome measure "
            "the community clock cannot stop"
        ),
    ),
)

BY_NAME: Mapping[str, TableSpec] = {table.name: table for table in TABLES}
READ_ORDER: Mapping[str, int] = {table.name: number for number, table in enumerate(TABLES)}
PARENTS: frozenset[str] = frozenset(table.parent.table for table in TABLES if table.parent)
HEADER, PEOPLE, REFERRALS, CONTACTS = (
    BY_NAME[name] for name in ("MHS000Header", "MHS001MPI", "MHS101Referral", "MHS201CareContact")
)
