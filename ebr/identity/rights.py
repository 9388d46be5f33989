"""Every right by name, the roles a plant starts with, and the pairs of roles that exclude another.

A right is one thing that may be done; a role is what the plant calls somebody who may do several.
Which role holds which right, who holds which role and which roles exclude each other are rows of
the database; here stands what a new site starts with (21 CFR 11.10(g), Annex 11 draft 11).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Area(StrEnum):
    """What a right touches; administration never meets making, checking or releasing."""

    OWN = "own"
    LOOKING = "looking"
    MAKING = "making"
    CHECKING = "checking"
    RELEASING = "releasing"
    ADMINISTRATION = "administration"
    SERVICE = "service"


class Right(StrEnum):
    """One thing that may be done. A right is never renamed or used again for something else."""

    USE_OWN_SESSION = "use_own_session"

    VIEW_BATCHES = "view_batches"
    VIEW_RECORDS = "view_records"
    VIEW_ORDERS = "view_orders"
    VIEW_RECIPES = "view_recipes"
    VIEW_INVENTORY = "view_inventory"
    VIEW_EQUIPMENT = "view_equipment"
    VIEW_READINGS = "view_readings"
    VIEW_TRAIL = "view_trail"
    VIEW_REPORTS = "view_reports"
    VIEW_ACCOUNTS = "view_accounts"
    EXPORT_LEDGER = "export_ledger"

    CREATE_ORDERS = "create_orders"
    START_ORDERS = "start_orders"
    EXECUTE_STEPS = "execute_steps"
    TYPE_WEIGHTS = "type_weights"
    SKIP_STEPS = "skip_steps"
    CORRECT_VALUES = "correct_values"
    REPORT_PROBLEMS = "report_problems"
    ADD_COMMENTS = "add_comments"
    READ_DEVICES = "read_devices"
    CREATE_MATERIALS = "create_materials"
    RECEIVE_LOTS = "receive_lots"
    MOVE_CONTAINERS = "move_containers"
    REGISTER_EQUIPMENT = "register_equipment"
    RECORD_CALIBRATIONS = "record_calibrations"
    SET_EQUIPMENT_STATUS = "set_equipment_status"
    AUTHOR_RECIPES = "author_recipes"

    WITNESS_STEPS = "witness_steps"
    DECIDE_EXCEPTIONS = "decide_exceptions"
    REVIEW_BATCHES = "review_batches"
    SET_LOT_STATUS = "set_lot_status"
    APPROVE_RECIPES = "approve_recipes"
    MAKE_RECIPES_EFFECTIVE = "make_recipes_effective"

    RELEASE_BATCHES = "release_batches"
    REJECT_BATCHES = "reject_batches"

    MANAGE_PEOPLE = "manage_people"
    MANAGE_ACCOUNTS = "manage_accounts"
    GRANT_ROLES = "grant_roles"

    COLLECT_READINGS = "collect_readings"
    KEEP_HOUSE = "keep_house"


AREAS: dict[Area, frozenset[Right]] = {
    Area.OWN: frozenset({Right.USE_OWN_SESSION}),
    Area.LOOKING: frozenset(
        {
            Right.VIEW_BATCHES,
            Right.VIEW_RECORDS,
            Right.VIEW_ORDERS,
            Right.VIEW_RECIPES,
            Right.VIEW_INVENTORY,
            Right.VIEW_EQUIPMENT,
            Right.VIEW_READINGS,
            Right.VIEW_TRAIL,
            Right.VIEW_REPORTS,
            Right.VIEW_ACCOUNTS,
            Right.EXPORT_LEDGER,
        }
    ),
    Area.MAKING: frozenset(
        {
            Right.CREATE_ORDERS,
            Right.START_ORDERS,
            Right.EXECUTE_STEPS,
            Right.TYPE_WEIGHTS,
            Right.SKIP_STEPS,
            Right.CORRECT_VALUES,
            Right.REPORT_PROBLEMS,
            Right.ADD_COMMENTS,
            Right.READ_DEVICES,
            Right.CREATE_MATERIALS,
            Right.RECEIVE_LOTS,
            Right.MOVE_CONTAINERS,
            Right.REGISTER_EQUIPMENT,
            Right.RECORD_CALIBRATIONS,
            Right.SET_EQUIPMENT_STATUS,
            Right.AUTHOR_RECIPES,
        }
    ),
    Area.CHECKING: frozenset(
        {
            Right.WITNESS_STEPS,
            Right.DECIDE_EXCEPTIONS,
            Right.REVIEW_BATCHES,
            Right.SET_LOT_STATUS,
            Right.APPROVE_RECIPES,
            Right.MAKE_RECIPES_EFFECTIVE,
        }
    ),
    Area.RELEASING: frozenset({Right.RELEASE_BATCHES, Right.REJECT_BATCHES}),
    Area.ADMINISTRATION: frozenset({Right.MANAGE_PEOPLE, Right.MANAGE_ACCOUNTS, Right.GRANT_ROLES}),
    Area.SERVICE: frozenset({Right.COLLECT_READINGS, Right.KEEP_HOUSE}),
}
"""Every right lies in exactly one area."""

PRODUCT_AREAS = (Area.MAKING, Area.CHECKING, Area.RELEASING)


def areas_of(rights: Iterable[str]) -> frozenset[Area]:
    """The areas that a set of rights reaches into."""
    held = frozenset(rights)
    return frozenset(area for area, members in AREAS.items() if held & members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What the plant calls somebody, and what goes with it on a new site."""

    key: str
    title: str
    rights: frozenset[Right]


_LOOK = frozenset(
    {
        Right.USE_OWN_SESSION,
        Right.VIEW_BATCHES,
        Right.VIEW_RECORDS,
        Right.VIEW_ORDERS,
        Right.VIEW_RECIPES,
        Right.VIEW_INVENTORY,
        Right.VIEW_EQUIPMENT,
        Right.VIEW_READINGS,
    }
)
_SPEAK = frozenset({Right.REPORT_PROBLEMS, Right.ADD_COMMENTS})

ROLES: tuple[Role, ...] = (
    Role(
        key="operator",
        title="Operator",
        rights=_LOOK
        | _SPEAK
        | {
            Right.EXECUTE_STEPS,
            Right.WITNESS_STEPS,
            Right.TYPE_WEIGHTS,
            Right.SKIP_STEPS,
            Right.CORRECT_VALUES,
            Right.READ_DEVICES,
            Right.MOVE_CONTAINERS,
        },
    ),
    Role(
        key="production_supervisor",
        title="Production supervisor",
        rights=_LOOK
        | _SPEAK
        | {
            Right.CREATE_ORDERS,
            Right.START_ORDERS,
            Right.CREATE_MATERIALS,
            Right.RECEIVE_LOTS,
            Right.MOVE_CONTAINERS,
            Right.VIEW_TRAIL,
            Right.VIEW_REPORTS,
        },
    ),
    Role(
        key="qa_reviewer",
        title="QA reviewer",
        rights=_LOOK
        | _SPEAK
        | {
            Right.DECIDE_EXCEPTIONS,
            Right.REVIEW_BATCHES,
            Right.APPROVE_RECIPES,
            Right.MAKE_RECIPES_EFFECTIVE,
            Right.VIEW_TRAIL,
            Right.VIEW_REPORTS,
        },
    ),
    Role(
        key="qualified_person",
        title="Qualified Person",
        rights=_LOOK
        | _SPEAK
        | {
            Right.RELEASE_BATCHES,
            Right.REJECT_BATCHES,
            Right.APPROVE_RECIPES,
            Right.VIEW_TRAIL,
            Right.VIEW_REPORTS,
        },
    ),
    Role(
        key="process_engineer",
        title="Process engineer",
        rights=_LOOK | _SPEAK | {Right.AUTHOR_RECIPES, Right.CREATE_MATERIALS},
    ),
    Role(
        key="metrology",
        title="Metrology",
        rights=_LOOK
        | _SPEAK
        | {
            Right.REGISTER_EQUIPMENT,
            Right.RECORD_CALIBRATIONS,
            Right.SET_EQUIPMENT_STATUS,
            Right.READ_DEVICES,
        },
    ),
    Role(
        key="quality_control",
        title="Quality control",
        rights=_LOOK | _SPEAK | {Right.SET_LOT_STATUS, Right.RECEIVE_LOTS, Right.CREATE_MATERIALS},
    ),
    Role(
        key="administrator",
        title="Administrator",
        rights=frozenset(
            {
                Right.USE_OWN_SESSION,
                Right.VIEW_ACCOUNTS,
                Right.MANAGE_PEOPLE,
                Right.MANAGE_ACCOUNTS,
                Right.GRANT_ROLES,
            }
        ),
    ),
    Role(
        key="auditor",
        title="Auditor",
        rights=_LOOK
        | {Right.VIEW_TRAIL, Right.VIEW_REPORTS, Right.VIEW_ACCOUNTS, Right.EXPORT_LEDGER},
    ),
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two roles that one person never holds together, and why."""

    one: str
    other: str
    why: str

    def concerns(self, roles: Iterable[str]) -> bool:
        """Whether both roles are among these."""
        return {self.one, self.other} <= set(roles)


_APART = "Who administers accounts neither makes, checks nor releases product."
_INDEPENDENT = "The quality unit is independent of production (21 CFR 211.22)."

CONFLICTS: tuple[Conflict, ...] = (
    Conflict("administrator", "operator", _APART),
    Conflict("administrator", "production_supervisor", _APART),
    Conflict("administrator", "qa_reviewer", _APART),
    Conflict("administrator", "qualified_person", _APART),
    Conflict("administrator", "process_engineer", _APART),
    Conflict("administrator", "metrology", _APART),
    Conflict("administrator", "quality_control", _APART),
    Conflict("administrator", "auditor", "Who is audited does not audit."),
    Conflict("operator", "qa_reviewer", _INDEPENDENT),
    Conflict("operator", "qualified_person", _INDEPENDENT),
    Conflict("operator", "quality_control", _INDEPENDENT),
    Conflict("production_supervisor", "qa_reviewer", _INDEPENDENT),
    Conflict("production_supervisor", "qualified_person", _INDEPENDENT),
    Conflict("production_supervisor", "quality_control", _INDEPENDENT),
)
