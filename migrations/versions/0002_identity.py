"""People, accounts, roles, rights, sessions."""

import sqlalchemy as sa
from alembic import op

from ebr.identity import CONFLICTS, ROLES
from migrations import guards

revision = "0002_identity"
down_revision = "0001_ledger"
branch_labels = None
depends_on = None

SCHEMA = "identity"
RECORDED = (
    "identity.person",
    "identity.account",
    "identity.credential",
    "identity.role",
    "identity.role_right",
    "identity.role_conflict",
    "identity.account_role",
)


def upgrade() -> None:
    """People, accounts, roles, rights, sessions."""
    guards.create_schema(op, SCHEMA)
    _people()
    _roles()
    _sessions()
    guards.arm(op, "identity.person")
    guards.arm(op, "identity.account")
    guards.arm(op, "identity.credential", secret=("hash",))
    guards.arm(op, "identity.role")
    guards.arm(op, "identity.role_right")
    guards.arm(op, "identity.role_conflict")
    guards.arm(op, "identity.account_role")
    guards.operational(op, "identity.session")
    guards.operational(op, "identity.failure")
    guards.operational(op, "identity.knock")
    _seed()
    guards.explain(
        op,
        revision,
        "people, accounts, passwords, the roles and rights a site starts with, sessions",
        added=RECORDED,
    )


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person", sa.Uuid(), sa.ForeignKey("identity.person.id"), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("skeleton", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.UniqueConstraint("login", name="uq_account_login"),
        sa.UniqueConstraint("skeleton", name="uq_account_skeleton"),
        sa.CheckConstraint(
            "state IN ('invited', 'active', 'locked', 'retired')", name="ck_account_state"
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_account_person", "account", ["person"], schema=SCHEMA)
    # A login belongs to one human for ever: not even an UPDATE gives it to another person.
    op.execute(
        "CREATE FUNCTION identity.keep_login() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path = pg_catalog AS $$ BEGIN RAISE EXCEPTION"
        " 'a login is never renamed nor given to another person (21 CFR 11.100(a))'"
        " USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER keep_login BEFORE UPDATE OF id, person, login, skeleton"
        " ON identity.account FOR EACH ROW"
        " WHEN (OLD.id IS DISTINCT FROM NEW.id OR OLD.person IS DISTINCT FROM NEW.person"
        " OR OLD.login IS DISTINCT FROM NEW.login OR OLD.skeleton IS DISTINCT FROM NEW.skeleton)"
        " EXECUTE FUNCTION identity.keep_login()"
    )
    op.execute("ALTER TABLE identity.account ENABLE ALWAYS TRIGGER keep_login")
    op.create_table(
        "credential",
        sa.Column("account", sa.Uuid(), sa.ForeignKey("identity.account.id"), primary_key=True),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("temporary", sa.Boolean(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )


def _roles() -> None:
    op.create_table(
        "role",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "role_right",
        sa.Column("role", sa.Text(), sa.ForeignKey("identity.role.key"), primary_key=True),
        sa.Column("right_key", sa.Text(), primary_key=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "role_conflict",
        sa.Column("one", sa.Text(), sa.ForeignKey("identity.role.key"), primary_key=True),
        sa.Column("other", sa.Text(), sa.ForeignKey("identity.role.key"), primary_key=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("one <> other", name="ck_role_conflict_two"),
        schema=SCHEMA,
    )
    op.create_table(
        "account_role",
        sa.Column("account", sa.Uuid(), sa.ForeignKey("identity.account.id"), primary_key=True),
        sa.Column("role", sa.Text(), sa.ForeignKey("identity.role.key"), primary_key=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        schema=SCHEMA,
    )


def _sessions() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("account", sa.Uuid(), sa.ForeignKey("identity.account.id"), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("locked_by", sa.Text()),
        sa.Column("locked_at", sa.DateTime(timezone=True)),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_input", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_lock_s", sa.BigInteger(), nullable=False),
        sa.Column("continuous", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("token_hash", name="uq_session_token_hash"),
        sa.CheckConstraint("state IN ('open', 'locked', 'ended')", name="ck_session_state"),
        schema=SCHEMA,
    )
    op.create_index("ix_session_account", "session", ["account"], schema=SCHEMA)
    op.create_index("ix_session_station", "session", ["station"], schema=SCHEMA)
    op.create_index(
        "ix_session_open",
        "session",
        ["last_input"],
        schema=SCHEMA,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "failure",
        sa.Column("account", sa.Uuid(), primary_key=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "knock",
        sa.Column("station", sa.Text(), primary_key=True),
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("minute", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        schema=SCHEMA,
    )


def _seed() -> None:
    """The roles, rights and excluding pairs of a new site; later ones come by later migrations."""
    roles = sa.table("role", sa.column("key"), sa.column("title"), schema=SCHEMA)
    rights = sa.table(
        "role_right",
        sa.column("role"),
        sa.column("right_key"),
        sa.column("held", sa.Boolean()),
        schema=SCHEMA,
    )
    conflicts = sa.table(
        "role_conflict", sa.column("one"), sa.column("other"), sa.column("why"), schema=SCHEMA
    )
    op.bulk_insert(roles, [{"key": role.key, "title": role.title} for role in ROLES])
    op.bulk_insert(
        rights,
        [
            {"role": role.key, "right_key": str(right), "held": True}
            for role in ROLES
            for right in sorted(role.rights)
        ],
    )
    op.bulk_insert(
        conflicts,
        [{"one": each.one, "other": each.other, "why": each.why} for each in CONFLICTS],
    )
