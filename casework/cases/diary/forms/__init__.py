"""Questions about a contact."""

from casework.cases.diary.forms.booking import BookForm, CancelForm, StepForm
from casework.cases.diary.forms.choices import MISSED
from casework.cases.diary.forms.correcting import CorrectForm, MistakeForm
from casework.cases.diary.forms.crisis import CrisisForm, crisis_answers
from casework.cases.diary.forms.group import MOST, GroupForm, PickForm
from casework.cases.diary.forms.recording import RecordForm, usual_answers

__all__ = [
    "MISSED",
    "MOST",
    "BookForm",
    "CancelForm",
    "CorrectForm",
    "CrisisForm",
    "GroupForm",
    "MistakeForm",
    "PickForm",
    "RecordForm",
    "StepForm",
    "crisis_answers",
    "usual_answers",
]
