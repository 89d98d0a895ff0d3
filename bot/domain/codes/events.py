"""Event ids that people meet around a backup: what they say and what to do."""

from __future__ import annotations

Row = tuple[int, str, str, str, str]

# fmt: off
ROWS: dict[int, Row] = {row[0]: row for row in (
    (1544, "FailoverClustering 1544", "A backup of the cluster's own configuration was broken off.",
     "Any requester that leaves without finishing causes it, other products too.",
     "Nothing to do if the backup ended cleanly; it is noted and never counted."),
    (1584, "FailoverClustering 1584", "A shadow copy of a CSV was made without preparing it properly.",
     "A backup product or provider that does not know CSVs.",
     "Do not rely on the backup it names. Check provider and requester on that node."),
    (5120, "FailoverClustering 5120", "A CSV was paused and its I/O queued.",
     "A node lost its way to the disk or to the owner for a moment.",
     "Do not rely on a backup made at that time. Check storage paths and the cluster network."),
    (5142, "FailoverClustering 5142", "A node can no longer reach a CSV.",
     "Storage or network failed for longer than the cluster waits.",
     "Check storage paths and the cluster network before the next backup."),
    (8193, "VSS 8193", "VSS met an unexpected error in some routine.",
     "Often harmless look-ups that fail; the text names the routine.", "It is noted and never counted."),
    (8194, "VSS 8194", "A writer's service may not call VSS back.",
     "A chronic message on many healthy servers: COM rights of a service account.", "It is noted and never counted."),
    (8224, "VSS 8224", "The VSS service stops because it has nothing to do.", "", "Nothing to do; it proves nothing."),
    (8229, "VSS 8229", "A VSS writer refused an event.",
     "The application behind the writer has the reason in its own log. With the Hyper-V or CSV writer it"
     " speaks against the backup.", "Find the writer's id in the event and read its application's log."),
    (12289, "VSS 12289", "VSS met an error when it used a volume or provider.",
     "The event names the call and often the provider.", "If it names our provider, do not rely on that backup."),
    (12293, "VSS 12293", "A call to a VSS provider failed.",
     "The provider or its way to the array failed.",
     "Run `pureproviderconfig list` on that node and read the events before it."),
)}
# fmt: on
