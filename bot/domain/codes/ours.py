"""The codes of our own verdicts and findings."""

from __future__ import annotations

Row = tuple[str, str, str, str]

# fmt: off
ROWS: dict[str, Row] = {row[0]: row for row in (
    ("verified", "The backup is proved.",
     "DiskShadow completed, the array shows the snapshot of every volume, every VM was included and no event"
     " speaks against it.", ""),
    ("cancelled", "The backup was cancelled before the shadow copy.",
     "The cancel came before the gate; DiskShadow has ended and the array shows nothing.", ""),
    ("cancel-unproved", "A cancelled backup is not proved to have left nothing behind.",
     "The array could not be asked, or not long enough.", "It is asked again; wait."),
    ("contact-lost", "The node cannot be asked.", "Its state and that of the backup are not known.",
     "Wait, or look at the node. Never start a second backup by hand meanwhile."),
    ("requester-may-run", "DiskShadow may still run on the node.",
     "The cluster's writer may prepare for up to 30 minutes; nothing missing on the array proves anything yet.",
     "Wait. Never end DiskShadow by hand."),
    ("request-waits", "The node has not taken the request yet.", "The task \\vssbot\\run has not started.",
     "Check the task on the node."),
    ("no-claim", "The node never took the request.", "The kit's task did not run.",
     "Run `vssbot check`, then start the backup again."),
    ("not-started", "DiskShadow was not started.", "The kit on the node knows none of the volumes.",
     "Install the kit again with the present configuration, then start the backup again."),
    ("before-gate", "DiskShadow ended before the shadow copy.", "A line of its script failed before CREATE.",
     "Read the run's record."),
    ("interrupted", "DiskShadow was interrupted.", "The node restarted, or its process vanished.",
     "Look at the node, then start the backup again."),
    ("exit-code", "DiskShadow reported a failure without a VSS code.", "Its exit code is not zero.",
     "Read the run's record."),
    ("not-completed", "DiskShadow's output does not prove the end of the backup.",
     "The lines that only appear after END BACKUP are missing.", "Do not rely on this backup."),
    ("ids-differ", "DiskShadow named two different shadow copy sets.", "Its output and its markers disagree.",
     "Do not rely on this backup; please report it with the run's id."),
    ("no-snapshot", "The array has no snapshot of this shadow copy set.", "", "Start the backup again."),
    ("snapshot-destroyed", "The array snapshot was made and then destroyed.",
     "The provider undoes its snapshot when a backup fails late.", "Start the backup again."),
    ("partial-set", "The array has snapshots of some volumes of the set only.", "",
     "Do not rely on this backup; start it again."),
    ("vm-left-out", "A VM was not included in the backup.",
     "It has a disk elsewhere, its guest service is off, or another backup holds it.",
     "Repair the VM named, or accept it as crash-consistent in the configuration."),
    ("event-against", "An event speaks against the backup.", "", "Read that event on the node named."),
    ("writer-failed", "A VSS writer that guards the VMs failed.", "", "Read its event log first."),
    ("unverified", "A witness could not be asked yet.", "The array, a node or an event log did not answer.",
     "It is asked again every minute, then every ten minutes, for 24 hours."),
    ("array-not-asked", "The array could not be asked.", "", "It is asked again by itself."),
    ("array-late", "The array does not show the snapshot yet.",
     "An array may list a snapshot some seconds late.", "It is asked again by itself."),
)}
# fmt: on
