"""The sentences of every refusal: what is so, what to do about it, which requirement it serves."""

from collections.abc import Mapping
from types import MappingProxyType

from workflows.refusals import Code, Refusal, Rule

_ORDER = "P11-10f-1"
_ENTRY = "A11D-10.1-1"
_TRUE = "FDAWL-1"
_UNSIGNED = "P11-70-2"
_REASON = "A11-9-1"
_LOT = "C211-86-1"
_CHARGE = "C211-101d-1"
_SECOND = "C211-101c-1"
_DEVICE = "C211-68a-1"
_DEPART = "C211-100b-2"
_PEOPLE = "C211-22-2"
_REVIEW = "C211-192-3"
_RELEASE = "REL-GATE-1"

RULES: Mapping[Code, Rule] = MappingProxyType(
    {
        Code.TRANSITION_NOT_ALLOWED: Rule(
            "A {thing} that is {state} cannot be {verb}; possible is: {possible}.",
            "Choose what is possible.",
            _ORDER,
        ),
        Code.BATCH_EXISTS: Rule(
            "Batch {number} was started on {at}.", "Open it instead.", "P11-10f-2"
        ),
        Code.BATCH_NOT_STARTED: Rule(
            "This batch has not been started.", "Start it from its order.", _ORDER
        ),
        Code.RECORD_CLOSED: Rule(
            "Batch {number} is {status} since {at}; its record is closed.",
            "Report what you found to quality; it is handled outside this record.",
            "REL-LOCK-1",
        ),
        Code.RECIPE_UNKNOWN: Rule(
            "The order names a recipe that is not there.", "Choose an effective recipe.", _ORDER
        ),
        Code.RECIPE_NOT_EFFECTIVE: Rule(
            "Recipe {code} version {version} is not effective.",
            "Use the effective version, or have this one made effective.",
            "C211-188a-1",
        ),
        Code.RECIPE_ALTERED: Rule(
            "Recipe {code} version {version} is not what was approved: approved {approved}, "
            "found {found}.",
            "Do not start. Call quality: the master was changed after its approval.",
            "C211-68b-1",
        ),
        Code.SIZE_WRONG: Rule(
            "An order of {size} cannot be made from a recipe of {recipe_size}: {fault}.",
            "Give a size that the recipe allows, in a unit of the recipe.",
            "C211-188a-1",
        ),
        Code.STEP_UNKNOWN: Rule(
            "The recipe of this batch has no step {step}.", "Choose a step of the recipe.", _ORDER
        ),
        Code.STEP_NOT_BEGUN: Rule(
            "{title} {stands}; pass {wanted} has not begun.",
            "Do what is open; a further pass begins by itself when it is needed.",
            _ORDER,
        ),
        Code.RIGHT_MISSING: Rule(
            "{name} does not hold the right {right}, which {what} needs.",
            "Ask somebody who holds it.",
            _ORDER,
        ),
        Code.STEP_NOT_OPEN: Rule(
            "{title} is not open yet; it waits for {waiting}.",
            "Finish what it waits for first.",
            _ORDER,
        ),
        Code.STEP_NOT_STARTED: Rule("{title} has not been started.", "Start it first.", _ORDER),
        Code.STEP_RUNNING: Rule(
            "{title} is already in hand, by {holder} since {at}.", "Go on with it.", "P11-10f-2"
        ),
        Code.STEP_FINISHED: Rule(
            "{title} is {status}, by {by} at {at}.",
            "To change a value, correct it with a reason.",
            "P11-10f-2",
        ),
        Code.STEP_AWAITS_WITNESS: Rule(
            "{title} was completed by {by} at {at} and awaits its witness.",
            "Have it witnessed, or correct a value with a reason.",
            "P11-10f-2",
        ),
        Code.STEP_NOT_PERFORMED: Rule(
            "{title} is {status}; there is nothing to witness.",
            "Witness it when the performer has completed it, if the recipe asks for a witness.",
            _ORDER,
        ),
        Code.WORK_DIFFERENT: Rule(
            "{title} is a step of kind {kind}, in which one cannot {act}.",
            "Do what the step asks for.",
            _ORDER,
        ),
        Code.INPUT_UNKNOWN: Rule(
            "{title} does not ask for {input}; it asks for {known}.",
            "Choose one of its inputs.",
            _ENTRY,
        ),
        Code.VALUE_PRESENT: Rule(
            "{title} is already recorded: {value}, by {by} at {at}.",
            "If it is wrong, correct it with a reason; both values stay on record.",
            _TRUE,
        ),
        Code.VALUE_ABSENT: Rule(
            "There is no {title} on record to correct.", "Record it first.", _ORDER
        ),
        Code.VALUE_COMPUTED: Rule(
            "{title} is {how} and cannot be typed over.", "{what}", "C211-68b-2"
        ),
        Code.VALUE_UNREADABLE: Rule("{value} is not {wanted}.", "Write {example}.", _ENTRY),
        Code.VALUE_TOO_FINE: Rule(
            "{value} has {found} decimals; {title} takes {most}.",
            "Write it as the instrument shows it, with at most {most} decimals.",
            _ENTRY,
        ),
        Code.UNIT_WRONG: Rule(
            "{title} is in {unit}, not in {given}.", "Read it off in {unit}.", _ENTRY
        ),
        Code.VALUE_UNCHANGED: Rule(
            "{title} is {value} already.", "Nothing needs to be corrected.", _REASON
        ),
        Code.VALUE_NEEDED: Rule(
            "{title} feeds {readers} and cannot be left empty.", "Give the right value.", _UNSIGNED
        ),
        Code.REASON_THIN: Rule(
            "The reason given for {what} is {fault}.",
            "Say in your own words why, in at least {least} characters, for this change alone.",
            _REASON,
        ),
        Code.TEXT_MISSING: Rule("{what} is {fault}.", "Write a sentence.", _REASON),
        Code.CONTAINER_UNKNOWN: Rule(
            "No container has the code {code}.", "Scan the label on the container.", _CHARGE
        ),
        Code.MATERIAL_WRONG: Rule(
            "Container {code} holds {found}; this step needs {wanted}.",
            "Fetch a container of {wanted}.",
            _CHARGE,
        ),
        Code.LOT_NOT_RELEASED: Rule(
            "Lot {lot} is {status}; only released lots may be used.",
            "Fetch a released lot, or ask quality control.",
            _LOT,
        ),
        Code.LOT_EXPIRED: Rule(
            "Lot {lot} expired at the end of {expiry}; today is {today}.",
            "Fetch a lot that is in date and put this one aside.",
            _LOT,
        ),
        Code.LOT_RETEST_DUE: Rule(
            "The retest of lot {lot} was due on {retest}; today is {today}.",
            "Fetch another lot, or have this one retested.",
            _LOT,
        ),
        Code.LOT_NOT_YET_USABLE: Rule(
            "Lot {lot} may be used from {usable_from}; it is {now}.",
            "Wait until then, or fetch another lot.",
            _LOT,
        ),
        Code.CONTAINER_EMPTY: Rule(
            "Container {code} is empty by the books.", "Fetch a container with stock.", _LOT
        ),
        Code.CONTAINER_INSUFFICIENT: Rule(
            "Container {code} holds {remaining}; {needed} is needed.",
            "Fetch a fuller container, or say that it is one of several.",
            _LOT,
        ),
        Code.CONTAINER_IDENTIFIED: Rule(
            "Container {code} is already identified in this step.", "Go on with it.", _CHARGE
        ),
        Code.CONTAINER_NOT_IDENTIFIED: Rule(
            "No container for {line} stands identified{code}.",
            "Scan the container in its identification step first.",
            _CHARGE,
        ),
        Code.EQUIPMENT_UNKNOWN: Rule(
            "No equipment has the code {code}.", "Scan the label on the equipment.", _DEVICE
        ),
        Code.EQUIPMENT_CLASS_WRONG: Rule(
            "{code} is a {found}; this step needs a {wanted}.", "Scan a {wanted}.", "C211-105-1"
        ),
        Code.EQUIPMENT_NOT_AVAILABLE: Rule(
            "{code} is {status}.", "Take another, or ask metrology.", _DEVICE
        ),
        Code.CALIBRATION_DUE: Rule(
            "The calibration of {code} was due on {due}; today is {today}.",
            "Take another, or have it calibrated.",
            _DEVICE,
        ),
        Code.EQUIPMENT_IDENTIFIED: Rule(
            "{code} already stands for {requirement}.",
            "To replace it, scan the other one and give the reason.",
            _REASON,
        ),
        Code.SCALE_NOT_IDENTIFIED: Rule(
            "No scale stands identified for {requirement}.",
            "Scan the scale in its identification step first.",
            _DEVICE,
        ),
        Code.READING_UNKNOWN: Rule(
            "There is no such reading.", "Ask the scale for a new one.", "DEV-SCL-1"
        ),
        Code.READING_OTHER_STEP: Rule(
            "The reading was asked for by another step.",
            "Ask the scale for a reading of this step.",
            "DEV-SCL-1",
        ),
        Code.READING_OTHER_SCALE: Rule(
            "The reading came from {found}; this step weighs on {wanted}.",
            "Ask {wanted} for a reading.",
            "DEV-SCL-1",
        ),
        Code.READING_SIMULATED: Rule(
            "{scale} is simulated, and this is a production site: its reading weighs nothing.",
            "Have metrology connect the real scale.",
            "DEV-SCL-1",
        ),
        Code.READING_USED: Rule(
            "The reading has already been used in this batch.",
            "Ask the scale for a new one.",
            "DEV-SCL-1",
        ),
        Code.READING_EMPTY: Rule(
            "{scale} sent no weight: {frame}.", "See to the scale, then weigh again.", "DEV-SCL-1"
        ),
        Code.READING_UNSTABLE: Rule(
            "The reading of {scale} is not stable: {value}.",
            "Wait until the scale stands still.",
            "DEV-SCL-1",
        ),
        Code.READING_OLD: Rule(
            "The reading is {age_s} s old; at most {most_s} s are allowed.",
            "Ask the scale for a new one.",
            "DEV-SCL-1",
        ),
        Code.WEIGHT_NOT_POSITIVE: Rule(
            "A charge of {value} is no charge.", "Tare the scale, then weigh again.", "DEV-SCL-1"
        ),
        Code.TARGET_MISSING: Rule(
            "The target of {title} is not known: {why}.",
            "Finish the calculation it comes from.",
            _ORDER,
        ),
        Code.WEIGHING_FINISHED: Rule(
            "{total} is charged already; the target is {target} ({least} to {most}).",
            "Complete the step. If more went in, report it as a problem.",
            _CHARGE,
        ),
        Code.OPERAND_MISSING: Rule(
            "{title} cannot be computed: {missing} is not on record.",
            "Record it first.",
            "C211-68b-2",
        ),
        Code.VALUE_MISSING: Rule(
            "{what} is not on record.", "Record it before you complete the step.", "C211-188b-1"
        ),
        Code.EXCEPTION_BLOCKS: Rule(
            "{exception} holds this step up: {text}", "Have quality decide it first.", _DEPART
        ),
        Code.EARLIER_STEP_OPEN: Rule(
            "{title} comes before this step and is {status}.",
            "Have it signed again first, in the order of the recipe.",
            _UNSIGNED,
        ),
        Code.LOT_NUMBER_MISSING: Rule(
            "No lot number is reserved for what is produced.", "Try again.", "C211-188b-1"
        ),
        Code.WITNESS_MISSING: Rule(
            "{what} needs a second person.", "Ask a colleague to sign as witness.", _SECOND
        ),
        Code.WITNESS_INVOLVED: Rule(
            "{name} cannot witness {title}: {name} {part} it.",
            "Ask somebody who took no part in it.",
            "P11-100a-1",
        ),
        Code.SKIP_NOT_ALLOWED: Rule(
            "The recipe does not allow {title} to be skipped.",
            "Perform it, or report a problem for quality to decide.",
            _DEPART,
        ),
        Code.EXCEPTION_UNKNOWN: Rule(
            "This batch has no exception {exception}.", "Choose one from its list.", _DEPART
        ),
        Code.EXCEPTION_DECIDED: Rule(
            "{exception} was decided by {by} at {at}: {decision}.",
            "Report a new problem if more is known.",
            _DEPART,
        ),
        Code.DEVIATION_NEEDED: Rule(
            "{exception} cannot simply be accepted: {text}",
            "Open a deviation for it, or return it.",
            _DEPART,
        ),
        Code.DECIDER_INVOLVED: Rule(
            "{name} cannot decide {exception}: {name} {part} {title}.",
            "Ask somebody who took no part in it.",
            _PEOPLE,
        ),
        Code.BATCH_REVIEWED: Rule(
            "The record was reviewed by {by} at {at}.", "Go on to release.", _REVIEW
        ),
        Code.STEPS_OPEN: Rule(
            "{open} of {all} steps are not done: {titles}.",
            "Have them done, or skipped where the recipe allows.",
            "C211-188b-1",
        ),
        Code.STEPS_UNSIGNED: Rule(
            "{open} of {all} steps have lost their signatures: {titles}.",
            "Have them signed again, in the order of the recipe.",
            _UNSIGNED,
        ),
        Code.EXCEPTIONS_OPEN: Rule(
            "{open} of {all} exceptions are not decided: {exceptions}.",
            "Decide each with its reason.",
            _RELEASE,
        ),
        Code.REVIEWER_INVOLVED: Rule(
            "{name} cannot review this batch: {name} {part} {title}.",
            "Ask a reviewer who took no part in it.",
            _PEOPLE,
        ),
        Code.BATCH_NOT_REVIEWED: Rule(
            "The record has not been reviewed.", "Have it reviewed first.", _REVIEW
        ),
        Code.RELEASER_INVOLVED: Rule(
            "{name} cannot decide on this batch: {name} {part} {title}.",
            "Ask somebody who neither performed, witnessed, corrected nor reviewed in it.",
            _PEOPLE,
        ),
    }
)


def refusal(code: Code, /, **numbers: object) -> Refusal:
    """The reason told to a person, with the numbers of this case in the sentence."""
    rule = RULES[code]
    return Refusal(
        code=code,
        text=rule.sentence.format(**numbers),
        remedy=rule.remedy.format(**numbers),
        requirement=rule.requirement,
    )
