"""The only place that builds objects: settings in, a bot out; nothing is opened before it is started."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry
from slack_bolt import App

import handlers.register
from bot.config import Settings
from bot.domain.catalog import Catalog, Cluster
from bot.domain.wording import Known
from bot.metrics import Metrics
from bot.use_cases.check import Questions
from bot.use_cases.desk import Desk
from bot.use_cases.dispatch import Dispatcher
from bot.use_cases.follow import Follower
from bot.use_cases.precheck import Precheck
from bot.use_cases.prove import Prover
from bot.use_cases.recover import Recovery
from bot.use_cases.run import BackupRun
from bot.use_cases.views import Cards, Views
from handlers.replies import Replies
from integrations.engine.dbos_engine import DbosEngine
from integrations.flasharray.arrays import FlashArrays
from integrations.flasharray.rest1 import ArrayEndpoint
from integrations.hyperv.ledger import FolderLedger
from integrations.hyperv.nodes import WinrmNodes
from integrations.hyperv.shell import Endpoint
from integrations.slack.client import web_client
from integrations.slack.connection import Connection
from integrations.slack.groups import UserGroups
from integrations.slack.sender import Sender
from integrations.store.audit import SqlAudit
from integrations.store.connection import Database, open_engine
from integrations.store.migrate import migrate
from integrations.store.outbox import SqlOutbox
from integrations.store.runs import SqlRuns

COMMAND = "/vss"


class SystemClock:
    """The machine's clock; a wait ends early when the process is to stop."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def now(self) -> datetime:
        """Return the time, UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._stop.wait(seconds)

    def stop(self) -> None:
        """End every wait."""
        self._stop.set()


def catalog(settings: Settings) -> Catalog:
    """Return what may be named, from the settings."""
    file = settings.file
    clusters = {
        name: Cluster(
            name=name,
            channel=part.channel,
            team_channel=part.team_channel or file.slack.team_channel,
            nodes=tuple(part.nodes),
            volumes=dict(part.volumes),
            backup_type=part.backup_type,
            operators=frozenset(part.operators),
            viewers=frozenset(part.viewers),
            crash_consistent_vms=frozenset(vm.lower() for vm in part.crash_consistent_vms),
        )
        for name, part in file.clusters.items()
    }
    known = Known({name: tuple(part.volumes) for name, part in file.clusters.items()}, COMMAND)
    return Catalog(file.slack.workspace, clusters, frozenset(file.slack.admins), known)


@dataclass(frozen=True)
class Store:
    """The store, once for commands that people wait for and once for work in the background."""

    database: Database
    runs: SqlRuns
    audit: SqlAudit
    patient_runs: SqlRuns
    patient_audit: SqlAudit
    outbox: SqlOutbox

    def close(self) -> None:
        """Close every connection."""
        self.database.close()


def open_store(settings: Settings, wake: Callable[[], None]) -> Store:
    """Open the store and bring its schema up to date. Raises StoreUnavailable, StoreTooNew."""
    engine = open_engine(store_path(settings))
    migrate(engine)
    database = Database(engine)
    patient = database.patient()
    return Store(
        database,
        SqlRuns(database),
        SqlAudit(database),
        SqlRuns(patient),
        SqlAudit(patient),
        SqlOutbox(patient, wake=wake),
    )


def store_path(settings: Settings) -> Path:
    """Return the store's file."""
    return settings.path(settings.file.store.path)


def build_nodes(settings: Settings) -> tuple[WinrmNodes, FolderLedger]:
    """Return the way to the nodes, and the ledger of open shells."""
    ledger = FolderLedger(store_path(settings).with_suffix(".shells"))
    endpoints = {
        (cluster, node): Endpoint(
            node=node,
            url=wire.url,
            transport=wire.transport,
            user=settings.node_users[cluster],
            password=settings.node_passwords[cluster],
            ca_file=_file(settings, wire.ca_file),
            client_cert_file=_file(settings, wire.client_cert_file),
            client_key_file=_file(settings, wire.client_key_file),
        )
        for cluster, part in settings.file.clusters.items()
        for node, wire in part.nodes.items()
    }
    volumes = {name: part.volumes for name, part in settings.file.clusters.items()}
    return WinrmNodes(endpoints, volumes, ledger), ledger


def build_arrays(settings: Settings) -> FlashArrays:
    """Return the way to the arrays."""
    return FlashArrays(
        [
            ArrayEndpoint(name, part.address, _file(settings, part.ca_file), settings.array_tokens[name])
            for name, part in settings.file.arrays.items()
        ]
    )


def _file(settings: Settings, name: str | None) -> str | None:
    return None if name is None else str(settings.path(name))


class Bot:
    """Everything that `serve` runs and that the command line borrows."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.catalog = catalog(settings)
        self.clock = SystemClock()
        self.metrics = Metrics(CollectorRegistry())
        self.web = web_client(settings.bot_token(), settings.slack_api_url)
        self.store = open_store(settings, self._wake_sender)
        self.nodes, self.ledger = build_nodes(settings)
        self.arrays = build_arrays(settings)
        self.views = Views(self.store.runs, self.clock)
        self.cards = Cards(
            views=Views(self.store.patient_runs, self.clock, lambda: self.store.outbox.lag(self.clock.now())),
            outbox=self.store.outbox,
            render=Replies(COMMAND),
            catalog=self.catalog,
        )
        self.questions = Questions(self.nodes, self.arrays, self.clock)
        self.precheck = Precheck(
            runs=self.store.patient_runs, questions=self.questions, arrays=self.arrays, catalog=self.catalog
        )
        self.prover = Prover(
            runs=self.store.patient_runs,
            nodes=self.nodes,
            arrays=self.arrays,
            questions=self.questions,
            catalog=self.catalog,
            clock=self.clock,
        )
        self.engine = DbosEngine(store_path(settings).with_suffix(".engine.db"), self._backup_run().execute)
        self.dispatcher = Dispatcher(self.store.patient_runs, self.engine)
        self.recovery = Recovery(
            runs=self.store.patient_runs,
            nodes=self.nodes,
            prover=self.prover,
            cards=self.cards,
            audit=self.store.patient_audit,
            catalog=self.catalog,
            clock=self.clock,
        )
        self.groups = UserGroups(self.web, self._group_ids())
        self.sender = Sender(self.store.outbox, self.web, self._fallback, count=self.metrics.sent)
        self.desk = Desk(
            runs=self.store.runs,
            audit=self.store.audit,
            views=self.views,
            cards=self._cards_for_people(),
            catalog=self.catalog,
            clock=self.clock,
            members=self.groups,
            wake=self.dispatcher.wake,
        )

    def connection(self) -> Connection:
        """Return the line that brings commands in; built for `serve` alone."""
        listen: Callable[[App], None] = partial(handlers.register.register, desk=self.desk)
        return Connection(self.web, self.settings.app_token(), listen)

    def _backup_run(self) -> BackupRun:
        follower = Follower(
            runs=self.store.patient_runs,
            nodes=self.nodes,
            arrays=self.arrays,
            cards=self.cards,
            clock=self.clock,
        )
        return BackupRun(
            runs=self.store.patient_runs,
            nodes=self.nodes,
            precheck=self.precheck,
            follower=follower,
            prover=self.prover,
            cards=self.cards,
            audit=self.store.patient_audit,
            catalog=self.catalog,
            clock=self.clock,
        )

    def _cards_for_people(self) -> Cards:
        """Return the cards that a command puts before its ack: ahead of the background at the store's gate."""
        outbox = SqlOutbox(self.store.database, wake=self._wake_sender)
        return Cards(views=self.views, outbox=outbox, render=Replies(COMMAND), catalog=self.catalog)

    def _wake_sender(self) -> None:
        self.sender.wake()

    def _fallback(self, key: str) -> str | None:
        """Where a message goes when its own channel does not take it: the cluster's channel."""
        run_id = key.split(":")[1] if ":" in key else ""
        found = self.store.patient_runs.get(run_id.rsplit("-a", 1)[0] if key.startswith("ask:") else run_id)
        cluster = self.catalog.clusters.get(found.target.cluster) if found else None
        return cluster.channel if cluster else None

    def _group_ids(self) -> set[str]:
        people = set(self.catalog.admins)
        for cluster in self.catalog.clusters.values():
            people |= cluster.operators | cluster.viewers
        return {person for person in people if person.startswith("S")}
