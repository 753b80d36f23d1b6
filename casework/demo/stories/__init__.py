"""The people whose histories tell the stories of the research, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from casework.demo.life import Story
from casework.demo.scene import Scene
from casework.demo.stories import alongside, between_teams, changes, endings, many_needs, waiting


@dataclass(frozen=True)
class Part:
    """One person's story. `flags` are the rules that it puts in breach today; a story with none
    (`quiet`) shows what the service does well."""

    key: str
    name: str
    pronouns: str
    age: int
    locality: int
    tell: Callable[[Scene], Story]
    flags: Sequence[str] = ()
    quiet: bool = False


PARTS: tuple[Part, ...] = (
    Part("steady", "Marigold Quillfeather", "she", 41, 0, alongside.kept_well, quiet=True),
    Part("steady_slow", "Caspian Dewhollow", "he", 33, 2, alongside.slow_trust, quiet=True),
    Part("light_touch", "Esperanza Willowmere", "she", 52, 1, alongside.light_touch, quiet=True),
    Part("peer", "Clementine Marshlight", "she", 28, 0, alongside.peer_beside, quiet=True),
    Part("met_first", "Arden Moonbeck", "they", 36, 1, alongside.met_before_notes, quiet=True),
    Part("missed", "Jerome Tidewell", "he", 30, 2, alongside.what_got_in_the_way, quiet=True),
    Part(
        "more_for_a_while", "Vashti Goldenrod", "she", 45, 0, alongside.more_for_a_while, quiet=True
    ),
    Part(
        "faces",
        "Juno Thistledown",
        "she",
        26,
        1,
        between_teams.every_time_another,
        ("many_faces", "poor_continuity", "named_worker_share"),
    ),
    Part(
        "bounced", "Rufus Sparrowgate", "he", 38, 0, between_teams.six_months, ("referral_bounced",)
    ),
    Part(
        "crisis_only",
        "Indigo Nettlecombe",
        "they",
        24,
        2,
        between_teams.only_at_the_edge,
        ("crisis_only", "no_named_worker", "many_faces"),
    ),
    Part(
        "no_named",
        "Petra Foxglove-Lane",
        "she",
        47,
        1,
        between_teams.nobody_named,
        ("no_named_worker",),
    ),
    Part("articulate", "Imogen Silverpen", "she", 35, 0, between_teams.read_as_coping),
    Part("teams", "Lubomir Ashwater", "he", 43, 2, between_teams.many_teams, ("team_churn",)),
    Part(
        "left",
        "Barnaby Larchwood",
        "he",
        50,
        1,
        changes.left_and_nobody_since,
        ("no_named_worker", "nobody_holding"),
    ),
    Part("handover", "Orlando Brightmere", "he", 39, 0, changes.well_handed_over, quiet=True),
    Part(
        "unplanned",
        "Nerys Haythorn",
        "she",
        31,
        2,
        changes.from_one_day_to_the_next,
        ("unplanned_change",),
    ),
    Part(
        "many_changes",
        "Umberto Saltmarsh",
        "he",
        29,
        1,
        changes.three_in_a_year,
        ("worker_changes",),
    ),
    Part("asked", "Zuzanna Kingcup", "she", 34, 0, changes.asked_for_another, quiet=True),
    Part("leaver_planned", "Hector Plumridge", "he", 55, 2, changes.handover_under_way, quiet=True),
    Part("leaver_open", "Kezia Lambswood", "she", 27, 0, changes.nobody_planned_yet, quiet=True),
    Part("housing", "Dimitar Stonecrop", "he", 44, 1, many_needs.housing_first, quiet=True),
    Part(
        "told_once", "Rhiannon Seabright", "she", 37, 2, many_needs.not_to_be_told_again, quiet=True
    ),
    Part("interpreter", "Farida Lilywater", "she", 40, 1, many_needs.in_her_language, quiet=True),
    Part("identities", "Emeka Rainbough", "he", 32, 0, many_needs.all_of_who_he_is, quiet=True),
    Part("joint", "Tansy Copperbeck", "they", 22, 2, many_needs.two_beside_them, quiet=True),
    Part("losing_touch", "Quill Hartwater", "they", 48, 0, waiting.gone_quiet, ("losing_touch",)),
    Part(
        "waiting", "Sanjay Meadowbrook", "he", 46, 2, waiting.no_answer_yet, ("referral_stalled",)
    ),
    Part(
        "accepted",
        "Mabli Rosehill",
        "she",
        23,
        1,
        waiting.accepted_and_waiting,
        ("referral_stalled", "four_weeks"),
    ),
    Part("question", "Corwin Appledore", "he", 53, 0, waiting.one_more_question),
    Part("new", "Yewande Starflower", "she", 21, 2, waiting.first_meeting_booked),
    Part("died", "Alasdair Fernlea", "he", 58, 1, endings.died, quiet=True),
    Part("ended", "Paloma Reedmace", "she", 49, 2, endings.ended_and_may_come_back, quiet=True),
)
