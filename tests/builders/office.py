"""An author and an approver at their desks, and the recipe of the demo."""

from pathlib import Path
from uuid import UUID

from ebr import recipes
from ebr.kernel.opening import Database, reading
from ebr.recipes import ApproveRecipe, DraftRecipe, MakeEffective, VersionView
from tests.builders.identity import Someone, act, sign_in, somebody
from workflows.recipe import Meaning

HANDRUB = (Path(__file__).parents[2] / "ebr/demo/recipes/handrub.yaml").read_text("utf-8")
LATER = HANDRUB.replace("version: 1", "version: 2").replace("{least_s: 3,", "{least_s: 4,")


class Office:
    """An author and an approver at their desks."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.author = somebody(database, "a.moreau", "process_engineer", name="A. Moreau")
        self.quality = somebody(database, "s.lindqvist", "qa_reviewer", name="S. Lindqvist")
        self.tokens = {one.login: sign_in(database, one) for one in (self.author, self.quality)}

    def draft(self, text: str = HANDRUB) -> UUID:
        return UUID(self.act(self.author, recipes.draft_recipe, DraftRecipe(text=text)))

    def act(self, one: Someone, operation: object, command: object) -> str:
        return act(self.database, self.tokens[one.login], operation, command)  # type: ignore[arg-type]  # any act

    def view(self, version: UUID) -> VersionView:
        with reading(self.database) as session:
            return recipes.version(session, version)

    def approve(self, version: UUID, one: Someone | None = None) -> None:
        signer = one or self.quality
        given = signer.given(
            dict(self.view(version).statement), Meaning.APPROVED, login=signer.login
        )
        command = ApproveRecipe(version=version, signature=given, remarks_accepted=True)
        self.act(signer, recipes.approve_recipe, command)

    def effective(self, version: UUID) -> None:
        self.act(self.quality, recipes.make_effective, MakeEffective(version=version))
