"""Who may do what: the whole table."""

from __future__ import annotations

import pytest

from bot.domain.access import decide
from bot.domain.backup import Actor
from bot.domain.catalog import Catalog
from tests.builders import CLI, NADIA, NOBODY, OMAR, VERA, a_catalog

GROUPS = {"SONCALL": frozenset({"UMEMBER"}), "SADMINS": frozenset({"UGROUPADMIN"})}
MEMBER, GROUP_ADMIN = Actor("UMEMBER"), Actor("UGROUPADMIN")


def members(group: str) -> frozenset[str]:
    return GROUPS.get(group, frozenset())


@pytest.fixture
def catalog() -> Catalog:
    made = a_catalog()
    return Catalog(made.workspace, made.clusters, made.admins | {"SADMINS"}, made.known)


OPERATOR, VIEWER = "clusters.cluster1.operators", "clusters.cluster1.viewers"
ADMIN, TERMINAL, NO = "slack.admins", "command line on the bot's machine", "deny by default"


@pytest.mark.parametrize(
    ("actor", "changing", "looking"),
    [
        (NADIA, ADMIN, ADMIN),
        (GROUP_ADMIN, ADMIN, ADMIN),
        (OMAR, OPERATOR, OPERATOR),
        (MEMBER, OPERATOR, OPERATOR),
        (VERA, NO, VIEWER),
        (NOBODY, NO, NO),
        (CLI, TERMINAL, TERMINAL),
        (Actor(""), NO, NO),
        (Actor("uoperator"), NO, NO),
    ],
)
def test_each_person_has_the_rights_of_one_rule(
    catalog: Catalog, actor: Actor, changing: str, looking: str
) -> None:
    for verb, rule in [("backup", changing), ("cancel", changing), ("status", looking), ("show", looking)]:
        decision = decide(catalog, actor, verb, "cluster1", members)
        assert (decision.rule, decision.allowed) == (rule, rule != NO), verb
        assert bool(decision.who_can) is (rule == NO)


def test_rights_on_one_cluster_are_none_on_another() -> None:
    catalog = a_catalog(operators=frozenset({"UONLYONE"}))
    only = Actor("UONLYONE")
    assert decide(catalog, only, "backup", "cluster1", members).allowed
    assert not decide(catalog, only, "backup", "cluster2", members).allowed


def test_an_unknown_verb_is_for_admins_alone(catalog: Catalog) -> None:
    assert not decide(catalog, OMAR, "delete", "cluster1", members).allowed
    assert decide(catalog, NADIA, "delete", "cluster1", members).allowed


def test_a_group_whose_members_are_not_known_opens_nothing(catalog: Catalog) -> None:
    assert not decide(catalog, MEMBER, "backup", "cluster1", lambda _: frozenset()).allowed
