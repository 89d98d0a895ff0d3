"""The MSFT_WmiError that newer services put into a fault instead of a WSManFault (recorded for quotas)."""

from __future__ import annotations

from xml.sax.saxutils import escape

_CIM = "http://schemas.dmtf.org/wbem/wscim/1/common"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ERROR = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError"
_BINDING = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"


def wmi_error(code: int, message: str) -> str:
    """Write the element for a quota error, in the recorded order of its members."""
    text = escape(message)
    members = (
        ("CIMStatusCode", "cimUnsignedInt", "27"),
        ("CIMStatusCodeDescription", "cimString", None),
        ("ErrorSource", "cimString", None),
        ("ErrorSourceFormat", "cimUnsignedShort", "0"),
        ("ErrorType", "cimUnsignedShort", "0"),
        ("Message", "cimString", text),
        ("MessageID", "cimString", f"HRESULT {code:#x}"),
        ("OtherErrorSourceFormat", "cimString", None),
        ("OtherErrorType", "cimString", None),
        ("OwningEntity", "cimString", None),
        ("PerceivedSeverity", "cimUnsignedShort", "0"),
        ("ProbableCause", "cimUnsignedShort", "0"),
        ("ProbableCauseDescription", "cimString", None),
        ("error_Category", "cimUnsignedInt", "30"),
        ("error_Code", "cimUnsignedInt", str(code)),
        ("error_Type", "cimString", "HRESULT"),
        ("error_WindowsErrorMessage", "cimString", text),
    )
    return (
        f'<p:MSFT_WmiError b:IsCIM_Error="true" xmlns:b="{_BINDING}" xmlns:cim="{_CIM}" xmlns:p="{_ERROR}"'
        f' xsi:type="p:MSFT_WmiError_Type" xmlns:xsi="{_XSI}">'
        + "".join(_member(*member) for member in members)
        + "</p:MSFT_WmiError>"
    )


def _member(name: str, kind: str, value: str | None) -> str:
    if value is None:
        return f'<p:{name} xsi:nil="true" xsi:type="cim:{kind}"/>'
    return f'<p:{name} xsi:type="cim:{kind}">{value}</p:{name}>'
