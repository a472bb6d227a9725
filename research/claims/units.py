"""Units and scales as they are written beside numbers, in several languages."""

from typing import NamedTuple


class Unit(NamedTuple):
    """`factor` of the base unit that `kind` is measured in: metres, seconds, bytes …"""

    kind: str
    factor: float


def _table(rows: str) -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    for row in rows.strip().splitlines():
        kind, factor, *names = row.split()
        table |= {name: Unit(kind, float(factor)) for name in names}
    return table


SCALES: dict[str, float] = {}
for _row in """
1e2 hundred hundreds сто 百
1e3 thousand thousands k tsd tausend mille mil mila тыс тысяч тысячи тысяча ألف آلاف हज़ार हजार 千 천
1e4 万 萬 만
1e5 lakh lakhs लाख
1e6 million millions mn mio millionen millones millón milioni milione milhões milhão миллион
1e6 миллиона миллионов млн مليون ملايين मिलियन 百万
1e7 crore crores करोड़
1e8 亿 億 억
1e9 billion billions bn mrd milliarde milliarden milliard milliards миллиард миллиарда миллиардов
1e9 млрд مليار مليارات mld miliardi अरब 十亿
1e12 trillion trillions tn billionen 兆 трлн триллион триллиона триллионов
""".strip().splitlines():
    _factor, *_names = _row.split()
    SCALES |= dict.fromkeys(_names, float(_factor))
ATTACHED_SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "bn": 1e9, "T": 1e12, "m": 1e6}

UNITS = _table("""
ratio 0.01 % ％ ٪ percent per\u00a0cent pct prozent procent процент процента процентов بالمئة प्रतिशत
ratio 0.01 फ़ीसदी porcentaje
ratio 0.001 ‰
usd 1 $ usd us$ dollar dollars dólares dólar долларов доллара доллар دولار डॉलर 美元
usd 0.01 cent cents
eur 1 € eur euro euros евро يورو यूरो 欧元
gbp 1 £ gbp pound pounds
jpy 1 ¥ yen jpy
cny 1 yuan rmb cny 元 人民币
inr 1 ₹ rupees rupee inr रुपये
rub 1 ₽ рублей рубля рубль руб
length 1000 km kilometer kilometers kilometre kilometres километров км كيلومتر किलोमीटर 公里 千米
length 1 meter meters metre metres mètres metros метров متر मीटर 米
length 0.01 cm centimeter centimeters centimetre centimetres
length 0.001 mm millimeter millimeters millimetre millimetres
length 0.000001 μm µm micrometer micrometers micrometre micrometres
length 0.000000001 nm nanometer nanometers nanometre nanometres
length 1609.344 mile miles mi meilen
length 0.3048 foot feet ft
length 0.0254 inch inches
mass 1000 tonne tonnes tons ton tonnen 吨
mass 1 kg kilogram kilograms kilogramm kilo kilos
mass 0.001 gram grams gramm
mass 0.000001 mg milligram milligrams
mass 0.4536 lb lbs
time 1e-9 ns nanosecond nanoseconds
time 1e-6 μs µs microsecond microseconds
time 1e-3 ms millisecond milliseconds millisekunden
time 1 s sec secs second seconds sekunde sekunden seconde secondes segundos секунд секунды 秒
time 60 min mins minute minutes minuten minutos минут минуты دقيقة 分钟
time 3600 h hr hrs hour hours stunde stunden heure heures horas часов часа час ساعة घंटे 小时
time 86400 day days tag tage tagen jour jours días день дня дней يوم أيام दिन 天
time 604800 week weeks woche wochen semaine semaines semanas недель 周
months 1 month months monat monate monaten mois meses месяцев شهر महीने 个月
months 12 year years jahr jahre jahren ans années años año лет года سنة سنوات साल वर्ष
months 120 decade decades
months 1200 century centuries
data 1 byte bytes
data 0.125 bit bits
data 1e3 kb kilobyte kilobytes
data 1e6 mb megabyte megabytes
data 1e9 gb gigabyte gigabytes
data 1e12 tb terabyte terabytes
data 1e15 pb petabyte petabytes
data 1024 kib
data 1048576 mib
data 1073741824 gib
celsius 1 °c ℃ celsius
fahrenheit 1 °f fahrenheit
angle 1 ° degrees degree grad
speed 1 km/h kph
speed 1.609344 mph
speed 3.6 m/s
frequency 1 hz hertz
frequency 1e3 khz
frequency 1e6 mhz
frequency 1e9 ghz
power 1 watt watts
power 1e3 kw kilowatt kilowatts
power 1e6 mw megawatt megawatts
power 1e9 gw gigawatt gigawatts
energy 1 wh
energy 1e3 kwh
energy 1e6 mwh
energy 1e9 gwh
volume 1 liter liters litre litres
area 1 km² km2
area 0.01 hectares hectare ha
""")
# Letters that are units only with a space before them and no name behind them.
SHORT_UNITS = {"m": Unit("length", 1.0), "g": Unit("mass", 1e-3), "t": Unit("mass", 1e3)}


def is_unit(word: str) -> bool:
    """Whether a word, in small letters, says how much a number is of."""
    return word in UNITS or word in SCALES


def unit_of(word: str, is_attached: bool) -> Unit | None:
    """The unit that a word behind a number means; `is_attached`: without a space."""
    if word in ("May", "Min", "H", "S", "in", "a"):
        return None
    return UNITS.get(word.lower()) or SHORT_UNITS.get(word)
