"""The sentences of DiskShadow: English ones from recorded runs, German ones synthetic.

Nobody has published a run of a German DiskShadow; the program has language resources, so it may speak German.
"""

from __future__ import annotations

from dataclasses import dataclass

USAGE = {
    # Recorded from three runs of scripts whose last letter of each line was lost.
    "set context": (
        "SET CONTEXT { CLIENTACCESSIBLE | PERSISTENT [ NOWRITERS ] | VOLATILE [ NOWRITERS ] }\n\n"
        "\tCLIENTACCESSIBLE\tSpecify to create shadow copies usable by client versions of Windows.\n"
        "\tPERSISTENT\t\tSpecify that shadow copy is persist across program exit, reset or reboot.\n"
        "\tPERSISTENT NOWRITERS\tSpecify that shadow copy is persistent and all writers are excluded.\n"
        "\tVOLATILE\t\tSpecify that shadow copy will be deleted on exit or reset.\n"
        "\tVOLATILE NOWRITERS\tSpecify that shadow copy is volatile and all writers are excluded.\n\n"
        "\tExample: SET CONTEXT CLIENTACCESSIBLE"
    ),
    # The others are made up in the same style from the documented syntax.
    "set option": "SET OPTION { [ DIFFERENTIAL | PLEX ] [ TRANSPORTABLE ] [ [ ROLLBACKRECOVER ] [ TXFRECOVER ] | [ NOAUTORECOVER ] ] }",
    "set verbose": "SET VERBOSE { ON | OFF }",
    "set metadata": "SET METADATA <metadata.cab>",
    "set": "SET { CONTEXT | OPTION | VERBOSE | METADATA }",
    "begin": "BEGIN { BACKUP | RESTORE }",
    "end": "END { BACKUP | RESTORE }",
    "add": "ADD { VOLUME <vol> [ ALIAS <alias> ] [ PROVIDER <guid> ] | ALIAS <alias> <value> | SHADOW <shadow id> }",
    "writer": "WRITER { VERIFY | EXCLUDE } { <writer id> | <writer name> | <component> }",
    "list": "LIST { SHADOWS | WRITERS | PROVIDERS }",
    "list writers": "LIST WRITERS [ METADATA | DETAILED | STATUS ]",
    "list shadows": "LIST SHADOWS { ALL | SET <set id> | ID <shadow id> }",
    "delete": "DELETE SHADOWS { ALL | VOLUME <vol> | OLDEST <vol> | SET <set id> | ID <shadow id> | EXPOSED <path> }",
    "expose": "EXPOSE <shadow id> { <drive:> | <share> | <mount point> }",
    "exec": "EXEC <script file>",
    "": "ADD BEGIN BREAK CREATE DELETE END EXEC EXIT EXPOSE IMPORT LIST LOAD MASK RESET RESYNC REVERT SET SIMULATE UNEXPOSE WRITER",
}  # fmt: skip


@dataclass(frozen=True)
class Sentences:
    """One language of DiskShadow; `{…}` are filled in."""

    computer: str = "On computer:  {name},  {at}"
    overwrite: str = "The existing file will be overwritten."
    read_only: str = "The metadata file name path specifies a directory that is read-only."
    no_file: str = "No filename was specified."
    alias: str = "Alias {alias} for shadow ID {id} set as environment variable."
    alias_set: str = "Alias VSS_SHADOW_SET for shadow set ID {id} set as environment variable."
    excluding: str = 'Excluding writer "{writer}", because all of its components have been excluded.'
    left_out: str = (
        'Component "{path}" from writer "{writer}" is excluded from backup,\n'
        "because it requires volume {volume} which is not in the shadow copy set."
    )
    entirely: str = (
        'The writer "{writer}" is now entirely excluded from the backup because the top-level\n'
        'non selectable component "{path}" is excluded.'
    )
    including: str = '* Including writer "{writer}":'
    adding: str = "\t+ Adding component: {path}"
    inserted: str = "Inserted file {file} into .cab file {cab}"
    failed: str = "The last operation failed."
    hresult: str = "\t- Returned HRESULT: {number:08X}"
    error_text: str = "\t- Error text: {symbol}"
    exec_failed: str = "The script file {file} returned error code {code}."
    no_script: str = "The script file {file} cannot be opened."
    querying: str = "Querying all shadow copies with the shadow copy set ID {id}"
    listed: str = "Number of shadow copies listed: {n}"
    deleted: str = "Number of shadow copies deleted: {n}"
    exposed: str = "The shadow copy was successfully exposed as {drive}\\."
    listing_status: str = "Listing writer status ..."
    writers_listed: str = "{n} writers listed."
    none_listed: str = "No shadow copies found."
    listing_providers: str = "Number of providers registered: {n}"


ENGLISH = Sentences()
GERMAN = Sentences(
    computer="Auf Computer:  {name},  {at}",
    overwrite="Die vorhandene Datei wird überschrieben.",
    read_only="Der Pfad der Metadatendatei gibt ein schreibgeschütztes Verzeichnis an.",
    no_file="Es wurde kein Dateiname angegeben.",
    alias="Der Alias {alias} für Schattenkopie-ID {id} wurde als Umgebungsvariable festgelegt.",
    alias_set="Der Alias VSS_SHADOW_SET für Schattenkopiesatz-ID {id} wurde als Umgebungsvariable festgelegt.",
    excluding='Verfasser "{writer}" wird ausgeschlossen, da alle Komponenten ausgeschlossen wurden.',
    left_out=(
        'Komponente "{path}" von Verfasser "{writer}" wird von der Sicherung ausgeschlossen,\n'
        "da sie Volume {volume} erfordert, das sich nicht im Schattenkopiesatz befindet."
    ),
    entirely=(
        'Der Verfasser "{writer}" wird jetzt vollständig von der Sicherung ausgeschlossen, da die nicht\n'
        'auswählbare Komponente "{path}" der obersten Ebene ausgeschlossen ist.'
    ),
    including='* Verfasser "{writer}" wird eingeschlossen:',
    adding="\t+ Komponente wird hinzugefügt: {path}",
    inserted="Datei {file} wurde in CAB-Datei {cab} eingefügt",
    failed="Der letzte Vorgang ist fehlgeschlagen.",
    hresult="\t- Zurückgegebenes HRESULT: {number:08X}",
    error_text="\t- Fehlertext: {symbol}",
    exec_failed="Die Skriptdatei {file} hat den Fehlercode {code} zurückgegeben.",
    no_script="Die Skriptdatei {file} kann nicht geöffnet werden.",
    querying="Alle Schattenkopien mit der Schattenkopiesatz-ID {id} werden abgefragt",
    listed="Anzahl der aufgelisteten Schattenkopien: {n}",
    deleted="Anzahl der gelöschten Schattenkopien: {n}",
    exposed="Die Schattenkopie wurde erfolgreich als {drive}\\ verfügbar gemacht.",
    listing_status="Verfasserstatus wird aufgelistet...",
    writers_listed="{n} Verfasser aufgelistet.",
    none_listed="Es wurden keine Schattenkopien gefunden.",
    listing_providers="Anzahl registrierter Anbieter: {n}",
)
