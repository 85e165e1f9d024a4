"""Why GitHub does not show a repository, and what a person can do about it; pure."""

from collections.abc import Sequence

from collect.github.responses import Error


def lasting_reason(errors: Sequence[Error], sso: str | None) -> str | None:
    """Why somebody has to mend something before it can be read; None where that is not so."""
    for error in errors:
        if error.saml:
            return (
                "its organisation demands single sign-on (SAML): authorise the token for it, "
                + (sso or "under Configure SSO in the token's settings")
            )
        if error.kind in ("FORBIDDEN", "INSUFFICIENT_SCOPES"):
            return (
                f"the token may not read it ({error.message}): give it the scope repo, or "
                "Contents and Metadata (read) for its owner if it is fine-grained"
            )
        if error.kind == "NOT_FOUND":
            return "it was deleted, or the token lost its access to it, while this run read it"
    return None
