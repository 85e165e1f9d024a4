"""Every word that the page itself says, in English and Japanese."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from own_dashboard.page.sources import Language


@dataclass(frozen=True, kw_only=True)
class Words:
    """The page's labels in one language; a name ending in `_of` is a format with its fields."""

    language: Language
    other_language: Language
    other_language_name: str
    live: str
    lost: str
    as_of: str
    skip: str
    sheet: str
    tabs: str
    no_sheet: str
    sample: str
    saved: str
    outdated: str
    not_allowed_of: str
    no_code: str
    real_sheet: str
    open_sheet: str
    earlier_rows_of: str
    later_rows_of: str
    not_shown: str
    chart_not_drawn: str
    metrics: str
    no_metrics: str
    series: str
    latest: str
    course: str
    more_series_of: str
    other: str
    deliveries: str
    no_deliveries: str
    time: str
    subscription: str
    attempt: str
    outcome: str
    duration: str
    more_deliveries_of: str
    dead_letters: str
    no_dead_letters: str
    published_of: str
    attempts_of: str
    no_reason: str
    event: str
    replay_hint: str
    try_it: str
    publish_hint: str
    copy: str
    copied: str
    addresses: str
    outcomes: Mapping[str, str]
    metric_titles: Mapping[str, str]
    metric_values: Mapping[str, str]
    metric_summary_of: str
    warning: str
    no_warning: str

    def instant(self, local: datetime) -> str:
        """A local instant, short, in the form that the Sheet has in this language too."""
        if self.language == "ja":
            return f"{local.month}/{local.day} {local:%H:%M}"
        return f"{local.day} {local:%b %H:%M}"

    def metric_value(self, name: str, value: float) -> str:
        """A reading in words, as `3 commits`."""
        if name == "evening_without_commits":
            return self.warning if value else self.no_warning
        form = self.metric_values.get(f"{name}:{value:g}") or self.metric_values.get(name, "{}")
        return form.format(f"{value:g}")

    def metric_summary(self, last: str, local: datetime, points: int) -> str:
        """A chart in one sentence, for those who do not see it."""
        return self.metric_summary_of.format(last=last, time=self.instant(local), points=points)


ENGLISH = Words(
    language="en",
    other_language="ja",
    other_language_name="日本語",
    live="live",
    lost="not answering",
    as_of="as of",
    skip="Skip to the Sheet",
    sheet="The Sheet",
    tabs="Tabs of the Sheet",
    no_sheet="Nothing written yet: today's number, the last 30 days and the repositories appear "
    "here with the first event.",
    sample="Sample data: these numbers are nobody's.",
    saved="Saved. It counts from the next event on.",
    outdated="The Sheet has changed meanwhile: look again.",
    not_allowed_of="Not saved: {} is not allowed here.",
    no_code="This address lacks the code. Open the one that ./dev up printed.",
    real_sheet="The dashboard is written to your own Google Sheet.",
    open_sheet="Open the Google Sheet",
    earlier_rows_of="{} earlier rows are not shown here.",
    later_rows_of="{} further rows are not shown here.",
    not_shown="Not shown here:",
    chart_not_drawn="This kind of chart is not drawn here.",
    metrics="Metrics",
    no_metrics="No points yet: a line a metric appears here with the first event.",
    series="Series",
    latest="Latest",
    course="Course",
    more_series_of="and {} more",
    other="other repositories",
    deliveries="Last deliveries",
    no_deliveries="Nothing delivered yet: each event that a function gets is listed here, with its "
    "outcome.",
    time="Time",
    subscription="Subscription",
    attempt="Try",
    outcome="Outcome",
    duration="Took",
    more_deliveries_of="{} earlier deliveries are not shown.",
    dead_letters="Dead letters",
    no_dead_letters="None. What no function could take would wait here, with its reason.",
    published_of="published {}",
    attempts_of="{} attempts by {}",
    no_reason="no reason was given",
    event="Event",
    replay_hint="Fix the cause, then bring them back to the topic:",
    try_it="Try it",
    publish_hint="Publish an event by hand and watch the Sheet change:",
    copy="Copy",
    copied="Copied",
    addresses="Addresses",
    outcomes={
        "acknowledged": "done",
        "refused": "refused",
        "unreachable": "not reached",
        "timed_out": "timed out",
    },
    metric_titles={
        "commits_today": "Commits today",
        "commits_today_by_repository": "Commits today by repository",
        "evening_without_commits": "Evening without commits",
        "response_time": "Response time",
        "up": "Up or down",
        "certificate_days_left": "Certificate",
    },
    metric_values={
        "commits_today": "{} commits",
        "commits_today:1": "{} commit",
        "response_time": "{} ms",
        "up:1": "up",
        "up:0": "down",
        "certificate_days_left": "{} days",
        "certificate_days_left:1": "{} day",
    },
    metric_summary_of="{last} at {time}; points: {points}",
    warning="no commits this evening",
    no_warning="nothing to warn of",
)

JAPANESE = Words(
    language="ja",
    other_language="en",
    other_language_name="English",
    live="自動更新",
    lost="応答なし",
    as_of="時刻",
    skip="シートへ移動",
    sheet="シート",
    tabs="シートのタブ",
    no_sheet="まだ何も書き込まれていません。最初のイベントが届くと、今日の数、直近 30 日、"
    "リポジトリがここに表示されます。",
    sample="サンプルデータです。実在の人の数字ではありません。",
    saved="保存しました。次のイベントから使われます。",
    outdated="その間にシートが変わりました。もう一度ご確認ください。",
    not_allowed_of="保存できません。{} はここには入力できません。",
    no_code="アドレスにコードがありません。./dev up が表示したアドレスを開いてください。",
    real_sheet="ダッシュボードはあなたの Google スプレッドシートに書き込まれます。",
    open_sheet="Google スプレッドシートを開く",
    earlier_rows_of="これより前の {} 行は省略しています。",
    later_rows_of="これより後の {} 行は省略しています。",
    not_shown="ここでは表示できないもの:",
    chart_not_drawn="この種類のグラフはここでは描画しません。",
    metrics="指標",
    no_metrics="データはまだありません。最初のイベントが届くと、指標ごとの推移がここに表示されます。",
    series="系列",
    latest="最新",
    course="推移",
    more_series_of="ほか {} 件",
    other="その他のリポジトリ",
    deliveries="最近の配信",
    no_deliveries="配信はまだありません。関数に届いたイベントとその結果がここに並びます。",
    time="時刻",
    subscription="宛先",
    attempt="試行",
    outcome="結果",
    duration="所要",
    more_deliveries_of="これより前の {} 件は省略しています。",
    dead_letters="デッドレター",
    no_dead_letters="ありません。どの関数も処理できなかったイベントが、理由とともにここに残ります。",
    published_of="{} に発行",
    attempts_of="{1} が {0} 回試行",
    no_reason="理由は記録されていません",
    event="イベント",
    replay_hint="原因を直してから、次のコマンドでトピックに戻せます。",
    try_it="試してみる",
    publish_hint="イベントを手で発行すると、シートが変わります。",
    copy="コピー",
    copied="コピーしました",
    addresses="アドレス",
    outcomes={
        "acknowledged": "完了",
        "refused": "拒否",
        "unreachable": "不達",
        "timed_out": "時間切れ",
    },
    metric_titles={
        "commits_today": "今日のコミット",
        "commits_today_by_repository": "リポジトリ別の今日のコミット",
        "evening_without_commits": "コミットのない夜",
        "response_time": "応答時間",
        "up": "稼働状況",
        "certificate_days_left": "証明書の残り日数",
    },
    metric_values={
        "commits_today": "{} コミット",
        "response_time": "{} ms",
        "up:1": "稼働中",
        "up:0": "停止",
        "certificate_days_left": "{} 日",
    },
    metric_summary_of="{time} 時点で {last}、記録 {points} 件",
    warning="今夜はまだコミットなし",
    no_warning="警告なし",
)

WORDS: Mapping[Language, Words] = {"en": ENGLISH, "ja": JAPANESE}
