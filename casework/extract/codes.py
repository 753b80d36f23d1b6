"""The code lists of an MHSDS extract, version 6, with short labels.

A code that is not in its list is kept as received and treated as not known; it is never mapped
to a near one. Codes that version 6 no longer has (team types A03, A04, C03 and F04, the letter
codes for accommodation) are therefore absent here. Labels are those of NHS England, shortened,
under the Open Government Licence; ``""`` marks a valid code whose label is not published.
"""

from collections.abc import Mapping

CodeList = Mapping[str, str]

TEAM_TYPE: CodeList = {
    "A01": "day care",
    "A02": "crisis resolution or home treatment",
    "A05": "primary care mental health",
    "A06": "community mental health team, functional",
    "A07": "community mental health team, organic",
    "A08": "assertive outreach",
    "A09": "community rehabilitation",
    "A10": "general psychiatry",
    "A11": "liaison",
    "A12": "psychotherapy",
    "A13": "psychological therapy (not Talking Therapies)",
    "A14": "early intervention in psychosis",
    "A15": "young onset dementia",
    "A16": "Personality Disorder Service",
    "A17": "memory",
    "A18": "single point of access",
    "A19": "24/7 crisis line",
    "A20": "health-based place of safety",
    "A21": "crisis café or safe haven",
    "A22": "walk-in crisis assessment",
    "A23": "psychiatric decision unit",
    "A24": "acute day",
    "A25": "crisis house",
    "B01": "forensic",
    "B02": "forensic learning disability",
    "C01": "autism",
    "C02": "perinatal",
    "C04": "neurodevelopment",
    "C05": "paediatric liaison",
    "C06": "looked-after children",
    "C07": "youth offending",
    "C08": "brain injury",
    "C10": "eating disorder",
    "D01": "substance misuse",
    "D02": "criminal justice liaison",
    "D03": "prison in-reach",
    "D04": "asylum",
    "D05": "employment (individual placement and support)",
    "D06": "mental health in education",
    "D07": "gambling",
    "D08": "rough sleeping",
    "E01": "community learning disability",
    "E02": "epilepsy or neurological",
    "E03": "specialist parenting",
    "E04": "enhanced or intensive support",
    "F01": "education-based support",
    "F02": "maternal",
    "F03": "Deaf people",
    "F05": "care homes",
    "F06": "wellbeing hubs",
    "F07": "",
    "Z01": "other",
    "Z02": "other",
}

TEAM_AGE_GROUP: CodeList = {
    "01": "all ages",
    "02": "children and young people",
    "03": "adult and older adult",
    "04": "older adult only",
}

SOURCE_OF_REFERRAL: CodeList = {
    "A1": "GP",
    "A2": "health visitor",
    "A3": "other primary care",
    "A4": "maternity",
    "B1": "self",
    "B2": "carer or relative",
    "C1": "social services",
    "C2": "education",
    "C3": "housing",
    "D1": "employer",
    "D2": "occupational health",
    "E1": "police",
    "E2": "courts",
    "E3": "probation",
    "E4": "prison",
    "E5": "court liaison",
    "E6": "youth offending",
    "F1": "school nurse",
    "F2": "hospital paediatrics",
    "F3": "community paediatrics",
    "G1": "medium secure",
    "G2": "low secure",
    "G3": "other independent sector",
    "G4": "voluntary sector",
    "H1": "emergency department",
    "H2": "other secondary care",
    "I1": "temporary transfer from another Trust",
    "I2": "permanent transfer from another Trust",
    "M1": "asylum",
    "M2": "telephone or electronic access",
    "M3": "out of area",
    "M4": "drug action team",
    "M5": "Jobcentre",
    "M6": "other",
    "M7": "single point of access",
    "M9": "ambulance",
    "N3": "Talking Therapies",
    "P1": "internal",
    "Q1": "drop-in",
    "Q2": "",
}

PRIMARY_REASON: CodeList = {
    "01": "first-episode psychosis",
    "02": "ongoing psychosis",
    "03": "bipolar",
    "04": "depression",
    "05": "anxiety",
    "06": "OCD",
    "07": "phobias",
    "08": "organic",
    "09": "drugs or alcohol",
    "10": "unexplained physical symptoms",
    "11": "PTSD",
    "12": "eating disorder",
    "13": "perinatal",
    "14": "Personality disorders",
    "15": "self-harm",
    "16": "conduct",
    "18": "in crisis",
    "19": "relationships",
    "20": "gender",
    "21": "attachment",
    "22": "self-care",
    "23": "adjustment to health issues",
    "24": "neurodevelopmental",
    "25": "suspected autism",
    "26": "diagnosed autism",
    "27": "preconception",
    "28": "gambling",
    "29": "perinatal partner assessment",
    "30": "behaviours, learning disability",
    "31": "employment support",
}

PRIORITY: CodeList = {"1": "emergency", "2": "urgent", "3": "routine", "4": "very urgent"}

REJECT_REASON: CodeList = {"01": "duplicate", "02": "inappropriate", "03": "incomplete"}

CLOSE_REASON: CodeList = {
    "01": "admitted elsewhere",
    "02": "treatment completed",
    "03": "moved away",
    "04": "no further treatment appropriate",
    "05": "did not attend",
    "06": "died",
    "07": "person asked",
    "08": "referred elsewhere",
    "09": "declined",
}

ONWARD_REASON: CodeList = {
    "01": "transfer of responsibility",
    "02": "opinion only",
    "03": "diagnostic test only",
    "04": "new referral",
    "05": "stepped up from Talking Therapies",
    "06": "stepped down from Talking Therapies",
    "96": "other",
}

ATTENDANCE: CodeList = {
    "5": "attended on time",
    "6": "arrived late but seen",
    "7": "too late to be seen",
    "2": "cancelled by the person",
    "3": "did not attend",
    "4": "cancelled by the provider",
    "0": "in the future",
}
ATTENDED = ("5", "6")

MECHANISM: CodeList = {
    "01": "face to face",
    "02": "telephone",
    "04": "talk type",
    "05": "e-mail",
    "09": "text message",
    "10": "instant messaging",
    "11": "video",
    "12": "message board",
    "13": "chat room",
    "98": "other",
}

CONTACT_SUBJECT: CodeList = {"01": "the person", "02": "their proxy"}
YES_NO: CodeList = {"Y": "yes", "N": "no"}
CANCEL_REASON: CodeList = {"01": "clinical", "02": "non-clinical"}

PLAN_TYPE: CodeList = {
    "10": "mental health care plan",
    "11": "urgent and emergency plan",
    "12": "crisis plan",
    "13": "positive behaviour support",
    "14": "transition",
}

AGREED_BY: CodeList = {
    "10": "the person or their proxy",
    "11": "family or carer",
    "12": "advocate",
    "13": "clinical team",
    "14": "local support team",
    "15": "commissioner",
}

ACCOMMODATION: CodeList = {
    "01": "owner occupier",
    "02": "tenant, council or social",
    "03": "tenant, private",
    "04": "with family",
    "05": "with friends",
    "06": "university",
    "07": "tied to job",
    "08": "mobile",
    "09": "care home",
    "10": "care home with nursing",
    "11": "specialist housing",
    "12": "rough sleeper",
    "13": "squatting",
    "14": "sofa surfing",
    "15": "short-term guest",
    "16": "bed and breakfast",
    "17": "night shelter",
    "18": "hostel",
    "19": "temporary housing",
    "20": "in hospital",
    "21": "criminal justice",
    "98": "other",
}

SETTLED: CodeList = {"Y": "settled", "N": "not settled", "Z": "not stated"}

EMPLOYMENT: CodeList = {
    "01": "employed",
    "02": "seeking work",
    "03": "student",
    "04": "long-term sick or disabled",
    "05": "homemaker",
    "06": "not seeking work, no benefits",
    "07": "unpaid voluntary",
    "08": "retired",
    "ZZ": "not stated",
}

STAFF_GROUP: CodeList = {
    "01": "medical",
    "02": "nursing",
    "03": "psychology",
    "04": "primary mental health",
    "05": "child psychotherapy",
    "06": "counselling",
    "07": "family therapy",
    "08": "occupational therapy",
    "09": "social work",
    "10": "creative therapy",
    "11": "other therapy",
    "12": "education",
    "13": "speech and language",
    "97": "other qualified",
    "98": "other unqualified",
}

NHS_NUMBER_STATUS: CodeList = {
    "01": "present and verified",
    "02": "",
    "03": "",
    "04": "",
    "05": "",
    "06": "",
    "07": "not present, trace not required",
}
