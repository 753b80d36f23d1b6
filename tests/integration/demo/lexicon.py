"""Words that a team would not write about somebody who reads it.

The starter lexicon of the language checker, as stems and phrases: whatever begins with one of
these at the start of a word is found.
"""

import re

TERMS = (
    "pd|pds|personality disordered|is borderline|such a borderline|eupd|emotionally unstable"
    "|schizophrenic|self-harmer|cutter|addict|alcoholic|abuser|junkie|mentally ill|suffers from"
    "|sufferer|victim of|high functioning|low functioning|presents well|well-presented|well kempt"
    "|attention-seek|attention seek|manipulat|game-playing|playing games|acting out|kicking off"
    "|dramatic|histrionic|over the top|hysterical|volatile|explosive|angry|aggressive|hostile"
    "|combative|confrontational|difficult|challenging|demanding|needy|clingy|entitled"
    "|high maintenance|dependent|fostering dependency|lazy|unmotivated|not motivated|unrealistic"
    "|grandiose|poor judgement|bad choices|impulsive|risky|dangerous|a risk|sabotag|behavioural"
    "|inappropriate|malingering|faking|putting it on|frequent flyer|frequent attender"
    "|revolving door|time-waster|heartsink|treatment-resistant|not responding|failed|untreatable"
    "|can't be helped|hard to engage|hard to reach|not engaging|disengaged|non-engager|dna"
    "|did not attend|refuse|resistant|resists|non-complian|compliance|non-adheren|uncooperative"
    "|poor historian|claims|claimed|alleg|denies|denied|insists|insisted|adamant|admits to"
    "|admitted to|complains of|complaining|delusional|lacks insight|no insight|not distressed"
    "|no evidence of distress|commit suicide|committed suicide|unsuccessful attempt"
    "|successful suicide|threatened suicide|suicide threat|parasuicide|suicide gesture"
    "|cry for help|superficial|only scratches|not serious|low lethality|absconded|awol|discharged"
    "|bounced|does not meet threshold|known to services|well known|managed|containment"
    "|boundaries enforced|capacitous|patient"
).split("|")
FOUND = re.compile(rf"\b(?:{'|'.join(map(re.escape, TERMS))})", re.IGNORECASE)


def found_in(words: str) -> list[str]:
    """The terms that stand in a text, without what is quoted from somebody's mouth."""
    return FOUND.findall(re.sub(r'["“][^"”]*["”]', "", words))
