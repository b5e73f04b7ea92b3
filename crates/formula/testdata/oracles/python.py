# Writes python.txt: numbers, texts and regular expressions as Python's standard library has them.
#
#   python3 python.py > python.txt
import datetime
import json
import math
import random
import re
import statistics
import sys
import urllib.parse
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_UP, Decimal

random.seed(5)


def text(value):
    return json.dumps(value, ensure_ascii=False)


def told(formula, value):
    if isinstance(value, bool):
        value = int(value)
    if isinstance(value, float):
        value = repr(value + 0.0)
    print(f"{formula}\t{'blank' if value == '' else value}")


def shown(number):
    """A number as a formula has it: without an exponent."""
    return format(Decimal(repr(number)), "f")


print(f"# By python.py, from Python {sys.version_info.major}.{sys.version_info.minor}.")

print("# Arithmetic.")
NUMBERS = [0, 1, -1, 2, 3, 7, 10, 0.1, 0.2, -0.3, 1.5, 2.25, 99.99, 1e6, 123456789, 1e-5, -4.75, 1e15]
for index, a in enumerate(NUMBERS):
    b = NUMBERS[(index * 7 + 3) % len(NUMBERS)]
    told(f"({shown(a)})+({shown(b)})", float(a + b))
    told(f"({shown(a)})-({shown(b)})", float(a - b))
    told(f"({shown(a)})*({shown(b)})", float(a * b))
    if b:
        told(f"({shown(a)})/({shown(b)})", a / b)
    if b and a == int(a) and b == int(b):
        told(f"MOD({shown(a)}, {shown(b)})", float(int(a) % int(b)))

for a in [1e19, -1e19, 1e15, 2.5e20, 1, 0.7, -0.3, 1234.5678, 0]:
    for b in [7, -7, 1e6 + 1, 0.1, -2.5, 3e18, math.inf, -math.inf]:
        told(f"MOD({shown(float(a))}, {shown(b) if math.isfinite(b) else f'{b:+.0f}'.replace('inf', '1/0')})", float(a) % b)

print("# Rounding: as on paper, from the digits that are shown.")
for index in range(120):
    digits = random.randint(0, 3)
    number = random.choice([round(random.uniform(-1000, 1000), digits + 1), random.randint(-2000, 2000) * 5 / 1000, random.randint(-99, 99) + 0.5])
    places = random.choice([0, 0, 1, 2, digits, -1, -2])
    step = Decimal(1).scaleb(-places)
    paper = Decimal(repr(number))

    def paper_round(how):
        return float(paper.quantize(step, how)) if places >= 0 else float((paper / step).quantize(Decimal(1), how) * step)

    # Halves go up, also those below nothing.
    up = (paper / step + Decimal("0.5")).to_integral_value(ROUND_FLOOR) * step
    told(f"ROUND({number!r}, {places})", float(up))
    told(f"ROUNDUP({number!r}, {places})", paper_round(ROUND_UP))
    told(f"ROUNDDOWN({number!r}, {places})", paper_round(ROUND_DOWN))
for index in range(60):
    number, step = round(random.uniform(-100, 100), 2), random.choice(["1", "0.1", "0.5", "0.25", "5", "10", "0.01", "3"])
    quotient = Decimal(repr(number)) / Decimal(step)
    told(f"CEILING({number!r}, {step})", float(quotient.to_integral_value(ROUND_CEILING) * Decimal(step)))
    told(f"FLOOR({number!r}, {step})", float(quotient.to_integral_value(ROUND_FLOOR) * Decimal(step)))
    told(f"INT({number!r})", float(Decimal(repr(number)).to_integral_value(ROUND_FLOOR)))

print("# Several numbers.")
for size in range(1, 21):
    numbers = [random.choice([random.randint(-50, 50), random.randint(-500, 500) / 4]) for _ in range(size)]
    given = ", ".join(repr(number) for number in numbers)
    told(f"SUM({given})", float(sum(numbers)))
    told(f"AVERAGE({given})", float(sum(numbers) / size))
    told(f"MAX({given})", float(max(numbers)))
    told(f"MIN({given}, BLANK(), \"x\")", float(min(numbers)))
    told(f"COUNT({given}, \"\", \"x\")", size)

print("# Texts.")
TEXTS = [
    "", "a", "Hello World", "  spaced  out  ", "Grüße", "straße", "ŒUVRE", "İstanbul", "ΌΔΟΣ", "Ελλάδα", "Привет, мир", "日本語テキスト", "שלום עולם", "مرحبا", "e\u0301te\u0301",
    "👍🏽 ok", "👩‍👩‍👧", "tab\there", "a\nb", "quote \" and ' and \\", "100%", "x=1&y=2/3?z", "~tilde_under-dash.dot", "aaa", "ǆ Ǆ ǅ", "ﬁne", "\u00a0nbsp\u00a0", "9'99",
]
for value in TEXTS:
    told(f"LEN({text(value)})", len(value))
    for name, changed in [("UPPER", value.upper()), ("LOWER", value.lower()), ("TRIM", value.strip())]:
        if "\n" not in changed and "\t" not in changed:
            told(f"{name}({text(value)})", changed)
    told(f"ENCODE_URL_COMPONENT({text(value)})", urllib.parse.quote(value, safe="-_.~"))
    if "\n" in value or "\t" in value:
        continue
    for count in [0, 1, 3, 100]:
        told(f"LEFT({text(value)}, {count})", value[:count])
        told(f"RIGHT({text(value)}, {count})", value[-count:] if count else "")
        told(f"MID({text(value)}, 2, {count})", value[1 : 1 + count])
    told(f"REPT({text(value)}, 3)", value * 3)
    told(f"SUBSTITUTE({text(value)}, \"a\", \"<>\")", value.replace("a", "<>"))
    told(f"FIND(\"o\", {text(value)})", value.find("o") + 1)
    told(f"FIND(\"a\", {text(value)}, 2)", value.find("a", 1) + 1)
    told(f"REPLACE({text(value)}, 2, 2, \"—\")", value[:1] + "—" + value[3:])
    told(f"{text(value)}=\"aaa\"", value == "aaa")
    told(f"{text(value)}<\"b\"", value < "b")
    told(f"CONCATENATE({text(value)}, 1, \"ü\")", value + "1ü")

print("# Regular expressions. Of the letters for classes RE2 means ASCII.")
SUBJECTS = ["Hello World 2024", "a1b22c333", "john@example.org, jane@example.com", "", "Grüße aus Köln", "日本語 123", "2024-02-29", "aXbXc", "(555) 123-4567", "foo.bar"]
PATTERNS = [
    r"\d+", r"[A-Z]\w+", r"^\w+", r"\w+$", r"(\w+)@(\w+)\.(com|org)", r"[a-z]{2,3}", r"o|a", r"X", r"(\d{4})-(\d{2})-(\d{2})", r"\s+", r"[^a-z]+", r"(?i)hello", r"ü.e", r"\.", r"\bw", r"(a)(.)?",
]
for subject in SUBJECTS:
    for pattern in PATTERNS:
        found = re.search(pattern, subject, re.ASCII)
        told(f"REGEX_MATCH({text(subject)}, {text(pattern)})", found is not None)
        told(f"REGEX_EXTRACT({text(subject)}, {text(pattern)})", found.group() if found else "#ERROR!")
        told(f"REGEX_REPLACE({text(subject)}, {text(pattern)}, \"<$0>\")", re.sub(pattern, r"<\g<0>>", subject, flags=re.ASCII))
    told(f"REGEX_REPLACE({text(subject)}, \"(\\\\w+)@(\\\\w+)\", \"$2 at $1\")", re.sub(r"(\w+)@(\w+)", r"\2 at \1", subject, flags=re.ASCII))

print("# Working days, day by day.")
for index in range(60):
    start = datetime.date(2020, 1, 1) + datetime.timedelta(random.randint(0, 2000))
    count = random.randint(-40, 40)
    holidays = [start + datetime.timedelta(random.randint(-30, 30)) for _ in range(random.randint(0, 4))]
    works = lambda day: day.weekday() < 5 and day not in holidays
    day, left = start, count
    while left:
        day += datetime.timedelta(1 if count > 0 else -1)
        left -= (1 if count > 0 else -1) if works(day) else 0
    listed = f", {text(', '.join(map(str, holidays)))}" if holidays else ""
    told(f"WORKDAY(\"{start}\", {count}{listed})", f"{day}T00:00:00.000Z")
    end = start + datetime.timedelta(random.randint(-60, 60))
    first, last = min(start, end), max(start, end)
    between = sum(works(first + datetime.timedelta(at)) for at in range((last - first).days + 1))
    told(f"WORKDAY_DIFF(\"{start}\", \"{end}\"{listed})", -between if end < start else between)
    told(f"WEEKDAY(\"{start}\")", (start.weekday() + 1) % 7)

print("# Functions that Airtable does not have.")
for size in range(2, 22):
    numbers = [random.choice([random.randint(-50, 50), random.randint(-500, 500) / 4]) for _ in range(size)]
    given = ", ".join(repr(number) for number in numbers)
    told(f"MEDIAN({given})", float(statistics.median(numbers)))
    told(f"ROUND(STDEV({given}), 9)", round(statistics.stdev(numbers), 9))
    told(f"TEXTJOIN(\"; \", TRUE(), {given}, \"\")", "; ".join(format(Decimal(repr(number)).normalize(), "f") for number in numbers))
    told(f"IFERROR({numbers[0]}/({numbers[1]}-{numbers[1]}), {numbers[1]})".replace("--", "+"), float(numbers[1]))
