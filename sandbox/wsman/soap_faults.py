"""The SOAP faults of a WinRM service, shaped as recorded; all of them travel as HTTP 500."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from sandbox.wsman import names
from sandbox.wsman.envelope import reply
from sandbox.wsman.wmi_error import wmi_error

_WSMAN_FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
_ADDRESSING_FAULT_ACTION = f"{names.ADDRESSING}/fault"
_FAULT_DETAIL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"


@dataclass(eq=False)
class WsmanFault(Exception):
    """A request that the service answers with a fault."""

    code: int
    subcode: str
    reason: str
    message: str = ""
    side: str = "s:Sender"
    detail: str = ""
    as_wmi_error: bool = False

    def __str__(self) -> str:
        return f"{self.subcode} {self.code}: {self.message or self.reason}"

    def render(self, request_id: str, machine: str) -> bytes:
        """Write the fault's envelope; `machine` is the name that the client used for this computer."""
        action = _ADDRESSING_FAULT_ACTION if self.subcode.startswith("a:") else _WSMAN_FAULT_ACTION
        body = (
            f"<s:Fault><s:Code><s:Value>{self.side}</s:Value><s:Subcode><s:Value>{self.subcode}</s:Value>"
            f'</s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">{escape(self.reason)}</s:Text>'
            f"</s:Reason><s:Detail>{self._details(machine)}</s:Detail></s:Fault>"
        )
        # The recorded quota fault relates to no message.
        return reply(action, None if self.as_wmi_error else request_id, body)

    def _details(self, machine: str) -> str:
        if self.as_wmi_error:
            return wmi_error(self.code, self.message)
        detail = f"<w:FaultDetail>{_FAULT_DETAIL}{self.detail}</w:FaultDetail>" if self.detail else ""
        return (
            f'{detail}<f:WSManFault xmlns:f="{names.FAULT}" Code="{self.code}" Machine={quoteattr(machine)}>'
            f"<f:Message>{escape(self.message or self.reason)}</f:Message></f:WSManFault>"
        )


_INVALID_SELECTORS = (
    "The WS-Management service cannot process the request because the request contained invalid selectors"
    " for the resource. "
)


def timed_out() -> WsmanFault:
    """Return what a silent Receive gets at the end of its OperationTimeout (recorded)."""
    text = (
        "The WS-Management service cannot complete the operation within the time specified in"
        " OperationTimeout.  "
    )
    return WsmanFault(2150858793, "w:TimedOut", text, side="s:Receiver")


def command_gone() -> WsmanFault:
    """Return the fault for a command id that the shell does not know (recorded)."""
    text = (
        "The Windows Remote Shell received a request to perform an operation on a command identifier that"
        " does not exist. Either the command has completed execution or the client specified an invalid"
        " command identifier. "
    )
    return WsmanFault(
        2150858843, "w:InvalidSelectors", _INVALID_SELECTORS, text, detail="UnexpectedSelectors"
    )


def shell_gone(shell_id: str) -> WsmanFault:
    """Return the fault for an unknown shell id (text as WinRb/WinRM pull request 196 quotes it)."""
    text = (
        f"The request for the Windows Remote Shell with ShellId {shell_id} failed because the shell was not"
        " found on the server. Possible causes are: the specified ShellId is incorrect or the shell no longer"
        " exists on the server. Provide the correct ShellId or create a new shell and retry the operation. "
    )
    return WsmanFault(
        2150858843, "w:InvalidSelectors", _INVALID_SELECTORS, text, detail="UnexpectedSelectors"
    )


def shell_quota(limit: int) -> WsmanFault:
    """Return the fault for one shell too many (recorded, in the form of a WMI error)."""
    reason = (
        "The WS-Management service cannot process the request. The maximum number of concurrent shells for"
        " this user has been exceeded. Close existing shells or raise the quota for this user. "
    )
    text = (
        f"The WS-Management service cannot process the request. This user is allowed a maximum number of"
        f" {limit} concurrent shells, which has been exceeded. Close existing shells or raise the quota for"
        " this user. "
    )
    return WsmanFault(2150859173, "w:QuotaLimit", reason, text, as_wmi_error=True)


def operation_quota(limit: int) -> WsmanFault:
    """Return the fault for one operation too many (as WinRb/winrm-fs issue 15 quotes it)."""
    text = (
        f"The WS-Management service cannot process the request. This user is allowed a maximum number of"
        f" {limit} concurrent operations, which has been exceeded. Close existing operations for this user,"
        " or raise the quota for this user. "
    )
    return WsmanFault(2150859174, "w:QuotaLimit", text, text, as_wmi_error=True)


def in_use() -> WsmanFault:
    """Return the fault for a second command or Receive (MS-WSMV notes 116 and 121; no recording)."""
    text = (
        "The WS-Management service cannot complete the WS-Addressing Action URI in the request because the"
        " resource was already in use. "
    )
    return WsmanFault(2150858802, "w:Concurrency", text)


def access_denied() -> WsmanFault:
    """Return the fault for somebody else's shell (no recording: low confidence)."""
    return WsmanFault(5, "w:AccessDenied", "Access is denied. ")


def aborted() -> WsmanFault:
    """Return what an outstanding Receive gets when its shell is deleted (no recording: low confidence)."""
    text = "The I/O operation has been aborted because of either a thread exit or an application request. "
    return WsmanFault(995, "w:InternalError", text, side="s:Receiver")


def bad_parameter() -> WsmanFault:
    """Return the fault for a value that the service does not take (MS-WSMV note 89)."""
    return WsmanFault(87, "w:InvalidParameter", "The parameter is incorrect. ")


def bad_directory() -> WsmanFault:
    """Return the fault for a working directory that is none (ERROR_DIRECTORY; no recording)."""
    return WsmanFault(2147942667, "w:InternalError", "The directory name is invalid. ", side="s:Receiver")


def too_large() -> WsmanFault:
    """Return the fault for a request above MaxEnvelopeSizekb (code from wsmerror.h; no recording)."""
    text = "The WS-Management service cannot process the request. The request is larger than is allowed. "
    return WsmanFault(2150858805, "w:EncodingLimit", text, detail="ServiceEnvelopeLimit")


def action_not_supported() -> WsmanFault:
    """Return the fault for an action that the resource does not have (MS-WSMV notes 103 and 114)."""
    text = "The WS-Management service does not support the action specified in the request. "
    return WsmanFault(2150858771, "a:ActionNotSupported", text)


def unknown_resource() -> WsmanFault:
    """Return the fault for a resource that this computer does not serve (code from wsmerror.h)."""
    text = (
        "The WS-Management service cannot process the request. The service cannot find the resource"
        " identified by the resource URI and selectors. "
    )
    return WsmanFault(2150858752, "a:DestinationUnreachable", text, detail="InvalidResourceURI")
