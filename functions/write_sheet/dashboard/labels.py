"""The words on the Sheet, in English and Japanese; months and weekdays as people write them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from write_sheet.dashboard.reasons import JAPANESE_PHRASES, Phrases, in_words
from write_sheet.sheets_api.tab import TITLES, Tab


@dataclass(frozen=True, kw_only=True)
class Labels:
    """One language's words. Texts with braces are filled by `str.format`.

    weekdays, short_weekdays: from Monday on. updated: a number format pattern, of a time.
    titles: of the tabs, where they are made. phrases: for names and reasons that come in English.
    """

    language: str
    language_name: str
    titles: Mapping[Tab, str]
    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day: str
    day_with_year: str
    month_with_year: str
    today: str
    updated: str
    commits: str
    unknown_repository: str
    unknown_repositories: str
    unknown_named: str
    goal: str
    goal_left: str
    goal_reached: str
    yesterday: str
    seven_days: str
    thirty_days: str
    against: str
    current_streak: str
    longest_streak: str
    streak_day: str
    streak_days: str
    streak_at_least: str
    streak_unknown: str
    streak_at_risk: str
    day_unknown: str
    since: str
    span: str
    span_within_year: str
    no_streak: str
    chart: str
    heatmap: str
    heatmap_key: str
    look_back: str
    last_week: str
    week_before: str
    year_before: str
    incomplete: str
    unknown_week: str
    best_of_week: str
    new_repositories: str
    new_repositories_count: str
    repositories: str
    others: str
    nothing: str
    unknown: str
    no_reason: str
    source_of: str
    phrases: Phrases
    problems: str
    more: str
    per_month: str
    per_week: str
    period: str
    total: str
    active_days: str
    best: str
    best_day: str
    settings: str
    setting_goal: str
    setting_language: str
    setting_first_weekday: str
    setting_rest: str
    settings_hint: str
    bad_goal: str
    bad_choice: str
    bad_flag: str
    problem_not_a_count: str
    problem_no_row_of_ours: str
    problem_changed_by_hand: str
    problem_two_people: str
    problem_lost_sources: str
    problem_many_rows: str
    refused_sort: str
    refused_format: str
    refused_tab: str
    refused_zone: str

    def in_words(self, said: str) -> str:
        """A name or reason that came in English."""
        return in_words(said, self.phrases)

    def short(self, day: date) -> str:
        """A day without its year."""
        return self._filled(self.day, day)

    def long(self, day: date) -> str:
        """A day with its year."""
        return self._filled(self.day_with_year, day)

    def month_of(self, day: date) -> str:
        """The month of a day, with its year."""
        return self._filled(self.month_with_year, day)

    def _filled(self, words: str, day: date) -> str:
        month = self.months[day.month - 1]
        return words.format(day=day.day, month=month, number=day.month, year=day.year)

    def with_weekday(self, day: date) -> str:
        """A day as the dashboard's title shows it."""
        weekday = self.short_weekdays[day.weekday()]
        return self.today.format(date=self.long(day), weekday=weekday)

    def between(self, since: date, until: date) -> str:
        """Two days and all between them; one day where they are the same."""
        if since == until:
            return self.long(since)
        words = self.span_within_year if since.year == until.year else self.span
        return words.format(
            since=self.long(since),
            since_short=self.short(since),
            until=self.long(until),
            until_short=self.short(until),
        )

    def short_between(self, since: date, until: date) -> str:
        """Two days of lately and all between them."""
        return self.span.format(since=self.short(since), until=self.short(until))


ENGLISH = Labels(
    language="en",
    language_name="English",
    titles=TITLES["en"],
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    short_weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    day="{day} {month}",
    day_with_year="{day} {month} {year}",
    month_with_year="{month} {year}",
    today="{weekday} {date}",
    updated='"updated {day} "hh:mm',
    commits="commits today",
    unknown_repository="⚠ 1 repository not read",
    unknown_repositories="⚠ {count} repositories not read",
    unknown_named="{told}: {names}",
    goal="Goal {goal}",
    goal_left="{left} to go",
    goal_reached="reached",
    yesterday="Yesterday",
    seven_days="7 days",
    thirty_days="30 days",
    against="{difference} vs {before:,}",
    current_streak="Current streak",
    longest_streak="Longest streak",
    streak_day="1 day",
    streak_days="{days} days",
    streak_at_least="{days}+ days",
    streak_unknown="unknown",
    streak_at_risk="⚠ no commit yet today",
    day_unknown="{day} is not fully known",
    since="since {day}",
    span="{since} – {until}",
    span_within_year="{since_short} – {until}",
    no_streak="a commit starts one",
    chart="Last 30 days",
    heatmap="13 weeks",
    heatmap_key="blank: unknown · from",
    look_back="Look back",
    last_week="Last week",
    week_before="Week before",
    year_before="A year ago",
    incomplete="days unknown",
    unknown_week="unknown",
    best_of_week="Best day: {day} ({commits:,})",
    new_repositories="New: {names}",
    new_repositories_count="New repositories: {count}",
    repositories="Repositories, 30 days",
    others="{count} others",
    nothing="No commits",
    unknown="Could not be read",
    no_reason="no reason given",
    source_of="{name} ({source})",
    phrases={},
    problems="Please look",
    more="and {count} more",
    per_month="Months",
    per_week="Weeks",
    period="Period",
    total="Total",
    active_days="Active",
    best="Best",
    best_day="Day",
    settings="Settings",
    setting_goal="Commits a day (goal)",
    setting_language="Language",
    setting_first_weekday="First day of week",
    setting_rest="Rest on {weekday}",
    settings_hint="Changes show within the hour.",
    bad_goal="{found} is no whole number from 1 to {largest}: {used} is used",
    bad_choice="{found} is none of the choices: {used} is used",
    bad_flag="{found} is neither ticked nor empty: {used} is used",
    problem_not_a_count="{data}, row {row}: {found} is no number of commits ({days})",
    problem_no_row_of_ours="{data}, row {row}: {found} has no day or no repository; left as it is",
    problem_changed_by_hand="{data}, {days}: {found} commits where {expected} were written; "
    "collect these days again to fix it",
    problem_two_people="numbers of several people arrive ({found}); a Sheet shows one person: "
    "give the other one a topic and a Sheet",
    problem_many_rows="{data} has {found} rows: give the function write_sheet more memory before "
    "there are 400,000 (memory_mb in terraform/pipeline.json)",
    problem_lost_sources="rows of the hidden tab days are gone: numbers by hand and of other "
    "sources may go with the next collection; undo it (File, Version history) or state them again",
    refused_sort="the rows of {tab} could not be sorted: remove merged cells and protections there "
    "(tried once a day)",
    refused_format="the tab {tab} could not be formatted: remove filters, merged cells and "
    "protections there (tried once a day)",
    refused_tab="the tab {tab} could not be written: remove protections there (tried once a day)",
    refused_zone="Google does not take the time zone, so the Sheet's clock is another one "
    "(tried once a day)",
)

JAPANESE = Labels(
    language="ja",
    language_name="日本語",
    titles=TITLES["ja"],
    weekdays=("月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"),
    short_weekdays=("月", "火", "水", "木", "金", "土", "日"),
    months=tuple(f"{month}月" for month in range(1, 13)),
    day="{number}/{day}",
    day_with_year="{year}/{number}/{day}",
    month_with_year="{year}/{number}",
    today="{date}({weekday})",
    updated='"{day} "hh:mm" 更新"',
    commits="今日のコミット",
    unknown_repository="⚠ 1件のリポジトリが未集計",
    unknown_repositories="⚠ {count}件のリポジトリが未集計",
    unknown_named="{told}: {names}",
    goal="目標 {goal}",
    goal_left="あと {left}",
    goal_reached="達成",
    yesterday="昨日",
    seven_days="7日間",
    thirty_days="30日間",
    against="前期比 {difference}",
    current_streak="連続記録",
    longest_streak="最長記録",
    streak_day="1日",
    streak_days="{days}日",
    streak_at_least="{days}日以上",
    streak_unknown="不明",
    streak_at_risk="⚠ 今日はまだなし",
    day_unknown="{day}に不明あり",
    since="{day}から",
    span="{since}〜{until}",
    span_within_year="{since}〜{until_short}",
    no_streak="コミットすると始まります",
    chart="直近30日",
    heatmap="13週間",
    heatmap_key="空白は不明・色の下限",
    look_back="ふりかえり",
    last_week="先週",
    week_before="前の週",
    year_before="前年同週",
    incomplete="不明な日あり",
    unknown_week="不明",
    best_of_week="最多の日: {day} {commits:,}件",
    new_repositories="新しいリポジトリ: {names}",
    new_repositories_count="新しいリポジトリ: {count}件",
    repositories="リポジトリ(30日間)",
    others="ほか{count}件",
    nothing="コミットなし",
    unknown="読み取れなかったもの",
    no_reason="理由は不明",
    source_of="{name}({source})",
    phrases=JAPANESE_PHRASES,
    problems="ご確認ください",
    more="ほか{count}件",
    per_month="月ごと",
    per_week="週ごと",
    period="期間",
    total="合計",
    active_days="日数",
    best="最多",
    best_day="その日",
    settings="設定",
    setting_goal="1日の目標コミット数",
    setting_language="言語",
    setting_first_weekday="週の始まり",
    setting_rest="{weekday}は休み",
    settings_hint="変更は1時間以内に反映されます。",
    bad_goal="「{found}」は1から{largest}までの整数ではありません。{used}を使います",
    bad_choice="「{found}」は選択肢にありません。{used}を使います",
    bad_flag="「{found}」はチェックボックスの値ではありません。{used}を使います",
    problem_not_a_count="{data} {row}行目: 「{found}」はコミット数ではありません({days})",
    problem_no_row_of_ours="{data} {row}行目: 「{found}」に日付かリポジトリがありません(変更なし)",
    problem_changed_by_hand="{data} {days}: 書き込んだ{expected}件が{found}件になっています。"
    "この期間を集計し直すと直ります",
    problem_two_people="複数の人({found})の数が届いています。1つのシートに表示できるのは1人分です。"
    "もう1人にはトピックとシートを別に用意してください",
    problem_many_rows="タブ「{data}」が{found}行になりました。40万行になる前に関数write_sheetのメモリを"
    "増やしてください(terraform/pipeline.jsonのmemory_mb)",
    problem_lost_sources="非表示タブdaysの行がなくなりました。手入力や他の収集元の数は次の収集で消えることがあります。"
    "元に戻す(変更履歴)か、もう一度送ってください",
    refused_sort="タブ「{tab}」の行を並べ替えられませんでした。セルの結合と保護を解除してください(1日1回試します)",
    refused_format="タブ「{tab}」の書式を設定できませんでした。フィルタ、セルの結合、保護を解除してください"
    "(1日1回試します)",
    refused_tab="タブ「{tab}」に書き込めませんでした。保護を解除してください(1日1回試します)",
    refused_zone="タイムゾーンがGoogleに受け付けられず、シートの時計が異なります(1日1回試します)",
)

LANGUAGES: Mapping[str, Labels] = {labels.language: labels for labels in (ENGLISH, JAPANESE)}
