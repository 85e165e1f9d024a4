"""Says in the person's language why a repository could not be read.

Events carry the reason in English, from whoever collects. What is not known here, such as GitHub's
own words, stays as it is.
"""

import re
from collections.abc import Mapping

# A name or reason, as a pattern, and what to say for it. Groups are said in turn.
Phrases = Mapping[str, str]

_SSO = r"(?:,? under Configure SSO in (?:the token's|its) settings|, (?P<at>.*))"

JAPANESE_PHRASES: Phrases = {
    r"\(hidden repositories\)": "(見えないリポジトリ)",
    r"\(repositories beyond GitHub's list\)": "(GitHubの一覧にないリポジトリ)",
    r"its organisation demands single sign-on \(SAML\): authorise the token for it" + _SSO: (
        "組織がシングルサインオン(SAML)を求めています。トークンを承認してください "
        "(トークン設定のConfigure SSO) {at}"
    ),
    r"hidden from the token: authorise the token for the organisation's single sign-on \(SAML\)"
    + _SSO: (
        "トークンから見えません。組織のシングルサインオン(SAML)でトークンを承認してください "
        "(トークン設定のConfigure SSO) {at}"
    ),
    r"the token may not read it \((?P<said>.*)\): give it the scope repo, or Contents and "
    r"Metadata \(read\) for its owner if it is fine-grained": (
        "トークンに読み取りの権限がありません({said})。scope repoを付けてください "
        "(fine-grainedなら所有者のContentsとMetadataのread)"
    ),
    r"it was deleted, or the token lost its access to it, while this run read it": (
        "集計中に削除されたか、トークンがアクセス権を失いました"
    ),
    r"GitHub counts commits of (?P<since>\S+) to (?P<until>\S+) in (?P<counted>\d+) repositories "
    r"and names (?P<named>\d+); it is asked again next time": (
        "GitHubは{since}から{until}のコミットを{counted}件のリポジトリに数え、"
        "{named}件だけを挙げています。次回もう一度問い合わせます"
    ),
    r"GitHub names only (?P<named>\d+) of those of (?P<since>\S+)": (
        "GitHubは{since}のうち{named}件だけを挙げています"
    ),
    r"(?P<said>.*); it is tried again next time": "{said}。次回もう一度試します",
    r"GitHub cannot answer for it \((?P<said>.*)\)": "GitHubが応答できません({said})",
    r"GitHub's answer is not whole \((?P<said>.*)\)": "GitHubの応答が不完全です({said})",
    r"not read whole: (?P<said>.*)": "最後まで読めませんでした: {said}",
    r"not read: (?P<said>.*)": "読めませんでした: {said}",
    r"GitHub answered HTTP (?P<status>\d+)": "GitHubの応答はHTTP {status}",
    r"rate limit: (?P<said>.*)": "回数制限: {said}",
}


def in_words(text: str, phrases: Phrases) -> str:
    """The name or reason in the language of the phrases, as far as they know it."""
    for pattern, words in phrases.items():
        if match := re.fullmatch(pattern, text, re.DOTALL):
            said = {
                name: in_words(value, phrases) if value else ""
                for name, value in match.groupdict().items()
            }
            return words.format(**said).strip()
    return text
