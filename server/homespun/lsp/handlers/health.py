"""`homespun/health`: the doctor's checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homespun.lsp.dispatch import Endpoint

if TYPE_CHECKING:
    from homespun.engine.ports import Check
    from homespun.lsp.jobs import Job
    from homespun.lsp.methods import HealthParams, HealthResult
    from homespun.lsp.server import Server
    from homespun.lsp.wire import HealthCheck


async def health(ls: Server, job: Job, params: HealthParams) -> HealthResult:
    """Do all checks, telling each as it is done."""
    from homespun.engine.health import check
    from homespun.lsp.results import health_result

    engine = await ls.engine()
    if params.provider is not None:
        return health_result([check(await engine.shelf.health.of(params.provider))])
    checks: list[Check] = []
    async for done in engine.checks():
        checks.append(done)
        job.events.stage("checking", done.name)
    return health_result(checks)


async def tell_health(ls: Server, result: HealthResult) -> None:
    """Show the checks: as a document, or what is wrong in a message."""
    page = "# Homespun's health\n\n" + "".join(f"- {line(check)}\n" for check in result.checks)
    if await ls.show_page("health.md", page):
        return
    wrong = [line(check) for check in result.checks if check.status != "ok"]
    ls.say("\n".join(wrong) or "Homespun: all is well.")


def line(check: HealthCheck) -> str:
    """One check, for people."""
    return f"{check.status}: {check.name}: {check.found} {check.hint}".rstrip()


HEALTH = Endpoint("homespun/health", "Homespun: health", False, health, tell_health)
