"""Words that the check knows: grammar, synonyms, negations, and opposites."""

_STOP = """
a about above also am an and any are as at be because been being but by can could did do does doing
each either for from further had has have having he her here hers him his i if in into is it its
itself just may might me more most must my of off on once one or other our out over own per same
shall she should so some such than that the their them then there these they this those through to
too under until up upon us very via was we were what when where which while who whom whose will
with within would you your thus therefore hence however moreover additionally furthermore according
source sources states says said reports reported notes note well both not no nor now still been
der die das den dem des ein eine einen einem einer und oder aber ist sind war waren wird werden
wurde wurden hat haben hatte mit von vom zu zum zur im in an am auf aus bei nach für über als auch
es er sie wir sich nicht kein keine dass
le la les l' un une des du de d' et ou est sont était étaient a ont au aux en dans par pour sur
avec que qui ce cette ces il elle ils elles ne pas se son sa ses
el los las una unos unas del y o es son era eran fue fueron ha han al por para con como su sus lo
que no se
o os as um uma do da dos das e são foi com para por em no na que não
il lo gli uno di del della dei delle e sono è nel nella con per che non
и в во на с со к по за из от до о об что это как не но или для был была было были есть при его ее их
في من على إلى عن أن هذا هذه التي الذي كان كانت هو هي و لا لم
का की के में है हैं और से को पर यह ने था थी थे एक नहीं भी
的 了 是 在 和
"""
STOP_WORDS = frozenset(_STOP.split())

# Verbs and nouns that a paraphrase freely puts in the place of others: they tell little.
LIGHT_WORDS = frozenset(
    [
        "take",
        "takes",
        "took",
        "taken",
        "taking",
        "place",
        "come",
        "comes",
        "came",
        "out",
        "go",
        "goes",
        "went",
        "gone",
        "make",
        "makes",
        "made",
        "give",
        "gives",
        "gave",
        "given",
        "get",
        "gets",
        "got",
        "have",
        "reach",
        "reaches",
        "reached",
        "become",
        "becomes",
        "became",
        "remain",
        "remains",
        "remained",
        "stay",
        "stays",
        "stayed",
        "put",
        "set",
        "turn",
        "turns",
        "turned",
        "bring",
        "brings",
        "brought",
        "carry",
        "carries",
        "carried",
        "lie",
        "lies",
        "include",
        "includes",
        "included",
        "contain",
        "contains",
        "comprise",
        "involve",
        "involves",
        "involved",
        "consist",
        "consists",
        "people",
        "person",
        "persons",
        "patient",
        "patients",
        "individual",
        "individuals",
        "number",
        "numbers",
        "total",
        "amount",
        "amounts",
        "average",
        "mean",
        "around",
        "approximately",
        "roughly",
        "some",
        "several",
        "time",
        "times",
        "year",
        "years",
        "day",
        "days",
        "point",
        "points",
        "thing",
        "things",
        "way",
        "ways",
        "part",
        "parts",
        "kind",
        "sort",
        "level",
        "rate",
        "figure",
        "figures",
        "size",
        "measure",
        "measures",
        "new",
        "now",
        "currently",
        "today",
        "still",
        "yet",
        "even",
        "really",
        "actually",
        "particularly",
        "especially",
        "mainly",
        "largely",
        "call",
        "called",
        "name",
        "named",
        "known",
        "describe",
        "described",
        "term",
        "according",
        "says",
        "said",
        "state",
        "stated",
        "report",
        "reported",
        "note",
        "noted",
        "allow",
        "allowed",
        "longer",
        "able",
        "need",
        "needs",
        "needed",
        "require",
        "required",
        "requires",
        "use",
        "uses",
        "used",
        "using",
        "work",
        "works",
        "worked",
        "per",
        "each",
        "every",
        "whole",
        "all",
        "both",
        "began",
        "begin",
        "start",
        "started",
        "occur",
        "occurred",
        "happen",
        "happened",
        "compared",
        "comparison",
        "against",
        "versus",
        "relative",
        "himself",
        "herself",
        "itself",
        "themselves",
        "due",
        "owing",
        "thanks",
        "result",
        "results",
        "resulting",
        "lead",
        "led",
        "cause",
        "caused",
        "achieve",
        "achieved",
        "offer",
        "offers",
        "offered",
        "provide",
        "provides",
        "provided",
        "erreichte",
        "beträgt",
        "betrug",
        "liegt",
        "lag",
        "gab",
        "gibt",
        "haben",
        "rund",
        "etwa",
    ]
)

_SYNONYMS = """
start begin began begun commence launch starts begins
show display present shows
use utilize utilise employ used using uses
make create build produce made built makes created
get obtain retrieve fetch got acquire
help assist aid
big large huge great
small little tiny
fast quick rapid quickly rapidly swift
let allow permit enable lets
need require needs necessary required
buy purchase bought
finish finished complete completed completion conclude concluded
stop stops stopped cease ceased
return give yield returns gives gave given provide supply offer provides
call invoke called
run execute runs running ran execution
keep retain store hold held kept preserve save
change modify alter change
choose select pick chose chosen
find discover locate found
win wins won victory victories winner
licence license licensed licences licenses
employ employs employed employees employee workers worker staff
open opened opens inauguration inaugurated inaugurate
approve approved approval authorise authorised authorize authorized
injury injured injuries hurt
oppose opposed opposes opposition
collapse collapsed collapses fell
revenue turnover
profit profits earnings
area surface covers cover
deep depth
long length
high height tall
wide width
heavy weight mass weighs
memory ram
knighted knighthood
day daily
week weekly
month monthly
year yearly annual annually
umsatz erlös
beschäftigt beschäftigte mitarbeiter beschäftigten
gegründet gründete gründung
visiteurs fréquentation
inauguré inaugura ouvert
say state tell mention said told
think believe thought
many numerous
part portion piece component
whole entire complete
important significant essential crucial key
error exception fault failure
check verify test examine
remove delete eliminate
add append insert
contain include comprise contains includes
method function routine
way manner approach means method
kind type sort
value amount quantity
list enumerate
write wrote written author
people persons humans
firm company business corporation enterprise
city town
house home dwelling
country nation state
job work task
car automobile vehicle
doctor physician
film movie
assume suppose
usual common typical usually commonly typically generally normally often frequently
several multiple various
also too additionally
raise throw raised thrown raises throws
convert transform turn
happen occur occurs happens
wait await
describe explain outline
connect link join
send transmit
get receive
try attempt
main primary principal chief
simple easy straightforward
hard difficult
old ancient
happy glad
show demonstrate indicate
found establish established founded
get gain
move relocate moved
die died death dies
born birth
lead head led leads
live reside lived lives
grow grew grown
cost price
specify given define defined specified
suitable appropriate
similar alike
replace substitute
default standard
quick speedy
argument parameter
"""


def _groups() -> dict[str, str]:
    groups: dict[str, str] = {}
    for row in _SYNONYMS.strip().splitlines():
        words = row.split()
        name = next((groups[w] for w in words if w in groups), f"={words[0]}")
        for word in words:
            groups.setdefault(word, name)
    return groups


GROUPS = _groups()

_NEGATIONS = """
not no never none nobody nothing neither nor cannot without cant wont dont doesnt isnt arent wasnt
werent didnt hasnt havent shouldnt wouldnt couldnt lacks lack lacking fails fail failed unable
impossible hardly refuses refused denies denied
nicht kein keine keinen keiner keinem niemals nie ohne weder niemand nichts
pas jamais aucun aucune sans rien
nunca jamás ningún ninguna sin nadie
não nem sem nunca
non mai senza nessun nessuna
не нет ни без никогда нельзя
لا لم لن ليس ليست بدون غير
नहीं न मत बिना
niet geen nooit zonder
"""
NEGATIONS = frozenset(_NEGATIONS.split()) - {"no"} | {"no"}
UNSPACED_NEGATIONS = ("不", "没有", "没", "未", "非", "无法", "ない", "ません", "않", "아니", "ไม่")

_OPPOSITES = """
rise rises rose risen rising double doubles doubled hike hiked jump jumped jumps soar soared boost boosted boosts increase increases increased increasing grow grows grew grown growing climb climbed climbs gain gained gains up upward surged surge raise raised expand expanded / fall falls fell fallen falling halve halves halved cut cuts slash slashed trim trimmed tumble tumbled slump slumped decrease decreases decreased decreasing shrink shrank shrinks decline declined declines drop dropped drops down downward plunged sink sank reduce reduced lower lowered contracted
more greater higher larger bigger above exceeds exceed over / less fewer lower smaller below beneath under
before earlier prior / after later following
faster quicker / slower
better superior / worse inferior
older / newer younger
cheaper / costlier pricier dearer
longer taller / shorter
longest tallest / shortest
fastest / slowest
oldest / newest youngest
strongest / weakest
richest / poorest
twice double / half
support supports supported back backed favour favoured propose proposed / oppose opposes opposed
ban bans banned bar barred / allow allows allowed permit permits permitted
safe harmless / dangerous harmful risky
usually typically often always / rarely seldom
succeed succeeded / fail failed
heavier / lighter
warmer hotter / colder cooler
minimum / maximum
approve approved / reject rejected
stronger / weaker
most maximum largest highest biggest max greatest / least minimum smallest lowest min fewest
best / worst
first / last
always / never
all every / none
enable enables enabled / disable disables disabled
allow allows allowed permit permits permitted / forbid forbids forbidden prohibit prohibits prohibited prevent prevents disallow disallows disallowed
accept accepts accepted / reject rejects rejected refuse refused
include includes included including / exclude excludes excluded excluding
open opens opened / close closes closed
win wins won / lose loses lost
true / false
left / right
north northern / south southern
east eastern / west western
import imports imported / export exports exported
mutable / immutable
synchronous / asynchronous
public / private
required mandatory / optional
safe / unsafe
ascending / descending
positive / negative
possible / impossible
able / unable
success succeed succeeds succeeded successful / failure fail fails failed unsuccessful
add adds added introduce introduced introduces / drop dropped drops remove removes removed
internal / external
early / late
profit / loss
import / export
male men / female women
begin begins began start starts started / end ends ended stop stops stopped
hot / cold
wide / narrow
strong / weak
fast / slow
old / new
high / low
long / short
large big / small
common / rare
often frequently / rarely seldom
buy bought / sell sold
equal / unequal
valid / invalid
known / unknown
supported / unsupported
legal / illegal
same identical / different distinct
absolute / relative
implicit implicitly / explicit explicitly
automatic automatically / manual manually
lowercase / uppercase
steigt stieg stiegen gestiegen steigen wuchs zugenommen / fällt fiel fielen gefallen sinkt sank gesunken abgenommen
mehr höher größer über / weniger niedriger kleiner unter
vor / nach
augmente augmenté augmentation hausse / diminue diminué diminution baisse
plus / moins
avant / après
subió aumentó creció aumento sube aumenta / bajó disminuyó cayó descenso baja disminuye
más mayor / menos menor
antes / después
вырос выросла выросло выросли увеличился увеличилась увеличилось рост / упал упала упало упали снизился снизилась снизилось снижение сократился сократилась
больше выше / меньше ниже
до / после
ارتفع ارتفعت زاد زادت / انخفض انخفضت تراجع تراجعت
أكثر أكبر / أقل أصغر
قبل / بعد
बढ़ा बढ़ी बढ़े बढ़कर वृद्धि / घटा घटी घटे घटकर गिरा गिरावट कमी
अधिक ज्यादा / कम
पहले / बाद
"""
OPPOSITES: dict[str, set[tuple[int, int]]] = {}
for _axis, _row in enumerate(_OPPOSITES.strip().splitlines()):
    for _side, _words in enumerate(_row.split("/")):
        for _word in _words.split():
            OPPOSITES.setdefault(_word, set()).add((_axis, _side))
UNSPACED_OPPOSITES = (
    (
        ("上升", "增加", "增长", "上涨", "提高", "増加", "上昇"),
        ("下降", "减少", "下跌", "降低", "減少", "低下"),
    ),
    (("高于", "多于", "大于", "超过"), ("低于", "少于", "小于")),
    (("之前", "以前", "早于"), ("之后", "以后", "晚于")),
    (("最大", "最高", "最多"), ("最小", "最低", "最少")),
)
