"""Made-up reports: long, with wide tables, code, long headings, and right-to-left text.

Nothing in them is true; they only have the shape of what a real model writes.
"""
# ruff: noqa: RUF001, E501 signs of other scripts, sentences that are easier to read unbroken

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

NOTICE = {
    "en": "Made up for `make demo`: nothing in this report was researched.",
    "ar": "نص مُختلَق من أجل العرض: لم يُبحث شيء مما ورد في هذا التقرير.",
    "he": "טקסט בדוי לצורך הדגמה: דבר מן הכתוב בדוח זה לא נחקר.",
    "zh": "这是为演示而虚构的文字：本报告中的内容均未经过研究。",
}
SENTENCES = {
    "en": (
        "Most teams that adopted {0} did so for its operating cost rather than for its speed",
        "The published measurements disagree by a factor of three, which the authors put down to "
        "different hardware",
        "A later review repeated the experiment with 4,200 participants and found no such effect",
        "In production the tail matters more than the median: p99 grew from 40 to 310 ms",
        "The maintainers deprecated the old interface in version 3.2 and removed it two years later",
        "Where data may not leave the country, the managed offering is ruled out from the start",
        "The licence changed in 2024, and distributions that ship it have not agreed on what follows",
        "Critics of {0} object that the benchmark leaves out the time in which caches are filled",
        "A migration usually takes between six and nine months, most of it spent on old clients",
        "None of the sources gives a figure for deployments with more than a thousand nodes",
        "What is called consistency here is weaker than what a database textbook calls by that name",
        "The effect is strongest in the first weeks and is hardly measurable after a year",
        "Two of the five vendors publish their incident reports; the others answer on request",
        "Energy use fell by a fifth, most of which comes from turning off what nobody used",
        "The standard leaves open what happens when both sides renegotiate at the same moment",
    ),
    "ar": (
        "تشير الدراسات الحديثة إلى أن {0} يؤثر في كلفة التشغيل أكثر مما يؤثر في السرعة",
        "تختلف القياسات المنشورة بمقدار ثلاثة أضعاف بسبب اختلاف الأجهزة المستعملة",
        "أعادت مراجعة لاحقة التجربة مع 4200 مشارك ولم تجد أثرًا واضحًا",
        "يرى النقاد أن المعيار يهمل الوقت اللازم لملء ذاكرة التخزين المؤقت Redis",
        "تستغرق عملية الانتقال عادةً من ستة إلى تسعة أشهر",
        "لا تذكر المصادر أي رقم عن الأنظمة التي تزيد على ألف عقدة",
        "انخفض استهلاك الطاقة بمقدار الخُمس في السنة الأولى",
    ),
    "he": (
        "מחקרים חדשים מראים כי {0} משפיע על עלות התפעול יותר משהוא משפיע על המהירות",
        "המדידות שפורסמו חלוקות ביניהן פי שלושה בשל הבדלי חומרה",
        "סקירה מאוחרת חזרה על הניסוי עם 4,200 משתתפים ולא מצאה השפעה",
        "המבקרים טוענים כי המבחן מתעלם מהזמן שבו המטמון של PostgreSQL מתמלא",
        "המעבר נמשך בדרך כלל בין שישה לתשעה חודשים",
        "אף מקור אינו נותן מספר למערכות שבהן יותר מאלף צמתים",
    ),
    "zh": (
        "近期研究表明，采用{0}的团队更看重运营成本而不是速度",
        "已发表的测量结果相差三倍，作者将其归因于硬件不同",
        "后来的一项综述对4200名参与者重复了该实验，没有发现这种效应",
        "在生产环境中尾部延迟比中位数更重要：p99从40毫秒增加到310毫秒",
        "批评者认为该基准测试忽略了缓存预热所需的时间",
        "迁移通常需要六到九个月，其中大部分时间用于旧客户端",
        "没有任何来源给出超过一千个节点的部署数据",
    ),
}
HEADINGS = {
    "en": (
        "What it is and where it comes from",
        "How it is measured, and why the published figures for throughput, latency under load and "
        "total cost of ownership can hardly be compared with each other",
        "What speaks against it",
        "What changed lately",
        "Recommendations for small teams",
        "Open questions",
    ),
    "ar": ("ما هو ومن أين جاء", "كيف يُقاس", "ما يُعترض به عليه", "توصيات", "أسئلة مفتوحة"),
    "he": ("מה זה ומניין הוא בא", "כיצד מודדים אותו", "מה נטען נגדו", "המלצות", "שאלות פתוחות"),
    "zh": ("它是什么，从何而来", "如何衡量", "反对的理由", "建议", "未决问题"),
}
STOP = {"en": ". ", "ar": ". ", "he": ". ", "zh": "。"}
COLUMNS = (
    "Offering",
    "Filtered search",
    "Licence",
    "Throughput in requests a second",
    "Latency p99",
    "Consistency",
    "Self-hosting",
    "Price per million",
    "Supported since",
    "Remarks",
)
CELLS = (
    ("Aurelia Cloud", "Borealis", "Cirrus-DB", "Delphinium", "https://example.org/e/eventually"),
    ("yes, before ranking", "after ranking only", "no", "internationalisation-dependent"),
    ("Apache-2.0", "BUSL-1.1", "MIT", "proprietary"),
    ("41,200", "9,850", "120", "not published"),
    ("12 ms", "310 ms", "1,900 ms"),
    ("read-your-writes", "eventual", "linearizable"),
    ("yes", "no", "Kubernetes only"),
    ("$0.10", "$1.75", "free up to 5 GB"),
    ("2016", "2023-04-01"),
    ("Needs a separate cluster for analytics", "—", "Removed in version 4"),
)
CODE = """```python
async def measure(client: Client, requests: list[Request], timeout_seconds: float = 30.0) -> list[float]:
    started = [asyncio.create_task(client.send(request, timeout=timeout_seconds)) for request in requests]
    return sorted([(await task).elapsed.total_seconds() for task in started])  # xs[0] is no citation
```"""


@dataclass(frozen=True)
class Shape:
    """How a report is made."""

    language: str = "en"
    words: int = 1500
    sources: int = 8
    cites: bool = True
    unknown: bool = False
    """It cites numbers that no source has, and an address that nobody saw."""


def report(topic: str, shape: Shape, random: Random) -> str:
    """A report of about so many words in Markdown."""
    return "\n\n".join(_blocks(topic, shape, random))


def notes(topic: str, shape: Shape, random: Random, number: int) -> str:
    """Bullets, as an earlier task puts them out."""
    return "\n".join(f"- {_sentence(topic, shape, random)}" for _ in range(number))


def seen_text(topic: str, shape: Shape, random: Random) -> str:
    """A source's text, which holds most of what a report says, and most cells of its tables."""
    sentences = [sentence.format(topic) for sentence in SENTENCES[shape.language]]
    cells = [f"{' '.join(random.choice(cells) for cells in CELLS)}." for _ in range(6)]
    held = random.sample(sentences, len(sentences) - 1)
    return STOP[shape.language].join([*held, *cells])


def _blocks(topic: str, shape: Shape, random: Random) -> Iterator[str]:
    headings = HEADINGS[shape.language]
    yield _paragraph(topic, shape, random, 3)
    yield f"> {NOTICE[shape.language]}"
    paragraphs = max(
        1, round(shape.words / 240 / len(headings))
    )  # with its list and table, 240 words
    for index, heading in enumerate(headings):
        yield f"{'##' if index % 3 else '#'} {heading}"
        for _ in range(paragraphs):
            yield _paragraph(topic, shape, random, random.randint(5, 8))
        if shape.words < 500:
            continue
        yield notes(topic, shape, random, 4)
        if index % 3 == 1:
            yield _table(shape, random)
        if index == 2:
            yield CODE
    if shape.unknown:
        yield "It is said that nobody has looked into this since [77, 98]; see https://example.net/x."


def _paragraph(topic: str, shape: Shape, random: Random, sentences: int) -> str:
    return "".join(
        _sentence(topic, shape, random) + STOP[shape.language] for _ in range(sentences)
    ).strip()


def _sentence(topic: str, shape: Shape, random: Random) -> str:
    sentence = random.choice(SENTENCES[shape.language]).format(topic)
    if not shape.cites or random.random() < 0.4:
        return sentence
    first = random.randint(2, shape.sources)
    return f"{sentence} [{first}]" if random.random() < 0.8 else f"{sentence} [1, {first}]"


def _table(shape: Shape, random: Random) -> str:
    rows = [[random.choice(cells) for cells in CELLS] for _ in range(6)]
    if shape.cites:
        for row in rows:
            row[-1] += f" [{random.randint(1, shape.sources)}]"
    lines = [COLUMNS, ["---"] * len(COLUMNS), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
