"""Care plans of the people in the stories, in the words of those who would write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from careplans import services
from careplans.kinds import Kind
from careplans.models import AreaOfLife, Line, Plan, Proposal, Version
from careplans.writers import Writer
from casework.demo.life import Story, day
from casework.demo.scene import Scene

NOT_NOW, YES, NO = "not_now", "yes", "no"


@dataclass
class Writing:
    """One person's plan and the hands that write it."""

    scene: Scene
    worker: str
    plan: Plan

    @property
    def together(self) -> Writer:
        return Writer(user=self.scene.user(self.worker), together=True)

    @property
    def alone(self) -> Writer:
        return Writer(user=self.scene.user(self.worker))

    @property
    def themselves(self) -> Writer:
        return Writer(person_id=self.scene.person.pk)

    def area(self, code: str) -> AreaOfLife:
        return AreaOfLife.objects.get(code=code)

    def write(self, kind: Kind, words: str, code: str = "", **values: Any) -> Line:
        by = values.pop("by", self.together)
        return services.write(
            plan=self.plan,
            kind=kind,
            values={"words": words, **values},
            by=by,
            area=self.area(code) if code else None,
        )

    def rewrite(self, kind: Kind, words: str, code: str, by: Writer) -> Line:
        line = self.plan.lines.get(kind=kind, area__code=code)
        return services.write(
            plan=self.plan,
            kind=kind,
            values={"words": words},
            by=by,
            area=self.area(code),
            line=line,
            seen_version=line.version,
        )

    def action(self, code: str, words: str, owner: str, in_days: int, name: str = "") -> Line:
        values: dict[str, Any] = {
            "owner_kind": owner,
            "due_on": self.scene.today + dt.timedelta(days=in_days),
            "owner_words": name,
        }
        if owner == "worker":
            values["owner_worker"] = self.scene.worker(self.worker)
        return self.write(Kind.ACTION, words, code, **values)

    def who(self, words: str, kind: str = "agency", name: str = "") -> None:
        values: dict[str, Any] = {"owner_kind": kind, "owner_words": name}
        if kind == "worker":
            values["owner_worker"] = self.scene.worker(self.worker)
        self.write(Kind.NETWORK, words, **values)

    def rate(self, code: str, value: int, words: str = "", wants_help: str = "") -> None:
        services.rate(
            plan=self.plan,
            area=self.area(code),
            by=self.together,
            value=value,
            words=words,
            wants_help=wants_help,
        )

    def first(self, *codes: str, not_now: tuple[str, ...] = ()) -> None:
        services.rank(
            plan=self.plan,
            first=[self.area(code) for code in codes],
            not_now=[self.area(code) for code in not_now],
            by=self.together,
            seen_version=Plan.objects.get(pk=self.plan.pk).ranked_version,
        )

    def propose(self, kind: Kind, words: str, code: str, *, by: Writer, why: str = "") -> Proposal:
        return services.propose(
            plan=self.plan,
            kind=kind,
            values={"words": words},
            by=by,
            why=why,
            area=self.area(code),
        )

    def share(self, why: str = "", **options: Any) -> Version:
        return services.share(plan=self.plan, by=self.alone, why=why, **options)

    def agrees(self, version: Version, words: str = "") -> None:
        services.answer_as_person(
            version=version, by=self.themselves, answer="agree", words=words, copy="paper"
        )

    def safety(self, **steps: str) -> None:
        for step, words in steps.items():
            self.write(Kind(f"safety_{step}"), words)


def begun(scene: Scene, worker: str) -> Writing:
    """A plan with nothing in it yet."""
    by = Writer(user=scene.user(worker), together=True)
    return Writing(scene, worker, services.start(person=scene.person, by=by))


def marigold(scene: Scene) -> Story:
    """Agreed twice, looked at together, with a safety plan: what a plan is when there is time."""
    yield day(300, "11:30")
    it = begun(scene, "femi")
    it.rate("people", 3, "I see the dog and Femi. Some weeks that is all.", YES)
    it.rate("safety", 2, "The nights.", YES)
    it.rate("work", 3, "The allotment is the best of it.", NO)
    it.first("safety", "people", "work", not_now=("medication",))
    it.write(
        Kind.MATTERS,
        "The nights are too loud. I do not want it to stop being loud, I want not to be alone "
        "with it.",
        "safety",
    )
    it.write(
        Kind.SHARED_VIEW,
        "Hurting herself is how Marigold gets through the loudest minutes. Something else has to "
        "carry them first.",
        "safety",
    )
    it.write(Kind.GOAL, "To get through a bad night with the dog and the telephone", "safety")
    it.action("safety", "Write a note for the night line: what helps, what does not", "worker", 14)
    it.write(Kind.MATTERS, "My sister Juno is the only one who knows all of it.", "people")
    it.write(Kind.GOAL, "To have somebody here I can have tea with", "people")
    it.write(
        Kind.TRIED,
        "The breathing group. I counted the ceiling tiles.",
        "therapy",
        helped="no",
        keep="no",
    )
    it.write(
        Kind.OPTION,
        "A group at Hillside on Thursdays",
        "therapy",
        in_favour="People who know what a loud night is",
        against="Twelve strangers at once",
        choice="not_now",
    )
    it.write(Kind.HOPE, "A stall of my own, with a sign")
    it.write(Kind.LEARNING, "The course on cut flowers at the college, when evenings are easier")
    it.write(
        Kind.CHECK_IN,
        "Femi rings on the first Monday of the month, also when all is well",
        owner_kind="worker",
        owner_worker=scene.worker("femi"),
    )
    it.who("Key worker: Tuesdays, and the plan", "worker")
    it.who("Listens on Sundays, from Spain", "carer", "Juno, my sister")
    it.who("Tablets, and the rest of me", name="Dr Hazelden, Willowbank Surgery")
    it.safety(
        signs="I tidy. I say that I am fine. The radio is too loud and I cannot turn it off.",
        alone="Cold tap, both hands, until I have counted to sixty. Walk the dog round the block.",
        away="The bench by the lock. The market on Saturdays. The woman with the eggs talks to "
        "anybody.",
        people="Juno. She is an hour ahead and does not mind.",
        services="The crisis line. Ask for Priya if she is on. Say “loud night” and they know.",
        around="Femi has the spare key of the shed. The blades are in the shed.",
        kept="On the fridge, behind the picture of the dog",
    )
    version = it.share("Our first one.")
    yield day(297, "10:30")
    it.agrees(version, "It sounds like me.")
    services.answer_for_team(version=version, by=it.alone, answer="agree")
    yield day(288, "11:30")
    action = it.plan.lines.get(kind=Kind.ACTION, area__code="safety")
    services.report(
        line=action, by=it.together, progress="done", what_happened="Priya has it by the telephone"
    )
    yield day(284, "16:00")
    services.comment(
        plan=it.plan,
        words="The lock is closed for repairs until spring. Is there another bench?",
        by=Writer(user=scene.user("priya")),
        line=it.plan.lines.get(kind=Kind.SAFETY_AWAY),
    )
    for days_ago, nights, company, far in ((240, 3, 3, 2), (190, 4, 4, 4), (150, 3, 4, 4)):
        yield day(days_ago, "11:30")
        it.rate("safety", nights)
        it.rate("people", company)
        goal = it.plan.lines.get(kind=Kind.GOAL, area__code="safety")
        services.score(line=goal, value=far, by=it.together)
    yield day(128, "11:30")
    it.rewrite(
        Kind.MATTERS,
        "Juno knows all of it. Since the market there are three people who say my name.",
        "people",
        it.together,
    )
    it.action("people", "Ask the allotment group whether I may come to the tea", "person", 40)
    it.write(
        Kind.TEAM_VIEW,
        "We wonder whether a day without the market would be too long at present.",
        "work",
        by=it.alone,
    )
    it.write(
        Kind.DIFFERENTLY,
        "The market is not too much. It is the one day on which I sleep.",
        "work",
    )
    version = it.share("The market is in it, and the tea.")
    yield day(126, "10:30")
    it.agrees(version)
    services.answer_for_team(
        version=version, by=it.alone, answer="agree", words="And we learned about the market."
    )
    for days_ago, nights, company, far in ((80, 5, 4, 6), (33, 5, 5, 7)):
        yield day(days_ago, "11:30")
        it.rate("safety", nights, "The dog sleeps through, so I do." if days_ago == 33 else "")
        it.rate("people", company)
        goal = it.plan.lines.get(kind=Kind.GOAL, area__code="safety")
        services.score(line=goal, value=far, by=it.together)
    services.ask_for_review(plan=it.plan, by=it.together, formal=False)
    services.keep_after_review(
        plan=it.plan,
        by=it.together,
        words="We read it aloud, the safety plan too. The bench is open again.",
    )
    yield day(24, "19:20")
    asked = it.propose(
        Kind.SHARED_VIEW,
        "Femi comes to the market on the first Saturday of the month.",
        "work",
        by=it.themselves,
        why="So that somebody sees me there",
    )
    yield day(22, "09:40")
    services.discuss(
        proposal=asked,
        by=it.alone,
        words="I would like to see the stall. Shall we look on Tuesday which day could work?",
    )
    yield day(17, "15:30")
    services.decline(
        proposal=asked,
        by=it.together,
        reason="Femi does not work on Saturdays, and comes on a Friday when the stall is set up.",
    )
    yield day(5, "20:10")
    it.propose(
        Kind.SHARED_VIEW,
        "Every three weeks is right for the winter. In spring we look whether Marigold wants it "
        "less.",
        "people",
        by=it.themselves,
        why="So that it is written somewhere that I decide it",
    )


def dimitar(scene: Scene) -> Story:
    """In use without his agreement: both views stand side by side, and nobody is at fault."""
    yield day(120, "11:30")
    it = begun(scene, "saoirse")
    it.rate("housing", 1, "It is a van.", YES)
    it.first("housing", "money", not_now=("therapy", "medication", "people"))
    it.write(Kind.MATTERS, "A key of my own. Minister comes too or I do not.", "housing")
    it.write(
        Kind.TEAM_VIEW,
        "The council holds the ground-floor flat only until the end of the month, and takes it "
        "only with a plan from us. We would sooner use this one now than lose the flat.",
        "housing",
        by=it.alone,
    )
    it.write(
        Kind.DIFFERENTLY,
        "I am not signing that I accept floating support to get a front door.",
        "housing",
    )
    it.write(Kind.GOAL, "To lock my own door from the inside", "housing")
    it.write(
        Kind.OPTION,
        "The ground-floor flat in Tannery Lane",
        "housing",
        in_favour="Dogs are allowed. It is there now.",
        against="Somebody from the council comes every week for a year",
        choice="chosen",
    )
    it.action("housing", "Ask the council whether the weekly visit can be monthly", "worker", 30)
    it.action(
        "housing", "Send the landlord's form for Minister", "agency", 21, "Bill, Open Door Housing"
    )
    it.write(
        Kind.MATTERS, "They stopped the payment because the letter went to a car park.", "money"
    )
    it.action("money", "Ask for the letters to come to Open Door", "worker", 20)
    it.who("Key worker: the council, the forms, the dog", "worker")
    it.who("The flat", name="Bill, Open Door Housing and Advice")
    version = it.share("For the council, and because you asked to see it in writing.")
    yield day(116, "12:00")
    services.record_told(
        version=version,
        by=it.alone,
        answer="disagree",
        words="“I agree with the flat. I do not agree with the visits, and it is one page.”",
        copy="paper",
    )
    services.use_without_agreement(
        plan=it.plan,
        by=it.alone,
        reason="The flat would be gone by the end of the month. Dimitar wants the flat and not "
        "the weekly visits; we ask the council about them and look at this again with him.",
    )
    yield day(88, "10:30")
    for line in it.plan.lines.filter(kind=Kind.ACTION):
        services.report(
            line=line,
            by=it.alone,
            progress="done",
            what_happened="Done; the visits are every two weeks for now",
        )
    it.rate("housing", 5, "There is a door. It sticks.", YES)


def clementine(scene: Scene) -> Story:
    """Shared, and waiting for her answer; a charity reads a part of it."""
    yield day(40, "16:30")
    it = begun(scene, "saoirse")
    it.rate("people", 4, "Robin makes it a four.", NO)
    it.rate("daily", 2, "I eat when Robin comes.", YES)
    it.first("daily", "people")
    it.write(Kind.MATTERS, "Cooking for one feels like a telling-off.", "daily")
    it.write(Kind.GOAL, "One warm meal a day that is not toast", "daily")
    it.action("daily", "Cook at the community kitchen with Robin, twice", "agency", 45, "Robin")
    it.write(Kind.MATTERS, "People who have been there. I can tell within a minute.", "people")
    it.write(Kind.HOPE, "To be the one who sits beside somebody, paid")
    it.who("Walks, and the kitchen", name="Robin, Common Thread Peer Support")
    it.who("Key worker", "worker")
    services.choose_sharing(
        plan=it.plan,
        organisation=scene.worker("robin").organisation,
        by=it.together,
        areas=["daily", "people", "work"],
        whole=True,
    )
    it.share("What we talked about in the kitchen.")
    yield day(38, "11:00")
    version = it.plan.versions.get()
    services.record_told(
        version=version,
        by=it.alone,
        answer="need_time",
        words="“I want to read it with Robin first.”",
        copy="paper",
    )
    services.answer_for_team(version=version, by=it.alone, answer="agree")
    yield day(9, "11:00")
    services.record_told(
        version=version,
        by=it.alone,
        answer="need_time",
        words="“We are on page two. Robin reads it aloud on Thursdays.”",
        copy="paper",
    )


def emeka(scene: Scene) -> Story:
    """Being written: some of it, in no order."""
    yield day(16, "14:30")
    it = begun(scene, "femi")
    it.rate("identity", 6, "Drums on Sundays, and nobody asks me to choose.", NO)
    it.write(
        Kind.MATTERS,
        "I am Igbo, I am gay, I am in the choir. Whoever works with me works with all three.",
        "identity",
    )
    it.write(Kind.MATTERS, "My back since the warehouse. It is not in my head.", "body")
    it.write(Kind.GOAL, "To lift my nephew up again", "body")
    it.propose(
        Kind.SHARED_VIEW,
        "Pain and low days come together. We ask the surgery for one appointment about both.",
        "body",
        by=it.alone,
        why="So that it need not be told twice",
    )
    services.comment(
        plan=it.plan,
        words="Which Sunday is the choir's concert? I would like to know before I book anything.",
        by=it.alone,
        area=it.area("identity"),
    )


def arden(scene: Scene) -> Story:
    """Agreed in spring; they asked for another look, and it stands meanwhile."""
    yield day(150, "11:00")
    it = begun(scene, "bronwyn")
    it.rate("therapy", 5, "Met first, read later. That did it.")
    it.first("therapy", "work")
    it.write(Kind.MATTERS, "Nobody reads my notes before they have met me.", "therapy")
    it.write(Kind.SHARED_VIEW, "We meet first, and read together what we need.", "therapy")
    it.write(Kind.GOAL, "To tell it once, to one person, to the end", "therapy")
    it.action("therapy", "Ask Efua for a first conversation without papers", "worker", 20)
    it.write(Kind.MATTERS, "Two shifts at the library. Books do not ask.", "work")
    it.who("Key worker", "worker")
    version = it.share()
    yield day(147, "11:00")
    it.agrees(version, "Yes. Keep it this short.")
    services.answer_for_team(version=version, by=it.alone, answer="agree")
    yield day(125, "11:00")
    services.report(
        line=it.plan.lines.get(kind=Kind.ACTION),
        by=it.together,
        progress="done",
        what_happened="They met. No papers.",
    )
    yield day(6, "18:20")
    services.ask_for_review(
        plan=it.plan,
        by=it.themselves,
        why="Efua is leaving in the new year. I want that in it before it happens.",
    )


def rhiannon(scene: Scene) -> Story:
    """A safety plan and very little else, which is what she wanted."""
    yield day(70, "14:00")
    it = begun(scene, "mei")
    it.first("safety", not_now=("people", "work", "money", "therapy"))
    it.write(Kind.MATTERS, "It is written down in one place already. I do not tell it.", "safety")
    it.safety(
        signs="I stop answering. I sleep in my coat.",
        alone="The heavy blanket. The same film. Tea with too much sugar.",
        away="The night bus to the coast and back. The driver says good evening.",
        people="Mei on weekdays. My neighbour Ines, who does not ask.",
        services="Crisis team. Please read “not to be told again” before you ring.",
        around="Ines has my tablets and gives me two days at a time. I asked her to.",
        kept="In my telephone, under “shopping”",
    )
    version = it.share("Only this, as you asked.")
    yield day(66, "14:00")
    it.agrees(version)
    services.answer_for_team(version=version, by=it.alone, answer="agree")


def umberto(scene: Scene) -> Story:
    """What the service promised and has not done, after three workers in a year."""
    yield day(240, "17:00")
    it = begun(scene, "kofi")
    it.rate("money", 2, "I owe more than I earn.", YES)
    it.first("money", "people")
    it.write(Kind.MATTERS, "Letters I do not open. They are in the drawer with the forks.", "money")
    it.write(Kind.GOAL, "To open the drawer", "money")
    it.action("money", "Go through the drawer together", "worker", 30)
    it.action("money", "A date with the debt adviser", "agency", 45, "Ottoline, Open Door Advice")
    it.who("Money", name="Ottoline, Open Door Housing and Advice")
    version = it.share(review_due=scene.today + dt.timedelta(days=180))
    yield day(236, "17:00")
    it.agrees(version, "If it happens.")
    services.answer_for_team(version=version, by=it.alone, answer="agree")


def esperanza(scene: Scene) -> Story:
    """Light touch: well, and not left alone with it."""
    yield day(160, "13:30")
    it = begun(scene, "arjun")
    it.rate("work", 6, "The choir and the Thursday children.", NO)
    it.first("work")
    it.write(Kind.MATTERS, "I am well and I would like to stay somebody's.", "people")
    it.write(
        Kind.CHECK_IN,
        "Arjun rings every six weeks. If I do not ring back he rings again.",
        owner_kind="worker",
        owner_worker=scene.worker("arjun"),
    )
    it.write(Kind.LEARNING, "The certificate for the reading room")
    it.write(Kind.GOAL, "To go to my daughter's at Christmas and stay the week", "people")
    it.action("people", "Book the train before the prices go up", "person", 60)
    it.who("Rings", "worker")
    version = it.share()
    yield day(158, "13:30")
    it.agrees(version, "Short and right.")
    services.answer_for_team(version=version, by=it.alone, answer="agree")


PLANS: dict[str, Callable[[Scene], Story]] = {
    "steady": marigold,
    "housing": dimitar,
    "peer": clementine,
    "identities": emeka,
    "met_first": arden,
    "told_once": rhiannon,
    "many_changes": umberto,
    "light_touch": esperanza,
}
