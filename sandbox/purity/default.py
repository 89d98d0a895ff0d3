"""The array that a world has unless told otherwise: three volumes per cluster, one of them in a group."""

from __future__ import annotations

import hashlib

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.purity.model import TIB, FlashArray
from sandbox.purity.objects import Role

READER, PROVIDER, ADMIN = "bot-reader", "vss-provider", "pureuser"
VOLUMES_PER_CLUSTER = 3
TARGET = "fa-dr"


def default_array(
    name: str, clock: Clock, faults: Faults, *, clusters: dict[str, list[str]], seed: int = 0
) -> FlashArray:
    """Return an array for these clusters (name -> its nodes).

    The second volume of each cluster lies in a protection group with another team's volume and a target.
    """
    array = FlashArray(name, clock, faults, seed=seed)
    array.add_account(ADMIN, Role.ARRAY_ADMIN, password=_password(seed, name, ADMIN))
    array.add_account(READER, Role.READONLY)
    array.add_account(PROVIDER, Role.STORAGE_ADMIN, password=_password(seed, name, PROVIDER))
    for cluster, nodes in clusters.items():
        volumes = [volume_name(cluster, number) for number in range(1, VOLUMES_PER_CLUSTER + 1)]
        for volume in volumes:
            array.add_volume(volume, 2 * TIB)
        others = f"{cluster}-sql-data"
        array.add_volume(others, TIB)
        for node in nodes:
            array.add_host(node)
        array.add_hgroup(f"hg-{cluster}", hosts=list(nodes), volumes=volumes)
        array.add_group(f"pg-{cluster}", volumes=[volumes[1], others], targets=[TARGET])
    return array


def volume_name(cluster: str, number: int) -> str:
    """Return the name of the array volume behind a cluster's CSV of that number (1 and up)."""
    return f"{cluster}-csv{number}"


def _password(seed: int, array: str, account: str) -> str:
    return hashlib.sha256(f"{seed}/{array}/{account}/password".encode()).hexdigest()[:20]
